"""Files that name the provider's version for users name the one that they belong to."""

from __future__ import annotations

import re

import pytest

from commercetools_connect import __version__
from tests.support.locked_venv import ROOT

FILES = {
    "examples/gitops/requirements-provider.txt": r"^commercetools-connect-provider\[cli\]==(.+)$",
    "examples/gitops/policy/PulumiPolicy.yaml": r"^version: (.+)$",
    "examples/policy/PulumiPolicy.yaml": r"^version: (.+)$",
}
TEMPLATES = sorted(ROOT.glob("templates/*-python/requirements.txt"))


@pytest.mark.parametrize("file", FILES)
def test_an_example_with_locked_dependencies_names_the_version_that_they_are_of(file: str) -> None:
    assert re.findall(FILES[file], (ROOT / file).read_text(), re.MULTILINE) == [__version__]


def test_a_template_takes_no_version_that_never_was_in_an_index() -> None:
    """The first release is 0.2.0; templates take later ones as well."""
    assert TEMPLATES
    for path in TEMPLATES:
        (needed,) = re.findall(r"^commercetools-connect-provider(.+)$", path.read_text(), re.MULTILINE)
        assert needed == ">=0.2.0,<1"
