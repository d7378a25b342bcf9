"""Lists: filters, order and pages (API §2, §3.1). Any parameter that a list does not have is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar, get_args

from commercetools_connect.emulator.entities import ConnectorContent, DeploymentType, IntegrationType
from commercetools_connect.emulator.errors import invalid_query
from commercetools_connect.emulator.json_values import Json, JsonObject

Query = Mapping[str, Sequence[str]]

DEFAULT_LIMIT = 20
MAX_LIMIT = 500
MAX_OFFSET = 10_000
_SORTS = {"createdAt": "created_at", "lastModifiedAt": "modified_at"}
_SORT_WORDS = (1, 2)
_KNOWN_VALUES: Mapping[str, Sequence[str]] = {
    "isPrivate": ("true", "false"),
    "private": ("true", "false"),
    "withTotal": ("true", "false"),
    "integrationTypes": get_args(IntegrationType),
    "deploymentType": get_args(DeploymentType),
}
_REPEATABLE = ("integrationTypes", "id", "key", "sort", "where")


class Sortable(Protocol):
    """What a list can order by."""

    @property
    def created_at(self) -> float:
        """When it was created."""

    @property
    def modified_at(self) -> float:
        """When it changed last."""


T = TypeVar("T")
S = TypeVar("S", bound=Sortable)


@dataclass(frozen=True)
class PageQuery:
    """The parameters of a list, checked."""

    limit: int
    offset: int
    sort: Sequence[tuple[str, bool]]
    """Attribute and whether descending, the most important first."""
    filters: Query = field(default_factory=dict)

    def wants(self, name: str, value: bool | str) -> bool:  # noqa: FBT001 - a value to compare, no switch
        """Tell whether a filter lets `value` pass; without the filter everything does."""
        wanted = self.filters.get(name)
        text = str(value).lower() if isinstance(value, bool) else value
        return not wanted or text in wanted


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list."""

    query: PageQuery
    items: Sequence[T]
    total: int

    def body(self, render: Callable[[T], Json]) -> JsonObject:
        """Return `{limit, offset, count, total, results}`."""
        return {
            "limit": self.query.limit,
            "offset": self.query.offset,
            "count": len(self.items),
            "total": self.total,
            "results": [render(each) for each in self.items],
        }


def page_query(query: Query, *filters: str, sortable: bool = True) -> PageQuery:
    """Check the parameters of a list that has these filters; raise 400 InvalidQueryParam."""
    require_known(query, {"limit", "offset", *filters, *(["sort"] if sortable else [])})
    return PageQuery(
        limit=_number(query, "limit", DEFAULT_LIMIT, MAX_LIMIT),
        offset=_number(query, "offset", 0, MAX_OFFSET),
        sort=[_sort(text) for text in query.get("sort", ())],
        filters={name: query[name] for name in filters if name in query},
    )


def require_known(query: Query, known: Set[str]) -> None:
    """Refuse parameters that are not known, given twice, or of another value, with 400 InvalidQueryParam."""
    for name, values in query.items():
        if name not in known:
            raise invalid_query(f"{name}: unknown; known are {', '.join(sorted(known))}")
        if len(values) > 1 and name not in _REPEATABLE:
            raise invalid_query(f"{name}: must be given once")
        for value in values:
            _check_value(name, value)


def paged(items: Sequence[S], query: PageQuery) -> Page[S]:
    """Order `items` and cut the page out."""
    ordered = list(items)
    for attribute, descending in reversed(query.sort):
        ordered.sort(key=lambda each: float(getattr(each, attribute)), reverse=descending)
    return page_of(ordered, query)


def page_of(items: Sequence[T], query: PageQuery) -> Page[T]:
    """Cut the page out of `items`, which have their order already."""
    return Page(query, items[query.offset : query.offset + query.limit], len(items))


def is_of_type(query: PageQuery, content: ConnectorContent) -> bool:
    """Tell whether the filter `integrationTypes` lets a connector pass: one common type is enough."""
    wanted = query.filters.get("integrationTypes")
    return not wanted or bool(set(wanted) & set(content.integration_types))


def _check_value(name: str, value: str) -> None:
    known = _KNOWN_VALUES.get(name)
    if known and value not in known:
        raise invalid_query(f"{name}: must be one of {', '.join(known)}")


def _number(query: Query, name: str, default: int, maximum: int) -> int:
    if name not in query:
        return default
    text = query[name][0]
    if not (text.isascii() and text.isdigit()) or int(text) > maximum:
        raise invalid_query(f"{name}: must be a whole number from 0 to {maximum}")
    return int(text)


def _sort(text: str) -> tuple[str, bool]:
    words = text.split()
    field_name, direction = [*words, "asc"][:2] if len(words) in _SORT_WORDS else ("", "")
    if field_name not in _SORTS or direction not in {"asc", "desc"}:
        raise invalid_query(f"sort: must be one of {', '.join(_SORTS)}, with asc or desc")
    return _SORTS[field_name], direction == "desc"
