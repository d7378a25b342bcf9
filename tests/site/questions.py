"""What no published source about Connect answers: the question, what the provider does, and what if not so.

The numbers are those that the code cites as "API §19 #<number>", and those of `emulator.assumptions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["QUESTIONS", "Question"]

NOTHING: Final = "Nothing: the provider does not lean on it."


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
        "Goes by the code. Any 4xx without a known code is final; only a 404 with ResourceNotFound means gone.",
        "A code under another status is told the same way. ResourceNotFound under another status would be an "
        "error, and the object would stay in the state.",
    ),
    2: _Q(
        "What does Connect say when a required setting is missing?",
        "Finds it at preview, before a request.",
        "With the checks switched off, a request that is accepted ends in a failed run, told with its report.",
    ),
    3: _Q(
        "Do defaults of connect.yaml show among a deployment's values?",
        "Ignores keys that the program does not name.",
        NOTHING,
    ),
    4: _Q(
        "How do secured values look in an answer?",
        "Never reads them; what was sent is remembered as a secret in the state.",
        "A value in clear would be no output, and in no message.",
    ),
    5: _Q("Are answers to a create or redeploy masked too?", "Treats each answer like that.", NOTHING),
    6: _Q(
        "Which status does a new deployment have first?",
        "Draft, Queued and Deploying all count as not done.",
        "Another word counts as not done, too.",
    ),
    7: _Q(
        "When is a deployment Draft?",
        "Waits for a minute; then takes it for one that nobody works on, and redeploys it.",
        "A redeploy that Connect refuses is an error; the next `pulumi up` goes on.",
    ),
    8: _Q(
        "Can a deployment be deleted while it is queued, deploying or being undeployed?",
        "Waits for a quarter of the time limit, then asks all the same; joins an undeploy that runs.",
        "A refusal is an error; the next `pulumi destroy` tries again.",
    ),
    9: _Q(
        "Can a draft be deleted while there are deployments of it?",
        "Refuses that itself while it sees deployments in the project.",
        "Deployments in other projects are not seen: Connect decides.",
    ),
    10: _Q("Can a draft be deleted while something runs on it?", "Waits for its end first.", NOTHING),
    11: _Q("Can a draft be updated while it is being published?", "Waits for its end first.", NOTHING),
    12: _Q("Can a draft be updated while its preview is validated?", "Waits for its end first.", NOTHING),
    13: _Q(
        "Which status does a published draft have after an edit?",
        "Compares the published tag and `hasChanges`; the status decides nothing there.",
        NOTHING,
    ),
    14: _Q(
        "Can a draft without changes be published again?",
        "Asks only when something has changed: a list of private projects is such a change.",
        "If Connect takes that for no change and refuses, the `up` ends with its message.",
    ),
    15: _Q("How do the versions of a connector and of its draft relate?", "Takes them for unrelated.", NOTHING),
    16: _Q(
        "How far does a version move in a run?", "Sends the version that it has read, and computes none.", NOTHING
    ),
    17: _Q(
        "Does a staged deployment move to the draft as it is, or as it was at its last preview?",
        "Looks at the tag that runs afterwards.",
        "If it did not move, the next diff replaces it: the preview says so.",
    ),
    18: _Q(
        "Does a redeploy need the scope manage_api_clients?",
        "Asks for no scope by itself.",
        "A 403 whose message names the scopes.",
    ),
    19: _Q(
        "Where must keys of drafts be unique?",
        "Derives keys from project, stack and resource name.",
        "A key that is taken is an error with what to do; nothing is taken over that differs.",
    ),
    20: _Q(
        "Where must keys of deployments be unique?",
        "Derives keys from project, stack and resource name.",
        "A key that is taken is an error with what to do; nothing is taken over that differs.",
    ),
    21: _Q(
        "May a deployment's region be another one than the project's host?",
        "Lets every region through that the connector supports; warns of a region that is not known.",
        "Connect refuses it, with a code that says so.",
    ),
    22: _Q(
        "Must a private connector list the project that it is deployed to, also its own?",
        "A preview asks for it, where the draft lists any project.",
        "The mistake would be a false one: list the project, or set `skipPlanTimeValidation`.",
    ),
    23: _Q("Is a connector still private when it is certified?", "Shows what Connect says.", NOTHING),
    24: _Q(
        "Can a text of a draft be cleared?",
        "Sends an empty text, and looks whether it was taken.",
        "An error that names the member: keep a value there.",
    ),
    25: _Q(
        "Can the integration types be emptied?",
        "Sends an empty list, and looks whether it was taken.",
        "An error that names the member: keep a value there.",
    ),
    26: _Q("Can the supported regions be emptied?", "Never empties them: left out, they stay.", NOTHING),
    27: _Q(
        "Do the actions of one update happen in order, all or none?",
        "Sends edits together and a publication by itself, and compares what came of it.",
        "An error that names what Connect has kept; the next `pulumi up` sends what is missing.",
    ),
    28: _Q("How long may names and values be?", "Has no limit of its own.", "Connect refuses it."),
    29: _Q(
        "How many calls are allowed?",
        "Shares one list every 4.5 seconds between all waits of a project; honours 429 and Retry-After.",
        "It becomes slower.",
    ),
    30: _Q(
        "What does a search without `private` find?",
        "Leaves the parameter out unless the program gives it.",
        "`searchConnectors` finds fewer: set `private`.",
    ),
    31: _Q(
        "How is a rollback to a revision requested?",
        "`commercetools-connect rollback` is experimental.",
        "It ends with an error, and nothing has changed.",
    ),
    32: _Q(
        "Does the list of revisions have pages?", "Reads both forms; experimental.", "An error of these look-ups."
    ),
    33: _Q("Is the number of a revision a number or a text?", "Reads both.", NOTHING),
    34: _Q(
        "How does a retry policy look in the API?",
        "As in connect.yaml.",
        "Connect refuses it; a program without `retryPolicy` is not concerned.",
    ),
    35: _Q("What is the `topic` of an event application?", "Shows the text.", NOTHING),
    36: _Q(
        "Does a deployment's generated API client go with it?",
        "Does not manage it.",
        "It stays behind, and must be deleted by hand.",
    ),
    37: _Q(
        "Does a redeploy run when nothing changes?", "Sends none then; `redeployTrigger` asks for one.", NOTHING
    ),
    38: _Q(
        "Is a tag that was moved to another commit noticed?",
        "No: what is compared is its name.",
        "Never move a tag; a [policy](policy.md#tags-are-immutable) watches over that.",
    ),
    39: _Q(
        "Can a read be older than the answer before it?",
        "Remembers versions that it has seen, and waits for a sign of its own run.",
        "A read that is older than that for ever ends at the time limit.",
    ),
    40: _Q(
        "Does a create that broke off leave an object?",
        "Never sends it again by itself: looks by the key first.",
        NOTHING,
    ),
    41: _Q(
        "When is a connect.yaml that is missing or wrong told?",
        "Knows the error codes, and takes a draft without applications for the same.",
        NOTHING,
    ),
    42: _Q(
        "Where can a private connector without private projects be deployed?",
        "Lets it through: Connect decides.",
        "A 403; list the project in `privateProjects`.",
    ),
    43: _Q(
        "Does a deployment survive its connector?",
        "Refuses to delete the draft while it sees deployments.",
        "With `forceDestroy` it may not.",
    ),
    44: _Q(
        "Can a deployment still look as before, right after a redeploy was accepted?",
        "Done is only what shows a sign of this run: a pending status seen, or a newer version or build.",
        NOTHING,
    ),
}
"""Number → question."""
