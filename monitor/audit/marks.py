"""Random marks that stand in for patron values, and every way in which one could be written down."""

from __future__ import annotations

import base64
import string
from collections.abc import Iterator
from random import Random

from monitor.model.flow import Side
from monitor.model.record import Record, field

ALPHABET = string.ascii_uppercase + string.digits
MARK_BYTES = 16
PIECE_BYTES = 8
"""A mark that was shortened is found by any piece this long; there are 36^8 of them, so none is met by chance."""


Script = list[tuple[Side, bytes]]
"""Who says what, in order."""


def draw(random: Random, length: int = MARK_BYTES) -> bytes:
    """One mark of capital letters and digits, which pass for a card number, a name or a title."""
    return "".join(random.choices(ALPHABET, k=length)).encode("ascii")


class Marks(Record, frozen=False, kw_only=False):
    """Draws marks and remembers them."""

    random: Random
    drawn: dict[str, bytes] = field(default_factory=dict)

    def mark(self, place: str, length: int = MARK_BYTES) -> bytes:
        """The mark of one place; the same place has the same mark."""
        return self.drawn.setdefault(f"{place}/{length}", draw(self.random, length))

    @property
    def all(self) -> list[bytes]:
        """Every mark so far."""
        return list(self.drawn.values())


def spellings(mark: bytes) -> Iterator[tuple[str, bytes]]:
    """Every way of writing `mark` that the search knows, lower-case, with its name."""
    text = mark.decode("ascii")
    yield "plain", mark.lower()
    for start in range(len(mark) - PIECE_BYTES + 1):
        yield "in pieces", mark[start : start + PIECE_BYTES].lower()
    yield "backward", mark[::-1].lower()
    for separator in ("", ":", " ", "-", r"\x"):
        yield "hex", separator.join(f"{byte:02x}" for byte in mark).encode("ascii")
    yield "numbers", ", ".join(str(byte) for byte in mark).encode("ascii")
    yield "percent signs", "".join(f"%{byte:02x}" for byte in mark).encode("ascii")
    yield "JSON escapes", "".join(f"\\u{byte:04x}" for byte in mark).encode("ascii")
    yield "UTF-16", text.lower().encode("utf-16-le")
    yield "UTF-16", text.lower().encode("utf-16-be")
    yield "UTF-32", text.lower().encode("utf-32-le")
    for shift in range(3):
        # Only the characters that depend on the mark alone: what stands beside it changes the first and the last.
        padded = base64.b64encode(b"\0" * shift + mark)
        first = (shift * 8 + 5) // 6
        last = (shift + len(mark)) * 8 // 6
        for alphabet in (padded, padded.translate(bytes.maketrans(b"+/", b"-_"))):
            yield "base64", alphabet[first:last].lower()
