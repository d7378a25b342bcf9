"""Concurrent changes of the same objects: two stacks, a person in the Merchant Center, and our own operations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest

from commercetools_connect.core.resource import OperationContext
from tests.support.engine import Engine
from tests.support.in_process_emulator import InProcessEmulator
from tests.support.process import Process
from tests.support.scenarios import chain
from tests.support.stack import Declared, Program, Run
from tests.support.world import DELAYS, PROJECT

DEPLOYMENT = f"/{PROJECT}/deployments/"


@pytest.fixture
def emulator() -> Iterator[InProcessEmulator]:
    emulator = InProcessEmulator()
    emulator.admin.settings(delays=dict(DELAYS))
    yield emulator
    emulator.close()


def run(
    emulator: InProcessEmulator,
    work: Callable[[Process], Coroutine[Any, Any, Run]],
    process: Process | None = None,
) -> Run:
    process = process or Process(emulator)
    ended = emulator.run(work(process))
    emulator.run(process.aclose())
    return ended


def again(engine: Engine, shop: str) -> Callable[[Process], Coroutine[Any, Any, Run]]:
    """Return one more `up` of that program."""
    return lambda process: engine.up(process, keyed(shop=shop))


def keyed(**changes: Any) -> Program:
    """Return the chain under keys of its own, for everyone who wants it."""
    return [
        Declared(each.kind, each.name, {**each.inputs, "key": "shared", "adopt": True})
        if each.kind != "ConnectorPublication"
        else each
        for each in chain(**changes)
    ]


def whenever(
    emulator: InProcessEmulator, process: Process, method: str, path: str, act: Callable[[Any], object], times: int
) -> None:
    """Let another client act just before a call of ours arrives."""
    left = times

    def before(request: httpx.Request) -> None:
        nonlocal left
        if request.method == method and path in request.url.path and left:
            left -= 1
            kind: Any = "drafts" if "drafts" in path else "deployments"
            objects: Any = emulator.admin.dump()[kind]
            for each in objects:
                act(each)

    process.wire.before = before


def test_an_error_about_a_concurrent_change_of_a_draft_says_what_has_changed(
    emulator: InProcessEmulator,
) -> None:
    """One refusal is overcome and mentioned: versions and fields, no values."""
    engine = Engine()
    run(emulator, lambda process: engine.up(process, chain()))
    process = Process(emulator)
    rename: Any = {"description": "a description of theirs"}
    whenever(
        emulator, process, "POST", "drafts", lambda each: emulator.admin.patch("drafts", each["id"], rename), 1
    )

    ended = run(emulator, lambda process: engine.up(process, chain(tag="v1.1.0")), process)

    (said,) = [each for each in process.said.infos if "was changed by another client" in each]
    assert not ended.failed
    assert "→" in said
    assert "(description)" in said
    assert "theirs" not in said


def test_a_person_who_is_always_ahead_of_us_ends_in_an_error_that_lists_what_they_did(
    emulator: InProcessEmulator,
) -> None:
    """Nothing was changed by us, and the next `up` does it."""
    engine = Engine()
    run(emulator, lambda process: engine.up(process, chain()))
    process = Process(emulator)
    whenever(
        emulator,
        process,
        "POST",
        "drafts",
        lambda each: emulator.admin.patch("drafts", each["id"], {"name": "X"}),
        99,
    )

    ended = run(emulator, lambda process: engine.up(process, chain(tag="v1.1.0")), process)

    assert ended.failed
    assert "was changed by another client each time: version" in ended.errors[0]
    assert "let only one do so" in ended.errors[0]
    assert not run(emulator, lambda process: engine.up(process, chain(tag="v1.1.0"))).failed


def test_an_error_about_repeated_redeploys_by_another_client_says_so_too(emulator: InProcessEmulator) -> None:
    engine = Engine()
    run(emulator, lambda process: engine.up(process, chain()))
    process = Process(emulator)
    values: Any = {"applications": {"service": {"standardConfiguration": {"GREETING": "theirs"}}}}
    whenever(
        emulator,
        process,
        "POST",
        DEPLOYMENT,
        lambda each: emulator.admin.patch("deployments", each["id"], values),
        99,
    )

    ended = run(emulator, lambda process: engine.up(process, chain(shop="Emca", token="c4n4ry-2")), process)

    assert "configurations.service.standardConfiguration.GREETING" in ended.errors[0]
    assert "theirs" not in ended.errors[0].partition("each time")[2]
    assert "c4n4ry" not in ended.errors[0]


def test_two_stacks_that_want_the_same_both_end_and_one_of_them_wins(emulator: InProcessEmulator) -> None:
    """Both adopt the same objects at the same time: no double, no hang, and a truth in the end."""
    one, two = Engine(), Engine()
    processes = Process(emulator), Process(emulator)

    async def both() -> list[Run]:
        ups = (
            one.up(processes[0], keyed(shop="One", token="c4n4ry-1")),
            two.up(processes[1], keyed(shop="Two", token="c4n4ry-2")),
        )
        return list(await asyncio.gather(*ups))

    emulator.run(both())
    for engine, shop in ((one, "One"), (two, "Two")):
        for _ in range(2):
            run(emulator, engine.refresh)
            last = run(emulator, again(engine, shop))
        assert not last.failed, last.errors

    dump: Any = emulator.admin.dump()
    ((deployment,), (_,)) = dump["deployments"], dump["drafts"]
    assert deployment["applications"][0]["standard"]["SHOP_NAME"] == "Two"


def test_our_own_operations_on_one_deployment_take_turns(emulator: InProcessEmulator) -> None:
    """An update and a delete of the same object at once: the second begins when the first has ended."""
    engine = Engine()
    run(emulator, lambda process: engine.up(process, chain()))
    entry = next(each for each in engine.all_entries if each.kind == "Deployment")
    process = Process(emulator)
    resource = process.resource("Deployment")
    operation = _operation(process)
    news = {**entry.inputs, "redeployTrigger": 1}
    emulator.admin.clear_journal()

    async def both() -> list[Any]:
        actions = resource.update(operation, entry.state, news), resource.update(operation, entry.state, news)
        return list(await asyncio.gather(*actions))

    states = emulator.run(both())

    posts = [each for each in emulator.admin.journal() if each["method"] == "POST" and DEPLOYMENT in each["path"]]
    answers = [each["status"] for each in posts]
    assert answers == [201, 201]  # at once the second one would have been refused
    assert [each.outputs["status"] for each in states] == ["Deployed", "Deployed"]


def test_64_operations_on_a_cold_client_ask_for_one_token(emulator: InProcessEmulator) -> None:
    """However many begin at once."""
    engine = Engine()
    run(emulator, lambda process: engine.up(process, chain()))
    emulator.admin.clear_journal()
    process = Process(emulator)
    entries = engine.all_entries

    async def many() -> None:
        reads = [process.resource(e.kind).read(_operation(process), e.state) for e in (entries * 22)[:64]]
        await asyncio.gather(*reads)

    emulator.run(many())

    tokens = [each for each in emulator.admin.journal() if each["path"] == "/oauth/token"]
    assert len(tokens) == 1


def _operation(process: Process) -> Any:
    return OperationContext("greeter", "derived", "urn:greeter", reporter=process.said)
