"""Registry of the resources and objects of one engine run.

The engine replaces a resource on `--target-replace`, on a taint and for another provider *without* asking for a
diff: it creates first and then deletes the old one. With one key for both, the create finds the live object, and
the delete that follows would remove it. Only the calls of the whole run together show that. That delete may come
in a later run, when the first one failed halfway: the engine then asks to update the object and to delete it. It
may also come to another process of the same run.

Only the program claims objects. A refresh reads and diffs resources without a check; it claims nothing, so that
the deletes of the same run still delete.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from commercetools_connect.core.errors import ConflictError
from commercetools_connect.core.resource import OperationContext
from commercetools_connect.core.results import Diff
from commercetools_connect.core.values import PropertyMap
from commercetools_connect.resources.planned_publications import PlannedPublication
from commercetools_connect.resources.shared_registry import Event, EventKind, RegistryView, SharedRegistry


@dataclass
class CheckRecord:
    """The checks of one resource in this run.

    - `keys`: the keys that the state's inputs name.
    - `replacement`: the inputs of a check without old inputs. The engine makes one before each create, and for a
      replacement that was forced it makes no other.
    - `replaced_id`: the id of the object that a diff of this run replaces, if one does.
    - `created`: whether the create has begun; `deleted`: whether a delete has ended before it.
    - `redeploy_noted`: the create has noted that the scripts of the replaced object run last.
    """

    keys: set[str] = field(default_factory=set)
    replacement: PropertyMap | None = field(default=None, repr=False)
    replaced_id: str = ""
    created: bool = False
    deleted: bool = False
    redeploy_noted: bool = False


class RunRegistry:
    """What this run knows of objects and keys, each with the resource that claims it."""

    def __init__(self, shared: SharedRegistry | None = None) -> None:
        """Share events through `shared`; without it this process is the whole run."""
        self._own = RegistryView()
        self._shared = shared
        self._checks: dict[str, CheckRecord] = {}
        self._deletes: Counter[str] = Counter()
        self._outdated: set[str] = set()

    @property
    def problem(self) -> str:
        """Why the processes of this run cannot share events, `""` if they can."""
        return self._shared.problem if self._shared is not None else ""

    def record_check(
        self,
        kind: str,
        context: OperationContext,
        old_key: str | None,
        new_key: str | None,
        news: PropertyMap | None,
    ) -> str:
        """Record a check, and return which other resource of this run has the same key, `""` if none has.

        `old_key` is the key in the state's inputs, `None` if the engine sends no old inputs: then the resource is
        new, or replaced.
        """
        me = _identify(kind, context)
        record = self._checks.setdefault(me, CheckRecord())
        if old_key is not None:
            record.keys.add(old_key)
        else:
            record.replacement = news
            if self._own.keeps_any(me):
                self._record(EventKind.RELEASE, "", me)
        if not new_key:
            return ""
        self._record(EventKind.KEY, new_key, me)
        return next((view.keys[new_key] for view in self._views() if view.keys.get(new_key, me) != me), "")

    def record_diff(self, kind: str, context: OperationContext, object_id: str, found: Diff) -> None:
        """Claim the object that a diff of the program is about; a refresh's diff follows no check."""
        me = _identify(kind, context)
        record = self._checks.get(me)
        if record is None:
            return
        record.replaced_id = object_id if found.replaces else ""
        self._record(EventKind.CLAIM if found.replaces else EventKind.KEEP, object_id, me)

    def record_update(self, kind: str, context: OperationContext, object_id: str) -> None:
        """Record that this run continues with the object."""
        self._record(EventKind.KEEP, object_id, _identify(kind, context))

    def record_create(self, kind: str, context: OperationContext) -> CheckRecord:
        """Record that a create of the resource begins, and return the record of its checks."""
        record = self._checks.setdefault(_identify(kind, context), CheckRecord())
        record.created = True
        return record

    def check_record(self, kind: str, context: OperationContext) -> CheckRecord | None:
        """Return the record of the resource's checks; `None` if there was no check, as in a refresh."""
        return self._checks.get(_identify(kind, context))

    def record_of_delete(
        self, kind: str, context: OperationContext, object_id: str, key: str
    ) -> CheckRecord | None:
        """Return the record of the checks of the resource whose object is deleted; `None` if there was no check.

        After a rename with an alias, the engine deletes the object under the old name and has checked the new one:
        the object's id, or the name of its key, leads to it.
        """
        if record := self.check_record(kind, context):
            return record
        for record in self._checks.values():
            if record.replaced_id == object_id:
                return record
        return self._checks.get(self._own.keys.get(key, "")) if key else None

    def require_unclaimed(self, kind: str, context: OperationContext, object_id: str, key: str = "") -> None:
        """Raise `ConflictError` when another resource claims the object, or has its `key` in the state."""
        me = _identify(kind, context)
        owners = [view.claims[object_id] for view in self._views() if view.claims.get(object_id, me) != me]
        if key:
            owners += [each for each, record in self._checks.items() if each != me and key in record.keys]
        if owners:
            raise ConflictError(
                f"{kind} {context.name}: the object {object_id} is already managed as {owners[0]}.",
                "If it was renamed, add an alias (for a target of a Rollout, `aliases`); otherwise give it a key "
                "of its own.",
            )

    def record_take_over(self, kind: str, context: OperationContext, object_id: str) -> None:
        """Claim the object for a create that begins to change it."""
        self._record(EventKind.CLAIM, object_id, _identify(kind, context))

    def claim(self, kind: str, context: OperationContext, object_id: str) -> None:
        """Record that a create returns the object. Raises `ConflictError` when another resource claims it."""
        self.require_unclaimed(kind, context, object_id)
        self._record(EventKind.CREATE, object_id, _identify(kind, context))

    def contest(self, kind: str, context: OperationContext, object_id: str) -> None:
        """Record that a create was refused because of the object: no delete of this run removes it."""
        self._record(EventKind.CONTEST, object_id, _identify(kind, context))

    def contested_by(self, object_id: str) -> str:
        """Return the resource whose create was refused because of the object, `""` if there is none."""
        return next((view.contested[object_id] for view in self._views() if object_id in view.contested), "")

    def is_protected(self, object_id: str) -> bool:
        """Return whether a create of this run returned the object or this run keeps it: no delete removes it."""
        return any(view.is_protected(object_id) for view in self._views())

    def record_outdated(self, publication_id: str) -> None:
        """Record that the draft of the publication has lost its preview, or has changes that are not published."""
        self._outdated.add(publication_id)

    def is_outdated(self, publication_id: str) -> bool:
        """Return whether the publication must look at its draft, although its own inputs are the same.

        A tag that was moved and moved back resets the preview; what another client has published is not what this
        program has put back.
        """
        return publication_id in self._outdated

    @contextmanager
    def deleting(self, object_id: str) -> Iterator[None]:
        """Record that a delete of the object is under way."""
        self._deletes[object_id] += 1
        try:
            yield
        finally:
            self._deletes[object_id] -= 1

    def is_deleted_twice(self, object_id: str) -> bool:
        """Return whether several deletes of the object are under way in this process.

        A forced replacement that found its own object, and whose run ended before its deletes, leaves the object
        in the state twice. The older entry does not know the last build that this stack deployed.
        """
        return self._deletes[object_id] > 1

    @property
    def is_shared(self) -> bool:
        """Whether all processes of this run share their events."""
        return self._shared is not None and not self._shared.problem

    def post_publication(self, resource: str, publication: PlannedPublication) -> None:
        """Record what a resource publishes, for the other processes."""
        self._record(EventKind.PUBLISH, publication.to_text(), resource)

    def publications_elsewhere(self) -> list[PlannedPublication]:
        """Return what the resources of other processes publish."""
        found: list[PlannedPublication] = []
        for view in self._shared.others() if self._shared is not None else []:
            for text in view.publications.values():
                with suppress(ValueError):  # another version of this provider
                    found.append(PlannedPublication.of_text(text))
        return found

    def other_keeper(self, kind: str, context: OperationContext, object_id: str) -> str:
        """Return which other resource keeps or created the object in this run, `""` if none does."""
        me = _identify(kind, context)
        return next((who for view in self._views() if (who := view.keeper_of(object_id)) not in ("", me)), "")

    def refuse(self, entry: str) -> str:
        """Record a refusal, and return all refused objects of this run in the form of `CTP_ADOPT`."""
        self._record(EventKind.REFUSE, entry, "")
        return ",".join(dict.fromkeys(each for view in self._views() for each in view.refused))

    def close(self) -> None:
        """Leave the run."""
        if self._shared is not None:
            self._shared.close()

    def _record(self, kind: EventKind, subject: str, resource: str) -> None:
        event = Event(kind, subject, resource)
        self._own.record(event)
        if self._shared is not None:
            self._shared.post(event)

    def _views(self) -> Iterator[RegistryView]:
        yield self._own
        if self._shared is not None:
            yield from self._shared.others()


def _identify(kind: str, context: OperationContext) -> str:
    return context.urn or f"{kind} {context.name}"
