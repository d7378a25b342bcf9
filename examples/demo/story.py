"""What the demo tells. Each step runs the engine and returns its claims, checked against the emulator."""

from __future__ import annotations

import hashlib
import runpy
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pulumi import automation

from commercetools_connect.emulator import Emulator, JournalEntry
from examples.demo.engine import kill_engine

__all__ = ["STEPS", "Claim", "Story", "program"]

PROGRAM = Path(__file__).parents[1] / "quickstart" / "__main__.py"
REPOSITORY = "https://github.com/acme/demo-connector.git"
CONNECT_YAML = Path(__file__).with_name("connect.yaml")
TAGS = ("v1.0.0", "v1.1.0", "v1.2.0", "v1.2.1")

# canaries: they must appear nowhere
FIRST_TOKEN = "canary-first-7Qx1"
SECOND_TOKEN = "canary-second-9Kz2"


@dataclass(frozen=True)
class Claim:
    """One sentence about what just happened, and whether it is true."""

    text: str
    holds: bool


def program() -> None:
    """Run the program of docs/choose.md, as it stands."""
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

    def up_that_fails(self) -> str:
        """Run a `pulumi up` that cannot succeed, and return what the user saw of it."""
        self.emulator.admin.clear_journal()
        before = len(self.said)
        try:
            self.stack.up(on_output=self.hear, on_error=self.hear)
        except automation.CommandError:
            return "\n".join(self.said[before:])
        finally:
            self.calls = self.emulator.admin.journal()
        return ""

    def refresh(self) -> str:
        """Run `pulumi refresh`, and return what the user saw of it."""
        before = len(self.said)
        self.stack.refresh(on_output=self.hear, on_error=self.hear)
        return "\n".join(self.said[before:])

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

    def running_tag(self) -> str:
        """Return the tag that really runs."""
        return str(self.deployment()["connector"]["repository"]["tag"])

    def creations(self) -> int:
        """Count the requests of the last run that create a deployment."""
        return sum(call["method"] == "POST" and call["path"].endswith("/deployments") for call in self.calls)

    def token_held(self) -> str:
        """Return the SHA-256 of the secured value that the deployment holds."""
        return self.emulator.admin.secured("demo-project", self.deployment()["id"])["service"]["API_TOKEN"]


def first_up(story: Story) -> Iterator[Claim]:
    """First `pulumi up`: draft, publication, deployment."""
    yaml = CONNECT_YAML.read_text()
    story.emulator.admin.repositories([{"url": REPOSITORY, "tag": tag, "connectYaml": yaml} for tag in TAGS])
    story.configure(tag="v1.0.0", apiToken=FIRST_TOKEN)
    story.up()
    published = story.posts("/connectors/drafts/")
    yield Claim("one draft was created", story.posts("/connectors/drafts") - published == 1)
    yield Claim("it was published once", published == 1)
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
    yield Claim("draft, publication and deployment moved", any("3 updated" in line for line in story.said[-12:]))
    yield Claim("the new tag really runs", story.running_tag() == story.outputs["runningTag"] == "v1.1.0")
    yield Claim("the URL stayed", story.outputs["urls"] == before["urls"])


def broken_release(story: Story) -> Iterator[Claim]:
    """Show the report of a release that Connect rejects; the fixed tag goes through."""
    finding = {"type": "Error", "title": "SAST and SCA analysis failed", "message": "lodash 4.17.20 is vulnerable"}
    story.emulator.admin.outcome("publish", "*", "failure", report=[finding])
    story.configure(tag="v1.2.0")
    text = story.up_that_fails()
    yield Claim("the error carries Connect's own report", "lodash 4.17.20 is vulnerable" in text)
    yield Claim("the old tag goes on running", story.running_tag() == "v1.1.0")
    story.configure(tag="v1.2.1")
    story.up()
    yield Claim("the fixed tag runs", story.running_tag() == story.outputs["runningTag"] == "v1.2.1")


def outside_change(story: Story) -> Iterator[Claim]:
    """Another client changes a value: shown, and put back."""
    change = {"applications": {"service": {"standardConfiguration": {"SHOP_NAME": "Another client"}}}}
    story.emulator.admin.patch("deployments", story.deployment()["id"], change)
    story.refresh()
    preview = story.stack.preview(on_output=story.hear)
    yield Claim("the preview shows one update", preview.change_summary.get(automation.OpType.UPDATE) == 1)
    story.up()
    (application,) = story.deployment()["applications"]
    values = {each["key"]: each["value"] for each in application["standardConfiguration"]}
    yield Claim("the value of the program is back", values["SHOP_NAME"] == "Acme")
    yield Claim("exactly one redeploy was requested", story.posts("/demo-project/deployments/") == 1)


def failed_at_night(story: Story) -> Iterator[Claim]:
    """Heal what the platform marked as failed: a refresh shows it, `up` redeploys it."""
    before = dict(story.outputs)
    story.emulator.admin.patch("deployments", story.deployment()["id"], {"status": "Failed"})
    yield Claim("the refresh says so", "deployment failed" in story.refresh())
    story.up()
    yield Claim("it is live again", story.deployment()["status"] == "Deployed")
    yield Claim("the URL stayed", story.outputs["urls"] == before["urls"])


def killed(story: Story) -> Iterator[Claim]:
    """Everything is destroyed, created again, and killed half-way: the next `up` goes on."""
    story.destroy()
    story.emulator.admin.settings(delays={"deploying": 4})
    story.emulator.admin.clear_journal()
    watcher = threading.Thread(target=_kill_when_requested, args=(story,))
    watcher.start()
    cut_short = bool(story.up_that_fails())
    watcher.join()
    story.say("    (killed)")
    story.stack.cancel()  # the lock that a killed engine leaves behind
    first = story.creations()
    story.up()
    yield Claim("the run was cut short after the deployment had been requested", cut_short and first == 1)
    yield Claim("the next up created nothing a second time", story.creations() == 0)
    yield Claim("it is live", story.deployment()["status"] == "Deployed")


def destroy(story: Story) -> Iterator[Claim]:
    """`pulumi destroy` leaves nothing."""
    story.destroy()
    left = [*story.results("/demo-project/deployments"), *story.results("/connectors/drafts")]
    yield Claim("no deployment and no draft is left", not left)
    text = "\n".join(story.said)
    secrets = (FIRST_TOKEN, SECOND_TOKEN, "demo-secret")
    yield Claim("no secret was in any output of the engine", not any(secret in text for secret in secrets))


def _kill_when_requested(story: Story) -> None:
    """Kill the engine as soon as the deployment has been requested; gives up after a minute."""
    for _ in range(1200):
        calls = story.emulator.admin.journal()
        if any(call["method"] == "POST" and call["path"].endswith("/deployments") for call in calls):
            break
        time.sleep(0.05)
    kill_engine()


STEPS: Sequence[Callable[[Story], Iterator[Claim]]] = (
    first_up,
    second_up,
    rotate_secret,
    move_tag,
    broken_release,
    outside_change,
    failed_at_night,
    killed,
    destroy,
)
