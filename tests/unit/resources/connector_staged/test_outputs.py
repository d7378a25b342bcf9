"""A draft shows what the API holds, on the paths that the program declares."""

from __future__ import annotations

import pytest

from commercetools_connect.core.values import Secret
from commercetools_connect.resources.connector_staged.model import (
    UNORDERED,
    content_hash,
    observed_inputs,
    outputs,
    specification_problem,
)
from commercetools_connect.resources.schema import find_differences
from tests.unit.core.trees import put
from tests.unit.resources.connector_staged.drafts import draft_of
from tests.unit.resources.trees import STAGED, TreeDict

SMALL: TreeDict = {
    "key": "acme-tax",
    "name": "Acme tax",
    "creator": {"email": "dev@acme.example"},
    "repository": {"url": "git@github.com:acme/tax-connector.git", "tag": "v1.2.0"},
}


class TestObservedInputs:
    def test_an_unchanged_draft_shows_what_was_declared(self) -> None:
        assert observed_inputs(draft_of(), STAGED) == STAGED

    def test_what_the_program_does_not_declare_is_no_drift(self) -> None:
        assert find_differences(observed_inputs(draft_of(), SMALL), SMALL) == {}

    def test_another_clients_change_shows_at_its_path(self) -> None:
        touched = put(STAGED, ("creator", "title"), lambda _: "Dr.")
        assert isinstance(touched, dict)
        seen = observed_inputs(draft_of({**touched, "name": "Mine now"}), STAGED)
        assert set(find_differences(seen, STAGED, unordered=UNORDERED)) == {("name",), ("creator", "title")}

    def test_a_member_that_another_client_cleared_shows_as_missing(self) -> None:
        seen = observed_inputs(draft_of({**STAGED, "description": "", "privateProjects": []}), STAGED)
        assert set(find_differences(seen, STAGED)) == {("description",), ("privateProjects",)}

    def test_another_order_in_the_api_is_no_drift(self) -> None:
        shuffled: TreeDict = {**STAGED, "integrationTypes": ["erp", "tax"]}
        assert find_differences(observed_inputs(draft_of(shuffled), STAGED), STAGED, unordered=UNORDERED) == {}

    def test_what_is_ours_stays_as_it_was(self) -> None:
        seen = observed_inputs(draft_of(), {**SMALL, "forceDestroy": True, "adopt": False})
        assert (seen["forceDestroy"], seen["adopt"]) == (True, False)

    def test_an_import_shows_all_that_is_set(self) -> None:
        seen = observed_inputs(draft_of(), {})
        assert seen == {name: value for name, value in STAGED.items() if name not in ("forceDestroy", "adopt")}

    @pytest.mark.parametrize("declared", [{}, SMALL], ids=["import", "refresh"])
    def test_credentials_in_a_url_that_the_api_shows_are_secret(self, declared: TreeDict) -> None:
        """Another client may have written them, and an import has no secret to go by."""
        url = "https://ci:c4n4ry-token@git.example/acme/tax.git"
        staged = draft_of({**SMALL, "repository": {"url": url, "tag": "v1.2.0"}})

        seen = observed_inputs(staged, declared)

        assert seen["repository"] == {"url": Secret(url), "tag": "v1.2.0"}
        problem = specification_problem(staged.model_copy(update={"configurations": ()}))
        assert problem is not None
        assert "git.example/acme/tax.git" in problem
        assert "c4n4ry-token" not in problem

    def test_secretness_is_no_drift(self) -> None:
        declared: TreeDict = {**STAGED, "name": Secret("Acme tax")}
        assert find_differences(observed_inputs(draft_of(), declared), declared) == {}


class TestOutputs:
    def test_they_are_the_inputs_and_what_only_the_api_knows(self) -> None:
        entry = {"type": "Error", "title": "bad \x1b[1m", "createdAt": "2026-11-01T00:00:00.000Z", "message": None}
        application = {
            "applicationName": "service",
            "applicationType": "service",
            "standardConfiguration": [{"key": "MODE", "description": "d", "required": False, "default": "net"}],
            "securedConfiguration": [{"key": "API_KEY", "description": "d", "required": True}],
        }
        draft = draft_of(
            status="Failed",
            isPreviewable="true",
            hasChanges=True,
            alreadyListed=True,
            private=False,
            configurations=[application],
            apiClient={"scopes": ["view_products"]},
            publishingReport={"entries": [entry]},
        )
        shown = dict(outputs(draft, SMALL))
        assert {name: shown[name] for name in SMALL} == SMALL
        assert shown["connectorStagedId"] == "c-1"
        assert shown["contentHash"] == content_hash(SMALL)
        assert (shown["status"], shown["previewable"]) == ("Failed", "true")
        assert (shown["hasChanges"], shown["alreadyListed"], shown["private"]) == (True, True, False)
        assert shown["configurations"] == [application]
        assert shown["apiClientScopes"] == ["view_products"]
        assert shown["publishingReport"] == [
            {"type": "Error", "title": "bad \\u001b[1m", "createdAt": "2026-11-01T00:00:00.000Z"}
        ]
        assert shown["previewableReport"] == []

    def test_a_draft_without_an_api_client_has_no_scopes(self) -> None:
        assert outputs(draft_of(), SMALL)["apiClientScopes"] == []
