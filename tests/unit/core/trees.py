"""Value trees for properties: any plain tree, and the same one with secrets or other values put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import settings
from hypothesis import strategies as st

from commercetools_connect.core.text import Path
from commercetools_connect.core.values import PlainValue, PropertyValue, Secret

__all__ = ["NAMES", "PLAIN", "PLAIN_MAPS", "paths_in", "put", "some_examples", "with_secrets"]

some_examples = settings(max_examples=40, deadline=None)
"""For properties: quick enough to run at every change, and no failure on a busy machine."""

NAMES = st.text(max_size=4)

_EXACT = 2**53
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-_EXACT, _EXACT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
)

PLAIN: st.SearchStrategy[PlainValue] = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
PLAIN_MAPS: st.SearchStrategy[dict[str, PlainValue]] = st.dictionaries(NAMES, PLAIN, max_size=4)


@st.composite
def with_secrets(draw: st.DrawFn, plain: PropertyValue) -> PropertyValue:
    """Wrap any of a tree's leaves and branches in `Secret`."""
    wrapped: PropertyValue = plain
    if isinstance(plain, Mapping):
        wrapped = {name: draw(with_secrets(child)) for name, child in plain.items()}
    elif isinstance(plain, Sequence) and not isinstance(plain, str):
        wrapped = [draw(with_secrets(child)) for child in plain]
    return Secret(wrapped) if draw(st.booleans()) else wrapped


def paths_in(value: PropertyValue, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every branch and leaf, the root's too."""
    yield path
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from paths_in(child, (*path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, child in enumerate(value):
            yield from paths_in(child, (*path, index))


def put(value: PropertyValue, path: Path, change: Callable[[PropertyValue], PropertyValue]) -> PropertyValue:
    """Return the tree with what stands at the path changed."""
    if not path:
        return change(value)
    step, *rest = path
    if isinstance(value, Mapping):
        return {name: put(child, tuple(rest), change) if name == step else child for name, child in value.items()}
    assert isinstance(value, Sequence)
    return [put(child, tuple(rest), change) if index == step else child for index, child in enumerate(value)]
