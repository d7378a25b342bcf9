"""Calls to deployed applications: is what answers there well? No credentials, no Connect API."""

from __future__ import annotations

from types import TracebackType

import httpx

from commercetools_connect.api.hosts import is_loopback
from commercetools_connect.api.transport import USER_AGENT, loopback_trust, system_trust
from commercetools_connect.contract.errors import InvalidInputError, quote_foreign

__all__ = ["ApplicationProbe", "NoAnswerError"]


class NoAnswerError(Exception):
    """There was no HTTP answer; the text says why and is safe to print."""


class ApplicationProbe:
    """Asks applications for their status. Use with `async with`; belongs to one event loop.

    Only `https` is called, and `http` on this machine. Redirects are not followed: their status is the answer.
    Bodies are not read.
    """

    def __init__(self) -> None:
        self._clients: dict[bool, httpx.AsyncClient] = {}

    async def __aenter__(self) -> ApplicationProbe:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    async def status(self, method: str, url: str, *, time_limit: float) -> int:
        """Return the HTTP status of the answer, which must begin within `time_limit` seconds.

        Raises `NoAnswerError`, or `InvalidInputError` for an address that is not called.
        """
        is_local = is_loopback(url)
        if not is_local and not url.startswith("https://"):
            raise InvalidInputError(f"{quote_foreign(url)} is not called: only https is, and this machine.")
        client = self._clients.get(is_local) or self._open(is_local=is_local)
        self._clients[is_local] = client
        try:
            async with client.stream(method, url, timeout=time_limit) as response:
                return response.status_code
        except httpx.TimeoutException:
            raise NoAnswerError(f"no answer within {time_limit:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(f"no answer ({type(error).__name__})") from None

    @staticmethod
    def _open(*, is_local: bool) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=loopback_trust() if is_local else system_trust(),
            trust_env=not is_local,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT},
        )
