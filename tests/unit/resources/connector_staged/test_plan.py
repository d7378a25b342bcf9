"""A draft is brought in line with the fewest actions, and nothing that others own is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import ConnectorStaged, JsonObject
from commercetools_connect.core.text import Path
from commercetools_connect.core.values import PropertyMap, PropertyValue, Secret
from commercetools_connect.resources.connector_staged.model import ConnectorStagedInputs
from commercetools_connect.resources.connector_staged.plan import new_draft, plan_changes
from commercetools_connect.resources.inputs import parse
from tests.unit.core.trees import put, some_examples
from tests.unit.resources.connector_staged.drafts import apply, draft_of
from tests.unit.resources.trees import STAGED, TreeDict

MINIMAL: TreeDict = {
    "key": "acme-tax",
    "name": "Acme tax",
    "creator": {"email": "dev@acme.example"},
    "repository": {"url": "git@github.com:acme/tax-connector.git", "tag": "v1.2.0"},
}


def planned(draft: ConnectorStaged, wanted: PropertyMap, before: PropertyMap) -> list[JsonObject]:
    return [action.to_wire() for action in plan_changes(draft, parse(ConnectorStagedInputs, wanted), before)]


def changed(path: Path, value: PropertyValue) -> TreeDict:
    tree = put(STAGED, path, lambda _: value)
    assert isinstance(tree, dict)
    return tree


REPOSITORY = "git@github.com:acme/tax-connector.git"


class TestOneField:
    @pytest.mark.parametrize(
        ("path", "value", "action"),
        [
            (("name",), "Tax", {"action": "setName", "name": "Tax"}),
            (("description",), "New", {"action": "setDescription", "description": "New"}),
            (
                ("documentationUrl",),
                "https://x",
                {"action": "setDocumentationUrl", "documentationUrl": "https://x"},
            ),
            (
                ("repository", "tag"),
                "v2",
                {"action": "setRepository", "url": REPOSITORY, "tag": "v2"},
            ),
            (("repository", "url"), "u.git", {"action": "setRepository", "url": "u.git", "tag": "v1.2.0"}),
            (("integrationTypes",), ["tax"], {"action": "setIntegrationTypes", "integrationTypes": ["tax"]}),
            (("integrationTypes",), [], {"action": "setIntegrationTypes", "integrationTypes": []}),
            (
                ("supportedRegions",),
                ["us-east-2.aws"],
                {"action": "setSupportedRegions", "regions": ["us-east-2.aws"]},
            ),
            (
                ("privateProjects",),
                ["europe-west1.gcp:acme-dev"],
                {"action": "removePrivateProject", "privateProject": "europe-west1.gcp:acme-prod"},
            ),
            (("creator", "email"), "x@y.zz", {"action": "setCreatorEmail", "creatorEmail": "x@y.zz"}),
            (("creator", "name"), "B.", {"action": "setCreatorName", "creatorName": "B."}),
            (("creator", "title"), "Dr.", {"action": "setCreatorTitle", "creatorTitle": "Dr."}),
            (("creator", "company"), "Co", {"action": "setCreatorCompany", "creatorCompany": "Co"}),
            (("creator", "logoUrl"), "https://l", {"action": "setCreatorLogo", "logoUrl": "https://l"}),
            (
                ("creator", "noOfContributors"),
                4,
                {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 4},
            ),
            (
                ("creator", "supportUrl"),
                "https://s",
                {"action": "setCreatorSupportUrl", "creatorSupportUrl": "https://s"},
            ),
        ],
        ids=lambda each: ".".join(each) if isinstance(each, tuple) else None,
    )
    def test_each_alone_is_exactly_one_action(self, path: Path, value: PropertyValue, action: JsonObject) -> None:
        wanted = changed(path, value)
        assert planned(draft_of(), wanted, STAGED) == [action]
        assert planned(draft_of(wanted), wanted, STAGED) == []

    @pytest.mark.parametrize("path", [("key",), ("forceDestroy",), ("adopt",)])
    def test_what_is_ours_or_fixed_is_never_sent(self, path: Path) -> None:
        wanted = changed(path, "other-key" if path == ("key",) else True)
        assert planned(draft_of(), wanted, STAGED) == []


class TestNothingToDo:
    @pytest.mark.parametrize("before", [{}, MINIMAL, STAGED], ids=["taken over", "minimal", "full"])
    def test_a_draft_as_it_should_be_gets_no_action(self, before: PropertyMap) -> None:
        assert planned(draft_of(), STAGED, before) == []

    def test_order_is_no_change(self) -> None:
        wanted = {
            **STAGED,
            "integrationTypes": ["erp", "tax"],
            "supportedRegions": ["us-east-2.aws", "europe-west1.gcp"],
            "privateProjects": ["europe-west1.gcp:acme-prod", "europe-west1.gcp:acme-dev"],
        }
        assert planned(draft_of(), wanted, STAGED) == []

    def test_what_no_program_declares_belongs_to_others(self) -> None:
        assert planned(draft_of(), MINIMAL, MINIMAL) == []
        assert planned(draft_of(), MINIMAL, {}) == []

    def test_a_preview_is_not_reset_for_a_text(self) -> None:
        actions = planned(draft_of(isPreviewable="true"), changed(("name",), "Tax"), STAGED)
        assert all(action["action"] != "setRepository" for action in actions)

    def test_secretness_of_what_was_declared_changes_nothing(self) -> None:
        before: TreeDict = {name: Secret(value) for name, value in STAGED.items()}
        assert planned(draft_of(), MINIMAL, before) == planned(draft_of(), MINIMAL, STAGED)


class TestRemoval:
    @pytest.mark.parametrize(
        ("path", "action"),
        [
            (("description",), {"action": "setDescription", "description": ""}),
            (("documentationUrl",), {"action": "setDocumentationUrl", "documentationUrl": ""}),
            (("integrationTypes",), {"action": "setIntegrationTypes", "integrationTypes": []}),
            (("creator", "name"), {"action": "setCreatorName", "creatorName": ""}),
            (("creator", "title"), {"action": "setCreatorTitle", "creatorTitle": ""}),
            (("creator", "company"), {"action": "setCreatorCompany", "creatorCompany": ""}),
            (("creator", "logoUrl"), {"action": "setCreatorLogo", "logoUrl": ""}),
            (("creator", "supportUrl"), {"action": "setCreatorSupportUrl", "creatorSupportUrl": ""}),
        ],
        ids=lambda each: ".".join(each) if isinstance(each, tuple) else None,
    )
    def test_what_was_declared_and_is_not_any_more_is_cleared(self, path: Path, action: JsonObject) -> None:
        wanted = changed(path, None)
        assert planned(draft_of(), wanted, STAGED) == [action]
        assert planned(draft_of(wanted), wanted, STAGED) == [], "what is clear already is not cleared again"

    def test_regions_cannot_be_emptied_and_stay(self) -> None:
        assert planned(draft_of(), changed(("supportedRegions",), None), STAGED) == []

    def test_a_number_of_contributors_cannot_be_cleared_and_stays(self) -> None:
        assert planned(draft_of(), changed(("creator", "noOfContributors"), None), STAGED) == []


class TestPrivateProjects:
    ONE, TWO, THREE = (f"europe-west1.gcp:acme-{name}" for name in ("dev", "prod", "test"))

    def test_a_move_lets_the_new_ones_in_before_the_old_ones_out(self) -> None:
        wanted = {**STAGED, "privateProjects": [self.THREE]}
        assert planned(draft_of(), wanted, STAGED) == [
            {"action": "addPrivateProject", "privateProject": self.THREE},
            {"action": "removePrivateProject", "privateProject": self.ONE},
            {"action": "removePrivateProject", "privateProject": self.TWO},
        ]

    def test_a_declared_list_is_the_whole_list_also_against_another_clients_addition(self) -> None:
        draft = draft_of(privateProjects=[self.ONE, self.TWO, self.THREE])
        assert planned(draft, STAGED, STAGED) == [{"action": "removePrivateProject", "privateProject": self.THREE}]

    def test_no_list_any_more_takes_out_only_what_the_program_had_let_in(self) -> None:
        draft = draft_of(privateProjects=[self.ONE, self.THREE])
        wanted = {name: value for name, value in STAGED.items() if name != "privateProjects"}
        assert planned(draft, wanted, STAGED) == [{"action": "removePrivateProject", "privateProject": self.ONE}]


class TestCreation:
    def test_the_whole_program_is_sent_and_nothing_of_ours(self) -> None:
        sent = new_draft(parse(ConnectorStagedInputs, STAGED)).to_wire()
        assert sent == {name: value for name, value in STAGED.items() if name not in ("forceDestroy", "adopt")}

    def test_what_the_program_leaves_out_is_left_out(self) -> None:
        assert new_draft(parse(ConnectorStagedInputs, MINIMAL)).to_wire() == MINIMAL


TEXTS = st.sampled_from(["one", "two"])
OPTIONAL = st.none() | st.just("") | TEXTS
PROJECTS = st.lists(st.sampled_from(["a.b:one", "a.b:two", "a.b:three"]), unique=True)
TREES: st.SearchStrategy[TreeDict] = st.fixed_dictionaries(
    {
        "key": st.just("acme-tax"),
        "name": TEXTS,
        "creator": st.fixed_dictionaries(
            {"email": st.sampled_from(["a@b.cc", "b@b.cc"])},
            optional={
                "name": OPTIONAL,
                "title": OPTIONAL,
                "company": OPTIONAL,
                "logoUrl": OPTIONAL,
                "supportUrl": OPTIONAL,
                "noOfContributors": st.none() | st.integers(1, 3),
            },
        ),
        "repository": st.fixed_dictionaries({"url": TEXTS, "tag": TEXTS}),
    },
    optional={
        "description": OPTIONAL,
        "documentationUrl": OPTIONAL,
        "integrationTypes": st.none() | st.lists(st.sampled_from(["tax", "erp", "crm"]), unique=True),
        "supportedRegions": st.none() | st.lists(st.sampled_from(["a.b", "c.d"]), min_size=1, unique=True),
        "privateProjects": st.none() | PROJECTS,
    },
)


@some_examples
@given(TREES, TREES, TREES | st.just({}))
def test_after_the_planned_actions_nothing_is_left_to_do(
    there: TreeDict, wanted: TreeDict, before: TreeDict
) -> None:
    draft = draft_of(there)
    actions = plan_changes(draft, parse(ConnectorStagedInputs, wanted), before)
    after = apply(draft, actions)
    assert planned(after, wanted, before) == []
    assert planned(after, wanted, wanted) == []


@some_examples
@given(TREES, TREES, TREES | st.just({}))
def test_none_of_the_planned_actions_could_be_left_out(
    there: TreeDict, wanted: TreeDict, before: TreeDict
) -> None:
    draft = draft_of(there)
    actions = plan_changes(draft, parse(ConnectorStagedInputs, wanted), before)
    for left_out in range(len(actions)):
        rest = [action for index, action in enumerate(actions) if index != left_out]
        assert planned(apply(draft, rest), wanted, before)
