"""Writes docs/reference/ from schema.json, with the examples of every language: `make docs`."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from commercetools_connect.frontends.plugin.schema.examples import EXAMPLES, FOLDER, LANGUAGES
from tests.site.blocks import DOCS, ROOT
from tests.site.tables import table

__all__ = ["REFERENCE", "SCHEMA", "render", "title"]

REFERENCE = DOCS / "reference"
SCHEMA: dict[str, Any] = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
NOTE = "Generated from `schema.json` (`make docs`); do not edit."
SHOWN = {"typescript": "TypeScript", "python": "Python", "go": "Go", "csharp": "C#", "yaml": "YAML"}
DYNAMIC = "python-dynamic"
SETTING = f"""Read this page to give the provider credentials and to change what it checks. {NOTE}

Set a value for the whole stack with `pulumi config set commercetools-connect:<name>`, or set the same names as
properties of an explicit provider `pulumi:providers:commercetools-connect`. If neither sets a value, the provider
takes the environment variable.
"""
SEVERAL = """[Security](../security.md#scopes-for-each-task) lists the scopes that the API client needs.

If you change credentials or addresses, run `pulumi up` first: `pulumi refresh` and `pulumi destroy` use the
configuration of the last `up`.

## Several projects in one program

Give each project a connection, and name it in the input `connection` of a resource, a function or a target of a
`Rollout`. It is the same in every language and in both frontends.

A connection has the members `region` (or `connectUrl`), `projectKey`, `clientId` and `clientSecret`, and others
that it rarely needs. Each member is set by its path, and the secret one with `--secret`:
`pulumi config set --secret --path 'commercetools-connect:connections.acme-eu.clientSecret' …`. Then a program
names it: `connection: acme-eu`.

In place of the name a program can write the members themselves, for example from outputs or from an ESC
environment: `connection: { region: …, projectKey: …, clientId: …, clientSecret: … }`. The state holds them as
one secret. The environment variable `CTP_CONNECTIONS` has all connections as JSON.

- One process of the provider serves all connections: with a token for each API client and a pool of HTTP
  connections for each host.
- A connection is complete. It takes nothing from the other settings, except what belongs to the program:
  `adopt`, `experimental`, `offlinePreview`, `pollInterval`, `skipPlanTimeValidation` and `strictPreview`.
- Changed credentials: for the same project they redeploy nothing. Run `pulumi up`, so that a later refresh or
  destroy uses them.
- Changed project or host: a named connection never moves, and `pulumi preview` ends with an error. [Move to
  another project or host](../add-a-region.md#move-to-another-project-or-host) shows what to do instead.
- Removed resource, with a named connection: to undeploy it, the provider looks up the connection by name. Keep the
  connection until that `pulumi up` has ended; [Take a region away](../add-a-region.md#take-a-region-away) has
  the two steps.
- Renamed connection: the provider finds the connection of a resource by its host and project.
- Removed resource, with members in the program: the state has the members, so nothing must stay configured. If
  Connect refuses them, the provider tries the configured connections to the same project.
- An import names the connection before the id: `pulumi import … acme-eu:acme-eu/key=greeter`. You can leave it
  out if only one connection leads to the project.

You can also declare a provider for each project. Each of them is a process of its own.

## Time limits

The option `customTimeouts` sets the time limits of a resource. With dynamic resources it is the argument
`timeouts={"create": "45m"}`. [Lifecycles](../lifecycles.md) has the defaults, and [common
settings](../settings.md#time-limits) an example.
"""


def render() -> dict[Path, str]:
    """Return every page: a page for each resource and function, one for the types, one for the configuration."""
    resources, functions = SCHEMA["resources"], SCHEMA.get("functions", {})
    pages = {"index": _index(), "types": _types(), "configuration": _configuration()}
    pages |= {title(token): _resource(title(token), each) for token, each in resources.items()}
    pages |= {title(token): _function(title(token), each) for token, each in functions.items()}
    return {REFERENCE / f"{name}.md": text for name, text in pages.items()}


def title(token: str) -> str:
    """Return the name without package and module."""
    return token.rpartition(":")[2]


def _index() -> str:
    return "\n".join(
        [
            "# Resources and functions\n",
            "Read this page to find the resource or function that you need, in every language.",
            f"{NOTE}\n",
            "Names differ by language only in form: `camelCase`; Python `snake_case`; Go and C# `PascalCase`.\n",
            *_list("Resources", SCHEMA["resources"]),
            *_list("Functions", SCHEMA.get("functions", {})),
            "## More\n",
            "- [Types](types.md)",
            "- [The provider's configuration](configuration.md)",
            "- [What each operation does in each state](../resources.md)",
            "- [What each input accepts](../inputs.md)",
            "",
        ]
    )


def _list(headline: str, things: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {headline}\n"
    for token, each in things.items():
        yield f"- [{title(token)}]({title(token)}.md): {_about(each).split('. ')[0].rstrip('.')}."
    yield ""


def _resource(name: str, resource: Mapping[str, Any]) -> str:
    inputs = resource.get("inputProperties", {})
    outputs = {key: each for key, each in resource.get("properties", {}).items() if key not in inputs}
    return "\n".join(
        [
            f"# {name}\n\nRead this page to declare a {name}: it has examples, all inputs and all outputs.",
            f"{NOTE}\n",
            f"{_about(resource)}\n",
            *_examples(name),
            "## Inputs\n",
            *_properties(inputs, resource.get("requiredInputs", ()), changes=True),
            "\n## Outputs\n",
            "Besides its inputs and `id`:\n",
            *_properties(outputs),
            "",
        ]
    )


def _function(name: str, function: Mapping[str, Any]) -> str:
    inputs, outputs = (function.get(part, {}) for part in ("inputs", "outputs"))
    return "\n".join(
        [
            f"# {name}\n\nRead this page to call {name}: it has its arguments and its result.",
            f"{NOTE}\n",
            f"{_about(function)}\n",
            *_examples(name),
            "## Arguments\n",
            *_properties(inputs.get("properties", {}), inputs.get("required", ())),
            "\n## Result\n",
            *_properties(outputs.get("properties", {})),
            "",
        ]
    )


def _types() -> str:
    begin = "Read this page if an input or an output is an object, or has only certain values."
    lines = [f"# Types\n\n{begin}\n{NOTE}\n"]
    for token, each in SCHEMA["types"].items():
        lines += [f"## {title(token)}\n", f"{each.get('description', '')}\n"]
        if words := each.get("enum"):
            lines += [f"- `{word['value']}`{_dash(word.get('description'))}" for word in words]
        else:
            lines += _properties(each.get("properties", {}), each.get("required", ()))
        lines.append("")
    return "\n".join(lines)


def _configuration() -> str:
    fields = SCHEMA["config"]["variables"]
    return "\n".join(["# The provider's configuration\n", SETTING, *_properties(fields), "", SEVERAL])


def _about(thing: Mapping[str, Any]) -> str:
    return str(thing["description"]).partition("{{% examples %}}")[0].strip()


def _dash(text: str | None) -> str:
    return f": {text}" if text else ""


def _properties(properties: Mapping[str, Any], required: Any = (), *, changes: bool = False) -> Iterator[str]:
    """Yield a table of properties; or that there are none."""
    if not properties:
        yield "None."
        return
    rows = []
    for name, each in properties.items():
        notes = [str(each.get("description", ""))]
        if name in required:
            notes.insert(0, "**Required.**")
        if each.get("secret"):
            notes.append("Secret.")
        if changes and (each.get("willReplaceOnChanges") or each.get("replaceOnChanges")):
            notes.append("A change replaces the object.")
        rows.append((f"`{name}`", _type(each), " ".join(notes)))
    yield from table(("name", "type", "meaning"), rows)


def _type(spec: Mapping[str, Any]) -> str:
    if choices := spec.get("oneOf"):
        return " or ".join(dict.fromkeys(_type(each) for each in choices))
    if reference := spec.get("$ref"):
        name = reference.rpartition(":")[2]
        return f"[{name}]({_place('types')}#{name.lower()})" if "#/types/" in reference else "any"
    if spec["type"] == "array":
        return f"list of {_type(spec['items'])}"
    if spec["type"] == "object":
        return f"map of {_type(spec['additionalProperties'])}" if "additionalProperties" in spec else "map"
    return str(spec["type"])


def _place(page: str) -> str:
    return f"{page}.md"


def _examples(name: str) -> Iterator[str]:
    for example in EXAMPLES.get(name, ()):
        yield f"## {example.title}\n"
        for language in LANGUAGES:
            yield from _tab(SHOWN[language], language, example.program(language))
        dynamic = FOLDER / example.folder / DYNAMIC / "__main__.py"
        if dynamic.exists():
            yield from _tab("Python, without the plugin", "python", dynamic)


def _tab(shown: str, language: str, program: Path) -> Iterator[str]:
    """Yield one language of an example, as the theme's tabs want it."""
    code = re.sub(r"\n+$", "", program.read_text(encoding="utf-8"))
    yield f'=== "{shown}"\n'
    yield textwrap.indent(f"```{language}\n{code}\n```", "    ")
    yield ""
