"""Keys under `pulumi:autonaming`, for each mode as the engine tells it to Check."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from commercetools_connect.emulator import Emulator
from commercetools_connect.resources.keys import derive_key
from tests.frontends.plugin.conftest import CONFIG, LIMIT, URN, Engine, plain, struct
from tests.support.marks import UNKNOWN
from tests.support.world import PROJECT, World, build_world

Mode = provider_pb2.CheckRequest.AutonamingOptions.Mode
ID = "5f0c6b0e-8a55-4a5e-9c38-0b0f6f6f0a11"
NEWS = {"region": "europe-west1.gcp", "connector": {"key": "greeter"}}
DRAFT = URN.replace("Deployment", "ConnectorStaged")
GREETER = URN.replace("::api", "::greeter")

NAMES = [
    ("${name}-${hex(8)}", "greeter-4b75cf50", "greeter-c91591af"),
    ("${name}-${alphanum(6)}", "greeter-llzp0p", "greeter-zxpwvp"),
    ("${string(5)}-${name}", "rttbo-greeter", "ldlcb-greeter"),
    ("${name}_${num(4)}", "greeter_9335", "greeter_3112"),
    (
        "${name}-${uuid}",
        "greeter-4b75cf50-d649-2407-2757-ee5096b896dc",
        "greeter-c91591af-5feb-d98b-e7be-8577b5d62eca",
    ),
    (
        "${hex(7)}-${name}-${hex(4)}-${string(6)}-${num(8)}",
        "4b75cf5-greeter-d649-ttboju-12785864",
        "c91591a-greeter-5feb-dlcbzd-52695943",
    ),
    ("${name}${hex(8)}", "greeter4b75cf50", "greeterc91591af"),
    ("fixed-${name}", "fixed-greeter", "fixed-greeter"),
]
"""Pattern, and the names that Pulumi 3.276.0 (`resource/autonaming`) makes of it with each of `SEEDS`."""
SEEDS = (bytes(range(32)), bytes(range(37, 69)))


def checked(
    engine: Engine,
    mode: Any,
    name: str = "",
    news: Mapping[str, object] = NEWS,
    olds: Mapping[str, object] | None = None,
    urn: str = URN,
    seed: bytes = b"",
) -> Any:
    """Check as the engine does for a resource that the autonaming configuration concerns."""
    request = provider_pb2.CheckRequest(
        urn=urn,
        olds=struct(olds or {}),
        news=struct(news),
        randomSeed=seed,
        autonaming=provider_pb2.CheckRequest.AutonamingOptions(proposed_name=name, mode=mode),
    )
    return engine.stub.Check(request, timeout=LIMIT)


def key_of(answer: Any) -> object:
    assert not answer.failures, answer.failures
    return plain(answer.inputs)["key"]


@pytest.fixture
def configured(make_engine: type[Engine]) -> Iterator[Engine]:
    with make_engine(configured=False, CORE="real", NETWORK="off") as engine:
        engine.configure(CONFIG, ID)
        yield engine


def test_the_plugin_tells_the_engine_that_it_honours_autonaming(configured: Engine) -> None:
    """Without this the engine sends nothing and warns about provider-specific settings."""
    assert configured.handshake().supports_autonaming_configuration
    assert configured.configure(CONFIG, ID).supports_autonaming_configuration


@pytest.mark.parametrize("urn", [URN, DRAFT])
@pytest.mark.parametrize(("mode", "name"), [(Mode.ENFORCE, "api"), (Mode.PROPOSE, "acme-dev_api")])
def test_verbatim_and_a_pattern_without_random_parts_give_the_name_as_it_is(
    configured: Engine, urn: str, mode: int, name: str
) -> None:
    news = NEWS if urn == URN else {"name": "Greeter"}
    answer = checked(configured, mode, name, news=news, urn=urn)

    assert plain(answer.inputs)["key"] == name
    assert not [each for each in answer.failures if each.reason.startswith("key")]


@pytest.mark.parametrize("urn", [URN, DRAFT])
def test_disabled_asks_for_a_key_and_is_silent_when_there_is_one(configured: Engine, urn: str) -> None:
    """A key of the program will do, and so will the one in the state."""
    missing = [each.reason for each in checked(configured, Mode.DISABLE, urn=urn).failures]
    given = checked(configured, Mode.DISABLE, news={**NEWS, "key": "mine"}, urn=urn)
    kept = checked(configured, Mode.DISABLE, news=NEWS, olds={**NEWS, "key": "old"}, urn=urn)

    assert [each for each in missing if each.startswith("key: is required")]
    assert [each for each in missing if "`pulumi:autonaming`" in each]
    assert not [each for answer in (given, kept) for each in answer.failures if each.reason.startswith("key")]


def test_disabled_asks_nothing_of_what_has_no_key(configured: Engine) -> None:
    """Publications and gates have none."""
    urn = URN.replace("Deployment", "ConnectorPublication")
    news = {"connectorStagedId": ID, "tag": "v1", "target": "private"}

    assert not checked(configured, Mode.DISABLE, news=news, urn=urn).failures


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.PROPOSE])
def test_a_name_that_cannot_be_a_key_says_whose_it_is_and_what_to_do(configured: Engine, mode: int) -> None:
    (failure,) = checked(configured, mode, "my.api").failures

    assert "`pulumi:autonaming`" in failure.reason
    assert "give the resource a key" in failure.reason


def test_a_key_of_the_program_and_of_the_state_win_over_every_mode(configured: Engine) -> None:
    """A resource that exists is not renamed by a new configuration."""
    for mode, name in ((Mode.ENFORCE, "api"), (Mode.PROPOSE, "other"), (Mode.DISABLE, "")):
        assert key_of(checked(configured, mode, name, news={**NEWS, "key": "mine"})) == "mine"
        assert key_of(checked(configured, mode, name, olds={**NEWS, "key": "old"})) == "old"


@pytest.mark.parametrize(("mode", "name"), [(Mode.ENFORCE, "api"), (Mode.PROPOSE, "other"), (Mode.DISABLE, "")])
def test_both_checks_of_a_replacement_give_the_key_of_the_state(configured: Engine, mode: int, name: str) -> None:
    """The second one is not given the old inputs."""
    olds = {**NEWS, "key": "old", "projectKey": "acme"}
    news = {**NEWS, "region": "us-central1.gcp"}

    first = checked(configured, mode, name, news=news, olds=olds)
    second = checked(configured, mode, name, news=news)

    assert key_of(first) == key_of(second) == "old"


@pytest.mark.parametrize(("pattern", "name", "again"), NAMES)
def test_random_parts_of_a_pattern_are_the_same_in_each_run(
    configured: Engine, pattern: str, name: str, again: str
) -> None:
    """The engine draws new ones each time; a run after a killed create must find its object."""
    names = zip((name, again), SEEDS, strict=True)
    keys = {key_of(checked(configured, Mode.PROPOSE, each, urn=GREETER, seed=seed)) for each, seed in names}

    (key,) = keys
    assert ("${" in pattern.replace("${name}", "")) is (key != name)
    assert "greeter" in str(key)
    assert len(str(key)) == len(name)


def test_random_parts_differ_between_stacks_and_resources(make_engine: type[Engine]) -> None:
    name = NAMES[0][1]
    keys = set()
    with make_engine(configured=False, CORE="real", NETWORK="off") as engine:
        for id_, urn in ((ID, GREETER), (ID.replace("5f", "6f"), GREETER), (ID, GREETER.replace("dev", "prod"))):
            engine.configure(CONFIG, id_)
            keys.add(key_of(checked(engine, Mode.PROPOSE, name, urn=urn, seed=SEEDS[0])))
    assert len(keys) == 3
    assert all(str(key).startswith("greeter-") for key in keys)


def test_a_preview_that_still_makes_the_provider_knows_a_name_without_random_parts_only(
    make_engine: type[Engine],
) -> None:
    name = NAMES[0][1]
    with make_engine(configured=False, CORE="real", NETWORK="off") as engine:
        engine.configure(CONFIG, UNKNOWN)
        drawn = key_of(checked(engine, Mode.PROPOSE, name, urn=GREETER, seed=SEEDS[0]))
        fixed = key_of(checked(engine, Mode.ENFORCE, "greeter", urn=GREETER, seed=SEEDS[0]))

    assert (drawn, fixed) == (UNKNOWN, "greeter")


def test_without_a_configuration_keys_are_derived_as_ever(configured: Engine) -> None:
    assert key_of(configured.check(NEWS)) == derive_key("acme", "dev", "api", provider_id=ID)


@pytest.fixture
def world() -> Iterator[World]:
    with Emulator() as emulator, build_world(emulator) as world:
        yield world


def connected(world: World) -> Engine:
    """Start a provider of that emulator."""
    engine = Engine(configured=False, CORE="real")
    credentials = {"clientId": "demo-client", "clientSecret": "demo-secret", "projectKey": PROJECT}
    engine.handshake()
    engine.configure({**credentials, "pollInterval": "1", "connectUrl": world.emulator.url}, ID)
    return engine


def deployments(world: World) -> dict[str, str]:
    """Return key → id of all deployments."""
    dump: Any = world.emulator.admin.dump()
    return {each["key"]: each["id"] for each in dump["deployments"]}


def awaited(world: World, answer: Any) -> Any:
    """Move the emulator's clock on until the RPC has ended; bounded by the RPC's own limit."""
    while not answer.done():
        world.emulator.admin.advance(10)
        time.sleep(0.1)
    return answer.result()


def started(world: World, engine: Engine, news: Mapping[str, object]) -> Any:
    """Begin a create, and return when the deployment is there."""
    answer = engine.stub.Create.future(engine.create_request(news, urn=GREETER), timeout=LIMIT)
    deadline = time.monotonic() + LIMIT
    while not deployments(world) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def found_while_it_runs(world: World) -> None:
    """Return when a provider has read the deployments: one that is finished by then is not taken over."""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if any("/deployments" in call["path"] for call in world.emulator.admin.journal()):
            return
        time.sleep(0.05)


LIVES = [
    pytest.param(Mode.ENFORCE, ("greeter", "greeter"), id="verbatim"),
    pytest.param(Mode.PROPOSE, ("acme-greeter", "acme-greeter"), id="pattern"),
    pytest.param(Mode.PROPOSE, NAMES[0][1:], id="random pattern"),
]


@pytest.mark.parametrize(("mode", "names"), LIVES)
def test_a_killed_create_is_found_again_under_the_key_that_the_preview_has_shown(
    world: World, mode: int, names: tuple[str, str]
) -> None:
    """The next run draws other random parts, and creates nothing twice."""
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id)
    with connected(world) as killed:
        news = plain(checked(killed, mode, names[0], news=inputs, urn=GREETER, seed=SEEDS[0]).inputs)
        shown = plain(killed.create(news, urn=GREETER, preview=True).properties)["key"]
        started(world, killed, news)
        killed.process.kill()
    before = deployments(world)
    with connected(world) as engine:
        news = plain(checked(engine, mode, names[1], news=inputs, urn=GREETER, seed=SEEDS[1]).inputs)
        world.emulator.admin.clear_journal()
        answer = engine.stub.Create.future(engine.create_request(news, urn=GREETER), timeout=LIMIT)
        found_while_it_runs(world)
        created = awaited(world, answer)

    assert list(before) == [shown] == [news["key"]]
    assert deployments(world) == before
    assert created.id == f"{PROJECT}/{before[shown]}"


@pytest.mark.parametrize(("mode", "names"), LIVES)
def test_a_replacement_keeps_the_key_and_deletes_first_with_a_proof(
    world: World, mode: int, names: tuple[str, str]
) -> None:
    staged, _ = world.published()
    inputs = world.deployment_inputs(staged.id)
    with connected(world) as engine:
        news = plain(checked(engine, mode, names[0], news=inputs, urn=GREETER, seed=SEEDS[0]).inputs)
        created = awaited(world, started(world, engine, news))
    with connected(world) as engine:
        olds, moved = plain(created.properties), {**inputs, "region": "us-central1.gcp"}
        naming: dict[str, Any] = {"name": names[1], "urn": GREETER, "seed": SEEDS[1]}
        first = plain(checked(engine, mode, news=moved, olds=news, **naming).inputs)
        diff = engine.diff(olds, first, id=created.id, urn=GREETER, old_inputs=struct(news))
        second = plain(checked(engine, mode, news=moved, **naming).inputs)
        request = provider_pb2.DeleteRequest(id=created.id, urn=GREETER, properties=created.properties)
        awaited(world, engine.stub.Delete.future(request, timeout=LIMIT))
        gone = deployments(world)
        again = awaited(world, started(world, engine, second))

    assert news["key"] == first["key"] == second["key"]
    assert (list(diff.replaces), diff.deleteBeforeReplace) == (["region"], True)
    assert gone == {}
    assert deployments(world) == {news["key"]: again.id.rpartition("/")[2]}
