"""Extensions and Subscriptions of the HTTP API, as their lists show them.

There is no place here for a secret: keys, connection strings and headers of a destination are dropped, and so are
the query and the user name of an address. Destination types that are not known are kept by their names.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeGuard
from urllib.parse import urlsplit, urlunsplit

from pydantic import BeforeValidator, Field

from commercetools_connect.api.models.base import ResponseModel
from commercetools_connect.api.paging import Page

URL_TYPES: Final = frozenset({"HTTP", "GoogleCloudFunction"})
"""Destination types of an Extension that are called at a URL."""


class SubscriptionStatus:
    """The health of a Subscription, by name; other values may come."""

    HEALTHY: Final = "Healthy"
    TEMPORARY_ERROR: Final = "TemporaryError"
    CONFIGURATION_ERROR: Final = "ConfigurationError"
    DELIVERY_STOPPED: Final = "ConfigurationErrorDeliveryStopped"
    MANUALLY_SUSPENDED: Final = "ManuallySuspended"


STOPPED_STATUSES: Final = frozenset({SubscriptionStatus.DELIVERY_STOPPED, SubscriptionStatus.MANUALLY_SUSPENDED})
"""Statuses in which nothing is delivered, and that do not heal by themselves."""


def _text(value: object) -> object:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _address(value: object) -> object:
    """Return an address without what may hold a secret: user name, password, query and fragment."""
    if not isinstance(value, str):
        return ""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    if not parts.netloc and "@" in value:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _objects(value: object) -> object:
    """Return the objects of a list; a list of another shape has none."""
    return [each for each in value if isinstance(each, dict | ResponseModel)] if _is_list(value) else []


def _texts(value: object) -> object:
    return [each for each in value if isinstance(each, str)] if _is_list(value) else []


def _is_list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, list | tuple)


def _object(value: object) -> object:
    return value if isinstance(value, dict | ResponseModel) else {}


def _identified(value: object) -> object:
    """Return the entries of a page, with the id `""` for a broken one: it counts, and does not hide the others."""
    if not isinstance(value, list):
        return value
    return [each if isinstance(each, dict) and isinstance(each.get("id"), str) else {"id": ""} for each in value]


def _number(value: object) -> object:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


Number = Annotated[int | None, BeforeValidator(_number)]
Text = Annotated[str, BeforeValidator(_text)]
Address = Annotated[str, BeforeValidator(_address)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class ExtensionDestination(ResponseModel):
    """What an Extension calls: `url` or, on AWS Lambda, `arn`; `""` where its type has none."""

    type: Text = ""
    url: Address = ""
    arn: Text = ""


class ExtensionTrigger(ResponseModel):
    """When an Extension is called."""

    resource_type_id: Text = ""
    actions: Texts = ()


class SubscriptionDestination(ResponseModel):
    """Where a Subscription delivers. Members that its type does not have are `""`."""

    type: Text = ""
    project_id: Text = ""
    topic: Text = ""
    topic_arn: Text = ""
    queue_url: Address = ""
    source: Text = ""
    uri: Address = ""


class SubscribedTypes(ResponseModel):
    """Messages, changes or events of one kind of resource; no `types`: all of them."""

    resource_type_id: Text = ""
    types: Texts = ()


class Extension(ResponseModel):
    """An API Extension. Nothing in it says whether its destination answers."""

    id: str
    version: Number = None
    key: Text = ""
    created_at: Text = ""
    destination: Annotated[ExtensionDestination, BeforeValidator(_object)] = Field(
        default_factory=ExtensionDestination
    )
    triggers: Annotated[tuple[ExtensionTrigger, ...], BeforeValidator(_objects)] = ()


class Subscription(ResponseModel):
    """A Subscription. `status` tells whether its destination takes messages, not whether anyone listens there."""

    id: str
    version: Number = None
    key: Text = ""
    created_at: Text = ""
    destination: Annotated[SubscriptionDestination, BeforeValidator(_object)] = Field(
        default_factory=SubscriptionDestination
    )
    messages: Annotated[tuple[SubscribedTypes, ...], BeforeValidator(_objects)] = ()
    changes: Annotated[tuple[SubscribedTypes, ...], BeforeValidator(_objects)] = ()
    events: Annotated[tuple[SubscribedTypes, ...], BeforeValidator(_objects)] = ()
    status: Text = ""


class ExtensionPage(Page[Extension]):
    """One page of the list of Extensions; entries without an id are left out."""

    results: Annotated[tuple[Extension, ...], BeforeValidator(_identified)]


class SubscriptionPage(Page[Subscription]):
    """One page of the list of Subscriptions; entries without an id are left out."""

    results: Annotated[tuple[Subscription, ...], BeforeValidator(_identified)]
