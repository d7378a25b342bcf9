"""Every error code of the API has one class and one next step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from commercetools_connect.api import (
    Connection,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    ServerError,
    resolve,
)
from commercetools_connect.api.endpoints import READ_CONNECTORS, READ_DEPLOYMENTS, WRITE_DEPLOYMENTS, access_remedy
from commercetools_connect.api.errors import CODES, UnexpectedAnswerError, classify
from commercetools_connect.core.errors import ConfigurationError

DOCUMENTED = [
    "InvalidJsonInput",
    "InvalidQueryParam",
    "InvalidPathParam",
    "FieldValueNotFound",
    "DuplicateField",
    "General",
    "BadGateway",
    "ConcurrentModification",
    "ResourceNotFound",
    "AuthenticationError",
    "AuthorizationError",
    "invalid_token",
    "GitRepositoryNotReachable",
    "ConnectorSpecificationFileNotFound",
    "ConnectorSpecificationFileNotValid",
    "ConnectorStagedNotPrivate",
    "ConnectorStagedPreviewRequestUnderProcess",
    "ConnectorAlreadyCertified",
    "ConnectorStagedInCertification",
    "ConnectorReferenceNotFound",
    "ConnectorStagedNotPreviewable",
    "DeploymentUnsupportedRegion",
    "DeploymentInvalidType",
    "DeploymentProductionDeactivated",
    "DeploymentUnknownApplicationConfiguration",
    "DeploymentUnknownApplicationConfigurationKey",
    "DeploymentApplicationDoNotBelong",
    "DeploymentApplicationRequired",
    "DeploymentUnknownGlobalConfigurationKey",
    "DeploymentMissingGlobalConfigurationKey",
    "DeploymentEmptyRequiredGlobalConfigurationKey",
    "DeploymentInvalidStatusTransition",
    "DeploymentConnectorUpdateFailure",
    "DeploymentApplicationDoesNotExist",
    "DeploymentLogInvalidDate",
    "DeploymentLogInvalidPageToken",
    "DeploymentLogMissingApplicationName",
    "DeploymentInvalidRetryPolicy",
    "DeploymentRetryPolicyOverrideNotAllowed",
    "DeploymentRollbackNotAllowed",
]


def test_every_documented_code_is_known() -> None:
    assert set(CODES) == set(DOCUMENTED)


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_code_says_what_to_do(code: str) -> None:
    # What to do about a 403 depends on the call.
    assert CODES[code].remedy or CODES[code].error is ForbiddenError
    assert "\n" not in CODES[code].remedy


@pytest.mark.parametrize("code", sorted(set(DOCUMENTED) - {"ResourceNotFound", "General", "BadGateway"}))
def test_the_code_decides_and_not_the_status(code: str) -> None:
    for status in (400, 404, 409, 422, 500):
        assert classify(status, [code]) is CODES[code]
        assert classify(status, ["Unheard", code]) is CODES[code]


@pytest.mark.parametrize("code", ["General", "BadGateway"])
def test_server_trouble_under_a_4xx_is_a_refusal(code: str) -> None:
    """Any 4xx without a code of its own is permanent (API §19 #1): nothing is uncertain, nothing is repeated."""
    assert classify(400, [code]).error is RefusedError
    assert classify(500, [code]).error is ServerError


def test_only_a_404_that_names_the_code_means_not_found() -> None:
    assert classify(404, ["ResourceNotFound"]).error is NotFoundError
    assert classify(400, ["ResourceNotFound"]).error is RefusedError
    assert classify(404, []).error is UnexpectedAnswerError
    assert classify(404, ["Unheard"]).error is RefusedError


@pytest.mark.parametrize(("status", "kind"), [(500, ServerError), (599, ServerError), (418, RefusedError)])
def test_an_unknown_code_is_judged_by_its_status(status: int, kind: type) -> None:
    assert classify(status, ["Unheard"]).error is kind
    assert classify(status, ["Unheard"]).remedy


DOCTOR = "`commercetools-connect doctor`"


@pytest.mark.parametrize(
    "remedy",
    [
        classify(401, []).remedy,
        classify(401, ["invalid_token"]).remedy,
        *(access_remedy(scopes, "acme-dev") for scopes in (READ_CONNECTORS, READ_DEPLOYMENTS, WRITE_DEPLOYMENTS)),
    ],
)
def test_refused_credentials_name_the_command_that_shows_what_they_reach(remedy: str) -> None:
    assert remedy.count(DOCTOR) == 1


@pytest.mark.parametrize(
    "act",
    [
        Connection().require_hosts,
        Connection().require_credentials,
        resolve,
    ],
)
def test_a_missing_region_or_credential_names_the_command_that_shows_what_is_configured(
    act: Callable[[], object],
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        act()

    assert DOCTOR in caught.value.remedy
