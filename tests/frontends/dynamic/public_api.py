"""The public names of `commercetools_connect.dynamic`, described as data.

`python -m tests.frontends.dynamic.public_api` writes `golden/public-api.json`, to which
`test_public_api.py` compares them.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, is_typeddict

import pulumi

from commercetools_connect import dynamic

__all__ = ["GOLDEN", "docstrings", "signatures", "text_of"]

GOLDEN = Path(__file__).parent / "golden" / "public-api.json"


def text_of(facts: Mapping[str, Any]) -> str:
    """Return facts as the text of a golden file."""
    return _pretty(facts, levels=4) + "\n"


def _pretty(facts: Any, levels: int, indent: str = "") -> str:
    """Return JSON with a line for each value at some depth: short, and still easy to compare."""
    if not levels or not isinstance(facts, dict):
        return json.dumps(facts, ensure_ascii=False, sort_keys=True)
    inner = f"{indent} "
    rows = [f"{inner}{json.dumps(key)}: {_pretty(facts[key], levels - 1, inner)}" for key in sorted(facts)]
    return "{\n" + ",\n".join(rows) + f"\n{indent}}}"


def signatures() -> dict[str, Any]:
    """Return what a type checker sees of each public name."""
    return {name: _signature_of(getattr(dynamic, name)) for name in dynamic.__all__}


def docstrings() -> dict[str, Any]:
    """Return what an editor shows for each public name and its members."""
    return {name: dict(_docstrings_of(getattr(dynamic, name))) for name in dynamic.__all__}


def _signature_of(value: Any) -> Any:
    if is_typeddict(value):
        return {
            "required": sorted(value.__required_keys__),
            "optional": sorted(value.__optional_keys__),
            "members": {name: _text(each) for name, each in value.__annotations__.items()},
        }
    if inspect.isclass(value) and issubclass(value, pulumi.Resource):
        return {"parameters": _parameters(value), "outputs": dict(_outputs(value))}
    if inspect.isfunction(value):
        return {"parameters": _parameters(value), "returns": _text(inspect.signature(value).return_annotation)}
    return {"bases": [base.__name__ for base in value.__mro__]} if inspect.isclass(value) else str(value)


def _parameters(value: Any) -> list[str]:
    """Return the parameters as they are written, the keywords in the order of their names."""
    given = inspect.signature(value).parameters.values()
    return sorted(f"{each.kind.name} {each}" for each in given)


def _outputs(resource: Any) -> Iterator[tuple[str, str]]:
    for name, each in vars(resource).items():
        if isinstance(each, property) and each.fget:
            named = getattr(each.fget, "_pulumi_name", None)
            annotation = _text(inspect.signature(each.fget).return_annotation)
            yield name, f"{annotation} as {named}" if named else annotation
    for name, text in inspect.get_annotations(resource).items():
        yield name, _text(text)


def _docstrings_of(value: Any) -> Iterator[tuple[str, str]]:
    if not inspect.isclass(value) and not inspect.isfunction(value):
        return
    yield "", inspect.getdoc(value) or ""
    if inspect.isfunction(value):
        return
    for name, each in vars(value).items():
        if isinstance(each, property) or (name == "__init__" and inspect.isfunction(each)):
            yield name, inspect.getdoc(each) or ""
    yield from _member_docstrings(value)


def _member_docstrings(value: Any) -> Iterator[tuple[str, str]]:
    """Return the texts that stand behind members, which only editors and this function read."""
    (declared,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    assert isinstance(declared, ast.ClassDef)
    for base in map(ast.unparse, declared.bases):
        if is_typeddict(parent := getattr(inspect.getmodule(value), base, None)):
            yield from _member_docstrings(parent)
    for member, text in zip(declared.body, declared.body[1:], strict=False):
        if isinstance(member, ast.AnnAssign) and isinstance(text, ast.Expr):
            yield ast.unparse(member.target), inspect.cleandoc(ast.literal_eval(text.value))


def _text(annotation: Any) -> str:
    text = getattr(annotation, "__forward_arg__", annotation)
    return text if isinstance(text, str) else str(text)


if __name__ == "__main__":
    from tests.frontends.dynamic.registrations import registrations

    GOLDEN.write_text(
        text_of({"signatures": signatures(), "registered": registrations()}),
        encoding="utf-8",
    )
