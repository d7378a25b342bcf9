"""What each code of the API means, in a user's words; what to do about it stands in `api.codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["MEANINGS"]

MEANINGS: Final[Mapping[str, str]] = {
    "InvalidJsonInput": "The body of the request is not what Connect expects, or a value in it is not allowed.",
    "InvalidQueryParam": "A parameter of a list or search is not allowed.",
    "InvalidPathParam": "An id, key or project key in the address cannot be one.",
    "FieldValueNotFound": "A field names something that does not exist.",
    "DuplicateField": "The key is taken by another object.",
    "General": "The server failed, and says no more.",
    "BadGateway": "A server behind Connect did not answer.",
    "ConcurrentModification": "The object was changed by somebody else between the look and the change.",
    "ResourceNotFound": "There is no such object, or these credentials do not see it.",
    "AuthenticationError": "The API client's id or secret is wrong, or the client was deleted.",
    "AuthorizationError": "The API client is known, and may not do this.",
    "invalid_token": "The access token is not accepted. It is renewed once by itself; this is the second refusal.",
    "GitRepositoryNotReachable": "Connect cannot read the repository at that tag.",
    "ConnectorSpecificationFileNotFound": "There is no connect.yaml in the repository at that tag.",
    "ConnectorSpecificationFileNotValid": "connect.yaml cannot be read, or says something that is not allowed.",
    "ConnectorStagedNotPrivate": "Private projects were to be changed on a connector that is public.",
    "ConnectorStagedPreviewRequestUnderProcess": "The draft's preview is being validated.",
    "ConnectorAlreadyCertified": "The certification was asked for a second time.",
    "ConnectorStagedInCertification": "People at commercetools are certifying the draft.",
    "ConnectorReferenceNotFound": "The deployment names a connector that does not exist.",
    "ConnectorStagedNotPreviewable": "The deployment names a draft that has no accepted preview.",
    "DeploymentUnsupportedRegion": "The connector cannot run in that region.",
    "DeploymentInvalidType": "The type of the deployment does not fit to what is deployed.",
    "DeploymentProductionDeactivated": "The project may not have production deployments.",
    "DeploymentUnknownApplicationConfiguration": "The connector has no application of that name.",
    "DeploymentUnknownApplicationConfigurationKey": "An application has no setting of that name.",
    "DeploymentApplicationDoNotBelong": "The deployment was made without that application.",
    "DeploymentApplicationRequired": "The deployment names no application.",
    "DeploymentUnknownGlobalConfigurationKey": "The connector has no global setting of that name.",
    "DeploymentMissingGlobalConfigurationKey": "A required global setting is missing.",
    "DeploymentEmptyRequiredGlobalConfigurationKey": "A required global setting is empty.",
    "DeploymentInvalidStatusTransition": "The deployment's status does not allow this now.",
    "DeploymentConnectorUpdateFailure": "The deployment could not take the newer version of its connector.",
    "DeploymentApplicationDoesNotExist": "Logs were asked of an application that the deployment does not have.",
    "DeploymentLogInvalidDate": "Logs were asked for dates that Connect does not keep, or that end too early.",
    "DeploymentLogInvalidPageToken": "The page of logs is no longer there.",
    "DeploymentLogMissingApplicationName": "Logs of a deployment on AWS were asked without an application.",
    "DeploymentInvalidRetryPolicy": "The retry policy of an event application has values that are not allowed.",
    "DeploymentRetryPolicyOverrideNotAllowed": "The application takes no retry policy.",
    "DeploymentRollbackNotAllowed": "The deployment cannot go back to that revision.",
}
"""Code → its meaning, for the page of errors."""
