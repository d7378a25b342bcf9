"""Check of words: prints each word of the list below as `file:line: word: write …`, and fails if there is any.

Usage: `python words.py FOLDER…`, for names, comments, docstrings, messages and text of files that git knows, of
the kinds below. A folder may be any pathspec of git, such as `:(exclude)*_generated_*` to leave files out.

CONTRIBUTING has the rules of English and the glossary. A word that means something else in a place, such as a room
in a test of a hotel, is excused by a comment on its line, `# words: reason`, or by a comment that is alone on the
line before it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PHRASES: Final = {
    r"(?:front )?doors?": "frontend",
    r"houses?": "architecture",
    r"rooms?": "package",
    r"strangers?(?:'s)?": "change made outside this stack",
    r"somebody|someone|anybody|whoever": "the actor: the provider, Connect, the engine, another client, a user",
    r"nobody": "the actor, with a negation",
    r"anew": "again",
    r"whatever": "any, or what is meant",
    r"told": "reported, known, sent",
    r"the way back": "the response",
    r"all the same": "nevertheless, or nothing",
    r"stands? for": "means, represents",
    r"of old": "of earlier versions",
    r"what is no": "what is not a",
    r"is no (?:valid|map|list|text|number|url|id|key|tag|email|region)": "is not a …",
}
NAMES: Final = {
    "quote_foreign": "escape_untrusted",
    "foresee|foreseen": "preview_outputs",
    "bring_in_line": "reconcile",
    "glance": "read_cached",
    "may_pass": "transient",
    "may_be_done": "maybe_applied",
    "find_mistakes": "validate_inputs",
    "Unforeseen": "InternalError",
    "Feed": "Poller",
    "Listener": "Subscriber",
    "Shelf|_Shelf": "ListCache",
    "Flight|_Flight": "SingleFlight",
    "passengers": "callers",
    "Wish|wish": "Desired",
    "Meanwhile|meanwhile": "ConflictLog",
    "Sight|sight_of": "Snapshot",
    "Examination|examination": "PreviewValidator",
    "Unreadable": "Unavailable",
    "holders?|Holder": "ConfigurationValues",
    "Standing|standing": "RolloutProgress",
    "Ancestry|ancestry": "ParentContext",
    "NoticeBoard|Ledger": "SharedRegistry, RunRegistry",
    "theatre|deeds|tally": "fake_network, actions, statistics",
}
ENDINGS: Final = (".cs", ".go", ".js", ".md", ".py", ".sh", ".toml", ".ts", ".yaml", ".yml", "Dockerfile")
"""What the names of the files that are read end with."""

EXCUSED: Final = re.compile(r"(?:#|//|<!--) words: ")
PHRASE_PATTERNS: Final = [
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), hint) for words, hint in PHRASES.items()
]
NAME_PATTERNS: Final = [(re.compile(rf"(?<![\w.-])(?:{names})(?![\w-])"), hint) for names, hint in NAMES.items()]


def main(folders: list[str]) -> int:
    """Return the exit code."""
    found = [line for file in sources(folders) for line in findings(file)]
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def sources(folders: list[str]) -> Iterator[Path]:
    """Yield the files of the folders that people read. Raises `subprocess.CalledProcessError`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    listed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    yield from (Path(each) for each in listed.splitlines() if each.endswith(ENDINGS) and Path(each).is_file())


def findings(file: Path) -> Iterator[str]:
    """Yield one line for each word of a file."""
    if file.resolve() == Path(__file__).resolve():
        return
    before = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        alone = EXCUSED.match(before.strip())
        before = line
        if alone or EXCUSED.search(line):
            continue
        words = line.replace("_", " ")  # names such as those of tests are sentences, too
        for text, patterns in ((words, PHRASE_PATTERNS), (line, NAME_PATTERNS)):
            for pattern, hint in patterns:
                yield from (f"{file}:{number}: {found.group()}: write {hint}" for found in pattern.finditer(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
