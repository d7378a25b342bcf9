"""Refusals in the API's own envelope (API §11).

ApiError          one refusal: status, code, message, extra members
AdminError        a control call that makes no sense; only on `/__admin`
"""

from __future__ import annotations

from http import HTTPStatus

from commercetools_connect.emulator.json_values import Json, JsonObject


class ApiError(Exception):
    """A call is refused; nothing has changed."""

    def __init__(self, status: int, code: str, message: str, /, **members: Json) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.members = members

    def body(self) -> JsonObject:
        """Return the envelope of API §11.1; authentication errors carry the OAuth members too (§1.2)."""
        body: dict[str, Json] = {
            "statusCode": self.status,
            "message": self.message,
            "errors": [{"code": self.code, "message": self.message, **self.members}],
        }
        if self.code == "insufficient_scope":
            body["error"] = self.code
            body["error_description"] = self.message
        if self.status == HTTPStatus.UNAUTHORIZED:
            body["error"] = "invalid_token" if self.code == "invalid_token" else "invalid_client"
            body["error_description"] = self.message
        return body


class AdminError(Exception):
    """A control call is refused; the text says which member is wrong and what is known."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def refused(code: str, message: str, /, **members: Json) -> ApiError:
    """Return a refusal by Connect itself: always 400 (assumption 1)."""
    return ApiError(400, code, message, **members)


def invalid_json(detail: str) -> ApiError:
    """Return the answer to a body that is no JSON, or JSON of another shape."""
    return ApiError(
        400,
        "InvalidJsonInput",
        "Request body does not contain valid JSON.",
        detailedErrorMessage=detail,
    )


def invalid_query(detail: str) -> ApiError:
    """Return the answer to a bad query parameter."""
    return ApiError(400, "InvalidQueryParam", "Malformed query parameter.", detailedErrorMessage=detail)


def invalid_path(detail: str) -> ApiError:
    """Return the answer to an id that is no UUID, or a key that can be none."""
    return ApiError(400, "InvalidPathParam", "Malformed path parameter.", detailedErrorMessage=detail)


def not_found(message: str) -> ApiError:
    """Return the 404 that means: it does not exist, or not for you."""
    return ApiError(404, "ResourceNotFound", message)


def duplicate_key(key: str) -> ApiError:
    """Return the answer to a create with a key that is in use."""
    return ApiError(
        400,
        "DuplicateField",
        f"A duplicate value '{key}' exists for field 'key'.",
        field="key",
        duplicateValue=key,
    )


def concurrent_modification(expected: int, current: int) -> ApiError:
    """Return the answer to an update that was decided on another version (API §10)."""
    return ApiError(
        409,
        "ConcurrentModification",
        f"Object has a different version than expected. Expected: {expected} - Actual: {current}.",
        expectedVersion=expected,
        currentVersion=current,
    )


def access_denied(detail: str) -> ApiError:
    """Return the 403 of a missing scope or of a project that is not listed (API §1.3)."""
    return ApiError(403, "AuthorizationError", "Access denied", detailedErrorMessage=detail)


def insufficient_scope(scope: str) -> ApiError:
    """Return the 403 of the HTTP API for a missing scope. Connect's own is `access_denied`."""
    return ApiError(
        403, "insufficient_scope", f"Insufficient scope. One of the following scopes is missing: {scope}."
    )


def invalid_input(message: str) -> ApiError:
    """Return the HTTP API's answer to what it can read and not accept."""
    return ApiError(400, "InvalidInput", message)


def limit_exceeded(kind: str, limit: int) -> ApiError:
    """Return the answer to a create in a project that has as many objects of a kind as it may have."""
    return ApiError(
        400,
        "MaxResourceLimitExceeded",
        f"You have exceeded the limit of {limit} resources of type {kind}.",
        exceededResource=kind,
    )


def invalid_token() -> ApiError:
    """Return the 401 of a token that is missing, unknown, revoked or expired."""
    return ApiError(401, "invalid_token", "Invalid token. Please request a new one.")


def bad_credentials() -> ApiError:
    """Return the 401 of a client that is unknown or gives a wrong secret."""
    return ApiError(401, "AuthenticationError", "Bad credentials or Client ID is not defined")
