"""Responses of the API: the parsed model, or the error that describes the failure best."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from commercetools_connect.api.endpoints import Action, Endpoint, without_repetition
from commercetools_connect.api.errors import (
    NOT_FROM_THE_API,
    ApiError,
    NetworkError,
    UnexpectedAnswerError,
    classify,
    classify_page,
)
from commercetools_connect.api.http import (
    NEVER_SENT,
    DecodingError,
    RequestError,
    Response,
    TimeoutException,
    UnsupportedProtocol,
)
from commercetools_connect.api.models.base import Json, JsonObject
from commercetools_connect.api.retry import RULES, FailureKind, failure_kind
from commercetools_connect.api.secret_registry import HEAVY, READ_AT_MOST, SecretRegistry
from commercetools_connect.core.text import escape_untrusted

T = TypeVar("T")

_CORRELATION_ID = re.compile(r"[A-Za-z0-9/_.-]{8,256}")
_OAUTH_ERROR = re.compile(r"[a-z_]{1,80}")
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
_SUCCESS = range(200, 300)

_CHECK_NETWORK = (
    "Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY) and the configured region, and run again."
)
_CHECK_TRUST = "Add the certificate authority to the trust store of this machine, or check the proxy that answers."


def new_correlation_id() -> str:
    """Return an id that finds one call in the vendor's logs (API §2)."""
    return f"ccp-{uuid.uuid4().hex}"


@dataclass(frozen=True)
class RequestContext:
    """What the errors of one request need to know; they never show what is in `secrets`."""

    action: Action
    host: str
    secrets: SecretRegistry = field(default_factory=SecretRegistry, repr=False)
    correlation_id: str = field(default_factory=new_correlation_id)

    def answered_by(self, response: Response) -> RequestContext:
        """Return the context with the correlation id that the server uses, if the response names another one."""
        named = response.headers.get("x-correlation-id", "")
        if named in ("", self.correlation_id):
            return self
        echoed = self.secrets.redact(named)
        return replace(self, correlation_id=echoed) if _CORRELATION_ID.fullmatch(echoed) else self

    def escape(self, text: str, limit: int = 500) -> str:
        """Return untrusted text without secrets, on one line, cut."""
        return escape_untrusted(self.secrets.redact(text[:READ_AT_MOST]), limit)

    def error(self, error: type[ApiError], kind: FailureKind, what: str, remedy: str, **facts: Any) -> ApiError:
        """Return an error that names the call, what happened, and the correlation id if the request was sent."""
        rule = RULES[kind]
        uncertain = self.action.writes and rule.maybe_applied
        effect = " It may have had its effect." if uncertain else ""
        correlation = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        return error(
            f"Could not {self.action.doing}: {what.rstrip('.')}{correlation}.{effect}",
            remedy,
            correlation_id=self.correlation_id,
            uncertain=uncertain,
            transient=rule.transient,
            **facts,
        )


def network_error(context: RequestContext, error: RequestError) -> ApiError:
    """Return the error for a request without a complete response."""
    if isinstance(error, DecodingError):
        what = "the answer cannot be decompressed"
        return context.error(UnexpectedAnswerError, FailureKind.UNREADABLE, what, NOT_FROM_THE_API)
    timed_out = isinstance(error, TimeoutException)
    never_sent = isinstance(error, NEVER_SENT)
    context = replace(context, correlation_id="") if never_sent else context
    untrusted = _is_about_trust(error)
    kind = FailureKind.NEVER_SENT if never_sent else FailureKind.NO_ANSWER
    if untrusted or isinstance(error, UnsupportedProtocol):
        kind = FailureKind.UNTRUSTED
    host = "it" if context.host in context.action.doing else context.host
    happened = "did not answer in time" if timed_out else "could not be talked to"
    cause = context.escape(str(error), 200) or type(error).__name__
    remedy = _CHECK_TRUST if untrusted else _CHECK_NETWORK
    return context.error(NetworkError, kind, f"{host} {happened}: {cause}", remedy, timed_out=timed_out)


def _is_about_trust(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


async def parse_response(endpoint: Endpoint[T], context: RequestContext, response: Response) -> T | ApiError:
    """Return the endpoint's object, or the error that the response amounts to. Any 2xx is a success (API §3).

    Secrets in reports are masked, because a script may print what it was given; long reports in another thread.
    """
    context = context.answered_by(response)
    status = response.status_code
    if status not in _SUCCESS:
        return _refusal(context, response)
    body = _json(response)
    if isinstance(body, _NotJson):
        kind, what = FailureKind.UNREADABLE, f"HTTP {status}, the answer is not JSON"
        return context.error(UnexpectedAnswerError, kind, what, NOT_FROM_THE_API, status=status)
    if len(response.content) > HEAVY and context.secrets.is_heavy(body):
        await asyncio.to_thread(context.secrets.redact_reports, body)
    else:
        context.secrets.redact_reports(body)
    try:
        return endpoint.parse(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:3]
        places = [f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}" for each in found]
        what = f"HTTP {status}, the answer has another shape: {'; '.join(places)}"
        kind = FailureKind.OTHER_SHAPE
        return context.error(UnexpectedAnswerError, kind, what, NOT_FROM_THE_API, status=status)


def _refusal(context: RequestContext, response: Response) -> ApiError:
    """Return the error for a response that is not a success; without an envelope it is not the API's."""
    status = response.status_code
    facts: dict[str, Any] = {
        "status": status,
        "retry_after": context.escape(response.headers.get("retry-after", ""), 60),
    }
    envelope = _envelope(context, _json(response))
    if envelope is None:
        entry = classify_page(status)
        content = context.escape(response.headers.get("content-type", ""), 60) or "no content type"
        what, remedy = f"HTTP {status}, not in the form of the API ({content})", entry.remedy
    else:
        entry = classify(status, envelope.codes)
        remedies = context.action.remedies
        own = next((remedies[code] for code in envelope.codes if code in remedies), "")
        what = f"HTTP {status} {envelope.message}".rstrip()
        remedy = without_repetition(own or entry.remedy or context.action.access_remedy, envelope.message)
        facts["codes"] = [context.escape(code, 80) for code in envelope.codes]
    return context.error(entry.error, failure_kind(entry.error, status), what, remedy, **facts)


class _NotJson:
    """A body that is not JSON; `None` is JSON, and the value of an empty body."""


def _json(response: Response) -> Json | _NotJson:
    if not response.content.strip():
        return None
    try:
        value: Json = json.loads(response.content)
        if _HALF_CHARACTER.search(response.content):
            # U+FFFD replaces each surrogate that stands alone: no text with one can be sent on
            text = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
            value = json.loads(text.decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return _NotJson()
    return value


@dataclass(frozen=True)
class _Envelope:
    """The content of an error body; all but the codes is safe to print."""

    codes: tuple[str, ...]
    message: str


def _envelope(context: RequestContext, body: object) -> _Envelope | None:
    """Return the envelope, or `None` for any other body, which does not come from the API."""
    if not isinstance(body, dict):
        return None
    listed = body.get("errors")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    message = _text(body, "message") or _text(body, "error_description")
    error = _text(body, "error")
    # Web frameworks put "Not Found" into this member: such a body does not come from the API.
    oauth_error = error if _OAUTH_ERROR.fullmatch(error) else ""
    if not (entries or message or oauth_error):
        return None
    codes = tuple(code for entry in entries if (code := _text(entry, "code")))
    sentences = [_sentence(entry, message) for entry in entries] or [_joined(oauth_error, message)]

    return _Envelope(
        codes or ((oauth_error,) if oauth_error else ()),
        "; ".join(context.escape(sentence) for sentence in sentences[:5]),
    )


def _sentence(entry: JsonObject, fallback: str) -> str:
    message, explanation = _text(entry, "message") or fallback, _text(entry, "detailedErrorMessage")
    sentence = _joined(_text(entry, "code"), message)
    return f"{sentence} ({explanation})" if explanation and explanation != message else sentence


def _joined(*parts: str) -> str:
    return ": ".join(part for part in parts if part)


def _text(entry: JsonObject, name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
