"""Tests what the program declares: without an engine, and without a call."""

from typing import Any

import pulumi
import shop
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks


class ConnectMocks(Mocks):
    """Answers instead of Connect."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return the id and the outputs of a resource."""
        assert args.typ == "commercetools-connect:index:Deployment"
        return f"{args.name}-id", {**args.inputs, "deployedTag": "v1.0.0"}

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        """Return what `get_connector` finds."""
        assert args.token == "commercetools-connect:index:getConnector"
        return {"id": "connector-1", "repository": {"tag": "v1.0.0"}}


set_mocks(ConnectMocks(), project="shop", stack="test")


@pulumi.runtime.test
def test_a_shop_runs_the_published_tag() -> pulumi.Output[None]:
    def check(values: list[Any]) -> None:
        assert values == ["sandbox", "connector-1", "v1.0.0"]

    dev = shop.declare("acme-dev", "t0ken")
    return pulumi.Output.all(dev.type, dev.connector.id, dev.connector_tag).apply(check)


@pulumi.runtime.test
def test_production_has_the_type_production() -> pulumi.Output[None]:
    def check(kind: str) -> None:
        assert kind == "production"

    return shop.declare("acme-eu", "t0ken").type.apply(check)
