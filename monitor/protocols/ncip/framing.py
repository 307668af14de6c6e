"""Cuts what one side sends into XML documents that follow one another, with nothing between them that says where.

A document ends where its root does; blanks and zeros may stand ahead of the next. Rules: the same documents however the
bytes arrive; where the place was lost, the next beginning is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.model.contract import Octets
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.protocols.ncip.bounds import DOCUMENT_BYTES

OVERLAP_BYTES = 256
"""What is looked at again when more bytes come: the longest beginning or end, in two bytes a character, is shorter."""

_NAME = r"(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}[:])?NCIPMessage"
_START = rf"<(?:\?xml[ \t\r\n]|{_NAME}[ \t\r\n>/])"
_END = rf"</{_NAME}[ \t\r\n]{{0,16}}>"
_LEADING = lazy(
    rb"(?:(?>[ \t\r\n]\x00|\x00[ \t\r\n]|[ \t\r\n]|\x00(?!<\x00))(?=[\s\S]{3}))*"  # never what may yet go on
)
"""Blanks in one byte a character or two, and zeros that some senders end a message with."""
_PEEK_BYTES = 4
"""Enough to tell how characters are written."""
_BLANK_BYTES = 5
"""Among as many, one that may be left out is known as such."""
_BLANKS = b" \t\r\n\0"


class _Script(NamedTuple):
    """How characters are written, and what beginning and end look like in it."""

    start: re.Pattern[bytes]
    end: re.Pattern[bytes]


_ZERO = r"\x00"
_CHARACTER = lazy(r"\[[^\]]+\]|\\.|[A-Za-z<>/]")


def _wide(pattern: str, before: str, behind: str) -> re.Pattern[bytes]:
    """The same pattern where a zero stands before or behind every character."""
    return re.compile(_CHARACTER.sub(lambda one: f"(?:{before}{one[0]}{behind})", pattern).encode())


_NARROW = _Script(re.compile(_START.encode()), re.compile(_END.encode()))
_LITTLE = _Script(_wide(_START, "", _ZERO), _wide(_END, "", _ZERO))
_BIG = _Script(_wide(_START, _ZERO, ""), _wide(_END, _ZERO, ""))
_OPENINGS = ((b"\xff\xfe", _LITTLE), (b"<\0", _LITTLE), (b"\xfe\xff", _BIG), (b"\0<\0", _BIG), (b"<", _NARROW))
_MARK = b"\xef\xbb\xbf<"
"""A byte order mark ahead of UTF-8."""


class Document(NamedTuple):
    """One document; without its end where it is over the limit."""

    data: bytes
    whole: bool


class Stranger(NamedTuple):
    """Something else stood where a document was due."""


Item = Document | Stranger


class Framer:
    """One side of one flow."""

    __slots__ = ("_inside", "_kept", "_scanned", "_script", "_sure")

    def __init__(self, *, sure: bool) -> None:
        """`sure`: the first byte is the first of a document."""
        self._kept = bytearray()
        self._sure = sure
        self._inside = False
        self._scanned = 0
        self._script = _NARROW

    def feed(self, data: Octets) -> Iterator[Item]:
        """Take the next bytes; whoever takes the items takes all of them."""
        self._kept += data
        while (item := self._next()) is not None:
            yield item

    def lose(self) -> bytes:
        """What comes next may begin anywhere; gives what there is of the document that was not over."""
        rest = bytes(self._kept) if self._inside else b""
        self._kept.clear()
        self._sure = self._inside = False
        self._scanned = 0
        return rest

    def _next(self) -> Item | None:
        if not self._inside:
            stranger = self._begin()
            if stranger is not None:
                return stranger
        return self._end() if self._inside else None

    def _begin(self) -> Stranger | None:
        """Find the beginning of a document."""
        if self._sure:
            if len(self._kept) < _PEEK_BYTES:
                return None
            del self._kept[: _LEADING.match(self._kept).end()]  # type: ignore[union-attr]  # matches the empty string
            if len(self._kept) < _PEEK_BYTES:
                return None
            opening = self._kept[:_PEEK_BYTES]
            script = next((script for first, script in _OPENINGS if opening.startswith(first)), None)
            script = _NARROW if opening == _MARK else script
            if script is not None:
                self._script = script
                self._inside = True
                return None
            if len(self._kept) < _BLANK_BYTES and opening[0] in _BLANKS:
                return None
            self._sure = False
            return Stranger()
        found = self._script.start.search(self._kept)
        if found is None:
            del self._kept[:-OVERLAP_BYTES]
        else:
            del self._kept[: found.start()]
            self._inside = True
        return None

    def _end(self) -> Item | None:
        """Find the end of a document."""
        found = self._script.end.search(self._kept, max(0, self._scanned - OVERLAP_BYTES), DOCUMENT_BYTES)
        if found is None:
            self._scanned = len(self._kept)
            if self._scanned < DOCUMENT_BYTES:
                return None
        size = DOCUMENT_BYTES if found is None else found.end()
        document = Document(bytes(self._kept[:size]), whole=found is not None)
        del self._kept[:size]
        self._inside = False
        self._scanned = 0
        self._sure = found is not None
        return document
