"""Node.js programs: what is secret is marked before Pulumi sees it, and no wrong input is shown."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from commercetools_connect.core.values import SECRETS_MARK, SIGNATURE
from tests.sdk.toolchains import FIRST, run
from tests.support.canaries import Canaries
from tests.support.node_sdk import node_modules

pytestmark = [pytest.mark.long, pytest.mark.timeout(FIRST)]

PROGRAM = Path(__file__).parent / "node" / "secret-inputs.js"
CANARY = "-".join(["canary", "8c1f0a52", "of", "an", "input"])
CANARIES = Canaries([CANARY])
MARKED = {SIGNATURE: SECRETS_MARK, "value": CANARY}
ODD = ["array", "object", "date", "set", "bytes", "bigint", "map", "symbol", "function"]
WRONG = {
    "vendor": ".securedConfiguration",
    "vendor output": ".securedConfiguration",
    "text": ".securedConfiguration",
    **{f"{odd} as a secret": ".securedConfiguration.KEY" for odd in ODD},
    **{f"{odd} beside a secret": ".standardConfiguration.KEY" for odd in ODD},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the program, and the SDK that it uses."""
    place = tmp_path_factory.mktemp("program")
    (place / "node_modules").symlink_to(node_modules())
    shutil.copy(PROGRAM, place)
    return place


def declared(folder: Path, form: str) -> tuple[dict[str, Any], str]:
    text = run(["node", PROGRAM.name, CANARY, form], folder)
    return json.loads(text), text


@pytest.mark.parametrize("form", ["good", "good output", "good value", "good connection"])
def test_every_secret_is_marked_by_itself(folder: Path, form: str) -> None:
    """Values of applications, those of a rollout's target and its client secret, and that of a provider."""
    results, text = declared(folder, form)

    (target,) = results["Rollout"]["sent"]["targets"]
    for inputs in (results["Deployment"]["sent"], target):
        assert inputs["configurations"]["service"]["securedConfiguration"] == {"API_TOKEN": MARKED}
        if form == "good connection":
            assert inputs["connection"] == {"clientId": "me", "clientSecret": MARKED}
    assert target["clientSecret"] == MARKED
    assert results["Provider"]["sent"]["clientSecret"] == MARKED
    assert CANARIES.found_in(text.replace(json.dumps(MARKED, separators=(",", ":")), "")) == []
    assert not any(each["refused"] for each in results.values())


@pytest.mark.parametrize("form", WRONG)
def test_a_wrong_input_is_refused_with_its_path_and_without_its_value(folder: Path, form: str) -> None:
    """Also what JavaScript would send as an empty object, such as a date: it would be lost without a word."""
    results, _ = declared(folder, form)

    path = f"configurations.service{WRONG[form]}"
    assert results["Deployment"]["said"].startswith(f"Deployment 'shop': the input {path} is of type ")
    assert results["Rollout"]["said"].startswith(f"Rollout 'shop': the input targets[0].{path} is of type ")
    assert form == "vendor output" or (results["Deployment"]["refused"] and results["Rollout"]["refused"])
    del results["Provider"]
    assert CANARIES.found_in(json.dumps(results)) == []


@pytest.mark.parametrize("form", ["array as a secret", "bytes as a secret"])
def test_a_wrong_client_secret_is_refused(folder: Path, form: str) -> None:
    results, _ = declared(folder, form)

    assert results["Provider"]["said"].startswith("Provider 'shop': the input clientSecret is of type ")
    assert results["Provider"]["refused"]
    assert CANARIES.found_in(json.dumps(results["Provider"])) == []
