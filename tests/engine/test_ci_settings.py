"""What CI sets, on a real engine: previews without credentials, environments that are made again."""

from __future__ import annotations

import pytest

from tests.engine.yaml_harness import PROJECT, YamlHarness, program

pytestmark = pytest.mark.long

KEY = "pr-17-greeter"


@pytest.fixture
def yaml(yaml: YamlHarness) -> YamlHarness:
    """Give a review environment, whose objects have a prefix of their own."""
    resources = program()
    for name in ("draft", "deployment"):
        resources[name]["properties"]["key"] = KEY
    yaml.write(resources)
    return yaml


def test_a_preview_without_credentials_fails_unless_it_is_to_make_no_call(yaml: YamlHarness) -> None:
    """`CTP_OFFLINE_PREVIEW=1`: no call, and a warning says what was not checked."""
    yaml.run("config", "rm", "commercetools-connect:clientSecret")

    failed = yaml.fails("preview")
    yaml.environ["CTP_OFFLINE_PREVIEW"] = "1"
    shown = yaml.run("preview")

    assert "commercetools-connect:clientSecret (CTP_CLIENT_SECRET) is missing" in failed
    assert "+ 4 to create" in shown
    assert "offlinePreview" in shown
    assert not yaml.emulator.admin.journal()


def test_an_environment_that_is_made_again_adopts_what_its_prefix_names(yaml: YamlHarness) -> None:
    """Its state is lost. The `up` is refused; with `CTP_ADOPT` it goes on with the objects, and destroys them."""
    yaml.up()
    before = yaml.deployment()["id"]
    yaml.run("state", "delete", "--yes", "--all", "--force")

    refused = yaml.fails("up", "--yes", "--skip-preview")
    yaml.environ["CTP_ADOPT"] = f"{PROJECT}/pr-17-*,connectors/pr-17-*"
    yaml.up()
    adopted, status = yaml.deployment()["id"], yaml.deployment()["status"]
    del yaml.environ["CTP_ADOPT"]
    planned = yaml.preview()
    yaml.run("destroy", "--yes", "--skip-preview")

    assert f"CTP_ADOPT='connectors/{KEY}'" in refused
    assert (adopted, status) == (before, "Deployed")
    assert planned == {}
    assert not yaml.emulator.admin.dump()["deployments"]
    assert not yaml.emulator.admin.dump()["drafts"]
