"""The seed file of docs/emulator.md does what its page says."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from commercetools_connect.emulator import Emulator
from tests.emulator.conftest import Api
from tests.emulator.test_server import command
from tests.site.blocks import DOCS, blocks_of

BLOCKS = blocks_of(DOCS / "emulator.md")
(SEED,) = (each.text for each in BLOCKS if each.language == "yaml")
(SAID,) = (each.text for each in BLOCKS if each.text.startswith("Connect refuses"))
URL = "https://github.com/acme/tax-connector"
CLIENTS = [{"clientId": "dev", "clientSecret": "dev-secret", "scopes": "manage_project:acme-dev"}]


@pytest.fixture
def seeded() -> Iterator[Any]:
    with Emulator(seed={**yaml.safe_load(SEED), "clients": CLIENTS}) as emulator:
        emulator.admin.settings(clock="manual")
        api = Api(emulator.url, emulator.admin)
        with closing(api.http):
            yield api


def test_the_first_tag_has_the_applications_and_keys_that_the_page_names(seeded: Any) -> None:
    seeded.create_connector_staged(repository={"url": URL, "tag": "v1.0.0"})

    draft = seeded.preview()

    assert draft["isPreviewable"] == "true"
    assert {each["applicationName"]: each["applicationType"] for each in draft["configurations"]} == {
        "service": "service",
        "order-events": "event",
        "nightly-report": "job",
    }
    shared, service = draft["globalConfiguration"], draft["configurations"][0]
    assert [each["key"] for each in shared["standardConfiguration"]] == ["LOG_LEVEL"]
    assert [each["key"] for each in shared["securedConfiguration"]] == ["TAX_API_TOKEN"]
    assert [each["key"] for each in service["standardConfiguration"]] == ["TAX_MODE"]
    assert [each["key"] for each in service["securedConfiguration"]] == ["WEBHOOK_SECRET"]


def test_the_second_tag_fails_with_the_reasons_that_the_page_shows(seeded: Any) -> None:
    seeded.create_connector_staged(repository={"url": URL, "tag": "v1.1.0"})

    (entry,) = seeded.preview()["previewableReport"]["entries"]

    shown = [line.removeprefix(f"  {URL} v1.1.0: ") for line in SAID.splitlines()[1:]]
    assert entry["message"].splitlines() == shown
    page = seeded.http.get("/__admin/").text
    assert "[deployAs.1.properties.schedule]: must be a schedule" in page
    assert URL in page


def test_the_command_says_which_files_connect_refuses_and_serves_them(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(SEED)
    with command("emulator", "--port", "0", "--seed", str(seed)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://")
        assert process.stderr is not None
        said = "".join(process.stderr.readline() for _ in SAID.splitlines())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    assert said == SAID
