"""From what came back to what a caller gets: a model, or the error that says best what is wrong. Pure."""

from __future__ import annotations

import json
import re
import ssl
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import httpx
from pydantic import ValidationError

from commercetools_connect.api.calls import Call, Purpose
from commercetools_connect.api.envelope import Envelope, parse_envelope
from commercetools_connect.api.errors import (
    ApiError,
    NetworkError,
    UnexpectedAnswerError,
)
from commercetools_connect.api.models.base import Json
from commercetools_connect.api.redaction import Redactor
from commercetools_connect.api.repeats import RULES, Trouble
from commercetools_connect.api.rulings import NOT_FROM_THE_API, ruling, ruling_of_page, trouble_of
from commercetools_connect.api.scopes import without_repetition
from commercetools_connect.contract.errors import quote_foreign

__all__ = ["Exchange", "no_answer", "read_answer"]

T = TypeVar("T")

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_CORRELATION_ID = re.compile(r"[A-Za-z0-9/_.-]{8,256}")
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
_SUCCESS = range(200, 300)
# Far more than is ever shown, so that what is cut off here is no part of a secret that shows.
_READ_AT_MOST = 20_000

_CHECK_NETWORK = (
    "Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY) and the configured region, and run again."
)
_CHECK_TRUST = "Add the certificate authority to the trust store of this machine, or check the proxy that answers."


@dataclass(frozen=True)
class Exchange:
    """One request as an error has to know it; `secrets` are what may never show, in clear."""

    purpose: Purpose
    host: str
    correlation_id: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def _redactor(self) -> Redactor:
        return Redactor(self.secrets)

    def answered_by(self, response: httpx.Response) -> Exchange:
        """Return the same with the correlation id under which the server knows it, if it says so."""
        said = response.headers.get("x-correlation-id", "")
        if said in ("", self.correlation_id):
            return self
        echoed = self._redactor.redact(said)
        return replace(self, correlation_id=echoed) if _CORRELATION_ID.fullmatch(echoed) else self

    def quote(self, foreign: str, limit: int = 500) -> str:
        """Return text from elsewhere without our secrets, on one line, cut."""
        return quote_foreign(self._redactor.redact(foreign[:_READ_AT_MOST]), limit)

    def is_uncertain_after(self, trouble: Trouble) -> bool:
        """Tell whether this was a write that may have had its effect."""
        return self.purpose.writes and RULES[trouble].may_be_done

    def fail(self, what: str, *, maybe_done: bool = False) -> str:
        """Return the text of an error: which call, what happened, what support asks for if it was sent at all."""
        effect = " It may have had its effect." if maybe_done else ""
        traced = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        return f"Could not {self.purpose.doing}: {what.rstrip('.')}{traced}.{effect}"


def no_answer(exchange: Exchange, trouble: httpx.RequestError) -> ApiError:
    """Return the error for a request that no whole answer came back to."""
    if isinstance(trouble, httpx.DecodingError):
        return _unreadable(exchange, None, "the answer cannot be decompressed", Trouble.UNREADABLE)
    timed_out = isinstance(trouble, httpx.TimeoutException)
    never_sent = isinstance(trouble, _NEVER_SENT)
    exchange = replace(exchange, correlation_id="") if never_sent else exchange
    who = "it" if exchange.host in exchange.purpose.doing else exchange.host
    untrusted = _is_about_trust(trouble)
    kind = Trouble.NEVER_SENT if never_sent else Trouble.NO_ANSWER
    if untrusted or isinstance(trouble, httpx.UnsupportedProtocol):
        kind = Trouble.UNTRUSTED
    uncertain = exchange.is_uncertain_after(kind)
    happened = "did not answer in time" if timed_out else "could not be talked to"
    cause = exchange.quote(str(trouble), 200) or type(trouble).__name__
    return NetworkError(
        exchange.fail(f"{who} {happened}: {cause}", maybe_done=uncertain),
        _CHECK_TRUST if untrusted else _CHECK_NETWORK,
        correlation_id=exchange.correlation_id,
        uncertain=uncertain,
        transient=RULES[kind].may_pass,
        timed_out=timed_out,
    )


def read_answer(call: Call[T], exchange: Exchange, response: httpx.Response) -> T | ApiError:
    """Return what the caller asked for, or the error that the answer amounts to. Any 2xx is a success (API §3)."""
    exchange = exchange.answered_by(response)
    if response.status_code not in _SUCCESS:
        return _refusal(exchange, response)
    body = _json(response)
    if isinstance(body, _NotJson):
        return _unreadable(exchange, response.status_code, "the answer is not JSON", Trouble.UNREADABLE)
    problem: ValidationError
    try:
        return call.read(body)
    except ValidationError as error:
        problem = error
    what = f"the answer has another shape: {_shape(problem)}"
    return _unreadable(exchange, response.status_code, what, Trouble.OTHER_SHAPE)


def _refusal(exchange: Exchange, response: httpx.Response) -> ApiError:
    envelope = parse_envelope(_json(response))
    if envelope is None:
        return _page(exchange, response)
    return _ruled(exchange, response, envelope)


def _unreadable(exchange: Exchange, status: int | None, what: str, kind: Trouble) -> UnexpectedAnswerError:
    uncertain = exchange.is_uncertain_after(kind)
    return UnexpectedAnswerError(
        exchange.fail(f"HTTP {status}, {what}" if status else what, maybe_done=uncertain),
        NOT_FROM_THE_API,
        status=status,
        correlation_id=exchange.correlation_id,
        uncertain=uncertain,
        transient=RULES[kind].may_pass,
    )


def _page(exchange: Exchange, response: httpx.Response) -> ApiError:
    """Return the error for an answer without the API's envelope: a gateway's, a proxy's, a wrong host's."""
    status = response.status_code
    content = exchange.quote(response.headers.get("content-type", ""), 60) or "no content type"
    rule = ruling_of_page(status)
    kind = trouble_of(rule.error, status)
    uncertain = exchange.is_uncertain_after(kind)
    return rule.error(
        exchange.fail(f"HTTP {status}, not in the form of the API ({content})", maybe_done=uncertain),
        rule.remedy,
        status=status,
        correlation_id=exchange.correlation_id,
        uncertain=uncertain,
        transient=RULES[kind].may_pass,
        retry_after=_retry_after(exchange, response),
    )


def _ruled(exchange: Exchange, response: httpx.Response, envelope: Envelope) -> ApiError:
    status = response.status_code
    rule = ruling(status, envelope.codes)
    kind = trouble_of(rule.error, status)
    uncertain = exchange.is_uncertain_after(kind)
    said = "; ".join(exchange.quote(sentence) for sentence in envelope.sentences[:5])
    return rule.error(
        exchange.fail(f"HTTP {status} {said}".rstrip(), maybe_done=uncertain),
        without_repetition(_remedy(exchange.purpose, envelope.codes, rule.remedy), said),
        status=status,
        codes=[exchange.quote(code, 80) for code in envelope.codes],
        correlation_id=exchange.correlation_id,
        uncertain=uncertain,
        transient=RULES[kind].may_pass,
        retry_after=_retry_after(exchange, response),
        details=envelope.details(lambda text: exchange.quote(text, 256)),
    )


def _remedy(purpose: Purpose, codes: tuple[str, ...], general: str) -> str:
    own = (purpose.remedies[code] for code in codes if code in purpose.remedies)
    return next(own, "") or general or purpose.access_remedy


class _NotJson:
    """A body that is no JSON; `None` is JSON, and stands for an empty body too."""


def _json(response: httpx.Response) -> Json | _NotJson:
    if not response.content.strip():
        return None
    try:
        value: Json = json.loads(response.content)
        return _without_half_characters(value) if _HALF_CHARACTER.search(response.content) else value
    except (ValueError, RecursionError):
        return _NotJson()


def _without_half_characters(value: Json) -> Json:
    r"""Return the value with U+FFFD for each `\ud800` that stands alone: it is in no text that can be sent on."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    whole: Json = json.loads(text)
    return whole


def _shape(problem: ValidationError) -> str:
    faults = problem.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(
        f"{'.'.join(str(step) for step in fault['loc']) or 'body'}: {fault['msg']}" for fault in faults[:3]
    )


def _retry_after(exchange: Exchange, response: httpx.Response) -> str:
    return exchange.quote(response.headers.get("retry-after", ""), 60)


def _is_about_trust(trouble: BaseException) -> bool:
    seen: BaseException | None = trouble
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
