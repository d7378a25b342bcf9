"""What no source answers (API §19), and how the emulator reads it.

Each row is marked at its place in the code as `assumption <number>`. Rows with another reading can be
switched by `PUT /__admin/settings {"assumptions": {"8": "other"}}`; `"default"` switches back, and `"third"` is
the third reading of the few rows that have one. For a row that refuses a call by an unknown code,
`{"code": "Some"}` keeps the refusal and changes its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Assumption:
    """One open question: the reading by default, the others if they are built, and whether it refuses."""

    default: str
    other: str | None = None
    third: str | None = None
    refuses: bool = False


_A = Assumption

ASSUMPTIONS: Mapping[int, Assumption] = MappingProxyType(
    {
        1: _A("Connect's own codes answer 400; 404, 409 and 403 only for the general codes."),
        2: _A(
            "A missing required application key is 400 InvalidJsonInput.",
            "The call is accepted; the run ends in Failed with a report entry.",
        ),
        3: _A(
            "Defaults of connect.yaml appear among the values of an application.",
            "Only values that were sent appear.",
        ),
        4: _A(
            'Secured values read as "****".',
            "Secured entries have a key and no value.",
            "Secured values read as one star for each character.",
        ),
        5: _A("The answers of create and redeploy are masked like every other."),
        6: _A("The first status of a Deployment is Queued."),
        7: _A("A Deployment is never Draft."),
        8: _A(
            "DELETE is refused while Undeploying and accepted while Queued or Deploying.",
            "DELETE is refused while Queued or Deploying and joined with 202 while Undeploying.",
        ),
        9: _A(
            "A ConnectorStaged with Deployments cannot be deleted.",
            "It can; its Deployments keep running (assumption 43).",
            refuses=True,
        ),
        10: _A(
            "A ConnectorStaged cannot be deleted while Processing or pending.",
            "It can; the run ends with it.",
            refuses=True,
        ),
        11: _A(
            "A ConnectorStaged cannot be updated while Processing.",
            "It can; the run publishes what it was started with.",
            refuses=True,
        ),
        12: _A(
            "A ConnectorStaged can be updated while its preview is pending; setRepository cancels the preview.",
            "An update is refused while the preview is pending.",
        ),
        13: _A(
            "An edited ConnectorStaged stays Published and has changes.",
            "An edited ConnectorStaged is Draft again.",
        ),
        14: _A(
            "Publishing without changes runs and raises the Connector's version.",
            "Publishing without changes is refused.",
            refuses=True,
        ),
        15: _A(
            "A Connector takes the version that its ConnectorStaged has when the publication ends.",
            "A Connector counts its own versions from 1, one per publication.",
        ),
        16: _A("A version grows by one at a request and by one at its end."),
        17: _A(
            "A staged Deployment gets the ConnectorStaged as it was at its last successful preview.",
            "A staged Deployment gets the ConnectorStaged as it is now.",
        ),
        18: _A(
            "A redeploy needs manage_api_clients when it brings the Deployment its first generated API client.",
            "A redeploy needs manage_api_clients like a create.",
            "A redeploy never needs manage_api_clients.",
        ),
        19: _A("Keys of ConnectorStaged objects are unique in the whole emulator."),
        20: _A("Keys of Deployments are unique in their project."),
        21: _A("A Deployment may go to any region that the connector supports."),
        22: _A(
            "Staged and private connectors deploy only to projects listed in privateProjects.",
            "The ConnectorStaged's own project needs no listing.",
        ),
        23: _A("A Connector stops being private when it is certified."),
        24: _A('An empty text clears an optional member: `""` drops it.', "An empty text is InvalidJsonInput."),
        25: _A("integrationTypes can be emptied.", "setIntegrationTypes needs at least one type."),
        26: _A("supportedRegions cannot be emptied by an update."),
        27: _A(
            "The actions of one update happen in their order, all or none, in one version step; publish and "
            "updatePreviewable may be among them.",
            "publish and updatePreviewable must be the only action of an update.",
            refuses=True,
        ),
        28: _A("Names, descriptions and values have no maximum length."),
        29: _A("Calls are not limited unless `rateLimit` says so."),
        30: _A(
            "A search without `private` finds every visible Connector.",
            "A search without `private` finds private Connectors only.",
        ),
        31: _A(
            "Rollback is POST …/revisions/{revision}/rollback with {version}; it answers 201 with the Deployment.",
            "Rollback is POST …/deployments/{id}/rollback with {version, revision}.",
        ),
        32: _A(
            "Revisions come as pages with limit and offset.",
            "Revisions come as one plain list without parameters.",
        ),
        33: _A("The number of a revision is a number, in `rollbackRevision` too.", "It is a text."),
        34: _A("A retryPolicy looks as in connect.yaml."),
        35: _A(
            "`topic` is projects/<project id>/topics/<name> on Google Cloud and an ARN on AWS.",
            "`topic` is a short name on Google Cloud and an ARN on AWS.",
        ),
        36: _A("A generated API client goes with its Deployment."),
        37: _A("A redeploy that changes nothing runs in full."),
        38: _A("A tag's connect.yaml is read again at each preview and publication."),
        39: _A("Reads are never stale unless a fault says so."),
        41: _A(
            "An unreachable repository is refused at once; a missing or invalid connect.yaml ends the run.",
            "A missing or invalid connect.yaml is refused at once, too.",
        ),
        42: _A(
            "With empty privateProjects, a published private Connector deploys to the owner's project.",
            "With empty privateProjects, a private Connector deploys nowhere.",
        ),
        43: _A("A Deployment keeps running when its connector is deleted."),
        44: _A(
            "A redeploy is Queued in its own answer.",
            "The old status and build stay visible until `delays.queued` has passed once.",
        ),
        45: _A(
            "An event application gets a new topic with the success of each redeploy.",
            "An event application keeps its topic.",
        ),
        46: _A(
            "A request with a member that the reference does not name is 400 InvalidJsonInput.",
            "Members of requests that the reference does not name are ignored.",
        ),
        47: _A(
            "`url` and `topic` appear with the success of the first run.",
            "`url` and `topic` are there in the answer of the create.",
        ),
        48: _A(
            "A build id moves only with a redeploy, or by `POST /__admin/rebuilds/{project}/{reference}`.",
            "A deployed Deployment gets a new build id once, `delays.rebuild` after each run.",
        ),
    },
)


def problem_with(number: str, reading: str, code: str | None) -> str | None:
    """Say why row `number` cannot be read that way, or return None."""
    row = ASSUMPTIONS.get(int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        return f"there is no assumption {number}"
    if reading in {"other", "third"} and getattr(row, reading) is None:
        return f"assumption {number} has no {reading} reading"
    if code is not None and not row.refuses:
        return f"assumption {number} has no code to choose"
    return None
