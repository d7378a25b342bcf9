"""The providers of one process, as the resources of a program share them."""

from __future__ import annotations

import json

from commercetools_connect.contract.operation import Operation
from commercetools_connect.dynamic.sessions import Sessions

URL = "http://127.0.0.1:1"


def test_a_resource_that_changes_its_name_and_its_connection_at_once_is_not_deleted() -> None:
    """One connection takes the live object over, the other one is told to delete it: they know of each other."""
    sessions = Sessions({})
    connections = json.dumps({"other": {"connectUrl": URL, "projectKey": "acme"}})
    values = {"commercetools-connect:connections": connections, "commercetools-connect:connectUrl": URL}
    sessions.configure(values.get)
    renamed = Operation("renamed", derived_key="renamed", urn="urn:renamed")

    sessions.provider("other").session.ledger.claim("Deployment", renamed, "acme/1")

    assert sessions.provider().session.ledger.must_stay("acme/1")
