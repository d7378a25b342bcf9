"""Questions that no published source about Connect answers, and what the provider does.

The numbers are those that the code cites as "API §19 #<number>", and those of `emulator.assumptions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["QUESTIONS", "Question"]

NOTHING: Final = "Nothing: the provider does not depend on it."


@dataclass(frozen=True)
class Question:
    """One open question, for a reader who wants to know what it means for a stack."""

    asks: str
    does: str
    otherwise: str


_Q = Question

QUESTIONS: Final[Mapping[int, Question]] = {
    1: _Q(
        "Which HTTP status do Connect's own error codes have?",
        "Uses the code, not the status. A 4xx without a known code is final. Only a 404 with ResourceNotFound "
        "means that the object is gone.",
        "The provider reports a code with another status in the same way. ResourceNotFound with another status "
        "would be an error, and the object would stay in the state.",
    ),
    2: _Q(
        "What does Connect say when a required setting is missing?",
        "Finds the missing setting at preview, before a request.",
        "If the checks are disabled and Connect accepts the request, the run fails, and the error has its report.",
    ),
    3: _Q(
        "Do the values of a deployment contain defaults of connect.yaml?",
        "Ignores keys that the program does not name.",
        NOTHING,
    ),
    4: _Q(
        "How do secured values look in an answer?",
        "Never reads them. The state keeps the sent value as a secret. The provider takes a text of stars for a "
        "mask, and refuses it as an input.",
        "A value in clear would be in no output and in no message.",
    ),
    5: _Q("Are answers to a create or redeploy masked too?", "Treats every answer as masked.", NOTHING),
    6: _Q(
        "Which status does a new deployment have first?",
        "Counts Draft, Queued and Deploying as not done.",
        "Another status counts as not done as well.",
    ),
    7: _Q(
        "When is a deployment Draft?",
        "Waits for a minute. Then it treats the deployment as abandoned, and redeploys it.",
        "If Connect refuses the redeploy, that is an error. The next `pulumi up` continues.",
    ),
    8: _Q(
        "Can a deployment be deleted while it is queued, deploying or being undeployed?",
        "Waits for a quarter of the time limit, and then sends the request. It joins an undeploy that is running.",
        "A refusal is an error; the next `pulumi destroy` tries again.",
    ),
    9: _Q(
        "Can a ConnectorStaged be deleted while there are deployments of it?",
        "Refuses the delete while it sees deployments in the project.",
        "The provider does not see deployments in other projects. Connect decides.",
    ),
    10: _Q("Can a ConnectorStaged be deleted while something runs on it?", "Waits for its end first.", NOTHING),
    11: _Q("Can a ConnectorStaged be updated while it is being published?", "Waits for its end first.", NOTHING),
    12: _Q(
        "Can a ConnectorStaged be updated while its preview is validated?", "Waits for its end first.", NOTHING
    ),
    13: _Q(
        "Which status does a published ConnectorStaged have after an edit?",
        "Compares the published tag and `hasChanges`. It does not use the status for this.",
        NOTHING,
    ),
    14: _Q(
        "Can a ConnectorStaged without changes be published again?",
        "Publishes only if something has changed. Another list of private projects is a change.",
        "If Connect does not count that as a change and refuses, the `up` ends with its message.",
    ),
    15: _Q(
        "How do the versions of a connector and of its ConnectorStaged relate?",
        "Treats them as unrelated.",
        NOTHING,
    ),
    16: _Q(
        "How far does a version move in a run?",
        "Sends the version that it has read, and never computes one.",
        NOTHING,
    ),
    17: _Q(
        "Does a staged deployment take the ConnectorStaged as it is, or as it was at its last preview?",
        "Reads the tag that runs afterwards.",
        "If the tag did not move, the next diff replaces the deployment. The preview says so.",
    ),
    18: _Q(
        "Does a redeploy need the scope manage_api_clients?",
        "Requests no scope on its own.",
        "A 403. Its message names this scope, and says when a redeploy needs it.",
    ),
    19: _Q(
        "Where must keys of ConnectorStaged objects be unique?",
        "Derives keys from project, stack and resource name.",
        "If the key is taken, the create fails and says what to do. It takes over nothing that differs.",
    ),
    20: _Q(
        "Where must keys of deployments be unique?",
        "Derives keys from project, stack and resource name.",
        "If the key is taken, the create fails and says what to do. It takes over nothing that differs.",
    ),
    21: _Q(
        "May the region of a deployment differ from the region of the project's host?",
        "Accepts every region that the connector supports, and warns of an unknown region.",
        "Connect refuses it with its own code.",
    ),
    22: _Q(
        "Must a private connector list the project that it is deployed to, also its own?",
        "Requires it at preview, if `privateProjects` lists any project.",
        "The preview would report a mistake that is none. List the project, or set `skipPlanTimeValidation`.",
    ),
    23: _Q("Is a connector still private when it is certified?", "Shows what Connect says.", NOTHING),
    24: _Q(
        "Can a text of a ConnectorStaged be cleared?",
        "Sends an empty text, and reads whether Connect has taken it.",
        "An error that names the member: keep a value there.",
    ),
    25: _Q(
        "Can the integration types be emptied?",
        "Sends an empty list, and reads whether Connect has taken it.",
        "An error that names the member: keep a value there.",
    ),
    26: _Q(
        "Can the supported regions be emptied?",
        "Never empties the list. If the program leaves it out, it stays.",
        NOTHING,
    ),
    27: _Q(
        "Do the actions of one update happen in order, all or none?",
        "Sends edits together and a publication alone, and compares the result.",
        "An error that names what Connect has kept. The next `pulumi up` sends the rest.",
    ),
    28: _Q("How long may names and values be?", "Has no limit of its own.", "Connect refuses it."),
    29: _Q(
        "How many calls does Connect allow?",
        "Shares one list every 4.5 seconds between all waits of a project; honours 429 and Retry-After.",
        "The provider becomes slower.",
    ),
    30: _Q(
        "What does a search without `private` find?",
        "Leaves the parameter out unless the program gives it.",
        "`searchConnectors` finds fewer connectors. Set `private`.",
    ),
    31: _Q(
        "How is a rollback to a revision requested?",
        "`commercetools-connect rollback` is experimental.",
        "The command ends with an error, and nothing has changed.",
    ),
    32: _Q(
        "Does the list of revisions have pages?", "Reads both forms; experimental.", "An error of these look-ups."
    ),
    33: _Q("Is the number of a revision a number or a text?", "Reads both.", NOTHING),
    34: _Q(
        "How does a retry policy look in the API?",
        "As in connect.yaml.",
        "Connect refuses it. This does not affect programs without `retryPolicy`.",
    ),
    35: _Q(
        "What is the `topic` of an event application?",
        "Shows the text, and does not interpret it.",
        NOTHING,
    ),
    36: _Q(
        "Does Connect delete the generated API client together with its deployment?",
        "Does not manage it.",
        "The client stays. Delete it by hand.",
    ),
    37: _Q("Does a redeploy run when nothing changes?", "Sends none. `redeployTrigger` causes one.", NOTHING),
    38: _Q(
        "Does Connect notice that a tag was moved to another commit?",
        "Compares only the name of the tag.",
        "Never move a tag. A [policy](policy.md#tags-are-immutable) refuses tags that look like branches.",
    ),
    39: _Q(
        "Can a read return an older state than the answer before it?",
        "Remembers the versions that it has read, and waits for a sign of its own run.",
        "If reads stay older, the wait ends at its time limit.",
    ),
    40: _Q(
        "Does an interrupted create leave an object?",
        "Reads by the key before it sends the create again.",
        NOTHING,
    ),
    41: _Q(
        "When does Connect report a connect.yaml that is missing or wrong?",
        "Knows the error codes, and treats a ConnectorStaged without applications in the same way.",
        NOTHING,
    ),
    42: _Q(
        "Where can a private connector without private projects be deployed?",
        "Does not check it. Connect decides.",
        "A 403. List the project in `privateProjects`.",
    ),
    43: _Q(
        "Does a deployment survive its connector?",
        "Refuses to delete the ConnectorStaged while it sees deployments.",
        "After a delete with `forceDestroy`, deployments may end.",
    ),
    44: _Q(
        "Can a deployment look unchanged right after Connect has accepted a redeploy, or have no build while it "
        "deploys?",
        "Needs a sign of this run before it counts as done: a pending status, or a newer version or build. A "
        "build that Connect does not return is no sign.",
        NOTHING,
    ),
    45: _Q(
        "Does a redeploy keep the topic of an event application?",
        "Shows the topic of the last run, and does not predict the next one.",
        "A Subscription to the old topic gets no more messages, and no error. Take the topic from the output.",
    ),
    46: _Q(
        "What does Connect do with an unknown member of a request?",
        "Sends only members that the reference names.",
        NOTHING,
    ),
    47: _Q(
        "When does a new deployment show its URL and its topic?",
        "Shows what Connect returns. A URL alone does not mean that the deployment has been live.",
        NOTHING,
    ),
    48: _Q(
        "Does the id of a build change without a redeploy?",
        "Shows the id that it read last.",
        "A refresh shows another id, and nothing is redeployed. If the platform builds between an accepted "
        "redeploy and its first sign, the provider takes that build for the sign. The next refresh "
        "shows what runs.",
    ),
}
"""Number → question."""
