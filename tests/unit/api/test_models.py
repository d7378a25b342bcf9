"""Responses are parsed with tolerance, requests are exact, and neither shows a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from commercetools_connect.api import (
    ApplicationDeployment,
    ApplicationType,
    ConfigurationValue,
    Connector,
    ConnectorReference,
    ConnectorStaged,
    ConnectorStagedDraft,
    ConnectorStatus,
    CreatorDraft,
    Deployment,
    DeploymentConfigurationApplication,
    DeploymentDraft,
    DeploymentGlobalConfiguration,
    DeploymentStatus,
    IsPreviewable,
    Redeploy,
    ReportEntryType,
    RepositoryDraft,
    RetryPolicyDraft,
    SecuredConfigurationValue,
)
from commercetools_connect.api.models.base import ResponseModel, secrets_in

CANARY = "canary-7f3a-Ünseen"

STAGED = {
    "id": "0b7c",
    "key": "acme-tax",
    "version": 361,
    "name": "Acme tax",
    "description": "Calculates tax",
    "integrationTypes": ["tax"],
    "creator": {
        "email": "dev@acme.example",
        "logoUrl": "https://l",
        "noOfContributors": 3,
        "supportUrl": "https://s",
    },
    "repository": {"url": "git@github.com:acme/tax.git", "tag": "v1.2.0"},
    "configurations": [
        {
            "applicationName": "service",
            "applicationType": "service",
            "standardConfiguration": [{"key": "MODE", "description": "…", "required": True, "default": None}],
            "securedConfiguration": [{"key": "API_KEY", "description": "…"}],
        },
    ],
    "globalConfiguration": {"standardConfiguration": [{"key": "LEVEL", "description": "…", "default": "net"}]},
    "apiClient": {"scopes": ["manage_orders"]},
    "private": True,
    "privateProjects": ["europe-west1.gcp:acme-dev"],
    "supportedRegions": ["europe-west1.gcp"],
    "certificationInfo": {"comments": [{"userId": "acme", "datetime": "2026-01-01", "comment": "hello"}]},
    "status": "Published",
    "publishingReport": {"entries": [{"type": "Error", "title": "skipped", "message": None, "createdAt": "2026"}]},
    "alreadyListed": False,
    "hasChanges": True,
    "isPreviewable": "pending",
    "previewableReport": None,
    "documentationUrl": "https://d",
}

DEPLOYED: dict[str, Any] = {
    "id": "d1",
    "key": "tax-dev",
    "version": 11,
    "type": "sandbox",
    "connector": {
        "id": "0b7c",
        "version": 5,
        "name": "n",
        "repository": {"url": "u", "tag": "v1"},
        "certified": True,
    },
    "globalConfiguration": {"securedConfiguration": [{"key": "SHARED", "value": "*****"}]},
    "apiClient": {"name": "client-x", "scopes": ["manage_orders"]},
    "details": {
        "build": {
            "id": "b1",
            "report": {"entries": [{"type": "Warning", "title": "t", "application": "service"}]},
        },
    },
    "deployedRegion": "europe-west1.gcp",
    "applications": [
        {
            "id": "a1",
            "applicationName": "service",
            "standardConfiguration": [{"key": "MODE", "value": "net"}],
            "securedConfiguration": [{"key": "API_KEY", "value": "****"}, {"key": "OTHER"}],
            "url": "https://service.example/service",
            "retryPolicy": {"strategy": "exponential-backoff", "minBackoffSeconds": 1, "maxBackoffSeconds": 9},
        },
    ],
    "preview": False,
    "status": "Deployed",
}


def test_a_draft_is_read_with_all_its_parts() -> None:
    staged = ConnectorStaged.model_validate(STAGED)
    assert (staged.version, staged.has_changes, staged.is_previewable) == (361, True, IsPreviewable.PENDING)
    assert staged.creator.no_of_contributors == 3
    assert staged.configurations[0].standard_configuration[0].required
    assert staged.configurations[0].standard_configuration[0].default is None
    assert staged.configurations[0].secured_configuration[0].key == "API_KEY"
    assert staged.global_configuration.standard_configuration[0].default == "net"
    assert staged.api_client is not None
    assert staged.api_client.scopes == ("manage_orders",)
    assert staged.publishing_report.entries[0].message == ""
    assert staged.previewable_report.entries == ()
    assert staged.certification_info.comments[0].user_id == "acme"
    assert staged.repository.tag == "v1.2.0"


def test_a_deployment_is_read_with_all_its_parts() -> None:
    deployment = Deployment.model_validate(DEPLOYED)
    assert deployment.build_id == "b1"
    assert [entry.application for entry in deployment.report] == ["service"]
    (application,) = deployment.applications
    assert application.standard_configuration[0].value == "net"
    assert application.secured_keys == ("API_KEY", "OTHER")
    assert application.retry_policy is not None
    assert application.retry_policy.max_attempts is None
    assert (application.url, application.topic) == ("https://service.example/service", "")
    assert deployment.global_configuration.secured_keys == ("SHARED",)
    assert deployment.connector.repository.tag == "v1"
    assert deployment.connector.certified


@pytest.mark.parametrize("model", [ConnectorStaged, Deployment])
def test_what_old_servers_leave_out_is_empty_and_not_an_error(model: type[ResponseModel]) -> None:
    read: Any = model.model_validate({"id": "x", "version": 1, "status": "Draft"})
    assert read.key == ""
    for name in ("integration_types", "private_projects", "supported_regions", "configurations", "applications"):
        assert getattr(read, name, ()) == ()


def test_a_connector_needs_no_more_than_id_and_version() -> None:
    assert Connector.model_validate({"id": "x", "version": 1}).repository.tag == ""


@pytest.mark.parametrize("name", ["id", "version", "status"])
def test_an_object_without_what_every_decision_needs_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Deployment.model_validate({key: value for key, value in DEPLOYED.items() if key != name})


def test_an_unknown_status_stays_what_it_is() -> None:
    deployment = Deployment.model_validate(DEPLOYED | {"status": "Pausing", "type": "canary"})
    assert (deployment.status, deployment.type) == ("Pausing", "canary")


@pytest.mark.parametrize(("said", "read"), [(True, "true"), (False, "false"), ("true", "true"), (None, "none")])
def test_previewable_is_a_string_also_when_a_server_says_it_as_a_boolean(said: Any, read: str) -> None:
    assert ConnectorStaged.model_validate(STAGED | {"isPreviewable": said}).is_previewable == read


REQUIRED = {"id", "version", "status", "key", "applicationName"}


def nulls_in(value: Any, paths: frozenset[str], path: str = "") -> Any:
    """Return a copy in which the optional members named by path are null."""
    if isinstance(value, dict):
        return {
            name: None if f"{path}.{name}" in paths else nulls_in(child, paths, f"{path}.{name}")
            for name, child in value.items()
        }
    return [nulls_in(child, paths, path) for child in value] if isinstance(value, list) else value


def optional_paths(value: Any, path: str = "") -> set[str]:
    if isinstance(value, list):
        return {found for child in value for found in optional_paths(child, path)}
    if not isinstance(value, dict):
        return set()
    found = {
        f"{path}.{name}" for name in value if name not in {"id", "version", "status", "key", "applicationName"}
    }
    return found.union(*(optional_paths(child, f"{path}.{name}") for name, child in value.items()))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_nulls_and_unknown_members_never_break_reading(data: st.DataObject) -> None:
    for model, example in ((ConnectorStaged, STAGED), (Connector, STAGED), (Deployment, DEPLOYED)):
        paths = data.draw(st.frozensets(st.sampled_from(sorted(optional_paths(example)))))
        extra = data.draw(st.dictionaries(st.text(min_size=1, max_size=8).map("x-".__add__), anything, max_size=3))
        read = model.model_validate(extra | nulls_in(example, paths))
        assert model.model_validate(nulls_in(example, paths)) == read


@settings(max_examples=30, deadline=None)
@given(anything, st.text(max_size=5))
def test_no_secured_value_survives_reading_any_answer(noise: Any, suffix: str) -> None:
    value = CANARY + suffix
    leaky = {
        "applicationName": "service",
        "securedConfiguration": [
            {"key": "A", "value": value},
            {"key": "B", "value": {"nested": [value]}, "default": value, "secret": value},
            value,
            [value],
            {"value": value},
            noise,
            None,
        ],
    }
    read = Deployment.model_validate(DEPLOYED | {"applications": [leaky], "globalConfiguration": leaky})
    assert CANARY not in repr(read)
    assert CANARY not in json.dumps(read.model_dump(mode="json"), ensure_ascii=False)
    assert read.applications[0].secured_keys[:2] == ("A", "B")


def test_an_object_that_was_read_cannot_be_changed() -> None:
    deployment = Deployment.model_validate(DEPLOYED)
    with pytest.raises(ValidationError):
        deployment.status = "Deployed"


def test_an_object_can_be_written_down_by_its_names_for_tests_of_others() -> None:
    application = ApplicationDeployment(application_name="service", secured_keys=("A",))
    assert application.secured_keys == ("A",)


def secured(value: str = CANARY) -> SecuredConfigurationValue:
    return SecuredConfigurationValue(key="API_KEY", value=SecretStr(value))


def a_deployment_draft() -> DeploymentDraft:
    return DeploymentDraft(
        connector=ConnectorReference(id="0b7c"),
        region="europe-west1.gcp",
        configurations=(
            DeploymentConfigurationApplication(
                application_name="service",
                secured_configuration=(secured(),),
                schedule="0 3 * * *",
                retry_policy=RetryPolicyDraft(strategy="immediate"),
            ),
        ),
        global_configuration=DeploymentGlobalConfiguration(secured_configuration=(secured("second"),)),
    )


def test_secrets_are_sent_and_shown_nowhere_else() -> None:
    draft = a_deployment_draft()
    assert draft.to_wire() == {
        "connector": {"id": "0b7c", "staged": False},
        "region": "europe-west1.gcp",
        "configurations": [
            {
                "applicationName": "service",
                "standardConfiguration": [],
                "securedConfiguration": [{"key": "API_KEY", "value": CANARY}],
                "schedule": "0 3 * * *",
                "retryPolicy": {"strategy": "immediate"},
            },
        ],
        "globalConfiguration": {
            "standardConfiguration": [],
            "securedConfiguration": [{"key": "API_KEY", "value": "second"}],
        },
    }
    redeploy = Redeploy(configuration_values=draft.configurations)
    assert list(secrets_in(draft)) == [CANARY, "second"]
    for shown in (
        repr(draft),
        str(draft),
        f"{draft!s}",
        repr(redeploy),
        repr(draft.model_dump()),
        repr(secured()),
    ):
        assert CANARY not in shown


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: SecuredConfigurationValue(key="A", value=[CANARY]),  # type: ignore[arg-type]  # wrong on purpose
        lambda: SecuredConfigurationValue(key=CANARY.encode(), value=SecretStr("x")),  # type: ignore[arg-type]  # wrong on purpose
        lambda: SecuredConfigurationValue(key="A", value=SecretStr("x"), extra=CANARY),  # type: ignore[call-arg]  # wrong on purpose
        lambda: ConfigurationValue(key="A", value=[CANARY]),  # type: ignore[arg-type]  # wrong on purpose
        lambda: DeploymentGlobalConfiguration(secured_configuration=[{"value": CANARY}]),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_a_mistake_in_a_request_does_not_show_the_secret_in_it(mistake: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        mistake()
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize("value", [3, True, None, 1.5])
def test_a_value_that_is_no_string_is_not_sent(value: Any) -> None:
    with pytest.raises(ValidationError):
        ConfigurationValue(key="A", value=value)


def test_a_member_that_the_api_does_not_document_is_not_sent() -> None:
    with pytest.raises(ValidationError):
        CreatorDraft(email="a@b", version=3)  # type: ignore[call-arg]  # wrong on purpose


def test_empty_texts_and_lists_are_sent_and_only_what_is_not_given_is_left_out() -> None:
    draft = ConnectorStagedDraft(
        name="n",
        description="",
        creator=CreatorDraft(email="a@b", company=""),
        repository=RepositoryDraft(url="u", tag="t"),
        integration_types=(),
        private_projects=(),
    )
    assert draft.to_wire() == {
        "name": "n",
        "description": "",
        "creator": {"email": "a@b", "company": ""},
        "repository": {"url": "u", "tag": "t"},
        "integrationTypes": [],
        "privateProjects": [],
    }


@pytest.mark.parametrize("names", [{}, {"id": "a", "key": "b"}])
def test_a_connector_is_referred_to_by_id_or_by_key(names: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="either `id` or `key`"):
        ConnectorReference(**names)


@pytest.mark.parametrize("key", ["a", "x" * 257, "a b", "ä-b", "a/b", "ab\n"])
def test_a_key_that_the_api_would_not_take_is_not_sent(key: str) -> None:
    with pytest.raises(ValidationError):
        DeploymentDraft(key=key, connector=ConnectorReference(id="x"), configurations=(), region="r")


@pytest.mark.parametrize("project", ["acme-dev", "acme:europe-west1.gcp", "europe-west1.gcp:", "r:a"])
def test_a_private_project_is_written_with_its_region_first(project: str) -> None:
    with pytest.raises(ValidationError):
        ConnectorStagedDraft(
            name="n",
            creator=CreatorDraft(email="a@b"),
            repository=RepositoryDraft(url="u", tag="t"),
            private_projects=(project,),
        )


VOCABULARY: dict[type, set[str]] = {
    ConnectorStatus: {"Draft", "Processing", "ReadyForCertification", "InCertification", "Published", "Failed"},
    IsPreviewable: {"true", "false", "pending", "none"},
    DeploymentStatus: {"Draft", "Queued", "Deploying", "Deployed", "Failed", "Undeploying", "UndeployFailed"},
    ReportEntryType: {"Information", "Warning", "Error"},
    ApplicationType: {
        *("service", "event", "job", "assets"),
        *("merchant-center-custom-application", "merchant-center-custom-view"),
    },
}


@pytest.mark.parametrize("words", VOCABULARY, ids=lambda words: words.__name__)
def test_every_documented_word_is_known_by_a_name_and_in_all(words: Any) -> None:
    named = {value for name, value in vars(words).items() if name.isupper() and name != "ALL"}
    assert named == VOCABULARY[words]
    assert named == words.ALL
