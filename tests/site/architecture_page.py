"""Writes docs/architecture.md and its picture from the import contracts of pyproject.toml: `make docs`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from tests.site.blocks import DOCS, ROOT
from tests.site.tables import sentence, table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ARCHITECTURE_PAGE", "PICTURE", "contracts", "layers", "packages", "picture", "render"]

ARCHITECTURE_PAGE = DOCS / "architecture.md"
PICTURE = DOCS / "architecture.svg"
PACKAGE = "commercetools_connect"

HEAD = """# Architecture

Read this page before you change the code of the provider. `make docs` writes this page from the import
contracts that `make lint` checks, from the docstrings of the packages, and from the text in
`tests/site/architecture_page.py`.

![Packages in layers: each imports only what is below it; some stand alone](architecture.svg)

Two frontends share one core. Python programs can use dynamic resources; every language can use the
plugin. Both hand plain values to the same resources and functions. A resource compares what Connect has
with what the program asks for, and plans the fewest calls. The API client makes the calls. A waiter
decides when a run of Connect has ended.

The emulator never imports the API client, and the client never imports the emulator. Both were written from the
API's documentation, so that a mistake in one shows as a disagreement.

## Packages

Paths are relative to `provider/commercetools_connect/`.
"""

ROAD = """
## The road of one value

A secured value in a program, on its way through an update of a Deployment:

| step | file |
|---|---|
| The engine sends property values; they are decoded to a property map. | `frontends/plugin/codec.py` |
| Check: defaults, validation of the inputs; secrets are marked. | `resources/deployment/resource.py` |
| Diff: the new inputs against the outputs of the last run. | `resources/deployment/diff.py` |
| Update: the inputs are parsed once, into `DeploymentInputs`. | `resources/deployment/model.py` |
| Plan, pure: is a redeploy needed, and with which values? | `resources/deployment/plan.py` |
| Reconcile: wait until nothing runs, decide, request, wait, verify. | `resources/deployment/reconcile.py` |
| The request: an endpoint, a token, retries, HTTP. | `api/client.py`, `api/session.py`, `api/http.py` |
| The wait, until the run has ended with evidence. | `waiters/waiter.py`, `waiters/lifecycle.py` |
| The state: what Connect shows, with the values that were sent. | `resources/deployment/outputs.py` |
| The state is encoded and sent to the engine. | `frontends/plugin/codec.py` |

An operation ends in one of three ways. It returns a `State`. It raises a `ProviderError`: nothing
exists, or nothing changed. It raises `InitFailedError`: the object exists but is not as asked; the
engine keeps it, and the next `up` continues. `core/errors.py` draws the tree of errors; `api/errors.py`
draws the part for API calls.

`python -m tools.trace_value` prints the calls that one secured value passes through.

## Where do I find …

| question | file |
|---|---|
"""

PLACES = [
    (
        "When is a deployment redeployed?",
        "resources/deployment/plan.py",
        "`plan_redeploy`; `reconcile.py` beside it follows a run that has begun already",
    ),
    ("When is a deployment replaced, and may it be deleted first?", "resources/deployment/diff.py", ""),
    ("The proof before a delete-first replacement", "resources/deployment/replacement.py", "`prove`"),
    ("When does a deployment count as wired?", "resources/deployment/wiring/check.py", "`ensure_wired`"),
    ("Which failed call is repeated?", "api/retry.py", "`RULES`; a write only by `resources/reconcile.py`"),
    (
        "What happens when the API answers 409, or any other error?",
        "api/errors.py",
        "`classify`, `CODES`; then `_look_again` in `resources/reconcile.py`",
    ),
    (
        "Where is a secret redacted?",
        "api/secret_registry.py",
        "applied in `api/responses.py` to answers, in `resources/redacting.py` to states and messages",
    ),
    ("Whose credentials does an operation use?", "resources/connected.py", "found by `resources/connections.py`"),
    ("Which inputs are secret?", "resources/inputs.py", "marked by `SECRET` in the input models"),
    ("Whose is an object that has the key of a create?", "resources/ownership.py", "`decide_ownership`"),
    ("When has a run of Connect ended?", "waiters/lifecycle.py", "one table for each lifecycle"),
    ("What does a preview check?", "resources/deployment/preview.py", "rules in `validation.py` beside it"),
    ("Which update actions does a ConnectorStaged need?", "resources/connector_staged/plan.py", ""),
    ("How does publishing work?", "resources/connector_publication/reconcile.py", "targets in `plan.py`"),
    ("How is a Rollout divided into waves?", "rollout/plan.py", ""),
    ("Which private parts of Pulumi are used?", "frontends/dynamic/pulumi_internals.py", ""),
    ("Which paths are frozen because stacks remember them?", "dynamic/providers.py", "`load`"),
]

RULES = """
[Operations and states](resources.md) lists what each operation does in each state, and the test of each row.
[CONTRIBUTING](../CONTRIBUTING.md) has the steps to add a field or a kind of object.

## Glossary

| term | meaning |
|---|---|
| ConnectorStaged | the editable definition of a connector; *draft* is only the body that creates one |
| Connector | what a publication of a ConnectorStaged makes; what a Deployment runs |
| property map | inputs or outputs as the engine sees them; a value may be unknown or secret |
| last applied | the values that the last accepted request sent; a diff compares with them |
| default key | the key of an object whose program gives none; derived, so that a killed run finds its object |
| reconcile | wait until nothing runs, compare, request, wait, verify |
| waiter, poller | a waiter follows one object; one poller reads a list for all waiters of a project |
| run registry | what the resources of one engine run know of each other, also across processes |
| wiring | the Extensions that call the applications of a Deployment, and the Subscriptions that feed them |
| init failed | the object exists but is not as asked; the engine keeps it |

## Import contracts
"""

WIDTH, ROW, GAP, MARGIN, SIDE = 760, 52, 14, 16, 200
STYLE = (
    "text{font:15px system-ui,sans-serif;fill:#1b1b3a}.package{fill:#e8eaf6;stroke:#3f51b5}"
    ".alone{fill:#fff;stroke:#3f51b5;stroke-dasharray:5 4}.small{font-size:12px}"
)


def contracts() -> list[dict[str, Any]]:
    """Return the contracts of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["importlinter"]["contracts"])


def layers() -> list[list[str]]:
    """Return the packages of each layer, from the top."""
    (found,) = (each for each in contracts() if each["type"] == "layers")
    return [[name.strip() for name in layer.split("|")] for layer in found["layers"]]


def packages() -> list[str]:
    """Return every package: those in layers, then those that stand alone."""
    placed = [name for layer in layers() for name in layer]
    folders = sorted(path.parent.name for path in (ROOT / "provider" / PACKAGE).glob("*/__init__.py"))
    return [*placed, *(name for name in folders if name not in placed)]


def picture() -> str:
    """Return the packages as SVG: layers on the left, packages that stand alone on the right."""
    rows = layers()
    height = MARGIN * 2 + len(rows) * (ROW + GAP) - GAP
    parts = [part for number, row in enumerate(rows) for part in _row(row, MARGIN + number * (ROW + GAP))]
    alone = packages()[sum(map(len, rows)) :]
    for number, name in enumerate(alone):
        parts += _box(name, WIDTH - SIDE + GAP, MARGIN + number * (ROW + GAP), SIDE - GAP - MARGIN, "alone")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>Packages in layers</title><style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _row(names: list[str], top: int) -> Iterator[str]:
    width = (WIDTH - SIDE - MARGIN - GAP * (len(names) - 1)) / len(names)
    for number, name in enumerate(names):
        yield from _box(name, MARGIN + number * (width + GAP), top, width, "package")


def _box(name: str, left: float, top: float, width: float, kind: str) -> Iterator[str]:
    yield f'<rect class="{kind}" x="{left:g}" y="{top}" width="{width:g}" height="{ROW}" rx="6"/>'
    yield f'<text x="{left + width / 2:g}" y="{top + ROW / 2 + 5:g}" text-anchor="middle">{escape(name)}</text>'


def render() -> str:
    """Return the page."""
    described = [(f"`{name}`", sentence(importlib.import_module(f"{PACKAGE}.{name}"))) for name in packages()]
    places = [f"| {question} | `{file}`{f', {detail}' if detail else ''} |" for question, file, detail in PLACES]
    packages_table = table(("package", "what it is"), described)
    return "\n".join([HEAD, *packages_table, ROAD.rstrip("\n"), *places, RULES, *map(_rule, contracts()), ""])


def _rule(contract: dict[str, Any]) -> str:
    if contract["type"] == "layers":
        order = " > ".join(f"`{layer}`" for layer in contract["layers"])
        return f"- **{contract['name']}**: {order}."
    if contract["type"] == "independence":
        return f"- **{contract['name']}**: {', '.join(map(_short, contract['modules']))}."
    if contract["type"] == "acyclic_siblings":
        return f"- **{contract['name']}**: modules of a package and packages beside each other never form one."
    forbidden = ", ".join(_short(name) for name in contract["forbidden_modules"])
    through = ", through others they may" if contract.get("allow_indirect_imports") else ""
    sources = ", ".join(map(_short, contract["source_modules"]))
    ignored = (each.partition(" -> ")[0] for each in contract.get("ignore_imports", []))
    but = f", except in {' and '.join(map(_short, ignored))}" if contract.get("ignore_imports") else ""
    return f"- **{contract['name']}**: {sources} never import {forbidden}{through}{but}."


def _short(name: str) -> str:
    return f"`{name.removeprefix(f'{PACKAGE}.')}`"
