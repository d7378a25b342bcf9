"""Each of the 19 draft actions and `redeploy` is written as the API documents it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from commercetools_connect.api import (
    AddPrivateProject,
    ConfigurationValue,
    DeploymentConfigurationApplication,
    DeploymentGlobalConfiguration,
    DraftAction,
    Publish,
    Redeploy,
    RemovePrivateProject,
    SecuredConfigurationValue,
    SetCreatorCompany,
    SetCreatorEmail,
    SetCreatorLogo,
    SetCreatorName,
    SetCreatorNoOfContributors,
    SetCreatorSupportUrl,
    SetCreatorTitle,
    SetDescription,
    SetDocumentationUrl,
    SetIntegrationTypes,
    SetName,
    SetRepository,
    SetSupportedRegions,
    Unlist,
    UpdatePreviewable,
)
from commercetools_connect.api.models.requests import AddCertificationComment

PROJECT = "europe-west1.gcp:acme-dev"
ACTIONS: list[tuple[DraftAction, dict[str, object]]] = [
    (SetName(name=""), {"action": "setName", "name": ""}),
    (SetDescription(description=""), {"action": "setDescription", "description": ""}),
    (SetRepository(url="u", tag="v2"), {"action": "setRepository", "url": "u", "tag": "v2"}),
    (SetIntegrationTypes(integration_types=()), {"action": "setIntegrationTypes", "integrationTypes": []}),
    (SetSupportedRegions(regions=("r",)), {"action": "setSupportedRegions", "regions": ["r"]}),
    (SetDocumentationUrl(documentation_url=""), {"action": "setDocumentationUrl", "documentationUrl": ""}),
    (AddPrivateProject(private_project=PROJECT), {"action": "addPrivateProject", "privateProject": PROJECT}),
    (RemovePrivateProject(private_project=PROJECT), {"action": "removePrivateProject", "privateProject": PROJECT}),
    (SetCreatorEmail(creator_email="a@b"), {"action": "setCreatorEmail", "creatorEmail": "a@b"}),
    (SetCreatorName(creator_name=""), {"action": "setCreatorName", "creatorName": ""}),
    (SetCreatorTitle(creator_title=""), {"action": "setCreatorTitle", "creatorTitle": ""}),
    (SetCreatorCompany(creator_company=""), {"action": "setCreatorCompany", "creatorCompany": ""}),
    (SetCreatorLogo(logo_url="l"), {"action": "setCreatorLogo", "logoUrl": "l"}),
    (
        SetCreatorNoOfContributors(creator_no_of_contributors=1),
        {"action": "setCreatorNoOfContributors", "creatorNoOfContributors": 1},
    ),
    (SetCreatorSupportUrl(creator_support_url=""), {"action": "setCreatorSupportUrl", "creatorSupportUrl": ""}),
    (UpdatePreviewable(), {"action": "updatePreviewable"}),
    (Publish(certification=False), {"action": "publish", "certification": False}),
    (AddCertificationComment(comment="c"), {"action": "addCertificationComment", "comment": "c"}),
    (Unlist(), {"action": "unlist"}),
]


@pytest.mark.parametrize(("action", "json"), ACTIONS, ids=[str(json["action"]) for _, json in ACTIONS])
def test_an_action_is_written_as_documented(action: DraftAction, json: dict[str, object]) -> None:
    assert action.to_wire() == json


def test_there_are_19_draft_actions_and_each_is_tested_here() -> None:
    assert {type(action) for action, _ in ACTIONS} == set(DraftAction.__subclasses__())
    assert len(ACTIONS) == 19


def test_a_redeploy_without_values_keeps_them_all() -> None:
    assert Redeploy().to_wire() == {"action": "redeploy", "updateConnector": False, "skipScripts": False}


def test_a_redeploy_sends_values_under_their_own_name() -> None:
    application = DeploymentConfigurationApplication(
        application_name="service",
        standard_configuration=(ConfigurationValue(key="MODE", value="net"),),
        secured_configuration=(SecuredConfigurationValue(key="API_KEY", value=SecretStr("s3cret")),),
    )
    redeploy = Redeploy(
        configuration_values=(application,),
        global_configuration=DeploymentGlobalConfiguration(),
        update_connector=True,
        skip_scripts=True,
    )
    assert redeploy.to_wire() == {
        "action": "redeploy",
        "updateConnector": True,
        "skipScripts": True,
        "configurationValues": [
            {
                "applicationName": "service",
                "standardConfiguration": [{"key": "MODE", "value": "net"}],
                "securedConfiguration": [{"key": "API_KEY", "value": "s3cret"}],
            },
        ],
        "globalConfiguration": {"standardConfiguration": [], "securedConfiguration": []},
    }


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: SetRepository(tag="v2"),  # type: ignore[call-arg]  # wrong on purpose
        lambda: Publish(comment="c"),  # type: ignore[call-arg]  # wrong on purpose
        lambda: SetSupportedRegions(regions=()),
        lambda: SetCreatorNoOfContributors(creator_no_of_contributors=0),
        lambda: AddPrivateProject(private_project="acme-dev"),
        lambda: SetName(name="n", action="setDescription"),  # type: ignore[call-arg]  # wrong on purpose
        lambda: Redeploy(configurations=()),  # type: ignore[call-arg]  # wrong on purpose
    ],
)
def test_an_action_that_the_api_would_refuse_cannot_be_written(mistake: Any) -> None:
    with pytest.raises(ValidationError):
        mistake()
