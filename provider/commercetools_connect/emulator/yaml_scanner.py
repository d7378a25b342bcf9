"""Scanner for YAML 1.2 text, where the one of ruamel.yaml still follows YAML 1.1.

Its differences: a tab separates tokens as a blank does (but never indents a block); a comment needs a blank before
it; quoted texts and brackets go on with a deeper indent only; LF and CRLF alone end a line; control characters are
content. The last two are done by hiding these characters from the scanner.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ruamel.yaml.scanner import Scanner as LibraryScanner
from ruamel.yaml.scanner import ScannerError

MAX_DEPTH: Final = 64
"""More levels than any valid connect.yaml has."""

_LINE_ENDS: Final = "\r\n"
_BLANKS: Final = " \t"
_SEPARATORS: Final = " \t\r\n"
_LINE_OR_TEXT_END: Final = "\r\n\0"
_CLOSING: Final = "]}"
_HIDDEN: Final = 0xF0000
"""Start of a private use plane. A special character is hidden as this number plus its own."""

_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_HIDDEN_SPECIAL = re.compile("[\U000f0000-\U000fffff]")
_OTHER_VERSION = re.compile(r"%(?=YAML +(?!1\.[12]\b)[0-9]+\.[0-9]+)")
_SURROGATES = re.compile("[\ud800-\udfff]")


def hide_special_characters(text: str) -> str:
    """Replace what the scanner would refuse or read as a line end; drop a byte order mark at the start.

    A file that names another version than 1.1 and 1.2 is read as one that names none.
    """
    text = _SURROGATES.sub("\ufffd", text.removeprefix("\ufeff"))
    if _OTHER_VERSION.match(text):
        text = f"#{text[1:]}"
    return _SPECIAL.sub(lambda found: chr(_HIDDEN + ord(found[0])), text)


def show_special_characters(text: str) -> str:
    """Undo `hide_special_characters`; join the halves of characters that were written as two escapes."""
    text = _HIDDEN_SPECIAL.sub(lambda found: chr(ord(found[0]) - _HIDDEN), text)
    if _SURROGATES.search(text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Scanner(LibraryScanner):
    """Scanner of ruamel.yaml with the blanks, comments and indents of YAML 1.2."""

    reader: Any
    flow_level: int
    allow_simple_key: bool
    indent: int

    def scan_to_next_token(self) -> None:
        """Go to the next token, past blanks, comments and line ends."""
        if self.flow_level > MAX_DEPTH:  # here, because the scanner looks ahead of the events
            raise self._error(f"more than {MAX_DEPTH} levels are nested")
        peek, forward = self.reader.peek, self.reader.forward
        is_new_line = False
        while True:
            while peek() == " " or (peek() == "\t" and self._is_separation()):
                if peek() == "\t" and not self.flow_level:
                    self.allow_simple_key = False
                forward()
            if peek() == "#":
                self._skip_comment()
            if not self.scan_line_break():
                break
            is_new_line = True
            if not self.flow_level:
                self.allow_simple_key = True
        if is_new_line and self.flow_level:
            self._check_indent("a list or mapping in brackets")

    def _error(self, problem: str) -> ScannerError:
        return ScannerError(None, None, problem, self.reader.get_mark())

    def _skip_comment(self) -> None:
        reader = self.reader
        if reader.pointer and reader.buffer[reader.pointer - 1] not in _SEPARATORS:
            raise self._error("a comment needs a blank before it")
        while reader.peek() not in _LINE_OR_TEXT_END:
            reader.forward()

    def _is_separation(self) -> bool:
        """Tell whether the tab here separates tokens: it does not stand where a block is indented."""
        if self.flow_level or not self.allow_simple_key:
            return True
        length = 0
        while self.reader.peek(length) in _BLANKS:
            length += 1
        return self.reader.peek(length) in _LINE_OR_TEXT_END + "#" or bool(self.reader.column > self.indent)

    def _check_indent(self, what: str) -> None:
        """Refuse a line of something that began on an earlier line, if its indent does not go on with it."""
        reader = self.reader
        start = reader.pointer - reader.column
        line = reader.buffer[start : reader.pointer]
        blanks = len(line) - len(line.lstrip(" "))
        is_last_bracket = self.flow_level == 1 and blanks == self.indent and reader.peek() in _CLOSING
        if blanks <= self.indent and not is_last_bracket:
            raise self._error(f"{what} needs a deeper indent here")

    def scan_flow_scalar_breaks(self, double: bool, start_mark: object) -> list[str]:  # noqa: FBT001 - inherited
        """Return the line ends inside a quoted scalar, and go to where its text goes on."""
        breaks: list[str] = super().scan_flow_scalar_breaks(double, start_mark)
        if self.reader.peek() != "\0":
            self._check_indent("a quoted text")
        return breaks

    def scan_plain_spaces(self, indent: int, start_mark: object) -> list[str]:  # noqa: ARG002 - inherited
        """Return the blanks and folded line ends behind a part of a plain scalar; empty if the scalar ends."""
        peek, forward = self.reader.peek, self.reader.forward
        length = 0
        while peek(length) in _BLANKS:
            length += 1
        blanks = self.reader.prefix(length)
        forward(length)
        if peek() not in _LINE_ENDS:
            return [blanks] if blanks else []
        self.scan_line_break()
        self.allow_simple_key = True
        breaks: list[str] = []
        while not self._at_document_marker():
            while peek() == " " or (peek() == "\t" and (self.flow_level or self.reader.column >= indent)):
                forward()
            if peek() not in _LINE_ENDS:
                break
            breaks.append(self.scan_line_break())
        else:
            return []
        if self.flow_level and peek() not in "#\0":
            self._check_indent("a list or mapping in brackets")
        return breaks or [" "]

    def _at_document_marker(self) -> bool:
        return bool(self.check_document_start() or self.check_document_end())
