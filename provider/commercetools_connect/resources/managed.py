"""Managed resources: what the resources that own an object under a key share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

from commercetools_connect.api import ById, ByKey, Ref, none_if_missing
from commercetools_connect.api.paging import EntryT
from commercetools_connect.core.errors import ConflictError, InitFailedError, ProviderError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import CheckFailure, Diff, State
from commercetools_connect.core.values import PropertyMap, PropertyValue, has_unknown, unwrap_secrets
from commercetools_connect.resources.keys import BY_KEY, require_importable
from commercetools_connect.resources.ownership import (
    ExistingObject,
    Ownership,
    contested_error,
    decide_ownership,
    describe_take_over,
    ensure_no_cascade,
    kept_warning,
    refuse_create,
    same_key_failure,
)
from commercetools_connect.resources.run_registry import CheckRecord
from commercetools_connect.resources.session import Session

T = TypeVar("T")


ANSWER_LOST: Final = (
    "the answer to the request that creates {what} was lost; what has its key now may be what this run has made, "
    "or what another client has made"
)


@dataclass(frozen=True)
class Lookup(Generic[T]):
    """Result of a lookup by id and then by key.

    - `found`: the object of that id, `None` if it is gone for certain.
    - `successor`: another object that has the key now; only where `found` is `None`.
    """

    found: T | None
    successor: T | None = None


async def find_object(
    identity: str,
    key: PropertyValue,
    read: Callable[[Ref], Awaitable[EntryT]],
    read_cached: Callable[[str], Awaitable[EntryT]] | None = None,
) -> Lookup[EntryT]:
    """Return the object of that id, or of the key in `key=<key>`.

    An answer "not found" to an id may be stale. The object is gone only if the API finds neither its id nor, under
    its `key`, an object of the same id. Both `read` and `read_cached` (for the id only) raise `NotFoundError`; any
    other error goes through.
    """
    if identity.startswith(BY_KEY):
        return Lookup(await none_if_missing(read(ByKey(identity.removeprefix(BY_KEY)))))
    found = await none_if_missing(read_cached(identity) if read_cached else read(ById(identity)))
    key = unwrap_secrets(key)
    if found is not None or not isinstance(key, str) or not key:
        return Lookup(found)
    under_key = await none_if_missing(read(ByKey(key)))
    if under_key is None or under_key.id == identity:
        return Lookup(under_key)
    return Lookup(None, under_key)


async def find_by_key(key: str, read: Callable[[Ref], Awaitable[T]]) -> T | None:
    """Return the object under that key, `None` if the API finds none."""
    return await none_if_missing(read(ByKey(key)))


def not_deleted_error(what: str, object_id: str) -> ProviderError:
    """Return the error for a delete that Connect answered with "not found" although a read finds the object."""
    return ProviderError(
        f"{what} is not deleted: Connect answers that {object_id} does not exist, but shows it when it is read, "
        "by its id or by its key.",
        "Run the same command again in a moment.",
    )


class ManagedResource:
    """Base of the resources: run registry, ownership and protection of the objects that they manage.

    - `kind`: the name of the resource; `noun`: what its object is called in messages.
    - `id_forms`: the remedy for an invalid import id.

    Object ids are those of states.
    """

    kind: ClassVar[str]
    noun: ClassVar[str] = ""
    id_forms: ClassVar[str] = ""

    def __init__(self, session: Session) -> None:
        self._session = session

    def key_name(self, properties: PropertyMap) -> str:
        """Return the name of the properties' key in the run registry, `""` if there is none or it is not known."""
        return ""

    def ensure_importable(self, state: State, identity: str) -> None:
        """Raise `InvalidInputError` when an import names something that can be no object of this kind.

        `identity` is the part of the id that names the object: a uuid or `key=<key>`.
        """
        require_importable(state, identity, self.kind, self.id_forms)

    async def validate(self, context: OperationContext, news: PropertyMap) -> tuple[CheckFailure, ...]:
        """Return no failures: by default the server knows no more about a new object than `check`."""
        return ()

    async def validate_update(
        self, context: OperationContext, state: State, news: PropertyMap
    ) -> tuple[CheckFailure, ...]:
        """Return no failures, as before a create."""
        return ()

    async def preview_create(self, context: OperationContext, news: PropertyMap) -> None:
        """Report nothing: by default a create continues with what it finds."""

    def check_key(self, context: OperationContext, olds: PropertyMap, inputs: PropertyMap) -> list[CheckFailure]:
        """Record a check; return the failure of a key that another resource of the program has."""
        self._session.warn_of_registry(context)
        before, now = self.key_name(olds) if olds else None, self.key_name(inputs)
        other = self._session.registry.record_check(self.kind, context, before, now, inputs)
        return [same_key_failure(context, unwrap_secrets(inputs.get("key")), other)] if other else []

    def record_diff(self, context: OperationContext, state: State, news: PropertyMap, found: Diff) -> Diff:
        """Record a diff, and return it. Raises `InvalidInputError` as `ensure_no_cascade` does."""
        if found.replaces and has_unknown(news):
            ensure_no_cascade(self._session.registry, self.kind, context)
        self._session.registry.record_diff(self.kind, context, state.id, found)
        return found

    def begin_update(self, context: OperationContext, state: State) -> None:
        """Record an update. Raises `ConfigurationError` for a state of another host."""
        self.ensure_same_host(context, state)
        self._session.registry.record_update(self.kind, context, state.id)

    def ensure_same_host(self, context: OperationContext, state: State) -> None:
        """Raise `ConfigurationError` for a state that was made on another commercetools host."""
        self._session.ensure_same_host(self.kind, context, state.outputs)

    def keeps_object(self, context: OperationContext, state: State) -> bool:
        """Return whether a delete removes nothing, since this run keeps the object; the user gets a warning then.

        Raises `ConfigurationError` for a state of another host, `ConflictError` for an object because of which a
        create of this run was refused, or under whose key one failed.
        """
        self.ensure_same_host(context, state)
        registry = self._session.registry
        if registry.is_protected(state.id):
            keeper = registry.other_keeper(self.kind, context, state.id)
            context.reporter.warning(kept_warning(self.noun, context, keeper))
            return True
        what, key = f"{self.kind} {state.id}", self.key_name(state.outputs)
        if other := registry.contested_by(state.id):
            raise contested_error(what, context, other, refused=True)
        if other := registry.contested_by(key) if key else "":
            raise contested_error(what, context, other, refused=False)
        return False

    @contextmanager
    def contesting_key(self, context: OperationContext, properties: PropertyMap) -> Iterator[None]:
        """Contest the key of a create that fails in the block: no delete of this run removes what has the key.

        The create may fail because of an object that it cannot see, such as one of another project.
        """
        try:
            yield
        except ProviderError:
            if key := self.key_name(properties):
                self._session.registry.contest(self.kind, context, key)
            raise

    def key_is_ours(
        self, context: OperationContext, key: str, properties: PropertyMap, record: CheckRecord | None
    ) -> bool:
        """Return whether only this stack can have given an object the key, or this resource's state names it."""
        derived = context.key_proves_ownership and key == context.default_key
        return derived or (record is not None and self.key_name(properties) in record.keys)

    async def find_owner(
        self,
        context: OperationContext,
        object_id: str,
        properties: PropertyMap,
        describe: Callable[[], Awaitable[ExistingObject]],
    ) -> Ownership:
        """Return whose the object is that a create found under its key.

        `properties` are the declared inputs; `describe` is called only for an object that no other resource of
        this run claims. Raises `ConflictError` when the create must leave the object alone; it is contested from
        then on, so that no delete of this run removes it.
        """
        registry = self._session.registry
        try:
            registry.require_unclaimed(self.kind, context, object_id, self.key_name(properties))
            existing = await describe()
            ownership = decide_ownership(existing)
            if ownership is Ownership.FOREIGN:
                raise refuse_create(existing, registry.refuse(existing.entry))
        except ConflictError:
            registry.contest(self.kind, context, object_id)
            raise
        return ownership

    def report_take_over(self, context: OperationContext, what: str, ownership: Ownership) -> None:
        """Report, once, that the create continues with `what` or takes it over."""
        certain = ownership in (Ownership.OURS, Ownership.BEING_MADE)
        report = self._session.inform_once if certain else self._session.warn_once
        report(context, describe_take_over(ownership, what))

    async def take_over(
        self,
        context: OperationContext,
        object_id: str,
        reconcile: Callable[[], Awaitable[State]],
        *,
        adopt: bool,
    ) -> State:
        """Return what `reconcile` returns for an object that the create may continue with, and claim the object.

        While `reconcile` runs the object is claimed for the create. After an `InitFailedError` it belongs to this
        resource; after any other error it is contested, so that no delete of this run removes it.
        """
        registry = self._session.registry
        registry.record_take_over(self.kind, context, object_id)
        try:
            state = await reconcile()
        except InitFailedError:
            registry.claim(self.kind, context, object_id)
            raise
        except ProviderError:
            registry.contest(self.kind, context, object_id)
            raise
        registry.claim(self.kind, context, object_id)
        if adopt:
            context.reporter.info("adopt has done its work; remove it from the program")
        return state
