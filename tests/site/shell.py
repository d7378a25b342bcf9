"""Reads the shell commands of a page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

__all__ = ["commands"]

SEPARATORS = {"&&", "||", ";", "|", "&"}
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
REDIRECTION = re.compile(r"[<>]+ *[\w./~-]+")
OPTIONAL = re.compile(r"\[(--[^\]]+)\]")
"""`[--json]` on a page: may be left out, and is written like this."""


def commands(block: str) -> Iterator[list[str]]:
    """Yield the words of each command of a block, those in `$(…)` too; assignments are left out."""
    for line in OPTIONAL.sub(r"\1", block).replace("\\\n", " ").splitlines():
        inner = re.findall(r"\$\((.*?)\)", line)
        for text in (*inner, re.sub(r"\$\(.*?\)", "substituted", line)):
            yield from _split(text)


def _split(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(REDIRECTION.sub("", line), posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in SEPARATORS:
            words.append(word)
            continue
        while words and ASSIGNMENT.match(words[0]):
            del words[0]
        if words and words[0] != "export":
            yield words
        words = []
