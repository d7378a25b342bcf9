"""Ends other than success, as the engine reads them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from commercetools_connect.api import errors as api
from commercetools_connect.core.errors import InitFailedError, ProviderError
from commercetools_connect.core.values import Secret
from commercetools_connect.frontends.plugin.codec import decode_properties
from commercetools_connect.frontends.plugin.rpc import describe_failure
from tests.frontends.plugin.conftest import METHODS, Engine, plain, secret
from tests.frontends.plugin.fake_core import CANARY

BROKEN = {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.DATA_LOSS}
"""Codes that make the engine doubt its state."""


def _tree(kind: type[ProviderError]) -> Iterator[type[ProviderError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


KINDS: list[type[ProviderError]] = sorted(set(_tree(ProviderError)), key=lambda each: each.__name__)


@pytest.mark.parametrize("kind", KINDS)
def test_every_understood_error_has_a_code_that_says_so(kind: type[ProviderError]) -> None:
    """A class that is added later has one too, that of its parent."""
    failure = describe_failure(kind("What happened.", "What to do."), "the update of Deployment api")

    assert failure.code not in BROKEN
    assert failure.message == "What happened.\nWhat to do."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (api.ForbiddenError("no"), grpc.StatusCode.PERMISSION_DENIED),
        (api.AuthenticationFailedError("no"), grpc.StatusCode.UNAUTHENTICATED),
        (api.InvalidStatusTransitionError("no"), grpc.StatusCode.FAILED_PRECONDITION),
        (api.NotFoundError("no"), grpc.StatusCode.NOT_FOUND),
    ],
    ids=lambda each: type(each).__name__,
)
def test_errors_of_the_api_have_the_nearest_code(error: ProviderError, code: grpc.StatusCode) -> None:
    assert describe_failure(error, "the create of Deployment api").code is code


@pytest.mark.parametrize(
    ("act", "code"),
    [("refuse", grpc.StatusCode.ALREADY_EXISTS), ("timeout", grpc.StatusCode.DEADLINE_EXCEEDED)],
)
@pytest.mark.parametrize("method", METHODS)
def test_an_understood_error_is_reported_in_its_own_words(
    engine: Engine, method: str, act: str, code: grpc.StatusCode
) -> None:
    failure = engine.failure(method, {"act": act, "on": method})

    assert failure.code is code
    assert failure.status is None
    assert failure.text in ("the key is taken\nChoose another.", "it took too long")


@pytest.mark.parametrize("method", METHODS)
def test_an_interrupted_operation_is_not_reported_as_a_bug(engine: Engine, method: str) -> None:
    failure = engine.failure(method, {"act": "cancelled", "on": method})

    assert failure.code is grpc.StatusCode.ABORTED
    assert failure.text.startswith(f"the {method} of Deployment api was interrupted.")
    assert "Run `pulumi up` again" in failure.text


@pytest.mark.parametrize("act", ["bug", "exit"])
@pytest.mark.parametrize("method", METHODS)
def test_an_unforeseen_exception_is_one_line_with_an_id(engine: Engine, method: str, act: str) -> None:
    """Neither its text nor a traceback; and the next call is served."""
    failure = engine.failure(method, {"act": act, "on": method, "token": secret(CANARY)})

    assert failure.code is grpc.StatusCode.INTERNAL
    assert f"in the {method} of Deployment api, at " in failure.text
    assert "please report it with the id " in failure.text
    assert "\n" not in failure.text
    assert CANARY not in failure.text
    assert "Traceback" not in failure.text
    assert engine.check({}).inputs.fields


def test_the_way_to_an_unforeseen_exception_is_logged_under_its_id_without_its_text() -> None:
    log = io.StringIO()
    try:
        dict[str, str]()[CANARY]
    except KeyError as error:
        failure = describe_failure(error, "the create of Deployment api", log)

    assert failure.message.rpartition(" ")[2] in log.getvalue()
    assert "test_failures.py" in log.getvalue()
    assert f"'{CANARY}'" not in log.getvalue()


@pytest.mark.parametrize("method", ["create", "update", "read"])
def test_what_exists_in_part_is_kept_with_its_reasons(engine: Engine, method: str) -> None:
    """Id, outputs, inputs and every reason; secrets in it are secrets."""
    tree = {"act": "partial", "on": method, "token": secret(CANARY)}

    failure = engine.failure(method, tree)

    kept = failure.init_failed
    assert failure.code is grpc.StatusCode.FAILED_PRECONDITION
    assert kept.id == "p/id-1"
    assert list(kept.reasons) == ["api: build failed", "worker: out of memory"]
    outputs: Any = decode_properties(kept.properties)
    assert outputs["token"] == Secret(CANARY)
    assert outputs["computed"]["list"][0] == Secret({"deep": CANARY})
    assert plain(kept.inputs)["act"] == "partial"


def test_a_state_of_two_megabytes_is_kept(engine: Engine) -> None:
    failure = engine.failure("create", {"act": "partial", "redeployTrigger": "x" * 2_000_000})

    assert len(plain(failure.init_failed.properties)["redeployTrigger"]) == 2_000_000


def test_a_delete_that_is_not_done_tells_the_reasons(engine: Engine) -> None:
    """There is nothing to keep it with: the engine has the state."""
    failure = engine.failure("delete", {"act": "partial", "on": "delete"})

    assert failure.status is None
    assert failure.text == "api: build failed\nworker: out of memory"
    assert issubclass(InitFailedError, Exception)


def test_a_resource_of_another_version_is_named(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        engine.check({}, urn="urn:pulumi:dev::acme::commercetools-connect:index:Teapot::api")

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "has no resource 'commercetools-connect:index:Teapot'" in caught.value.details()


def test_without_a_configuration_it_says_so(make_engine: type[Engine]) -> None:
    with make_engine(configured=False) as engine:
        failure = engine.failure("create", {})

    assert failure.code is grpc.StatusCode.FAILED_PRECONDITION
    assert "before it was configured" in failure.text
