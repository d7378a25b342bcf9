"""What a program writes, and what of it reaches the engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.rpc import wrap_rpc_secret

import commercetools_connect
from commercetools_connect.dynamic import ConnectorPublication, ConnectorStaged, Deployment, TimeoutsArgs
from commercetools_connect.dynamic.providers import load
from commercetools_connect.frontends.dynamic.args import seconds_by_operation
from commercetools_connect.resources.keys import derive_key
from tests.frontends.dynamic.programs import Monitor, run_program
from tests.support.marks import UNKNOWN

Run: TypeAlias = Callable[..., Monitor]


@pytest.fixture
def run() -> Run:
    return run_program


def deployment(name: str = "api", **more: Any) -> Deployment:
    return Deployment(name, **{"connector": {"key": "c"}, "region": "europe-west1.gcp", **more})


def staged(name: str = "draft", **more: Any) -> ConnectorStaged:
    required = {"name": "Tax", "creator": {"email": "a@b.example"}, "repository": {"url": "u.git", "tag": "v1"}}
    return ConnectorStaged(name, **{**required, **more})


def publication(name: str = "pub", **more: Any) -> ConnectorPublication:
    return ConnectorPublication(name, **{"connector_staged_id": "d-1", "tag": "v1", "target": "private", **more})


def test_types_in_the_state_are_these_for_ever(run: Run) -> None:
    def program() -> None:
        staged(), publication(), deployment()

    prefix = "pulumi-python:dynamic/commercetools-connect:"
    assert {request.type for request in run(program).requests} >= {
        f"{prefix}ConnectorStaged",
        f"{prefix}ConnectorPublication",
        f"{prefix}Deployment",
    }


def test_a_subclass_of_a_user_keeps_the_type(run: Run) -> None:
    class OurDeployment(Deployment):
        pass

    monitor = run(lambda: OurDeployment("api", connector={"key": "c"}, region="eu") and None)
    assert monitor.request("api").type == "pulumi-python:dynamic/commercetools-connect:Deployment"


def test_keys_are_derived_from_project_stack_and_name(run: Run) -> None:
    inputs = run(lambda: deployment() and None).inputs("api")
    assert inputs["__declaration"] == {
        "name": "api",
        "derivedKey": derive_key("acme", "dev", "api"),
        "timeLimits": {},
    }
    assert "key" not in inputs


def test_our_names_are_translated_and_the_users_are_not(run: Run) -> None:
    def program() -> None:
        deployment(
            connector_tag="v1",
            project_key="acme_dev",
            skip_scripts=True,
            fail_on_script_warning=True,
            skip_plan_time_validation=True,
            redeploy_trigger={"my_own": [1, None]},
            configurations={
                "my_app": {
                    "standard_configuration": {"LOG_LEVEL": "info", "standard_configuration": "x"},
                    "retry_policy": {"strategy": "immediate", "min_backoff_seconds": 1},
                    "schedule": "* * * * *",
                },
                "standard_configuration": {"standardConfiguration": {"already_camel": 1}},
            },
        )

    inputs = run(program).inputs("api")
    assert inputs["configurations"] == {
        "my_app": {
            "standardConfiguration": {"LOG_LEVEL": "info", "standard_configuration": "x"},
            "retryPolicy": {"strategy": "immediate", "minBackoffSeconds": 1},
            "schedule": "* * * * *",
        },
        "standard_configuration": {"standardConfiguration": {"already_camel": 1}},
    }
    assert inputs["redeployTrigger"] == {"my_own": [1, None]}
    assert set(inputs) == {
        "__provider",
        "__declaration",
        "configurations",
        "connector",
        "connectorTag",
        "failOnScriptWarning",
        "projectKey",
        "redeployTrigger",
        "region",
        "skipPlanTimeValidation",
        "skipScripts",
    }


def test_drafts_and_publications_are_translated(run: Run) -> None:
    def program() -> None:
        draft = staged(
            creator={"email": "a@b.example", "no_of_contributors": 2, "logoUrl": "l"},
            integration_types=["tax"],
            supported_regions=["eu"],
            private_projects=["eu:acme"],
            documentation_url="d",
            force_destroy=True,
        )
        publication(connector_staged_id=draft.id, tag=draft.repository["tag"], wait_for="validation")

    monitor = run(program)
    inputs = monitor.inputs("draft")
    assert inputs["creator"] == {"email": "a@b.example", "noOfContributors": 2, "logoUrl": "l"}
    assert {"integrationTypes", "supportedRegions", "privateProjects", "documentationUrl", "forceDestroy"} <= set(
        inputs
    )
    inputs = monitor.inputs("pub")
    assert inputs["connectorStagedId"] == "draft-id"
    assert inputs["tag"] == "v1"
    assert inputs["waitFor"] == "validation"


SECURED = {"standard_configuration": {"a": 1}, "secured_configuration": {"pw": "canary", "none": None}}
WIRE = {"standardConfiguration": {"a": 1}, "securedConfiguration": {"pw": wrap_rpc_secret("canary"), "none": None}}


@pytest.mark.parametrize(
    "configurations",
    [
        lambda: {"app": SECURED},
        lambda: pulumi.Output.from_input({"app": SECURED}),
        lambda: {"app": pulumi.Output.from_input(SECURED)},
        lambda: {
            "app": {**SECURED, "secured_configuration": pulumi.Output.from_input({"pw": "canary", "none": None})}
        },
        lambda: {
            "app": {**SECURED, "secured_configuration": {"pw": pulumi.Output.secret("canary"), "none": None}}
        },
    ],
    ids=["plain", "whole output", "application output", "map output", "secret already"],
)
def test_each_secured_value_is_secret_and_what_is_plain_stays_readable(
    run: Run, configurations: Callable[[], Any]
) -> None:
    def program() -> None:
        deployment(configurations=configurations(), global_configuration=pulumi.Output.from_input(SECURED))

    inputs = run(program).inputs("api")
    assert inputs["configurations"] == {"app": WIRE}
    assert inputs["globalConfiguration"] == WIRE


def test_unknown_references_pass_in_previews(run: Run) -> None:
    def program() -> None:
        unknown = pulumi.Output.from_input(publication().report)
        deployment(configurations=unknown, connector={"id": unknown})

    inputs = run(program, preview=True).inputs("api")
    assert inputs["configurations"] == UNKNOWN
    assert inputs["connector"] == {"id": UNKNOWN}


def test_outputs_are_typed_attributes(run: Run) -> None:
    seen: list[object] = []

    def program() -> pulumi.Output[Any]:
        made = deployment(configurations={"my_app": {"standard_configuration": {"a_b": "c"}}})
        assert isinstance(made.urls, pulumi.Output)
        untyped: Any = made
        with pytest.raises(AttributeError):
            untyped.url  # noqa: B018 - reading it is the test
        wanted = (made.urls["my_app"], made.connector_version, made.region, made.report, made.configurations)
        return pulumi.Output.all(*wanted, publication().published_tag).apply(seen.extend)

    run(program)
    assert seen == [
        "https://x",
        3,
        "europe-west1.gcp",
        None,
        {"my_app": {"standardConfiguration": {"a_b": "c"}}},
        "v1",
    ]
    assert type(seen[1]) is int


@pytest.mark.parametrize("declare", [staged, publication, deployment])
def test_every_output_of_every_class_is_there_and_documented(run: Run, declare: Callable[[str], object]) -> None:
    def program() -> None:
        made = declare("x")
        properties = [
            name
            for name, value in vars(type(made)).items()
            if isinstance(value, property) and not name.startswith("_")
        ]
        assert len(properties) > 10
        for name in properties:
            assert isinstance(getattr(made, name), pulumi.Output), name
            assert getattr(type(made), name).__doc__, name

    run(program)


def test_no_class_has_the_old_object_deleted_before_its_replacement_is_made(run: Run) -> None:
    """The diff says when it must be; the option would delete what runs before a create can be known to follow."""

    def program() -> None:
        staged(), deployment(), publication()
        deployment("other", opts=pulumi.ResourceOptions(delete_before_replace=True, protect=True))

    monitor = run(program)
    for name in ("draft", "api", "pub"):
        assert not monitor.request(name).deleteBeforeReplaceDefined
    assert monitor.request("other").deleteBeforeReplace
    assert monitor.request("other").protect


def test_connection_and_timeouts_travel_and_custom_timeouts_are_left_to_the_engine(run: Run) -> None:
    def program() -> None:
        limits: TimeoutsArgs = {"create": "1h30m", "update": 1800, "delete": timedelta(minutes=10)}
        opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="5m"))
        deployment(connection="shop", timeouts=limits, opts=opts)

    monitor = run(program)
    inputs = monitor.inputs("api")
    assert inputs["connection"] == "shop"
    assert inputs["__declaration"]["timeLimits"] == {"create": 5400, "update": 1800, "delete": 600}
    assert monitor.request("api").customTimeouts.create == "5m"


def test_a_wrong_time_limit_names_the_resource_and_the_nearest_operation(run: Run) -> None:
    with pytest.raises(ValueError, match=r"Deployment api: timeouts: .* 'craete'; did you mean create\?"):
        run(lambda: deployment(timeouts={"craete": "5m"}))


@pytest.mark.parametrize(
    ("timeouts", "said"),
    [
        ({"create": "soon"}, "create is 'soon'"),
        ({"create": ""}, "create is ''"),
        ({"update": 0}, "update is 0"),
        ({"delete": -1}, "delete is -1"),
        ({"delete": True}, "delete is True"),
        ({"create": float("nan")}, "create is nan"),
        ({"creat": "30m"}, "no operation 'creat'; did you mean create?"),
    ],
)
def test_a_wrong_time_limit_is_reported_where_it_is_written(timeouts: TimeoutsArgs, said: str) -> None:
    with pytest.raises(ValueError, match="timeouts: ") as caught:
        seconds_by_operation(timeouts)
    assert said in str(caught.value)


def test_time_limits_can_be_written_in_words() -> None:
    assert seconds_by_operation({"create": "1d 2h 3m 4.5s", "update": "250ms", "delete": None}) == {
        "create": 93784.5,
        "update": 0.25,
    }


def test_an_unknown_argument_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'regoin'"):
        deployment(regoin="eu")


def test_a_member_given_twice_is_reported() -> None:
    with pytest.raises(pulumi.RunError, match=r"creator\.logoUrl is given twice, as logo_url too"):
        staged(creator={"email": "a", "logo_url": "a", "logoUrl": "b"})


def test_a_missing_name_is_reported() -> None:
    with pytest.raises(TypeError, match="Deployment needs a name"):
        Deployment("", connector={}, region="eu")


def test_two_thousand_resources_can_be_declared(run: Run) -> None:
    """Pulumi's pickler wraps itself once more for each resource; a pickle that holds a dict would overflow."""
    for _ in range(1700):
        serialize_provider(load("Deployment"))

    def program() -> None:
        for number in range(300):
            publication(f"pub-{number}")

    assert len(run(program).requests) >= 300


def test_importing_the_classes_leaves_the_core_alone() -> None:
    code = (
        "import sys, commercetools_connect.dynamic\n"
        "from commercetools_connect.dynamic.providers import load\n"
        "load('Deployment')\n"
        "print([name for name in ('httpx', 'pydantic', 'commercetools_connect.api') if name in sys.modules])"
    )
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(commercetools_connect.__file__).parents[1])}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
