"""connect.yaml is read by the vendor's rules, and each broken rule is named with its path (API §13)."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from commercetools_connect.emulator.connect_yaml import InvalidConnectYamlError, parse


def service(extra: str = "", name: str = "service") -> str:
    return f"deployAs:\n  - name: {name}\n    applicationType: service\n    endpoint: /service\n{extra}"


def mc(kind: str, keys: str) -> str:
    return (
        f"deployAs:\n  - name: app\n    applicationType: {kind}\n    configuration:\n"
        f"      standardConfiguration: [{keys}]\n"
    )


def key(name: str, extra: str = "") -> str:
    return f"{{key: {name}, description: d{extra}}}"


MC_KEYS = ", ".join(
    [
        key("CUSTOM_APPLICATION_ID", ", required: true"),
        key("ENTRY_POINT_URI_PATH", ", required: true"),
        key("CLOUD_IDENTIFIER", ", default: gcp"),
    ]
)


def configuration(standard: str = "", secured: str = "") -> str:
    return (
        f"    configuration:\n      standardConfiguration: [{standard}]\n      securedConfiguration: [{secured}]\n"
    )


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidConnectYamlError) as caught:
        parse(text)
    return caught.value.problems


def test_all_that_the_api_or_a_deployment_needs_is_read() -> None:
    specification = parse(
        """
inheritAs:
  configuration:
    standardConfiguration: [{key: LOG, description: d, default: info}]
    securedConfiguration: [{key: SHARED, description: d, required: true}]
  apiClient: {scopes: [manage_orders]}
deployAs:
  - name: service
    applicationType: service
    endpoint: /service
    scripts: {postDeploy: npm run up, preUndeploy: npm run down}
    healthCheck: {path: /health, intervalSeconds: 5}
    configuration:
      standardConfiguration: [{key: MODE, description: d, required: true, default: net}]
      securedConfiguration: [{key: TOKEN, description: d}]
  - name: events
    applicationType: event
    endpoint: events
    retryPolicy: {strategy: exponential-backoff, minBackoffSeconds: 1, maxBackoffSeconds: 60, maxAttempts: 5}
  - {name: nightly, applicationType: job, endpoint: /nightly, properties: {schedule: "0 3 * * *"}}
  - {name: files, applicationType: assets}
"""
    )
    service_, events, nightly, files = specification.applications
    assert (service_.endpoint, service_.has_post_deploy, service_.has_pre_undeploy) == ("/service", True, True)
    assert service_.keys.standard[0].model_dump() == {
        "key": "MODE", "description": "d", "required": True, "default": "net",
    }  # fmt: skip
    assert service_.keys.secured_names == ["TOKEN"]
    assert events.retry_policy is not None
    assert events.retry_policy.max_attempts == 5
    assert nightly.schedule == "0 3 * * *"
    assert files.application_type == "assets"
    assert specification.global_keys is not None
    assert specification.global_keys.secured_names == ["SHARED"]
    assert specification.api_client_scopes == ["manage_orders"]


def test_the_old_name_of_custom_applications_is_accepted_and_read_as_the_new_one() -> None:
    (app,) = parse(mc("mc-app", MC_KEYS)).applications
    assert app.application_type == "merchant-center-custom-application"


def test_an_empty_list_of_applications_is_valid() -> None:
    assert parse("deployAs: []").applications == []


def test_the_same_key_in_two_applications_is_fine() -> None:
    both = service(configuration(key("MODE"))) + service(configuration(key("MODE")), "other").removeprefix(
        "deployAs:\n"
    )
    assert len(parse(both).applications) == 2


BROKEN = {
    "no YAML": ("a: [", "[connect.yaml]: not valid YAML"),
    "no object": ("- a", "[connect.yaml]: expected an object, found an array"),
    "deployAs missing": ("inheritAs: {}", "[deployAs]: required"),
    "deployAs no array": ("deployAs: {}", "[deployAs]: expected an array"),
    "unknown member": ("deployAs: []\nfoo: 1", "[connect.yaml]: unrecognized member(s): foo"),
    "unknown member deep": (service("    foo: 1\n"), "[deployAs.0]: unrecognized member(s): foo"),
    "name missing": ("deployAs: [{applicationType: assets}]", "[deployAs.0.name]: required"),
    "name short": (service(name="a"), "[deployAs.0.name]: must match"),
    "name no text": ("deployAs: [{name: 12, applicationType: assets}]", "[deployAs.0.name]: expected a string"),
    "name twice": (
        service() + service().removeprefix("deployAs:\n"),
        "[deployAs.1.name]: the name service appears more than once",
    ),
    "type": ("deployAs: [{name: ab, applicationType: web}]", "[deployAs.0.applicationType]: must be one of"),
    "endpoint missing": (
        "deployAs: [{name: ab, applicationType: event}]",
        "[deployAs.0.endpoint]: required",
    ),
    "endpoint of assets": (
        "deployAs: [{name: ab, applicationType: assets, endpoint: /a}]",
        "[deployAs.0.endpoint]: not allowed for applications of type assets",
    ),
    "endpoint double slash": (
        "deployAs: [{name: ab, applicationType: event, endpoint: /a//b}]",
        "[deployAs.0.endpoint]: only letters",
    ),
    "endpoint letters": (
        "deployAs: [{name: ab, applicationType: event, endpoint: /ä}]",
        "[deployAs.0.endpoint]: only letters",
    ),
    "script blank": (
        service("    scripts: {postDeploy: ' '}\n"),
        "[deployAs.0.scripts.postDeploy]: must not be blank",
    ),
    "script of assets": (
        "deployAs: [{name: ab, applicationType: assets, scripts: {postDeploy: x}}]",
        "[deployAs.0.scripts]: not allowed",
    ),
    "configuration of assets": (
        "deployAs: [{name: ab, applicationType: assets, configuration: {}}]",
        "[deployAs.0.configuration]: not allowed",
    ),
    "health check of a job": (
        "deployAs: [{name: ab, applicationType: job, endpoint: a, properties: {schedule: '@daily'},"
        " healthCheck: {path: /h}}]",
        "[deployAs.0.healthCheck]: not allowed",
    ),
    "health check path": (
        service("    healthCheck: {intervalSeconds: 5}\n"),
        "[deployAs.0.healthCheck.path]: required",
    ),
    "health check range": (
        service("    healthCheck: {path: /h, timeoutSeconds: 21}\n"),
        "[deployAs.0.healthCheck.timeoutSeconds]: must be from 1 to 20",
    ),
    "health check number": (
        service("    healthCheck: {path: /h, unhealthyThreshold: true}\n"),
        "[deployAs.0.healthCheck.unhealthyThreshold]: expected an integer",
    ),
    "retry policy of a service": (
        service("    retryPolicy: {strategy: immediate}\n"),
        "[deployAs.0.retryPolicy]: not allowed",
    ),
    "job without schedule": (
        "deployAs: [{name: ab, applicationType: job, endpoint: a, properties: {}}]",
        "[deployAs.0.properties.schedule]: required",
    ),
    "job without properties": (
        "deployAs: [{name: ab, applicationType: job, endpoint: a}]",
        "[deployAs.0.properties]: required",
    ),
    "schedule": (
        "deployAs: [{name: ab, applicationType: job, endpoint: a, properties: {schedule: daily}}]",
        "[deployAs.0.properties.schedule]: must be a schedule",
    ),
    "properties of a service": (
        service("    properties: {schedule: '@daily'}\n"),
        "[deployAs.0.properties]: not allowed",
    ),
    "key letters": (
        service(configuration(key("TAX-MODE"))),
        "[deployAs.0.configuration.standardConfiguration.0.key]: must match",
    ),
    "key reserved": (
        service(configuration(secured=key("k_Service"))),
        "[deployAs.0.configuration.securedConfiguration.0.key]: k_Service is reserved",
    ),
    "key missing": (
        service(configuration("{description: d}")),
        "[deployAs.0.configuration.standardConfiguration.0.key]: required",
    ),
    "description blank": (
        service(configuration("{key: AB, description: ''}")),
        "[deployAs.0.configuration.standardConfiguration.0.description]: must not be blank",
    ),
    "required no boolean": (
        service(configuration(key("AB", ", required: 'yes'"))),
        "[deployAs.0.configuration.standardConfiguration.0.required]: expected a boolean",
    ),
    "default blank": (
        service(configuration(key("AB", ", default: ' '"))),
        "[deployAs.0.configuration.standardConfiguration.0.default]: must not be blank",
    ),
    "default of a secured key": (
        service(configuration(secured=key("AB", ", default: x"))),
        "[deployAs.0.configuration.securedConfiguration.0]: unrecognized member(s): default",
    ),
    "key twice": (
        service(configuration(key("AB"), key("AB"))),
        "[deployAs.0.configuration]: the key AB appears more than once",
    ),
    "global key repeated": (
        f"inheritAs: {{configuration: {{standardConfiguration: [{key('AB')}]}}}}\n"
        + service(configuration(secured=key("AB"))),
        "[deployAs.0.configuration]: the key AB is a global key already",
    ),
    "no scopes": (
        "inheritAs: {apiClient: {scopes: []}}\ndeployAs: []",
        "[inheritAs.apiClient.scopes]: must contain at least 1 scope",
    ),
    "blank scope": (
        "inheritAs: {apiClient: {scopes: ['']}}\ndeployAs: []",
        "[inheritAs.apiClient.scopes.0]: must not be blank",
    ),
    "custom application without its keys": (
        mc("merchant-center-custom-application", key("CLOUD_IDENTIFIER", ", required: true")),
        "[deployAs.0.configuration]: the standard key CUSTOM_APPLICATION_ID must be declared",
    ),
    "custom view without its key": (
        mc("merchant-center-custom-view", key("CUSTOM_VIEW_ID")),
        "[deployAs.0.configuration]: the standard key CUSTOM_VIEW_ID must be declared with required: true",
    ),
    "custom application without the cloud": (
        mc("mc-app", key("CLOUD_IDENTIFIER")),
        "[deployAs.0.configuration]: CLOUD_IDENTIFIER must be declared",
    ),
    "custom application with secrets": (
        mc("mc-app", MC_KEYS) + f"      securedConfiguration: [{key('AB')}]\n",
        "[deployAs.0.configuration]: secured keys are not allowed",
    ),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_named_with_its_path(text: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(text)), problems(text)


def policy(text: str) -> str:
    return f"deployAs: [{{name: ab, applicationType: event, endpoint: a, retryPolicy: {text}}}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "[deployAs.0.retryPolicy.strategy]: required"),
        ("{strategy: never}", "[deployAs.0.retryPolicy.strategy]: must be one of"),
        ("{strategy: immediate, maxAttempts: 5}", "[deployAs.0.retryPolicy.maxAttempts]: not allowed"),
        ("{strategy: exponential-backoff}", "[deployAs.0.retryPolicy.minBackoffSeconds]: required"),
        (
            "{strategy: exponential-backoff, minBackoffSeconds: 9, maxBackoffSeconds: 8}",
            "[deployAs.0.retryPolicy]: minBackoffSeconds must not be greater",
        ),
        (
            "{strategy: exponential-backoff, minBackoffSeconds: 0, maxBackoffSeconds: 601}",
            "[deployAs.0.retryPolicy.maxBackoffSeconds]: must be from 1 to 600",
        ),
        (
            "{strategy: exponential-backoff, minBackoffSeconds: 1, maxBackoffSeconds: 2, maxAttempts: 4}",
            "[deployAs.0.retryPolicy.maxAttempts]: must be from 5 to 100",
        ),
    ],
)
def test_a_retry_policy_is_checked(text: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(policy(text)))


def test_all_problems_are_listed_at_once() -> None:
    assert len(problems("deployAs: [{name: a, applicationType: service}, {name: b}]")) == 4


yaml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("service"),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["deployAs", "inheritAs", "name", "applicationType", "configuration", "key", "endpoint",
             "standardConfiguration", "retryPolicy", "properties", "apiClient", "scopes"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(yaml_values)
def test_no_document_is_more_than_invalid(document: object) -> None:
    """Any file is read, or its problems are listed."""
    found: list[str] = []
    try:
        parse(yaml.safe_dump({"deployAs": document}))
    except InvalidConnectYamlError as error:
        found = error.problems or ["nothing"]
    assert all(problem.startswith("[") for problem in found)
