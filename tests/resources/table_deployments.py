"""What a user sees of Deployments, state by state: data that `test_deployment_table.py` runs row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.resources.table import Row

__all__ = ["CASES", "ROWS", "Case"]


@dataclass(frozen=True)
class Case:
    """A row with what proves it: how the operation ends, and a part of what is said."""

    row: Row
    ends: str
    says: str = ""


def _case(state: str, operation: str, sees: str, calls: str, ends: str = "done", says: str = "") -> Case:
    return Case(Row("Deployment", state, operation, sees, calls), ends, says)


BY_KEY = "GET deployment by key"
LOOK = "GET deployment"
BOTH = f"{LOOK}, {BY_KEY}"
NEW = "GET Connector, POST deployment, polls"
CREATE = f"{BY_KEY}, {NEW}"
AGAIN = "POST redeploy, polls"
HEALED = "redeployed in place"
WAITED = "waits for its end, then decides"
HEALS = "the next up brings it in line"
GONE = "an error: gone, run `pulumi refresh`"
FORCED = "waits a quarter of the time limit, then undeploys nevertheless"
JOINED = "waits until it is gone"
REFUSED = "an error that names what differs and all ways on; nothing is changed"

CASES: Final = (
    _case("absent", "create", "deployed", CREATE),
    _case("Queued", "create", "a killed run's: joined", f"{BY_KEY}, polls"),
    _case("Deploying", "create", "a killed run's: joined", f"{BY_KEY}, polls"),
    _case(
        "Deployed, different",
        "create",
        "a killed run's, as no other stack derives the key: brought in line",
        f"{BY_KEY}, {AGAIN}",
        says="continues with the existing",
    ),
    _case("Deployed", "create", "a killed run's: continued with", BY_KEY),
    _case(
        "Deployed, with secured values",
        "create",
        "a killed run's; secured values are sent once more, as the API never returns them",
        f"{BY_KEY}, {AGAIN}",
    ),
    _case("Failed", "create", "a killed run's: redeployed", f"{BY_KEY}, {AGAIN}"),
    _case(
        "Deployed, the derived key of a dynamic resource",
        "create",
        "taken over with a warning: another stack of the same names derives the same key",
        BY_KEY,
        says="another stack of the same names",
    ),
    _case(
        "Deployed, different, the derived key of a dynamic resource",
        "create",
        REFUSED,
        BY_KEY,
        "error",
        "configurations.service.standardConfiguration.GREETING",
    ),
    _case("Draft", "create", "redeployed when it stays so for a minute", f"{BY_KEY}, polls, {AGAIN}"),
    _case("Undeploying", "create", "waits until it is gone, then deploys", f"{BY_KEY}, polls, {NEW}"),
    _case("UndeployFailed", "create", "an error: its undeploy failed", BY_KEY, "error", "its undeploy failed"),
    _case(
        "being made, under the explicit key",
        "create",
        "an interrupted create's: joined",
        f"{BY_KEY}, GET revisions, polls",
        says="an interrupted run left unfinished",
    ),
    _case(
        "Deployed, under the explicit key",
        "create",
        REFUSED,
        BY_KEY,
        "error",
        "equal in everything that can be read",
    ),
    _case(
        "Deployed, different, under the explicit key",
        "create",
        REFUSED,
        BY_KEY,
        "error",
        "CTP_ADOPT='demo-project/greeter'",
    ),
    _case(
        "Deployed, different, under the explicit key, with `adopt`",
        "create",
        "taken over with a warning, and brought in line",
        f"{BY_KEY}, {AGAIN}",
        says="this program manages it from now on",
    ),
    _case("Deployed", "update", HEALED, f"{LOOK}, {AGAIN}"),
    _case("Failed", "update", f"{HEALED}, if the preview finds no mistake in it", f"{LOOK}, {AGAIN}"),
    _case("UndeployFailed", "update", HEALED, f"{LOOK}, {AGAIN}"),
    _case("Draft", "update", "redeployed when it stays so for a minute", f"{LOOK}, polls, {AGAIN}"),
    _case("Queued", "update", WAITED, f"{LOOK}, polls, {AGAIN}"),
    _case("Deploying", "update", WAITED, f"{LOOK}, polls, {AGAIN}"),
    _case(
        "Undeploying",
        "update",
        f"waits until it is gone, then {GONE}",
        f"{LOOK}, polls",
        "error",
        "pulumi refresh",
    ),
    _case("gone", "update", GONE, f"{LOOK}, {BY_KEY}", "error", "pulumi refresh"),
    _case(
        "an unknown status",
        "update",
        "a warning; waits for another one until the time limit",
        f"{LOOK}, polls",
        "partial",
        "is not known to this version",
    ),
    _case("Deployed", "refresh", "no drift", LOOK, "no diff"),
    _case("Queued", "refresh", f"not as asked: {HEALS}", LOOK, "partial", "queued"),
    _case("Deploying", "refresh", f"not as asked: {HEALS}", LOOK, "partial", "deploying"),
    _case("Failed", "refresh", f"not as asked: {HEALS}", LOOK, "partial", "deployment failed"),
    _case("Draft", "refresh", f"not as asked: {HEALS}", LOOK, "partial", "accepted"),
    _case("Undeploying", "refresh", "not as asked: being undeployed", LOOK, "partial", "being undeployed"),
    _case("UndeployFailed", "refresh", f"not as asked: {HEALS}", LOOK, "partial", "undeploy failed"),
    _case("a value changed by hand", "refresh", f"drift: {HEALS}", LOOK, "diff"),
    _case("gone", "refresh", "gone", BOTH, "gone"),
    _case(
        "gone, its key taken by another",
        "refresh",
        "an error that names the other one",
        BOTH,
        "error",
        "was created under its key",
    ),
    _case("Deployed", "delete", "undeployed", f"{LOOK}, DELETE deployment, polls"),
    _case("Failed", "delete", "undeployed", f"{LOOK}, DELETE deployment, polls"),
    _case("Draft", "delete", FORCED, f"{LOOK}, polls, DELETE deployment, polls"),
    _case("Queued", "delete", FORCED, f"{LOOK}, polls, DELETE deployment, polls"),
    _case("Deploying", "delete", FORCED, f"{LOOK}, polls, DELETE deployment, polls"),
    _case("Undeploying", "delete", JOINED, f"{LOOK}, polls"),
    _case("UndeployFailed", "delete", "undeployed once more", f"{LOOK}, DELETE deployment, polls"),
    _case(
        "Deployed, and its undeploy fails",
        "delete",
        "an error with the report; the next delete tries again",
        f"{LOOK}, DELETE deployment, polls",
        "error",
        "preUndeploy",
    ),
    _case(
        "Deployed, another client has redeployed it",
        "delete",
        "an error that names the build, and `CTP_ADOPT`; nothing is changed",
        f"{LOOK}, polls",
        "error",
        "CTP_ADOPT='demo-project/derived-greeter'",
    ),
    _case("gone", "delete", "a success", BOTH),
)
ROWS: Final = tuple(case.row for case in CASES)
