"""Every error code of the API has one class and one next step."""

from __future__ import annotations

import pytest

from commercetools_connect.api import CODES, ErrorCode, ForbiddenError, NotFoundError, RefusedError, ServerError
from commercetools_connect.api.errors import UnexpectedAnswerError
from commercetools_connect.api.rulings import ruling

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
    assert {value for name, value in vars(ErrorCode).items() if name.isupper()} == set(DOCUMENTED)


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_code_says_what_to_do(code: str) -> None:
    # What to do about a 403 depends on the call.
    assert CODES[code].remedy or CODES[code].error is ForbiddenError
    assert "\n" not in CODES[code].remedy


@pytest.mark.parametrize("code", sorted(set(DOCUMENTED) - {"ResourceNotFound", "General", "BadGateway"}))
def test_the_code_decides_and_not_the_status(code: str) -> None:
    for status in (400, 404, 409, 422, 500):
        assert ruling(status, [code]) is CODES[code]
        assert ruling(status, ["Unheard", code]) is CODES[code]


@pytest.mark.parametrize("code", ["General", "BadGateway"])
def test_server_trouble_under_a_4xx_is_a_refusal(code: str) -> None:
    """Any 4xx without a code of its own is permanent (API §19 #1): nothing is uncertain, nothing is repeated."""
    assert ruling(400, [code]).error is RefusedError
    assert ruling(500, [code]).error is ServerError


def test_only_a_404_that_names_the_code_means_not_found() -> None:
    assert ruling(404, ["ResourceNotFound"]).error is NotFoundError
    assert ruling(400, ["ResourceNotFound"]).error is RefusedError
    assert ruling(404, []).error is UnexpectedAnswerError
    assert ruling(404, ["Unheard"]).error is RefusedError


@pytest.mark.parametrize(("status", "kind"), [(500, ServerError), (599, ServerError), (418, RefusedError)])
def test_a_code_nobody_has_heard_of_is_judged_by_its_status(status: int, kind: type) -> None:
    assert ruling(status, ["Unheard"]).error is kind
    assert ruling(status, ["Unheard"]).remedy
