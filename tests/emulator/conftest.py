"""One emulator for all tests of this folder; each test begins with a fresh state and a clock that stands still."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from commercetools_connect.emulator import Admin, ClientSpec, Emulator

#: Loading certificates for each client would take longer than the tests.
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
REPOSITORY = "git@github.com:acme/tax-connector.git"
REGION = "europe-west1.gcp"
CLIENTS: list[ClientSpec] = [
    {
        "clientId": "dev",
        "clientSecret": "dev-secret",
        "scopes": "manage_project:acme-dev manage_api_clients:acme-dev",
    },
    {"clientId": "prod", "clientSecret": "prod-secret", "scopes": ["manage_project:acme-prod"]},
]
V1 = """
inheritAs:
  configuration:
    standardConfiguration:
      - {key: LOG_LEVEL, description: Log level, default: info}
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    configuration:
      standardConfiguration:
        - {key: TAX_MODE, description: Net or gross, default: net}
        - {key: COUNTRY, description: Country}
      securedConfiguration:
        - {key: TAX_API_KEY, description: The key, required: true}
        - {key: WEBHOOK, description: The hook}
  - name: nightly
    applicationType: job
    endpoint: /nightly
    properties: {schedule: "0 3 * * *"}
  - name: listener
    applicationType: event
    endpoint: /listener
  - name: enabler
    applicationType: assets
"""
V2 = V1.replace(
    "{key: COUNTRY, description: Country}", "{key: REGION_CODE, description: Region, default: eu}"
).replace("deployAs:", "deployAs:\n  - {name: extra, applicationType: service, endpoint: /extra}")
BROKEN = "deployAs:\n  - {name: service, applicationType: service}\n"
NEEDS = """
inheritAs:
  apiClient: {scopes: [manage_orders]}
  configuration:
    standardConfiguration:
      - {key: SHOP, description: Shop, required: true}
    securedConfiguration:
      - {key: SHOP_SECRET, description: Secret}
deployAs:
  - {name: service, applicationType: service, endpoint: /service}
"""
TAGS = {"v1": V1, "v2": V2, "broken": BROKEN, "no-file": None, "needs": NEEDS}
SERVICE = {"applicationName": "service", "securedConfiguration": [{"key": "TAX_API_KEY", "value": "s3cret"}]}


class Api:
    """A client of the API as tests speak: by what it does, with the expected refusal as the answer."""

    def __init__(self, url: str, admin: Admin, client: str = "dev", project: str = "acme-dev") -> None:
        self.admin = admin
        self.project = project
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=60, verify=TLS)
        self.client = client
        self.log_in()

    def log_in(self) -> None:
        token = self.http.post(
            "/oauth/token",
            auth=(self.client, f"{self.client}-secret"),
            data={"grant_type": "client_credentials"},
        )
        assert token.status_code == 200, token.text
        self.http.headers["authorization"] = f"Bearer {token.json()['access_token']}"

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        response = self.http.request(method, path, json=body, **options)
        assert response.is_success, response.text
        return response.json()

    def refused(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str]:
        """Call, expect a refusal in the API's envelope and return its status and code."""
        return self.refusal(method, path, body, **options)[:2]

    def refusal(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str, Any]:
        response = self.http.request(method, path, json=body, **options)
        answer = response.json()
        assert response.status_code >= 400, response.text
        assert answer["statusCode"] == response.status_code
        assert answer["message"] == answer["errors"][0]["message"]
        return response.status_code, answer["errors"][0]["code"], answer["errors"][0]

    def draft_body(self, tag: str = "v1", **changes: Any) -> dict[str, Any]:
        body = {
            "key": "acme-tax",
            "name": "Acme tax",
            "description": "Calculates tax",
            "creator": {"email": "dev@acme.example", "company": "Acme"},
            "repository": {"url": REPOSITORY, "tag": tag},
            "integrationTypes": ["tax"],
            "privateProjects": [f"{REGION}:acme-dev"],
        } | changes
        return {name: value for name, value in body.items() if value is not None}

    def create_connector_staged(self, tag: str = "v1", **changes: Any) -> Any:
        return self.ok("POST", "/connectors/drafts", self.draft_body(tag, **changes))

    def draft(self, key: str = "acme-tax") -> Any:
        return self.ok("GET", f"/connectors/drafts/key={key}")

    def connector(self, key: str = "acme-tax") -> Any:
        return self.ok("GET", f"/connectors/key={key}")

    def actions(self, *actions: dict[str, Any], key: str = "acme-tax") -> dict[str, Any]:
        return {"version": self.draft(key)["version"], "actions": list(actions)}

    def update(self, *actions: dict[str, Any], key: str = "acme-tax") -> Any:
        return self.ok("POST", f"/connectors/drafts/key={key}", self.actions(*actions, key=key))

    def update_refused(self, *actions: dict[str, Any], key: str = "acme-tax") -> tuple[int, str]:
        return self.refused("POST", f"/connectors/drafts/key={key}", self.actions(*actions, key=key))

    def set_tag(self, tag: str) -> Any:
        return self.update({"action": "setRepository", "url": REPOSITORY, "tag": tag})

    def publish(self, key: str = "acme-tax", *, certification: bool = False) -> Any:
        self.update({"action": "publish", "certification": certification}, key=key)
        self.admin.advance(1)
        return self.draft(key)

    def preview(self, key: str = "acme-tax") -> Any:
        self.update({"action": "updatePreviewable"}, key=key)
        self.admin.advance(1)
        return self.draft(key)

    def published(self, tag: str = "v1", **changes: Any) -> Any:
        self.create_connector_staged(tag, **changes)
        return self.publish(changes.get("key", "acme-tax"))

    def deployment_body(self, **changes: Any) -> dict[str, Any]:
        body = {
            "key": "tax",
            "region": REGION,
            "connector": {"key": "acme-tax"},
            "configurations": [SERVICE],
        } | changes
        return {name: value for name, value in body.items() if value is not None}

    @property
    def deployments(self) -> str:
        return f"/{self.project}/deployments"

    def start(self, **changes: Any) -> Any:
        """Create a Deployment and return it as the POST answers it."""
        return self.ok("POST", self.deployments, self.deployment_body(**changes))

    def deploy(self, **changes: Any) -> Any:
        """Create a Deployment and return it when its run has ended."""
        made = self.start(**changes)
        self.admin.advance(1)
        return self.ok("GET", f"{self.deployments}/{made['id']}")

    def deployment(self, key: str = "tax") -> Any:
        return self.ok("GET", f"{self.deployments}/key={key}")

    def redeploy_body(self, **changes: Any) -> dict[str, Any]:
        return {"version": self.deployment()["version"], "actions": [{"action": "redeploy", **changes}]}

    def restart(self, **changes: Any) -> Any:
        """Redeploy and return the Deployment as the POST answers it."""
        return self.ok("POST", f"{self.deployments}/key=tax", self.redeploy_body(**changes))

    def redeploy(self, **changes: Any) -> Any:
        """Redeploy and return the Deployment when its run has ended."""
        self.restart(**changes)
        self.admin.advance(1)
        return self.deployment()

    def redeploy_refused(self, **changes: Any) -> tuple[int, str]:
        return self.refused("POST", f"{self.deployments}/key=tax", self.redeploy_body(**changes))

    def undeploy(self, key: str = "tax") -> Any:
        return self.ok("DELETE", f"{self.deployments}/key={key}")


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """Return an emulator with a manual clock, two projects and a connector repository with some tags."""
    running.admin.reset()
    running.admin.settings(clock="manual")
    running.admin.clients(CLIENTS)
    running.admin.repositories(
        [{"url": REPOSITORY, "tag": tag, "connectYaml": text} for tag, text in TAGS.items()]
    )
    return running


@pytest.fixture
def admin(emulator: Emulator) -> Admin:
    return emulator.admin


@pytest.fixture
def api(emulator: Emulator) -> Iterator[Api]:
    """Give the client of the project acme-dev."""
    api = Api(emulator.url, emulator.admin)
    with closing(api.http):
        yield api


@pytest.fixture
def prod(emulator: Emulator) -> Iterator[Api]:
    """Give the client of the project acme-prod, which knows nothing of acme-dev."""
    api = Api(emulator.url, emulator.admin, client="prod", project="acme-prod")
    with closing(api.http):
        yield api


@pytest.fixture
def log_in_as(emulator: Emulator) -> Iterator[Any]:
    """Give a way to get a client of acme-dev with exactly the given scopes."""
    opened: list[Api] = []

    def log_in(*scopes: str) -> Api:
        special = ClientSpec(clientId="special", clientSecret="special-secret", scopes=list(scopes))
        emulator.admin.clients([*CLIENTS, special])
        opened.append(Api(emulator.url, emulator.admin, client="special"))
        return opened[-1]

    yield log_in
    for api in opened:
        api.http.close()


@pytest.fixture
def tax(api: Api) -> Api:
    """Return the API with the connector published and deployed."""
    api.published()
    api.deploy()
    return api
