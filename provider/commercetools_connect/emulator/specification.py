"""What connect.yaml says, as far as the API shows it or deployments need it (API §4.4, §13)."""

from __future__ import annotations

from pydantic import Field

from commercetools_connect.emulator.model import Model


class RetryPolicy(Model):
    """How an event application is called again (API §4.6)."""

    strategy: str
    min_backoff_seconds: int | None = None
    max_backoff_seconds: int | None = None
    max_attempts: int | None = None


class StandardKey(Model):
    """A key with readable values."""

    key: str
    description: str
    required: bool = False
    default: str | None = None


class SecuredKey(Model):
    """A key whose values the API never returns; it has no default."""

    key: str
    description: str
    required: bool = False


class Keys(Model):
    """The keys of one application, or of all of them."""

    standard: list[StandardKey] = Field(default_factory=list)
    secured: list[SecuredKey] = Field(default_factory=list)

    @property
    def standard_names(self) -> list[str]:
        """The standard keys, as often as they appear."""
        return [each.key for each in self.standard]

    @property
    def secured_names(self) -> list[str]:
        """The secured keys, as often as they appear."""
        return [each.key for each in self.secured]


class ApplicationSpecification(Model):
    """One entry of `deployAs`."""

    name: str
    application_type: str
    endpoint: str | None = None
    schedule: str | None = None
    retry_policy: RetryPolicy | None = None
    has_post_deploy: bool = False
    has_pre_undeploy: bool = False
    keys: Keys = Keys()


class Specification(Model):
    """A valid connect.yaml."""

    applications: list[ApplicationSpecification] = Field(default_factory=list)
    global_keys: Keys | None = None
    api_client_scopes: list[str] | None = None

    def application(self, name: str) -> ApplicationSpecification | None:
        """Return the application of that name, if there is one."""
        return next((each for each in self.applications if each.name == name), None)
