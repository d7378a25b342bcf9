"""The provider is configured by the stack first and the environment second, and tells no secret."""

from __future__ import annotations

from typing import Any

import pytest

from commercetools_connect.core.errors import ConfigurationError
from commercetools_connect.core.values import Secret
from commercetools_connect.resources.configuration import ProviderConfiguration
from tests.unit.resources.trees import HIDDEN, TreeDict

ENVIRONMENT = {
    "CTP_CLIENT_ID": "env-client",
    "CTP_CLIENT_SECRET": "env-secret",
    "CTP_PROJECT_KEY": "env-project",
    "CTP_SCOPES": "manage_project:env-project",
    "CTP_API_URL": "https://api.us-central1.gcp.commercetools.com",
    "CTP_AUTH_URL": "https://auth.us-central1.gcp.commercetools.com",
}
CONNECT_IN_IOWA = "https://connect.us-central1.gcp.commercetools.com"


def read(values: TreeDict | None = None, environ: dict[str, str] | None = None) -> ProviderConfiguration:
    return ProviderConfiguration.read(values or {}, environ or {})


class TestPrecedence:
    def test_the_environment_alone_is_enough(self) -> None:
        connection = read({}, ENVIRONMENT).connection()
        assert connection.client_id == "env-client"
        assert connection.client_secret == "env-secret"
        assert connection.project_key == "env-project"
        assert connection.scopes == "manage_project:env-project"
        assert connection.connect_url == CONNECT_IN_IOWA
        assert connection.auth_url == "https://auth.us-central1.gcp.commercetools.com"

    def test_the_stack_wins_name_by_name(self) -> None:
        values: TreeDict = {"clientId": "stack-client", "clientSecret": Secret("stack-secret")}
        connection = read(values, ENVIRONMENT).connection()
        assert connection.client_id == "stack-client"
        assert connection.client_secret == "stack-secret"
        assert connection.project_key == "env-project"

    @pytest.mark.parametrize("silent", [None, ""])
    def test_empty_is_like_absent(self, silent: str | None) -> None:
        assert read({"clientId": silent}, ENVIRONMENT).client_id == "env-client"
        assert read({}, {"CTP_CLIENT_ID": ""}).client_id == ""

    def test_other_names_of_the_environment_are_not_looked_at(self) -> None:
        assert read({}, {"CLIENT_ID": "x", "clientId": "x", "CTP_REGION": "us-central1.gcp"}) == read()


class TestAddresses:
    """Host and token host come from one place, or the credentials would go to two regions."""

    def test_a_region_of_the_stack_is_not_mixed_with_addresses_of_the_environment(self) -> None:
        connection = read({"region": "europe-west1.gcp"}, ENVIRONMENT).connection()
        assert connection.connect_url == "https://connect.europe-west1.gcp.commercetools.com"
        assert connection.auth_url == "https://auth.europe-west1.gcp.commercetools.com"
        assert connection.client_id == "env-client"

    def test_an_emulator_of_the_stack_gets_no_token_of_the_real_host(self) -> None:
        connection = read({"connectUrl": "http://localhost:8085"}, ENVIRONMENT).connection()
        assert connection.connect_url == "http://localhost:8085"
        assert connection.auth_url == "http://localhost:8085"

    @pytest.mark.parametrize(
        "values",
        [
            {"region": "europe-west1.gcp"},
            {"apiUrl": "https://api.europe-west1.gcp.commercetools.com"},
            {"authUrl": "https://auth.europe-west1.gcp.commercetools.com", "region": "europe-west1.gcp"},
        ],
    )
    def test_an_emulator_of_the_environment_wins_over_a_region_of_the_stack_for_all_calls(
        self, values: TreeDict
    ) -> None:
        environ = {"CTP_CONNECT_URL": "http://localhost:8085"}
        connection = read(values, environ).connection()
        assert connection.connect_url == "http://localhost:8085"
        assert connection.auth_url == "http://localhost:8085"
        assert connection.http_api_url == "http://localhost:8085"

    def test_an_emulator_of_the_stack_wins_over_one_of_the_environment(self) -> None:
        environ = {"CTP_CONNECT_URL": "http://localhost:9", "CTP_AUTH_URL": "http://localhost:9"}
        connection = read({"connectUrl": "http://localhost:8085"}, environ).connection()
        assert (connection.connect_url, connection.auth_url) == ("http://localhost:8085", "http://localhost:8085")

    def test_a_region_beside_a_proxy_of_the_stack_loses_for_all_calls(self) -> None:
        connection = read({"connectUrl": "https://proxy.example", "region": "europe-west1.gcp"}).connection()
        assert {connection.connect_url, connection.auth_url, connection.http_api_url} == {"https://proxy.example"}

    @pytest.mark.parametrize(
        ("values", "environ", "address"),
        [
            ({"connectUrl": "http://localhost:8085"}, {}, "http://localhost:8085"),
            ({"region": "europe-west1.gcp"}, {}, "https://api.europe-west1.gcp.commercetools.com"),
            ({"region": "us-east-2.aws"}, {}, "https://api.us-east-2.aws.commercetools.com"),
            ({}, ENVIRONMENT, "https://api.us-central1.gcp.commercetools.com"),
            (
                {"connectUrl": "https://proxy.example", "authUrl": "https://auth.example"},
                {},
                "https://proxy.example",
            ),
            (
                {
                    "connectUrl": "https://proxy.example",
                    "authUrl": "https://auth.example",
                    "apiUrl": "https://api.us-central1.gcp.commercetools.com",
                },
                {},
                "https://api.us-central1.gcp.commercetools.com",
            ),
        ],
    )
    def test_extensions_are_looked_for_where_the_configuration_says(
        self, values: TreeDict, environ: dict[str, str], address: str
    ) -> None:
        assert read(values, environ).connection().http_api_url == address

    def test_without_any_address_nothing_is_wrong_until_a_call_needs_one(self) -> None:
        connection = read({"clientId": "x"}).connection()
        assert connection.connect_url == ""
        with pytest.raises(ConfigurationError, match="not known which commercetools region"):
            connection.require_hosts()

    def test_credentials_are_not_sent_without_encryption(self) -> None:
        with pytest.raises(ConfigurationError, match="without encryption"):
            read({"connectUrl": "http://connect.example", "authUrl": "https://auth.example"}).connection()


class TestMistakes:
    def test_all_are_said_at_once_under_the_name_to_set(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            read({"clientID": "x", "scopes": 1, "projectKey": ["a"]})
        assert sorted(caught.value.message.splitlines()) == [
            "commercetools-connect:clientID: unknown argument; did you mean clientId?",
            "commercetools-connect:projectKey: must be a string",
            "commercetools-connect:scopes: must be a string",
        ]
        assert "pulumi config set" in caught.value.remedy

    @pytest.mark.parametrize("value", [[HIDDEN], {"a": HIDDEN}, Secret([HIDDEN])])
    def test_none_shows_a_secret(self, value: Any) -> None:
        with pytest.raises(ConfigurationError) as caught:
            read({"clientSecret": value})
        assert "clientSecret" in str(caught.value)
        assert HIDDEN not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_a_configuration_and_a_connection_do_not_show_the_secret(self) -> None:
        configuration = read({"clientSecret": Secret(HIDDEN), "region": "europe-west1.gcp"})
        for shown in (repr(configuration), str(configuration), repr(configuration.connection())):
            assert HIDDEN not in shown
        assert configuration.connection().client_secret == HIDDEN


class TestPollInterval:
    @pytest.mark.parametrize(
        ("values", "seconds"),
        [
            ({}, 4.5),
            ({"region": "europe-west1.gcp"}, 4.5),
            ({"connectUrl": "https://proxy.example", "authUrl": "https://auth.example"}, 4.5),
            ({"connectUrl": "http://localhost:8085"}, 0.2),
            ({"connectUrl": "http://127.0.0.1:8085"}, 0.2),
            ({"connectUrl": "http://localhost:8085", "pollInterval": 2}, 2.0),
            ({"pollInterval": "0.5"}, 1.0),
            ({"connectUrl": "http://localhost:8085", "pollInterval": "0.05"}, 0.05),
            ({"pollInterval": 60}, 60.0),
        ],
    )
    def test_it_is_gentle_on_commercetools_and_quick_on_an_emulator(
        self, values: TreeDict, seconds: float
    ) -> None:
        assert read(values).seconds_between_polls() == seconds

    @pytest.mark.parametrize("value", [0, -1, 61, "never"])
    def test_one_that_makes_no_sense_is_refused(self, value: Any) -> None:
        with pytest.raises(ConfigurationError, match="pollInterval"):
            read({"pollInterval": value})


class TestSwitches:
    @pytest.mark.parametrize("text", ["1", "true", "True", "yes", "on"])
    @pytest.mark.parametrize(
        ("variable", "attribute"),
        [("CTP_STRICT_PREVIEW", "strict_preview"), ("CTP_OFFLINE_PREVIEW", "offline_preview")],
    )
    def test_the_environment_switches_on(self, variable: str, attribute: str, text: str) -> None:
        assert getattr(read({}, {variable: text}), attribute) is True
        assert getattr(read({}, {variable: "0"}), attribute) is False
        assert getattr(read({}, {}), attribute) is False

    def test_the_configuration_comes_first(self) -> None:
        assert read({"strictPreview": False}, {"CTP_STRICT_PREVIEW": "1"}).strict_preview is False

    def test_another_text_is_a_mistake(self) -> None:
        with pytest.raises(ConfigurationError, match="offlinePreview: must be true or false"):
            read({}, {"CTP_OFFLINE_PREVIEW": "perhaps"})
