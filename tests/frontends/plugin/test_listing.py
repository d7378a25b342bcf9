"""`pulumi do <type> list` as the plugin answers it: what exists, page by page, by the ids that imports take."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from typer.testing import CliRunner

from commercetools_connect.cli.main import app
from commercetools_connect.emulator import Emulator
from tests.frontends.plugin.conftest import LIMIT, Engine, Failure, struct
from tests.support.many import multiply
from tests.support.marks import UNKNOWN
from tests.support.world import PROJECT, World, build_world

pytestmark = pytest.mark.skipif(
    not hasattr(provider_pb2, "ListRequest"), reason="the protocol of this SDK has no List"
)

MANY = 501
CREDENTIALS = {"clientId": "demo-client", "clientSecret": "demo-secret", "projectKey": PROJECT}


@dataclass
class Page:
    """One answer to List."""

    found: list[tuple[str, str]]
    token: str
    computed: bool

    @property
    def ids(self) -> list[str]:
        return [id_ for id_, _ in self.found]


def listed(engine: Engine, kind: str, query: Mapping[str, object] | None = None, **more: Any) -> Page:
    """Call List as the engine does."""
    request = provider_pb2.ListRequest(
        token=f"commercetools-connect:index:{kind}", query=struct(query or {}), **more
    )
    answers = list(engine.stub.List(request, timeout=LIMIT))
    results = [each.result for each in answers if each.HasField("result")]
    return Page(
        [(each.id, each.name) for each in results],
        "".join(each.continuation.continuation_token for each in answers),
        any(each.HasField("computed") for each in answers),
    )


def refusal(engine: Engine, kind: str, query: Mapping[str, object] | None = None, **more: Any) -> Failure:
    """Call List, which must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        listed(engine, kind, query, **more)
    return Failure(caught.value)


def everything(engine: Engine, kind: str, **more: Any) -> list[str]:
    """Return the ids of all pages."""
    page = listed(engine, kind, **more)
    ids = page.ids
    while page.token:
        page = listed(engine, kind, **{**more, "continuation_token": page.token})
        ids += page.ids
    return ids


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Give an emulator with a published draft, one that is not published, and 501 deployments."""
    with Emulator() as emulator, build_world(emulator) as world:
        world.deployed()
        world.create("ConnectorStaged", world.staged_inputs(name="Idle"), "idle")
        multiply(emulator, MANY)
        yield world


@pytest.fixture(scope="module")
def configured(world: World) -> Iterator[Engine]:
    with Engine(configured=False, CORE="real") as engine:
        engine.handshake()
        engine.configure({**CREDENTIALS, "connectUrl": world.emulator.url})
        yield engine


def imported_ids(world: World) -> dict[str, list[str]]:
    """Return kind → the ids that `import-file` writes."""
    environ = {
        "CTP_CONNECT_URL": world.emulator.url,
        "CTP_CLIENT_ID": CREDENTIALS["clientId"],
        "CTP_CLIENT_SECRET": CREDENTIALS["clientSecret"],
    }
    result = CliRunner().invoke(app, ["import-file", "--project", PROJECT], env=environ)
    assert result.exit_code == 0, result.output
    found: dict[str, list[str]] = {}
    for entry in json.loads(result.stdout)["resources"]:
        found.setdefault(entry["type"].rpartition(":")[2], []).append(entry["id"])
    return found


@pytest.mark.parametrize(
    ("kind", "count"), [("ConnectorStaged", 2), ("ConnectorPublication", 1), ("Deployment", MANY)]
)
def test_the_ids_are_those_that_import_file_writes(
    world: World, configured: Engine, kind: str, count: int
) -> None:
    """Everything that is listed can be read and imported by its id."""
    found = everything(configured, kind)

    assert sorted(found) == sorted(imported_ids(world)[kind])
    assert len(found) == len(set(found)) == count


def test_a_page_ends_where_the_engine_asks_and_the_next_one_continues(configured: Engine) -> None:
    """If the engine asks for nothing else, a page has 500 objects; `limit` and `page_size` make it shorter."""
    first = listed(configured, "Deployment")
    second = listed(configured, "Deployment", continuation_token=first.token)

    assert (len(first.found), len(second.found), second.token) == (500, 1, "")
    assert len(listed(configured, "Deployment", limit=3).found) == 3
    assert len(listed(configured, "Deployment", limit=3, page_size=2).found) == 2
    assert sorted(everything(configured, "Deployment", page_size=200)) == sorted([*first.ids, *second.ids])


def test_small_pages_cost_no_more_calls_than_the_list_has_pages(world: World, configured: Engine) -> None:
    """A page continues the reading of the page before: 501 deployments are two calls, in portions of any size."""
    world.emulator.admin.clear_journal()
    everything(configured, "Deployment", page_size=20)

    calls = [each["path"] for each in world.emulator.admin.journal() if each["method"] == "GET"]
    assert calls == [f"/{PROJECT}/deployments"] * 2


def test_names_are_keys(configured: Engine) -> None:
    assert {name for _, name in listed(configured, "ConnectorStaged").found} == {"derived-greeter", "derived-idle"}
    assert "copy-001" in {name for _, name in listed(configured, "Deployment").found}


def test_filters_choose_by_project_type_and_integration_type(world: World, configured: Engine) -> None:
    production = listed(configured, "Deployment", {"type": "production"})
    none = listed(configured, "Deployment", {"integrationTypes": "tax"})
    world.emulator.admin.clear_journal()
    listed(configured, "ConnectorStaged", {"integrationTypes": "tax, psp", "private": True})

    assert len(production.found) == 50
    assert none.found == []
    assert "projectKey" in refusal(configured, "Deployment", {"projectKey": "no project"}).text
    other = refusal(configured, "Deployment", {"projectKey": "other-project"})
    assert other.code in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND)
    (call,) = [each for each in world.emulator.admin.journal() if each["path"] == "/connectors/drafts"]
    assert all(
        part in call["query"] for part in ("integrationTypes=tax", "integrationTypes=psp", "isPrivate=true")
    )


def test_what_cannot_be_listed_says_why(configured: Engine) -> None:
    """A gate exists in states only; a filter may be mistyped; a token is good for one use and one query."""
    gate = refusal(configured, "RolloutGate")
    typo = refusal(configured, "Deployment", {"typ": "sandbox"})
    value = refusal(configured, "Deployment", {"type": "sandpit"})
    page = listed(configured, "Deployment", page_size=1)
    wrong = refusal(configured, "ConnectorStaged", continuation_token=page.token)

    assert gate.code is typo.code is wrong.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "no list of resources" in gate.text
    assert "Deployment" in gate.text
    assert "typ" in typo.text
    assert "must be one of preview, sandbox, production" in value.text
    assert "List from the beginning." in wrong.text


def test_a_query_that_a_preview_does_not_know_gives_an_unknown_list(world: World, configured: Engine) -> None:
    """Nothing is asked of commercetools."""
    world.emulator.admin.clear_journal()
    page = listed(configured, "Deployment", {"projectKey": UNKNOWN})

    assert (page.found, page.computed) == ([], True)
    assert world.emulator.admin.journal() == []


def test_a_deployment_that_will_be_gone_is_not_listed(world: World, configured: Engine) -> None:
    """As in `import-file`."""
    dump = world.emulator.admin.dump()
    leaving = listed(configured, "Deployment", limit=1).ids[0]
    try:
        world.emulator.admin.patch("deployments", leaving.rpartition("/")[2], {"status": "Undeploying"})
        assert leaving not in everything(configured, "Deployment")
    finally:
        world.emulator.admin.load(dump)
