"""What each code of the API means, in a user's words; what to do about it stands in `api.codes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["MEANINGS"]

MEANINGS: Final[Mapping[str, str]] = {
    "InvalidJsonInput": "The body of the request is not what Connect expects, or a value in it is not allowed.",
    "InvalidQueryParam": "A parameter of a list or search is not allowed.",
    "InvalidPathParam": "An id, key or project key in the address is not valid.",
    "FieldValueNotFound": "A field names something that does not exist.",
    "DuplicateField": "The key is taken by another object.",
    "General": "The server failed, and says no more.",
    "BadGateway": "A server behind Connect did not answer.",
    "ConcurrentModification": "The object was changed by another client between the read and the change.",
    "ResourceNotFound": "There is no such object, or these credentials do not see it.",
    "AuthenticationError": "The API client's id or secret is wrong, or the client was deleted.",
    "AuthorizationError": "The API client is not allowed to do this.",
    "invalid_token": "Connect has refused the access token twice: the provider renews it after the first refusal.",
    "GitRepositoryNotReachable": "Connect cannot read the repository at that tag.",
    "ConnectorSpecificationFileNotFound": "There is no connect.yaml in the repository at that tag.",
    "ConnectorSpecificationFileNotValid": "connect.yaml cannot be read, or has something that is not allowed.",
    "ConnectorStagedNotPrivate": "The request changes the private projects of a public connector.",
    "ConnectorStagedPreviewRequestUnderProcess": "Connect is validating the preview of the ConnectorStaged.",
    "ConnectorAlreadyCertified": "The connector is already certified.",
    "ConnectorStagedInCertification": "People at commercetools are certifying the connector.",
    "ConnectorReferenceNotFound": "The deployment names a connector that does not exist.",
    "ConnectorStagedNotPreviewable": "The deployment names a ConnectorStaged that has no accepted preview.",
    "DeploymentUnsupportedRegion": "The connector cannot run in that region.",
    "DeploymentInvalidType": "The type of the deployment does not fit the connector.",
    "DeploymentProductionDeactivated": "The project may not have production deployments.",
    "DeploymentUnknownApplicationConfiguration": "The connector has no application of that name.",
    "DeploymentUnknownApplicationConfigurationKey": "An application has no setting of that name.",
    "DeploymentApplicationDoNotBelong": "The deployment was created without that application.",
    "DeploymentApplicationRequired": "The deployment names no application.",
    "DeploymentUnknownGlobalConfigurationKey": "The connector has no global setting of that name.",
    "DeploymentMissingGlobalConfigurationKey": "A required global setting is missing.",
    "DeploymentEmptyRequiredGlobalConfigurationKey": "A required global setting is empty.",
    "DeploymentInvalidStatusTransition": "The deployment's status does not allow this now.",
    "DeploymentConnectorUpdateFailure": "The deployment could not take the newer version of its connector.",
    "DeploymentApplicationDoesNotExist": "The deployment does not have the application that the request names.",
    "DeploymentLogInvalidDate": "Connect does not keep logs of these dates, or the end is before the start.",
    "DeploymentLogInvalidPageToken": "The page of logs no longer exists.",
    "DeploymentLogMissingApplicationName": "Logs of a deployment on AWS need the name of an application.",
    "DeploymentInvalidRetryPolicy": "The retry policy of an event application has values that are not allowed.",
    "DeploymentRetryPolicyOverrideNotAllowed": "The application takes no retry policy.",
    "DeploymentRollbackNotAllowed": "The deployment cannot go back to that revision.",
}
"""Code → its meaning, for the page of errors."""
