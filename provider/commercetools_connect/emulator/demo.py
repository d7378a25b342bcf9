"""What a fresh emulator knows, so that the first try works without any set-up."""

from __future__ import annotations

from commercetools_connect.emulator.auth import ApiClientFixture
from commercetools_connect.emulator.repositories import RepositoryFixture

DEMO_CLIENT_ID = "demo-client"
DEMO_CLIENT_SECRET = "demo-secret"  # noqa: S105 - documented, opens nothing but this emulator
DEMO_PROJECT = "demo-project"
DEMO_REPOSITORY = "https://github.com/acme/demo-connector.git"

_V1_0_0 = """\
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    scripts:
      postDeploy: npm run connector:post-deploy
      preUndeploy: npm run connector:pre-undeploy
    configuration:
      standardConfiguration:
        - key: GREETING
          description: The first word of each answer
          default: Hello
        - key: SHOP_NAME
          description: The name of the shop
          required: true
      securedConfiguration:
        - key: API_TOKEN
          description: The token for the greeting service
          required: true
"""
_V1_1_0 = _V1_0_0.replace(
    "      securedConfiguration:",
    """\
        - key: LOG_LEVEL
          description: How much to log
      securedConfiguration:""",
)


def demo_clients() -> list[ApiClientFixture]:
    """Return the one client of a fresh emulator."""
    return [
        ApiClientFixture(
            client_id=DEMO_CLIENT_ID,
            client_secret=DEMO_CLIENT_SECRET,
            scopes=[f"manage_project:{DEMO_PROJECT}", f"manage_api_clients:{DEMO_PROJECT}"],
        )
    ]


def demo_repositories() -> list[RepositoryFixture]:
    """Return the two tags of a fresh emulator's repository."""
    return [
        RepositoryFixture(url=DEMO_REPOSITORY, tag="v1.0.0", connect_yaml=_V1_0_0),
        RepositoryFixture(url=DEMO_REPOSITORY, tag="v1.1.0", connect_yaml=_V1_1_0),
    ]
