"""Results in a form that programs can read, export and pass on.

Pulumi exports dictionaries and registers mappings; of other objects it would take what they iterate over. So a
result is a dictionary, of Python names, and its members are attributes as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["Record", "present"]


class Record(dict[str, Any]):
    """A dictionary whose members are attributes as well, with the methods of what it was made from."""

    def __init__(self, found: BaseModel) -> None:
        super().__init__({name: _plain(getattr(found, name)) for name in type(found).model_fields})
        self.__dict__["_found"] = found

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        if name.startswith("_") or not callable(method := getattr(self._found, name, None)):
            raise AttributeError(f"the result has no member {name!r}; it has {', '.join(self)}")
        return method


def present(found: BaseModel) -> Record:
    """Return a function's result for a program."""
    return Record(found)


def _plain(value: object) -> object:
    if hasattr(type(value), "model_fields"):
        return Record(value)  # type: ignore[arg-type]  # only pydantic's models have that
    if isinstance(value, Mapping):
        return {key: _plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(child) for child in value]
    return value
