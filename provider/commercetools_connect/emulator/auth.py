"""API clients and their tokens (API §1.2)."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import parse_qs

from pydantic import Field, field_validator

from commercetools_connect.emulator.clock import Moment
from commercetools_connect.emulator.errors import ApiError, bad_credentials, invalid_token
from commercetools_connect.emulator.json_values import JsonObject
from commercetools_connect.emulator.model import Model
from commercetools_connect.emulator.scopes import Principal, project_of
from commercetools_connect.emulator.settings import Settings


class ApiClientFixture(Model):
    """A client that may ask for tokens; `scopes` as a list or as one text with spaces."""

    client_id: Annotated[str, Field(min_length=1)]
    client_secret: Annotated[str, Field(min_length=1)]
    scopes: list[str]

    @field_validator("scopes", mode="before")
    @classmethod
    def _split(cls, scopes: object) -> object:
        return scopes.split() if isinstance(scopes, str) else scopes

    @field_validator("scopes")
    @classmethod
    def _each_names_a_project(cls, scopes: list[str]) -> list[str]:
        for scope in scopes:
            if ":" not in scope or any(letter.isspace() for letter in scope):
                raise ValueError("a scope looks like manage_project:acme-dev")
        return scopes


class Token(Model):
    """A token that was given out; `expires_at` on the emulator's clock."""

    value: str
    client_id: str
    scopes: list[str]
    expires_at: Moment


class Authority:
    """Gives out tokens and says whose they are."""

    def __init__(self) -> None:
        self._clients: dict[str, ApiClientFixture] = {}
        self._tokens: dict[str, Token] = {}

    @property
    def clients(self) -> Sequence[ApiClientFixture]:
        """All clients."""
        return list(self._clients.values())

    @clients.setter
    def clients(self, clients: Sequence[ApiClientFixture]) -> None:
        """Replace all clients; tokens of clients that are gone are revoked."""
        self._clients = {each.client_id: each for each in clients}
        self.tokens = [each for each in self.tokens if each.client_id in self._clients]

    @property
    def tokens(self) -> Sequence[Token]:
        """All tokens, expired ones too."""
        return list(self._tokens.values())

    @tokens.setter
    def tokens(self, tokens: Sequence[Token]) -> None:
        self._tokens = {each.value: each for each in tokens}

    def has_project(self, project: str) -> bool:
        """Tell whether a client names the project: that makes it exist."""
        return any(project_of(scope) == project for client in self.clients for scope in client.scopes)

    def issue(
        self, authorization: str, body: bytes, query: Mapping[str, Sequence[str]], settings: Settings, now: float
    ) -> JsonObject:
        """Answer POST /oauth/token: client credentials, in the body or in the query."""
        client = self._authenticated(authorization)
        form = {**query, **_form(body)}
        if form.get("grant_type") != ["client_credentials"]:
            raise _oauth_error(
                "unsupported_grant_type", "Invalid parameter: grant_type: must be client_credentials"
            )
        wanted = " ".join(form.get("scope", [])).split()
        if not set(wanted) <= set(client.scopes):
            raise _oauth_error("invalid_scope", "Malformed parameter: scope: not a scope of this client")
        token = Token(
            value=secrets.token_urlsafe(24),
            client_id=client.client_id,
            scopes=wanted or client.scopes,
            expires_at=now + settings.token_lifetime,
        )
        self._tokens[token.value] = token
        return {
            "access_token": token.value,
            "expires_in": int(settings.token_lifetime),
            "scope": " ".join(token.scopes),
            "token_type": "Bearer",
        }

    def introspect(self, authorization: str, body: bytes, now: float) -> JsonObject:
        """Answer POST /oauth/introspect; `exp` in milliseconds since 1970, as commercetools writes it."""
        self._authenticated(authorization)
        token = self._tokens.get(_form(body).get("token", [""])[0])
        if token is None or token.expires_at <= now:
            return {"active": False}
        return {
            "active": True,
            "scope": " ".join(token.scopes),
            "client_id": token.client_id,
            "exp": int(token.expires_at * 1000),
        }

    def principal(self, authorization: str, settings: Settings, now: float) -> Principal:
        """Return whose call it is; raise 401 `invalid_token`."""
        kind, _, value = authorization.partition(" ")
        token = self._tokens.get(value.strip()) if kind.lower() == "bearer" else None
        if token is None or token.expires_at <= now:
            raise invalid_token()
        return Principal(token.client_id, token.scopes, unlimited=not settings.enforce_scopes)

    def client_of(self, authorization: str) -> str | None:
        """Return the client that a call comes from, by its token or its credentials; None if unknown."""
        kind, _, value = authorization.partition(" ")
        if kind.lower() == "bearer":
            token = self._tokens.get(value.strip())
            return token.client_id if token else None
        client_id = _basic(authorization)[0]
        return client_id if client_id in self._clients else None

    def _authenticated(self, authorization: str) -> ApiClientFixture:
        client_id, secret = _basic(authorization)
        client = self._clients.get(client_id)
        if client is None or not secrets.compare_digest(client.client_secret.encode(), secret.encode()):
            raise bad_credentials()
        return client


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret


def _form(body: bytes) -> dict[str, list[str]]:
    return parse_qs(body.decode(errors="replace"))


def _oauth_error(code: str, message: str) -> ApiError:
    return ApiError(400, code, message)
