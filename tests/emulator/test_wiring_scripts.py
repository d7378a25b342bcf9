"""What scripts of connectors leave in a project, and when: the outcomes of deployments and undeployments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from commercetools_connect.emulator import AdminError
from tests.emulator.deployments import all_applications, application

APPLICATIONS = all_applications("service", "listener", "nightly")
DELAYS = {"queued": 1, "deploying": 1, "undeploying": 1}
Script = dict[str, Any]


class Shop:
    """A project with a connector whose scripts a test chooses."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.admin = api.admin
        self.admin.settings(delays=DELAYS)
        api.published()

    def scripts(self, *scripts: Script, lifecycle: str = "deploy", times: int = 1) -> None:
        self.admin.outcome(lifecycle, "tax", "success", scripts=list(scripts), times=times)

    def deploy(self, *scripts: Script, **changes: Any) -> Any:
        if scripts:
            self.scripts(*scripts)
        self.api.start(configurations=APPLICATIONS, **changes)
        return self.finish()

    def redeploy(self, *scripts: Script, **changes: Any) -> Any:
        if scripts:
            self.scripts(*scripts)
        self.api.restart(**changes)
        return self.finish()

    def finish(self) -> Any:
        """Let the run end, and nothing more."""
        self.admin.advance(2)
        deployment = self.api.deployment()
        assert deployment["status"] == "Deployed"
        return deployment

    def undeploy(self) -> None:
        self.api.undeploy()
        self.admin.advance(1)
        assert self.api.refused("GET", "/acme-dev/deployments/key=tax") == (404, "ResourceNotFound")

    @property
    def extensions(self) -> list[Any]:
        return list(self.admin.registrations("acme-dev")["extensions"])

    @property
    def subscriptions(self) -> list[Any]:
        return list(self.admin.registrations("acme-dev")["subscriptions"])


@pytest.fixture
def shop(api: Any) -> Shop:
    return Shop(api)


def on_service(key: str | None = "acme-cart", **members: Any) -> Script:
    return {"application": "service", **({"key": key} if key else {}), **members}


def on_listener(key: str = "acme-orders", **members: Any) -> Script:
    return {"application": "listener", "key": key, **members}


def url(deployment: Any) -> str:
    return str(application(deployment)["url"])


def topic(deployment: Any) -> str:
    return str(application(deployment, "listener")["topic"])


def topic_of(subscription: Any) -> str:
    destination = subscription["destination"]
    return f"projects/{destination['projectId']}/topics/{destination['topic']}"


def test_scripts_register_the_url_and_the_topic_when_the_run_ends(shop: Shop) -> None:
    shop.scripts(on_service(), on_listener())
    shop.api.start(configurations=APPLICATIONS)
    shop.admin.advance(1.9)
    assert (shop.extensions, shop.subscriptions) == ([], [])

    shop.admin.advance(0.1)

    deployment = shop.api.deployment()
    (extension,) = shop.extensions
    (subscription,) = shop.subscriptions
    assert (extension["key"], subscription["key"]) == ("acme-cart", "acme-orders")
    assert extension["destination"] == {"type": "HTTP", "url": url(deployment)}
    assert topic_of(subscription) == topic(deployment)
    assert shop.api.ok("GET", "/acme-dev/extensions/key=acme-cart") == extension
    assert extension["createdBy"] == {"clientId": "connector-script", "isPlatformClient": False}


def test_without_scripts_nothing_is_registered(shop: Shop) -> None:
    shop.deploy()
    shop.redeploy()
    assert (shop.extensions, shop.subscriptions) == ([], [])


def test_on_aws_a_script_registers_the_arn_of_the_topic(shop: Shop) -> None:
    deployment = shop.deploy(on_listener(), region="eu-central-1.aws")
    (subscription,) = shop.subscriptions
    assert subscription["destination"] == {
        "type": "SNS", "topicArn": topic(deployment), "authenticationMode": "IAM",
    }  # fmt: skip


def test_a_short_topic_is_registered_in_the_cloud_project_of_connect(shop: Shop) -> None:
    shop.admin.settings(assumptions={"35": "other"})
    deployment = shop.deploy(on_listener())
    (subscription,) = shop.subscriptions
    assert topic_of(subscription) == f"projects/connect-emulator/topics/{topic(deployment)}"


def test_a_late_script_registers_after_its_time(shop: Shop) -> None:
    shop.deploy(on_service(after=30))
    shop.admin.advance(29.9)
    assert shop.extensions == []
    shop.admin.advance(0.1)
    assert [each["key"] for each in shop.extensions] == ["acme-cart"]


def test_a_script_that_deletes_and_creates_again_is_missing_in_between(shop: Shop) -> None:
    shop.deploy(on_listener())
    (before,) = shop.subscriptions

    shop.redeploy(on_listener(does="recreate", after=5, gap=10))

    assert [each["id"] for each in shop.subscriptions] == [before["id"]]
    shop.admin.advance(5)
    assert shop.subscriptions == []
    shop.admin.advance(10)
    (made,) = shop.subscriptions
    assert made["id"] != before["id"]
    assert topic_of(made) == topic(shop.api.deployment())


def test_a_script_that_updates_keeps_the_id_and_moves_to_the_new_topic(shop: Shop) -> None:
    shop.deploy(on_service(), on_listener())
    (extension,), (before,) = shop.extensions, shop.subscriptions

    deployment = shop.redeploy(on_service(), on_listener())

    (after,) = shop.subscriptions
    assert (after["id"], after["version"]) == (before["id"], 2)
    assert topic_of(after) == topic(deployment) != topic_of(before)
    assert shop.extensions == [extension], "the URL is the same, so nothing is written"


def test_a_redeploy_without_its_script_leaves_the_subscription_on_the_former_topic(shop: Shop) -> None:
    shop.deploy(on_listener())
    deployment = shop.redeploy()
    (subscription,) = shop.subscriptions
    assert topic_of(subscription) != topic(deployment)
    assert subscription["status"] == "Healthy"


def test_where_topics_are_kept_a_redeploy_without_its_script_changes_nothing(shop: Shop) -> None:
    shop.admin.settings(assumptions={"45": "other"})
    shop.deploy(on_listener())
    deployment = shop.redeploy()
    assert topic_of(shop.subscriptions[0]) == topic(deployment)


def test_skipped_scripts_register_nothing(shop: Shop) -> None:
    shop.deploy()
    deployment = shop.redeploy(on_service(), on_listener(), skipScripts=True)
    assert (shop.extensions, shop.subscriptions) == ([], [])
    assert (
        "report" not in deployment["details"]["build"] or not deployment["details"]["build"]["report"]["entries"]
    )


@pytest.mark.parametrize("outcome", ["failure", "stuck"])
def test_a_run_that_does_not_end_well_runs_no_scripts(shop: Shop, outcome: Any) -> None:
    shop.admin.outcome("deploy", "tax", outcome, scripts=[{"application": "service", "key": "acme-cart"}])
    shop.api.start(configurations=APPLICATIONS)
    shop.admin.advance(60)
    assert shop.extensions == []


def test_a_redeploy_that_fails_runs_no_scripts(shop: Shop) -> None:
    shop.deploy()
    shop.admin.outcome("deploy", "tax", "failure", scripts=[{"application": "service", "key": "acme-cart"}])
    shop.api.restart()
    shop.admin.advance(60)
    assert shop.api.deployment()["status"] == "Failed"
    assert shop.extensions == []


def test_a_script_writes_into_its_own_project_only(shop: Shop) -> None:
    theirs = {"key": "acme-cart", "destination": {"type": "HTTP", "url": "https://shop.example"}}
    kept = shop.admin.add_registration("acme-prod", "extensions", theirs)
    shop.deploy(on_service())
    assert len(shop.extensions) == 1
    shop.undeploy()
    assert shop.extensions == []
    assert shop.admin.registrations("acme-prod")["extensions"] == [kept]


def test_a_run_that_ends_with_a_warning_may_have_registered(shop: Shop) -> None:
    shop.admin.outcome("deploy", "tax", "warning", scripts=[{"application": "service", "key": "acme-cart"}])
    shop.deploy()
    assert len(shop.extensions) == 1


@pytest.mark.parametrize("does", ["register", "nothing"])
def test_the_report_says_that_the_script_succeeded_even_if_it_did_nothing(shop: Shop, does: str) -> None:
    deployment = shop.deploy(on_service(does=does))
    entries = deployment["details"]["build"]["report"]["entries"]
    said = {each["title"]: each["type"] for each in entries if each["application"] == "service"}
    assert said == {"Post-deployment setup succeeded": "Information"}
    assert len(shop.extensions) == (1 if does == "register" else 0)


def test_a_script_that_only_creates_stays_on_the_former_address_until_a_client_deletes(shop: Shop) -> None:
    first = shop.deploy(on_listener(does="createOnly"))
    second = shop.redeploy(on_listener(does="createOnly"))
    assert topic_of(shop.subscriptions[0]) == topic(first) != topic(second)

    shop.admin.delete_registration("acme-dev", "subscriptions", "acme-orders")
    third = shop.redeploy(on_listener(does="createOnly"))

    assert topic_of(shop.subscriptions[0]) == topic(third)


def test_a_script_may_register_the_topic_of_the_run_before(shop: Shop) -> None:
    first = shop.deploy()
    second = shop.redeploy(on_listener(address="former"))
    assert topic_of(shop.subscriptions[0]) == topic(first) != topic(second)


def test_the_first_run_may_register_an_address_that_the_deployment_never_had(shop: Shop) -> None:
    deployment = shop.deploy(on_service(address="former"), on_listener(address="former"))
    called = shop.extensions[0]["destination"]["url"]
    assert called.startswith("https://service-")
    assert called.endswith("/service")
    assert called != url(deployment)
    assert topic_of(shop.subscriptions[0]) != topic(deployment)


@pytest.mark.parametrize(("does", "gap"), [("register", 0), ("recreate", 0), ("recreate", 3)])
def test_of_two_applications_that_want_one_key_the_last_wins(shop: Shop, does: str, gap: float) -> None:
    shop.admin.repositories([{"url": shop.api.draft()["repository"]["url"], "tag": "v1", "connectYaml": TWO}])
    shop.api.publish()
    shop.scripts(
        {"application": "cart", "key": "clash", "does": does, "gap": gap},
        {"application": "coupon", "key": "clash", "does": does, "gap": gap},
    )
    shop.api.start(configurations=None)
    deployment = shop.finish()
    shop.admin.advance(2 * gap)
    (extension,) = shop.extensions
    assert extension["destination"]["url"] == application(deployment, "coupon")["url"]


TWO = """
deployAs:
  - {name: cart, applicationType: service, endpoint: /cart}
  - {name: coupon, applicationType: service, endpoint: /coupon}
"""


def test_a_script_without_a_key_makes_another_one_in_each_run(shop: Shop) -> None:
    shop.deploy(on_service(key=None))
    shop.redeploy(on_service(key=None))
    assert len(shop.extensions) == 2
    assert all("key" not in each for each in shop.extensions)


def test_a_script_may_register_a_path_below_its_url_and_members_of_its_own(shop: Shop) -> None:
    header = {"type": "AuthorizationHeader", "headerValue": "Basic c2VjcmV0LWNhbmFyeQ=="}
    draft = {"destination": {"authentication": header}, "timeoutInMs": 700}
    deployment = shop.deploy(on_service(path="/api-extension", draft=draft))
    (extension,) = shop.extensions
    assert extension["destination"]["url"] == f"{url(deployment)}/api-extension"
    assert extension["destination"]["authentication"]["headerValue"] == "****eQ=="
    assert extension["timeoutInMs"] == 700


def test_a_script_may_call_another_path_of_the_same_host(shop: Shop) -> None:
    deployment = shop.deploy(on_service(absolutePath="/webhooks"))
    called = shop.extensions[0]["destination"]["url"]
    assert called == url(deployment).removesuffix("/service") + "/webhooks"


def test_a_person_may_move_a_topic(shop: Shop) -> None:
    shop.deploy(on_listener())
    shop.admin.patch("deployments", "tax", {"applications": {"listener": {"topic": "elsewhere"}}})
    assert topic(shop.api.deployment()) == "elsewhere"


def test_a_script_may_register_a_destination_elsewhere(shop: Shop) -> None:
    queue = {"type": "SQS", "queueUrl": "https://queue.example", "region": "x", "authenticationMode": "IAM"}
    shop.deploy(on_listener(draft={"destination": queue}))
    assert shop.subscriptions[0]["destination"] == queue


def test_a_project_that_is_full_refuses_and_the_script_fails_silently(shop: Shop) -> None:
    for _ in range(25):
        destination = {"type": "HTTP", "url": "https://shop.example"}
        shop.admin.add_registration("acme-dev", "extensions", {"destination": destination})
    shop.deploy(on_service())
    assert "acme-cart" not in [each.get("key") for each in shop.extensions]


@pytest.mark.parametrize("name", ["nightly", "unknown"])
def test_a_script_of_an_application_without_an_address_fails_with_a_warning(shop: Shop, name: str) -> None:
    deployment = shop.deploy({"application": name, "key": "acme-cart"})
    entries = deployment["details"]["build"]["report"]["entries"]
    (entry,) = [each for each in entries if each["application"] == name]
    assert (entry["type"], entry["title"]) == ("Warning", "Failed during the execution of 'postDeploy' script")
    assert (shop.extensions, shop.subscriptions) == ([], [])


def test_an_undeployment_takes_the_registrations_of_its_scripts_away(shop: Shop) -> None:
    shop.deploy(on_service(), on_listener())
    shop.admin.add_registration("acme-dev", "extensions", {"key": "other", "destination": {"type": "HTTP"}})
    shop.undeploy()
    assert [each["key"] for each in shop.extensions] == ["other"]
    assert shop.subscriptions == []


def test_an_undeployment_deletes_by_key_also_what_points_elsewhere(shop: Shop) -> None:
    """So a Deployment that replaces another one under the same keys loses its registrations."""
    shop.deploy(on_service())
    shop.admin.outcome("deploy", "tax-new", "success", scripts=[{"application": "service", "key": "acme-cart"}])
    shop.api.deploy(key="tax-new", configurations=APPLICATIONS)
    shop.admin.advance(2)  # its scripts run, too
    assert len(shop.extensions) == 1
    shop.undeploy()
    assert shop.extensions == []


def test_an_undeployment_without_scripts_leaves_everything_behind(shop: Shop) -> None:
    shop.deploy(on_service(), on_listener())
    shop.scripts(lifecycle="undeploy")
    shop.undeploy()
    assert (len(shop.extensions), len(shop.subscriptions)) == (1, 1)


def test_an_undeployment_may_take_one_away_and_fail_to_take_the_other(shop: Shop) -> None:
    shop.deploy(on_service(), on_listener())
    shop.scripts(on_service(does="unregister"), on_listener(does="nothing"), lifecycle="undeploy")
    shop.undeploy()
    assert (len(shop.extensions), len(shop.subscriptions)) == (0, 1)


def test_an_undeployment_that_fails_takes_nothing_away(shop: Shop) -> None:
    shop.deploy(on_service())
    shop.admin.outcome("undeploy", "tax", "failure")
    shop.api.undeploy()
    shop.admin.advance(1)
    assert shop.api.deployment()["status"] == "UndeployFailed"
    assert len(shop.extensions) == 1


def test_what_a_person_deletes_behind_the_api_leaves_its_registrations(shop: Shop) -> None:
    shop.deploy(on_service(), on_listener(after=60))
    shop.admin.delete("deployments", "tax")
    shop.admin.advance(60)
    assert (len(shop.extensions), len(shop.subscriptions)) == (1, 0)


def test_scripts_write_in_the_order_of_time_however_late_a_client_reads(shop: Shop) -> None:
    """A deployment that is undeployed while its script is late registers nothing afterwards."""
    shop.scripts(on_service(), on_listener(after=600), times=1)
    shop.api.start(configurations=APPLICATIONS)
    shop.finish()
    shop.api.undeploy()
    shop.admin.advance(3600)
    assert (shop.extensions, shop.subscriptions) == ([], [])


def test_an_outcome_with_scripts_counts_for_so_many_runs_and_can_be_taken_back(shop: Shop) -> None:
    shop.scripts(on_listener(), times=9)
    deployment = shop.deploy()
    assert topic_of(shop.subscriptions[0]) == topic(deployment)
    deployment = shop.redeploy()
    assert topic_of(shop.subscriptions[0]) == topic(deployment)
    (outcome,) = shop.admin.outcomes()
    assert (outcome["times"], outcome["scripts"][0]["key"]) == (7, "acme-orders")

    shop.admin.clear_outcomes()

    assert shop.admin.outcomes() == []
    deployment = shop.redeploy()
    assert topic_of(shop.subscriptions[0]) != topic(deployment)


MISTAKES: dict[str, tuple[str, Script, str]] = {
    "an unknown way": ("deploy", on_service(does="reregister"), "scripts.0.does"),
    "unregister in a deploy": ("deploy", on_service(does="unregister"), "unregister is not possible"),
    "register in an undeploy": ("undeploy", on_service(), "register is not possible"),
    "unregister without a key": ("undeploy", on_service(key=None, does="unregister"), "requires a key"),
    "an unknown member": ("deploy", on_service(delay=1), "scripts.0.delay: unknown member"),
    "a draft that cannot be": ("deploy", on_service(draft={"timeout": 1}), "draft: for extensions: timeout"),
    "a script of a publication": ("publish", on_service(), "only a deploy or an undeploy"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_script_that_is_not_possible_is_refused_with_the_reason(api: Any, case: str) -> None:
    lifecycle, script, reason = MISTAKES[case]
    with pytest.raises(AdminError, match=reason):
        api.admin.outcome(lifecycle, "tax", "success", scripts=[script])


RESTARTS: dict[str, Callable[[Shop], None]] = {
    "as it is": lambda _shop: None,
    "from a dump": lambda shop: shop.admin.load(shop.admin.dump()),
}


@pytest.mark.parametrize("restart", RESTARTS)
def test_late_scripts_and_what_they_undo_survive_a_restart(shop: Shop, restart: str) -> None:
    shop.deploy(on_service(), on_listener(after=30))
    RESTARTS[restart](shop)
    shop.admin.advance(30)
    assert (len(shop.extensions), len(shop.subscriptions)) == (1, 1)
    RESTARTS[restart](shop)
    shop.undeploy()
    assert (shop.extensions, shop.subscriptions) == ([], [])
