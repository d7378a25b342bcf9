"""What goes into the file for `pulumi import`, under which name, and what stays out."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.api import ConnectorStaged, Deployment
from commercetools_connect.cli.import_file import ImportPlan, Inventory, plan_import
from tests.support.world import PROJECT, REGION, REPOSITORY

KEYS = st.from_regex(r"[A-Za-z0-9_-]{2,12}", fullmatch=True)


def draft(key: str = "greeter", **changes: Any) -> ConnectorStaged:
    shown = {
        "id": f"draft-of-{key}",
        "key": key,
        "version": 1,
        "name": "Greeter",
        "creator": {"email": "dev@acme.example"},
        "repository": {"url": REPOSITORY, "tag": "v1.0.0"},
        "status": "Draft",
        "isPreviewable": "none",
        **changes,
    }
    return ConnectorStaged.model_validate(shown)


def deployment(key: str = "greeter", **changes: Any) -> Deployment:
    shown = {
        "id": f"deployment-of-{key}",
        "key": key,
        "version": 1,
        "type": "sandbox",
        "deployedRegion": REGION,
        "connector": {"id": "c0"},
        "applications": [],
        "status": "Deployed",
        **changes,
    }
    return Deployment.model_validate(shown)


def plan(**parts: Any) -> ImportPlan:
    return plan_import(Inventory(PROJECT, **parts))


def test_every_kind_has_the_type_and_the_id_that_an_import_takes() -> None:
    found = plan(connectors_staged=[draft()], published={"draft-of-greeter"}, deployments=[deployment()])

    assert [entry.to_json() for entry in found.entries] == [
        {"type": f"commercetools-connect:index:{kind}", "name": name, "id": identity}
        for kind, name, identity in (
            ("ConnectorStaged", "draft-greeter", "draft-of-greeter"),
            ("ConnectorPublication", "publication-greeter", "draft-of-greeter/publish"),
            ("Deployment", "deployment-greeter", f"{PROJECT}/deployment-of-greeter"),
        )
    ]
    assert not found.left_out
    assert not found.remarks


@given(drafts=st.lists(KEYS, unique=True), deployments=st.lists(KEYS, unique=True), order=st.randoms())
def test_names_are_good_for_code_and_the_same_however_the_lists_are_ordered(
    drafts: list[str], deployments: list[str], order: random.Random
) -> None:
    """Also where two of them differ only in what a variable's name cannot show."""

    def made() -> ImportPlan:
        order.shuffle(drafts)
        order.shuffle(deployments)
        shown = [draft(key) for key in drafts]
        return plan(
            connectors_staged=shown,
            published={each.id for each in shown},
            deployments=map(deployment, deployments),
        )

    found = made()
    names = [entry.name for entry in found.entries]

    assert found.entries == made().entries
    assert len(names) == 2 * len(drafts) + len(deployments)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9-]*[A-Za-z0-9]", name) for name in names)
    assert len({re.sub("[^a-z0-9]", "", name.lower()) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("changes", "published", "expected"),
    [
        ({}, False, []),
        ({"isPreviewable": "true"}, False, ["preview"]),
        ({"isPreviewable": "true"}, True, ["publish"]),
        ({"status": "InCertification"}, False, ["publish"]),
        ({"status": "Failed"}, True, ["publish"]),
        ({"status": "Failed", "isPreviewable": "false"}, False, []),
    ],
)
def test_a_publication_is_imported_where_there_is_one(
    changes: dict[str, str], published: bool, expected: list[str]
) -> None:
    """What is published counts; a preview that led there does not. Where there is none, nothing was left out."""
    found = plan(connectors_staged=[draft(**changes)], published={"draft-of-greeter"} if published else set())

    kinds = [entry.id.rpartition("/")[2] for entry in found.entries if entry.kind == "ConnectorPublication"]
    assert kinds == expected
    assert not found.left_out


@pytest.mark.parametrize("changes", [{"status": "Processing"}, {"isPreviewable": "pending"}])
def test_a_publication_under_way_is_left_out_and_said_so(changes: dict[str, str]) -> None:
    found = plan(connectors_staged=[draft(**changes)])

    assert [entry.kind for entry in found.entries] == ["ConnectorStaged"]
    assert found.left_out == [
        "ConnectorPublication of greeter: it is under way; try again when it has ended",
    ]


def test_what_will_be_gone_and_what_no_program_could_declare_is_left_out_with_the_reason() -> None:
    found = plan(
        connectors_staged=[draft("anonymous", creator={})],
        published={"draft-of-anonymous"},
        deployments=[
            deployment("leaving", status="Undeploying"),
            deployment("nowhere", deployedRegion=""),
            deployment("", id="keyless"),
        ],
    )

    assert not found.entries
    assert found.left_out == [
        "ConnectorStaged anonymous: no program can declare it: creator.email: is required",
        "Deployment keyless: no program can declare it: key: is required",
        "Deployment leaving: it is Undeploying and will be gone",
        "Deployment nowhere: no program can declare it: region: is required",
    ]


@pytest.mark.parametrize("status", ["Failed", "Queued", "UndeployFailed"])
def test_a_deployment_that_is_not_live_is_imported_and_said_so(status: str) -> None:
    found = plan(deployments=[deployment(status=status)])

    assert len(found.entries) == 1
    assert found.remarks == [
        f"Deployment greeter is {status}: the first `pulumi up` after the import brings it in line"
    ]
