"""What the demo tells. Each step runs the engine and returns its claims, checked against the emulator."""

from __future__ import annotations

import hashlib
import runpy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pulumi import automation

from commercetools_connect.emulator import Emulator, JournalEntry

__all__ = ["STEPS", "Claim", "Story", "program"]

PROGRAM = Path(__file__).parents[1] / "quickstart" / "__main__.py"

# canaries: they must appear nowhere
FIRST_TOKEN = "canary-first-7Qx1"
SECOND_TOKEN = "canary-second-9Kz2"


@dataclass(frozen=True)
class Claim:
    """One sentence about what just happened, and whether it is true."""

    text: str
    holds: bool


def program() -> None:
    """Run the program of the README, as it stands."""
    runpy.run_path(str(PROGRAM))


@dataclass
class Story:
    """A stack, the emulator it talks to, and everything the engine has said so far."""

    stack: automation.Stack
    emulator: Emulator
    say: Callable[[str], None]
    said: list[str] = field(default_factory=list)
    calls: Sequence[JournalEntry] = ()
    outputs: dict[str, object] = field(default_factory=dict)

    def configure(self, **values: str) -> None:
        """Set the program's own configuration; what is named token is encrypted."""
        self.stack.set_all_config({k: automation.ConfigValue(v, secret="oken" in k) for k, v in values.items()})

    def up(self) -> None:
        """Run `pulumi up`, and keep its outputs and the calls that it made."""
        self.emulator.admin.clear_journal()
        result = self.stack.up(on_output=self.hear, on_error=self.hear)
        self.outputs = {name: output.value for name, output in result.outputs.items()}
        self.calls = self.emulator.admin.journal()

    def destroy(self) -> None:
        """Run `pulumi destroy`."""
        self.emulator.admin.clear_journal()
        self.stack.destroy(on_output=self.hear, on_error=self.hear)
        self.calls = self.emulator.admin.journal()

    def hear(self, line: str) -> None:
        """Take a line of the engine's output."""
        self.said.append(line)
        self.say(line)

    def posts(self, path: str) -> int:
        """Count the accepted POSTs of the last run on paths that end or go on like this."""
        return sum(
            1
            for call in self.calls
            if call["method"] == "POST" and path in call["path"] and call["status"] in (200, 201)
        )

    def results(self, path: str) -> list[dict[str, Any]]:
        """Ask the Connect API itself for a list, as anyone could; the provider has no part in it."""
        grant = {"grant_type": "client_credentials"}
        token = httpx.post(f"{self.emulator.url}/oauth/token", auth=("demo-client", "demo-secret"), data=grant)
        authorization = f"Bearer {token.json()['access_token']}"
        answer = httpx.get(f"{self.emulator.url}{path}", headers={"Authorization": authorization})
        return list(answer.raise_for_status().json()["results"])

    def deployment(self) -> dict[str, Any]:
        """Return the only deployment of the project."""
        (deployment,) = self.results("/demo-project/deployments")
        return deployment

    def token_held(self) -> str:
        """Return the SHA-256 of the secured value that the deployment holds."""
        return self.emulator.admin.secured("demo-project", self.deployment()["id"])["service"]["API_TOKEN"]


def first_up(story: Story) -> Iterator[Claim]:
    """First `pulumi up`: draft, publication, deployment."""
    story.configure(tag="v1.0.0", apiToken=FIRST_TOKEN)
    story.up()
    yield Claim("one draft was created and published once", story.posts("/connectors/drafts") == 2)  # noqa: PLR2004
    yield Claim("one deployment was requested", story.posts("/demo-project/deployments") == 1)
    yield Claim("it is live", story.deployment()["status"] == "Deployed")
    yield Claim("it runs the tag of the program", story.outputs["runningTag"] == "v1.0.0")
    yield Claim("its URL is known", str(story.outputs["urls"]).count("https://") == 1)


def second_up(story: Story) -> Iterator[Claim]:
    """Second `pulumi up`: nothing to do."""
    story.up()
    yield Claim("the engine says that nothing changed", any("4 unchanged" in line for line in story.said[-12:]))
    yield Claim("Connect was not called at all", not story.calls)


def rotate_secret(story: Story) -> Iterator[Claim]:
    """One secret is rotated."""
    before = dict(story.outputs)
    story.configure(apiToken=SECOND_TOKEN)
    story.up()
    digest = hashlib.sha256(SECOND_TOKEN.encode()).hexdigest()
    yield Claim("exactly one redeploy was requested", story.posts("/demo-project/deployments/") == 1)
    yield Claim("the deployment holds the new secret", story.token_held() == digest)
    yield Claim("the URL stayed", story.outputs["urls"] == before["urls"])


def move_tag(story: Story) -> Iterator[Claim]:
    """Move to a new tag: draft, publication and deployment in one `up`."""
    before = dict(story.outputs)
    story.configure(tag="v1.1.0")
    story.up()
    running = story.deployment()["connector"]["repository"]["tag"]
    yield Claim("draft, publication and deployment moved", any("3 updated" in line for line in story.said[-12:]))
    yield Claim("the new tag really runs", running == story.outputs["runningTag"] == "v1.1.0")
    yield Claim("the URL stayed", story.outputs["urls"] == before["urls"])


def destroy(story: Story) -> Iterator[Claim]:
    """`pulumi destroy` leaves nothing."""
    story.destroy()
    left = [*story.results("/demo-project/deployments"), *story.results("/connectors/drafts")]
    yield Claim("no deployment and no draft is left", not left)
    text = "\n".join(story.said)
    secrets = (FIRST_TOKEN, SECOND_TOKEN, "demo-secret")
    yield Claim("no secret was in any output of the engine", not any(secret in text for secret in secrets))


STEPS: Sequence[Callable[[Story], Iterator[Claim]]] = (first_up, second_up, rotate_secret, move_tag, destroy)
