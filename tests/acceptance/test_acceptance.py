"""The acceptance run against the emulator: it sees what the emulator assumes, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.emulator import Emulator
from tests.acceptance.__main__ import YES, main
from tests.support.canaries import Canaries, secrets_of

OTHER = {"4", "3", "8", "9", "11", "13", "15", "24", "44", "2"}
"""Open questions that the emulator can be set to answer otherwise, and that the run asks."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        running.admin.settings(
            delays=dict.fromkeys(("queued", "deploying", "undeploying", "preview", "publish"), 0.2)
        )
        yield running


@pytest.fixture
def environ(emulator: Emulator) -> dict[str, str]:
    return {
        "CTP_CLIENT_ID": "demo-client",
        "CTP_CLIENT_SECRET": "demo-secret",
        "CTP_CONNECT_URL": emulator.url,
        "CTP_PROJECT_KEY": "demo-project",
        "ACCEPTANCE_REGION": "europe-west1.gcp",
        "ACCEPTANCE_REPOSITORY": "https://github.com/acme/demo-connector.git",
        "ACCEPTANCE_TAG": "v1.0.0",
        "ACCEPTANCE_LOOK_EVERY": "0.1",
        "ACCEPTANCE_YES": YES,
    }


def test_the_emulator_answers_as_it_assumes(emulator: Emulator, environ: dict[str, str], tmp_path: Path) -> None:
    """Every question that is asked, by its number; nothing secret is in the report, and nothing is left."""
    report = tmp_path / "report.md"

    code = main(environ, report)

    text = report.read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ") and line[2].isdigit()]
    dump = emulator.admin.dump()
    assert code == 0
    assert not dump["deployments"]
    assert not dump["drafts"]
    assert {row[0].strip("| ") for row in rows} == {*OTHER, "1", "5", "6", "16", "37", "41"}
    assert {row[3] for row in rows} == {"yes", "not comparable"}, text
    assert "Nothing." in text
    assert "demo-project" not in text
    assert not Canaries(["demo-secret", *secrets_of(dump)]).found_in(text)


def test_another_reading_is_seen_as_one(emulator: Emulator, environ: dict[str, str], tmp_path: Path) -> None:
    """A service that behaves otherwise is reported as different, and is cleaned up nevertheless."""
    emulator.admin.settings(assumptions=dict.fromkeys(sorted(OTHER), "other"))
    report = tmp_path / "report.md"

    code = main(environ, report)

    rows = [line.split(" | ") for line in report.read_text().splitlines() if line.startswith("| ")]
    differ = {row[0].strip("| ") for row in rows if row[3] == "**no**"}
    assert code == 0
    assert differ >= OTHER - {"15"}, report.read_text()
    assert not emulator.admin.dump()["deployments"]
    assert not emulator.admin.dump()["drafts"]


def test_what_stays_is_named(emulator: Emulator, environ: dict[str, str], tmp_path: Path) -> None:
    """A deployment that cannot be undeployed is in the report, and the run is a failure."""
    emulator.admin.outcome("undeploy", "*", "failure", times=50)
    report = tmp_path / "report.md"

    assert main({**environ, "ACCEPTANCE_PATIENCE": "2"}, report) == 1

    assert "deployments/key=acceptance-" in report.read_text()


@pytest.mark.parametrize("name", ["CTP_CLIENT_ID", "CTP_CLIENT_SECRET", "CTP_PROJECT_KEY", "ACCEPTANCE_YES"])
def test_it_does_nothing_unless_everything_is_given(
    emulator: Emulator, environ: dict[str, str], tmp_path: Path, name: str
) -> None:
    """Credentials, where to, with what, and an explicit yes."""
    del environ[name]

    with pytest.raises(ConfigurationError):
        main(environ, tmp_path / "report.md")

    assert not emulator.admin.journal()
