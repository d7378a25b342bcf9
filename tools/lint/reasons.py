"""Finds suppressions without a reason: prints each as `file:line: comment`, and fails if there is any.

Usage: `python reasons.py FOLDER…`, for the files of these folders that ruff looks at.

`# noqa: X - reason` and `# type: ignore[x]  # reason` are the two forms; any other comment that silences a linter
or a type checker is found as well. Ruff and mypy see to it that rules are named and that what is not needed goes
away, but neither asks for a reason.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|(?:flake8|mypy|pylint|pyright|ruff):)", re.IGNORECASE)
EXPLAINED = re.compile(
    r"# (?:ruff: )?noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - \w.*|# type: ignore\[[a-z-]+(?:,[a-z-]+)*\]  # \w.*"
)


def main(folders: list[str]) -> int:
    """Return the exit code."""
    found = [line for file in sources(folders) for line in unexplained(file)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        sys.stderr.write(
            f"{len(found)} without a reason: write `# noqa: X - reason`, `# type: ignore[x]  # reason`\n"
        )
    return 1 if found else 0


def sources(folders: list[str]) -> Iterator[Path]:
    """Yield the Python files that ruff would check. Raises `subprocess.CalledProcessError` if it cannot tell."""
    command = [sys.executable, "-m", "ruff", "check", "--show-files", *folders]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return (Path(line) for line in listed.splitlines() if line.endswith(".py"))


def unexplained(file: Path) -> Iterator[str]:
    """Yield the place and text of each such comment; what stands in a string is none."""
    if not SUPPRESSION.search(file.read_text(encoding="utf-8")):
        return
    with file.open("rb") as opened:
        for token in tokenize.tokenize(opened.readline):
            if token.type == tokenize.COMMENT:
                starts = [match.start() for match in SUPPRESSION.finditer(token.string)]
                for start, end in pairwise([*starts, None]):
                    comment = token.string[start:end].rstrip()
                    if not EXPLAINED.fullmatch(comment):
                        yield f"{file}:{token.start[0]}: {comment}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
