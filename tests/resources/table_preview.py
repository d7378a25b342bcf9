"""Programs with mistakes, and what each is about; docs/preview-checks.md says what a preview says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ALL_AT_ONCE", "PROGRAMS", "Wrong"]


@dataclass(frozen=True)
class Wrong:
    """One program: the good one of `preview_stage`, with `changes` by path; `None` removes.

    - `update`: it is for the deployment that runs, else for a new one.
    - `alone`: every publication of the program is known: one process serves it, or all tell each other.
    - `publishes`: the tag that the program publishes of the same connector.
    - `lists`: the only project that the program's draft of the connector names, of `greeter` or the one deployed.
    """

    group: str
    mistake: str
    changes: Mapping[str, Any]
    update: bool = False
    alone: bool = False
    publishes: str = ""
    lists: str = ""


def backoff(**changes: int) -> dict[str, Any]:
    """Return a retry policy without a mistake, but for the changes."""
    return {"strategy": "exponential-backoff", "minBackoffSeconds": 10, "maxBackoffSeconds": 60, **changes}


STANDARD: Final = "configurations.service.standardConfiguration"
SECURED: Final = "configurations.service.securedConfiguration"
SHARED: Final = "globalConfiguration.standardConfiguration"
SHARED_SECURED: Final = "globalConfiguration.securedConfiguration"
RETRY: Final = "configurations.event.retryPolicy"

PROGRAMS: Final = (
    # Applications
    Wrong("Applications", "an application is misspelt", {"configurations.servce": {}}),
    Wrong(
        "Applications",
        "an application is misspelt, and the one that is meant lacks its keys",
        {"configurations.servce": {}, STANDARD: {}, SECURED: {}},
    ),
    Wrong(
        "Applications",
        "an application with required keys is misspelt",
        {"configurations": {"servce": {"standardConfiguration": {"SHOP_NAME": "Acme"}}}},
    ),
    Wrong("Applications", "an application is written in another case", {"configurations.Service": {}}),
    Wrong("Applications", "an application that the connector does not have", {"configurations.frontend": {}}),
    Wrong("Applications", "an application with required keys is left out", {"configurations": None}),
    Wrong("Applications", "no mistake: applications that the program does not name", {}),
    # Keys
    Wrong("Keys", "a key is misspelt", {f"{STANDARD}.GREETNG": "Hi"}),
    Wrong("Keys", "a required key is misspelt", {STANDARD: {"SHOP_NAM": "Acme"}}),
    Wrong("Keys", "a key is written in lower case", {f"{STANDARD}.greeting": "Hi"}),
    Wrong("Keys", "a key that the application does not have", {f"{STANDARD}.COLOUR": "red"}),
    Wrong("Keys", "a key of another application", {f"{STANDARD}.BATCH_SIZE": "9"}),
    Wrong(
        "Keys",
        "a key of an application that takes none",
        {"configurations.enabler.standardConfiguration.THEME": "dark"},
    ),
    Wrong("Keys", "a misspelt secured key", {f"{SECURED}.API_TOKN": "secret-3"}),
    Wrong("Keys", "a secured key among the standard ones", {f"{STANDARD}.EXTRA": "secret-3"}),
    Wrong("Keys", "a standard key among the secured ones", {f"{SECURED}.GREETING": "Hi"}),
    Wrong("Keys", "a global key in an application", {f"{STANDARD}.LOG_LEVEL": "debug"}),
    Wrong("Keys", "a secured global key in an application", {f"{SECURED}.SHARED_SECRET": "secret-3"}),
    Wrong("Keys", "an application's key among the global ones", {f"{SHARED}.GREETING": "Hi"}),
    Wrong("Keys", "a misspelt global key", {f"{SHARED}.LOGLEVEL": "debug"}),
    Wrong("Keys", "a secured global key among the standard ones", {f"{SHARED}.SHARED_SECRET": "secret-3"}),
    Wrong("Keys", "a required key is missing", {STANDARD: {}}),
    Wrong("Keys", "a required key is null", {STANDARD: {"SHOP_NAME": None}}),
    Wrong("Keys", "a required secured key is missing", {SECURED: {}}),
    Wrong("Keys", "a required global key is missing", {SHARED: {}}),
    Wrong("Keys", "a required secured global key is missing", {SHARED_SECURED: {}}),
    Wrong("Keys", "all global keys are missing", {"globalConfiguration": None}),
    Wrong("Keys", "a required key is empty", {f"{STANDARD}.SHOP_NAME": ""}),
    Wrong("Keys", "a required secured key is empty", {f"{SECURED}.API_TOKEN": ""}),
    Wrong("Keys", "a required global key is empty", {f"{SHARED}.SHOP_URL": ""}),
    Wrong("Keys", "a required secured global key is empty", {f"{SHARED_SECURED}.SHARED_SECRET": ""}),
    Wrong("Keys", "a required key is misplaced", {STANDARD: {}, f"{SECURED}.SHOP_NAME": "Acme"}),
    # Values
    Wrong(
        "Values", "a URL of an application that does not exist", {f"{STANDARD}.GREETING": "{{url:servce}}/hello"}
    ),
    Wrong("Values", "the same in a secured value", {f"{SECURED}.EXTRA": "https://{{url:servce}}"}),
    Wrong("Values", "a structure as a value", {f"{STANDARD}.GREETING": {"en": "Hello"}}),
    Wrong("Values", "a list as a secured value", {f"{SECURED}.EXTRA": ["secret-3"]}),
    Wrong("Values", "a number that the engine cannot carry", {f"{STANDARD}.GREETING": 2**60}),
    Wrong("Values", "the mask instead of a secret", {f"{SECURED}.API_TOKEN": "****"}),
    Wrong("Values", "a secret where everybody can read it", {f"{STANDARD}.WEBHOOK_TOKEN": "secret-3"}),
    # Schedules and retries
    Wrong("Schedules and retries", "a schedule for a service", {"configurations.service.schedule": "0 3 * * *"}),
    Wrong("Schedules and retries", "a schedule for assets", {"configurations.enabler.schedule": "0 3 * * *"}),
    Wrong(
        "Schedules and retries",
        "a schedule for an event application",
        {"configurations.event.schedule": "0 3 * * *"},
    ),
    Wrong(
        "Schedules and retries", "a schedule with four fields", {"configurations.nightly-job.schedule": "0 3 * *"}
    ),
    Wrong(
        "Schedules and retries",
        "a schedule with the name of a weekday",
        {"configurations.nightly-job.schedule": "0 3 * * MON"},
    ),
    Wrong(
        "Schedules and retries",
        "a schedule in words",
        {"configurations.nightly-job.schedule": "at three every night"},
    ),
    Wrong(
        "Schedules and retries",
        "a minute and an hour that do not exist",
        {"configurations.nightly-job.schedule": "60 24 * * *"},
    ),
    Wrong(
        "Schedules and retries",
        "a month and a weekday that do not exist",
        {"configurations.nightly-job.schedule": "0 3 * 13 MOO"},
    ),
    Wrong(
        "Schedules and retries",
        "a nickname that does not exist",
        {"configurations.nightly-job.schedule": "@nightly"},
    ),
    Wrong(
        "Schedules and retries",
        "a retry policy for a job",
        {"configurations.nightly-job.retryPolicy": {"strategy": "immediate"}},
    ),
    Wrong(
        "Schedules and retries", "a retry policy for a service", {"configurations.service.retryPolicy": backoff()}
    ),
    Wrong("Schedules and retries", "a strategy is misspelt", {RETRY: {"strategy": "exponential-backof"}}),
    Wrong("Schedules and retries", "a strategy is missing", {RETRY: {"maxAttempts": 9}}),
    Wrong("Schedules and retries", "too short a pause", {RETRY: backoff(minBackoffSeconds=0)}),
    Wrong("Schedules and retries", "too long a pause", {RETRY: backoff(maxBackoffSeconds=601)}),
    Wrong("Schedules and retries", "too few attempts", {RETRY: backoff(maxAttempts=4)}),
    Wrong("Schedules and retries", "too many attempts", {RETRY: backoff(maxAttempts=101)}),
    Wrong("Schedules and retries", "pauses the wrong way round", {RETRY: backoff(minBackoffSeconds=61)}),
    Wrong("Schedules and retries", "pauses are missing", {RETRY: {"strategy": "exponential-backoff"}}),
    Wrong(
        "Schedules and retries",
        "pauses of a policy that has none",
        {RETRY: {"strategy": "immediate", "minBackoffSeconds": 10, "maxAttempts": 9}},
    ),
    Wrong("Schedules and retries", "a member of the policy is misspelt", {RETRY: backoff(maxAttempt=9)}),
    # Places
    Wrong(
        "Places",
        "a region that the connector does not support",
        {"connector.key": "regional", "region": "us-central1.gcp"},
    ),
    Wrong("Places", "a region is misspelt", {"connector.key": "regional", "region": "europe-west1.gpc"}),
    Wrong("Places", "something that is not a region", {"region": "Belgium"}),
    Wrong("Places", "a project that no scope of the API client names", {"projectKey": "demo-projct"}),
    Wrong("Places", "a project that may not use the connector", {}, lists="europe-west1.gcp:other-project"),
    Wrong(
        "Places", "a project that a draft of others does not list", {"connector": {"key": "draft", "staged": True}}
    ),
    # Connector and type
    Wrong(
        "Connector and type", "a connector by id and key", {"connector.id": "0d3e2a0e-6c3b-4a6b-9a0f-0c2a2b1c7d55"}
    ),
    Wrong("Connector and type", "a connector by neither", {"connector": {}}),
    Wrong(
        "Connector and type",
        "a connector that is not there, and perhaps published by another process",
        {"connector.key": "greetr"},
    ),
    Wrong(
        "Connector and type",
        "the same, in a program that is known as a whole",
        {"connector.key": "greetr"},
        alone=True,
    ),
    Wrong(
        "Connector and type",
        "a connector that the program shares with other projects only",
        {"connector.key": "hidden"},
        alone=True,
        lists="europe-west1.gcp:other-project",
    ),
    Wrong("Connector and type", "a staged connector in a sandbox", {"connector.staged": True, "type": "sandbox"}),
    Wrong("Connector and type", "a published connector as a preview", {"type": "preview"}),
    Wrong("Connector and type", "a type that does not exist", {"type": "prod"}),
    Wrong("Connector and type", "a draft that is not previewable", {"connector.staged": True}),
    Wrong(
        "Connector and type",
        "the same, in a program that is known as a whole",
        {"connector.staged": True},
        alone=True,
    ),
    # Tags
    Wrong("Tags", "a tag that is not published, perhaps by another process", {"connectorTag": "v3.0.0"}),
    Wrong("Tags", "the same, in a program that is known as a whole", {"connectorTag": "v3.0.0"}, alone=True),
    Wrong(
        "Tags",
        "a tag other than the one that this program publishes",
        {"connectorTag": "v3.0.0"},
        publishes="v2.0.0",
    ),
    Wrong("Tags", "no mistake: a tag that this program publishes", {"connectorTag": "v2.0.0"}, publishes="v2.0.0"),
    # A running deployment
    Wrong("A running deployment", "a required key is removed", {STANDARD: {}}, update=True),
    Wrong("A running deployment", "a key is misspelt", {f"{STANDARD}.GREETNG": "Hi"}, update=True),
    Wrong(
        "A running deployment",
        "an application is misspelt",
        {"configurations.nightlyjob.schedule": "0 4 * * *"},
        update=True,
    ),
    Wrong(
        "A running deployment",
        "a required key is missing in the new version, and another is gone",
        {f"{STANDARD}.GREETING": "Hi", "connectorTag": "v2.0.0"},
        update=True,
    ),
    Wrong("A running deployment", "a tag that is not there", {"connectorTag": "v3.0.0"}, update=True, alone=True),
    Wrong(
        "A running deployment",
        "a replacement that could not be deployed: its tag is not published any more",
        {"region": "us-central1.gcp"},
        update=True,
    ),
    Wrong(
        "A running deployment",
        "a replacement that could not be deployed: the new one would lack a secret",
        {"region": "us-central1.gcp", "connector.key": "greeter", SECURED: {}},
        update=True,
    ),
    Wrong(
        "A running deployment",
        "a retry policy for a job",
        {"configurations.nightly-job.retryPolicy": {"strategy": "immediate"}},
        update=True,
    ),
    # The program itself
    Wrong("The program itself", "an argument is misspelt", {"conectorTag": "v1.0.0"}),
    Wrong("The program itself", "a flag is a text", {"skipPlanTimeValidation": "yes"}),
    Wrong("The program itself", "a key with a blank", {"key": "my key"}),
    # All at once
    Wrong(
        "All at once",
        "ten mistakes",
        {
            "configurations.frontend": {},
            STANDARD: {"SHOP_NAM": "Acme", "EXTRA": "secret-3", "LOG_LEVEL": "x"},
            "configurations.service.schedule": "0 3 * * *",
            "configurations.nightly-job.schedule": "60 * * * *",
            RETRY: backoff(maxAttempts=1),
            f"{SHARED}.SHOP_URL": "",
            "connector.key": "regional",
            "region": "us-central1.gcp",
            SECURED: {},
        },
    ),
)

ALL_AT_ONCE: Final = PROGRAMS[-1]
