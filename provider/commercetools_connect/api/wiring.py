"""Client of the HTTP API for a project's Extensions and Subscriptions.

The HTTP API has no scopes that only read them: who lists Extensions may also change them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import Final, TypeVar

from commercetools_connect.api.endpoints import Action
from commercetools_connect.api.errors import ForbiddenError
from commercetools_connect.api.hosts import DOCTOR, checked_project_key
from commercetools_connect.api.models.base import Json
from commercetools_connect.api.models.wiring import Extension, ExtensionPage, Subscription, SubscriptionPage
from commercetools_connect.api.paging import Page
from commercetools_connect.api.session import ApiSession

MANAGE_PROJECT: Final = "manage_project"

EntryT = TypeVar("EntryT", Extension, Subscription)


class WiringKind(str, Enum):
    """What connects a project with the applications of a connector."""

    EXTENSION = "extension"
    SUBSCRIPTION = "subscription"

    @property
    def api_type(self) -> str:
        """The name of the API's type: `Extension`, `Subscription`."""
        return self.value.capitalize()

    @property
    def scope(self) -> str:
        """The scope that its calls need, reads included."""
        return f"manage_{self.value}s"


EVERY_KIND: Final = frozenset(WiringKind)


class WiringClient:
    """Lists the Extensions and Subscriptions of projects, with the session of a `ConnectClient`.

    Every coroutine raises `ApiError`, and `ConfigurationError` or `InvalidInputError` before a call that cannot be
    made. `ForbiddenError` is raised before the call where the token names its scopes and none of them allows it.
    """

    def __init__(self, session: ApiSession, api_url: str) -> None:
        self._session = session.at(api_url)

    async def missing_scopes(
        self, project_key: str, kinds: Collection[WiringKind] = EVERY_KIND
    ) -> tuple[str, ...]:
        """Return the scopes, each with its project, that the token lacks to list these kinds.

        None where the token host names no scopes: then only the calls will tell.
        """
        project = checked_project_key(project_key)
        held = (await self._session.token()).scopes
        return () if held is None else missing_scopes(held, project, kinds)

    async def require_scopes(self, project_key: str, kinds: Collection[WiringKind] = EVERY_KIND) -> None:
        """Raise `ForbiddenError` that names every scope which the token lacks to list these kinds."""
        missing = await self.missing_scopes(project_key, kinds)
        if not missing:
            return
        named = [kind for kind in WiringKind if f"{kind.scope}:{project_key}" in missing]
        raise ForbiddenError(
            f"Could not list {_titles(named)} of project {project_key!r}: the token lacks "
            f"{' and '.join(missing)}. The call was not made.",
            access_remedy(project_key, named),
        )

    async def extensions(self, project_key: str) -> tuple[Extension, ...]:
        """Return all Extensions of a project: at most 25, one page."""
        return await self._list(project_key, WiringKind.EXTENSION, ExtensionPage.model_validate)

    async def subscriptions(self, project_key: str) -> tuple[Subscription, ...]:
        """Return all Subscriptions of a project: at most 50, one page."""
        return await self._list(project_key, WiringKind.SUBSCRIPTION, SubscriptionPage.model_validate)

    async def _list(
        self, project_key: str, kind: WiringKind, read: Callable[[Json], Page[EntryT]]
    ) -> tuple[EntryT, ...]:
        path = f"/{checked_project_key(project_key)}/{kind.value}s"
        await self.require_scopes(project_key, [kind])
        action = Action(
            f"list {_titles([kind])} of project {project_key!r}",
            access_remedy=access_remedy(project_key, [kind]),
        )
        entries = self._session.list(path, action, read, (("withTotal", "false"),))
        return tuple([each async for each in entries if each.id])


def missing_scopes(held: Collection[str], project_key: str, kinds: Collection[WiringKind]) -> tuple[str, ...]:
    """Return the scopes, each with its project, that a token with the scopes `held` lacks to list these kinds."""
    if f"{MANAGE_PROJECT}:{project_key}" in held:
        return ()
    needed = sorted(f"{kind.scope}:{project_key}" for kind in set(kinds))
    return tuple(scope for scope in needed if scope not in held)


def access_remedy(project_key: str, kinds: Collection[WiringKind]) -> str:
    """Return what to do where the Extensions or Subscriptions of a project may not be listed."""
    needed = " and ".join(f"{kind.scope}:{project_key}" for kind in WiringKind if kind in kinds)
    return (
        f"Use an API client with {needed}, or with {MANAGE_PROJECT}:{project_key}; there are no scopes that only "
        f"read them. Scopes cannot be added to a client, so a missing one needs a new client. {DOCTOR}"
    )


def _titles(kinds: Collection[WiringKind]) -> str:
    return "the " + " and ".join(f"{kind.api_type}s" for kind in kinds)
