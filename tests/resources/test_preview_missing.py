"""A preview says why a connector cannot be deployed: there is none, or it is not shared with the project."""

from __future__ import annotations

from typing import Any

from commercetools_connect.core.values import UNKNOWN, Unknown
from commercetools_connect.resources.planned_publications import (
    PlannedPublication,
    PlannedPublications,
    PublicationProgress,
)
from tests.resources.deployments import (
    DEPLOYMENT,
    published,
    simple,
)
from tests.support.world import PROJECT, REGION, World, validated


class TestMissingConnector:
    KEY = "nobodys"

    def test_it_is_a_mistake_where_the_whole_program_is_known(self, world: World) -> None:
        (reported,) = self._look(world, PlannedPublications(complete=True))

        assert reported.startswith(
            "connector: no published Connector with key 'nobodys' is visible to these credentials"
        )
        assert "this program does not publish it" in reported
        assert f"add {REGION}:{PROJECT} to the `privateProjects`" in reported

    def test_it_is_a_warning_where_another_process_may_publish_it(self, world: World) -> None:
        assert self._look(world, PlannedPublications()) == []

        (warning,) = world.said.warnings
        assert "no published Connector with key 'nobodys'" in warning
        assert "unless this same `pulumi up` publishes it, the apply will fail" in warning

    def test_it_is_no_mistake_if_another_process_says_that_it_publishes_it(self, world: World) -> None:
        class Board:
            def post_publication(self, resource: str, release: PlannedPublication) -> None:
                pass

            def publications_elsewhere(self) -> list[PlannedPublication]:
                return [PlannedPublication(self.id, "v1", staged=False, progress=PublicationProgress.PLANNED)]

            id: str | Unknown = UNKNOWN

        assert self._look(world, PlannedPublications(shared=Board())) == []
        Board.id = "another"  # what a publication of another connector would say
        assert len(self._look(world, PlannedPublications(shared=Board()))) == 1

    def test_it_is_private_if_the_program_shares_it_with_others_only(self, world: World) -> None:
        publications = PlannedPublications(complete=True)
        publications.declare_draft(self.KEY, {"key": self.KEY, "privateProjects": [f"{REGION}:other-project"]})

        (reported,) = self._look(world, publications)

        assert reported == (
            "projectKey: the connector is private and not shared with this project: add "
            f"{REGION}:{PROJECT} to its privateProjects"
        )

    def test_an_error_tells_a_client_of_another_project_that_it_may_be_private(self, world: World) -> None:
        """The API shows it nothing: it looks like a connector that is not published yet."""
        published(world)
        world.emulator.admin.clients(
            [
                {
                    "clientId": "demo-client",
                    "clientSecret": "demo-secret",
                    "scopes": "manage_project:demo-project",
                },
                {"clientId": "other", "clientSecret": "o", "scopes": "manage_project:other-project"},
            ]
        )
        world.settings |= {"clientId": "other", "clientSecret": "o", "projectKey": "other-project"}

        (reported,) = self._look(world, PlannedPublications(complete=True), key="derived-greeter")

        assert "If the connector exists, it is private and not shared with this project" in reported
        assert f"{REGION}:other-project" in reported

    def _look(self, world: World, publications: PlannedPublications, key: str = KEY) -> list[str]:
        inputs = {**world.deployment_inputs("x", configurations=simple()), "connector": {"key": key}}

        async def look(of: Any) -> list[str]:
            news = of(DEPLOYMENT).check(world.context(), {}, inputs).inputs
            return [str(each) for each in await validated(of(DEPLOYMENT), world.context(), news)]

        return world.run(look, publications)
