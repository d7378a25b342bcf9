"""The providers of one process, as the resources of a program share them."""

from __future__ import annotations

import json

import pytest

from commercetools_connect.core.resource import OperationContext
from commercetools_connect.frontends.dynamic.config import Sessions

URL = "http://127.0.0.1:1"


def test_a_resource_that_changes_its_name_and_its_connection_at_once_is_not_deleted() -> None:
    """One connection takes the live object over, the other one is asked to delete it: they know of each other."""
    sessions = Sessions({})
    connections = json.dumps({"other": {"connectUrl": URL, "projectKey": "acme"}})
    values = {"commercetools-connect:connections": connections, "commercetools-connect:connectUrl": URL}
    sessions.configure(values.get)
    renamed = OperationContext("renamed", default_key="renamed", urn="urn:renamed")

    sessions.connections().provider("other").session.registry.claim("Deployment", renamed, "acme/1")

    assert sessions.connections().provider(None).session.registry.is_protected("acme/1")


@pytest.mark.parametrize("place", ["environment", "configuration", "connection"])
def test_what_belongs_to_the_program_holds_for_every_connection(place: str) -> None:
    """A connection is complete by itself otherwise: its credentials come from nowhere else."""
    own = {"strictPreview": True, "offlinePreview": "yes", "adopt": ["acme/one", "acme/two-*"]}
    environ = {"CTP_STRICT_PREVIEW": "1", "CTP_OFFLINE_PREVIEW": "true", "CTP_ADOPT": "acme/one,acme/two-*"}
    connection = {"connectUrl": URL, **(own if place == "connection" else {})}
    values: dict[str, object] = {"commercetools-connect:connections": json.dumps({"other": connection})}
    if place == "configuration":
        values |= {f"commercetools-connect:{name}": json.dumps(value) for name, value in own.items()}
        values["commercetools-connect:offlinePreview"] = "yes"
    sessions = Sessions({"CTP_CLIENT_ID": "elsewhere", **(environ if place == "environment" else {})})
    sessions.configure(values.get)

    session = sessions.connections().provider("other").session

    assert (session.strict_preview, session.offline_preview) == (True, True)
    assert session.adopt.entries == ("acme/one", "acme/two-*")
    assert session.client.connection.client_id == ""


def test_a_connection_says_for_itself_what_the_program_says_for_all() -> None:
    connections = json.dumps({"other": {"connectUrl": URL, "strictPreview": False}})
    sessions = Sessions({"CTP_STRICT_PREVIEW": "1"})
    sessions.configure({"commercetools-connect:connections": connections}.get)

    assert sessions.connections().provider(None).session.strict_preview
    assert not sessions.connections().provider("other").session.strict_preview
