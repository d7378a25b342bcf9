"""The client that lists what a deployment expects: its secret is in nothing that is kept or shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from commercetools_connect.core.errors import InitFailedError
from commercetools_connect.core.results import State
from tests.resources.watched import WATCHER, Shop
from tests.secrets.test_canaries import ENCODINGS, at_rest
from tests.support.canaries import Canaries
from tests.support.socketless import SocketlessEmulator
from tests.support.world import build_world


@pytest.fixture
def shop() -> Iterator[Shop]:
    with closing(SocketlessEmulator()) as emulator, build_world(emulator) as world:
        yield Shop(world)


def everything(shop: Shop, reasons: list[str]) -> str:
    said = shop.world.said
    state = [at_rest(shop.state.outputs), at_rest(shop.state.inputs), repr(shop.state)]
    return "\n".join([*said.infos, *said.warnings, *said.statuses, *reasons, *state])


def prints(shop: Shop, key: str, secret: str) -> None:
    """Let the scripts of the next run print the secret in each form, and register nothing."""
    forms = [encode(secret) for encode in ENCODINGS.values()]
    report: list[Any] = [{"type": "Warning", "title": f"env {each}", "message": each} for each in forms]
    shop.admin.outcome("deploy", key, "success", report=report, times=1)


@pytest.mark.parametrize("form", ["named", "inline"])
def test_what_a_script_prints_of_it_is_masked(shop: Shop, form: str) -> None:
    canaries = Canaries([str(WATCHER["clientSecret"])])
    prints(shop, "other", str(WATCHER["clientSecret"]))
    connection = "watch" if form == "named" else shop.members()
    _, reasons = shop.up({**shop.inputs(connection), "key": "other"})
    assert reasons
    assert "env ***" in str(shop.state.outputs["report"])
    with pytest.raises(InitFailedError) as caught:
        shop.refresh()
    assert not canaries.found_in(everything(shop, [*reasons, *caught.value.reasons, repr(caught.value.state)]))


def test_a_client_that_is_refused_shows_no_secret(shop: Shop) -> None:
    wrong = "c4n4ry-mistyped"
    _, (said,) = shop.up(shop.inputs(shop.members(clientSecret=wrong)))
    assert "it is not known whether what it expects is wired" in said
    assert not Canaries([wrong]).found_in(everything(shop, [said]))


def test_a_gate_keeps_no_secret_of_its_connections(shop: Shop) -> None:
    secret = str(WATCHER["clientSecret"])
    shop.up(shop.inputs(shop.members()))
    outputs, shop.state = shop.state.outputs, State("", {})
    names = ("region", "status", "deployedTag", "urls", "applications", "expect")
    entry = {"target": "dev", "project": outputs["projectKey"], **{name: outputs[name] for name in names}}
    gate = {"wave": "w", "connectorTag": "v1.0.0", "wired": True, "deployments": [entry]}
    for connection in (shop.members(), shop.members(clientSecret="c4n4ry-rotated")):
        shop.up({**gate, "deployments": [{**entry, "connection": connection}]}, "RolloutGate")
        assert not Canaries([secret, "c4n4ry-rotated"]).found_in(everything(shop, []))
