"""Writes docs/reference/ from schema.json, with the examples of every language: `make docs`."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from commercetools_connect.plugin.schema_examples import EXAMPLES, FOLDER, LANGUAGES
from tests.site.blocks import DOCS, ROOT
from tests.site.tables import table

__all__ = ["REFERENCE", "SCHEMA", "render", "title"]

REFERENCE = DOCS / "reference"
SCHEMA: dict[str, Any] = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
NOTE = "Generated from `schema.json` (`make docs`); do not edit.\n"
SHOWN = {"typescript": "TypeScript", "python": "Python", "go": "Go", "csharp": "C#", "yaml": "YAML"}
DYNAMIC = "python-dynamic"


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
            f"# Resources and functions\n\n{NOTE}",
            "The same in every language: `camelCase`, in Python `snake_case`, in Go and C# `PascalCase`.\n",
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
            f"# {name}\n\n{NOTE}",
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
            f"# {name}\n\n{NOTE}",
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
    lines = [f"# Types\n\n{NOTE}", "Objects within inputs and outputs, and words that are allowed.\n"]
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
    return "\n".join(
        [
            f"# The provider's configuration\n\n{NOTE}",
            "`pulumi config set commercetools-connect:<name>` for the whole stack, or the same names as",
            "properties of an explicit provider `pulumi:providers:commercetools-connect`. What neither says, the",
            "environment may.",
            "Dynamic resources have `connections` besides: a secret object of name → the fields below.\n",
            *_properties(fields),
            "",
        ]
    )


def _about(thing: Mapping[str, Any]) -> str:
    return str(thing["description"]).partition("{{% examples %}}")[0].strip()


def _dash(text: str | None) -> str:
    return f": {text}" if text else ""


def _properties(properties: Mapping[str, Any], required: Any = (), *, changes: bool = False) -> Iterator[str]:
    """Yield a table of properties; none is told as well."""
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
            notes.append("A change replaces.")
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
