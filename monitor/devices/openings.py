r"""Recognizes protocols by the bytes with which a flow begins: one look at the first byte decides almost always.

An opening is written as bytes in hexadecimal, with spaces between them: ``f1``, a range ``30-3f``, any of
several ``00|02|10-1f``, anything ``..``. Rule: at least three bytes of it are fixed, else chance would find
it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from monitor.devices.signal import Signal
from monitor.model.closed import Enum
from monitor.model.lazy import lazy
from monitor.model.record import Record

MAX_OPENING_BYTES = 64
"""Longer than any in the catalog."""
MIN_FIXED = 3

_BYTE = lazy(r"\.\.|[0-9a-f]{2}(?:-[0-9a-f]{2})?(?:\|[0-9a-f]{2}(?:-[0-9a-f]{2})?)*")


class Fit(Enum):
    """How an opening compares with bytes."""

    NO = "no"
    MORE = "more"
    """As far as they go."""
    YES = "yes"


class Pattern(Protocol):
    """Something that data begins with."""

    signal: Signal

    def compare(self, data: bytes, *, whole: bool) -> Fit:
        """Compare; `whole` is True where no more bytes will come."""
        ...

    def first(self) -> Iterable[int]:
        """What its first byte may be."""
        ...


class Opening:
    """One opening; all of it is read when it is first compared, which few ever are."""

    __slots__ = ("_allowed", "_length", "_words", "signal")

    def __init__(self, text: str, signal: Signal) -> None:
        self._words = text.split()
        self._allowed: Sequence[Sequence[int] | frozenset[int]] = ()
        self._length = tuple(signal.length)
        self.signal = signal

    def compare(self, data: bytes, *, whole: bool) -> Fit:
        """Compare; `whole` is True where no more bytes will come."""
        if not self._allowed:
            self._allowed = [_allow(word) for word in self._words]
        for byte, allowed in zip(data, self._allowed, strict=False):
            if byte not in allowed:
                return Fit.NO
        needed = len(self._allowed)
        if self._length:
            at, size, _ = self._length
            needed = max(needed, at + abs(size))
        if len(data) < needed:
            return Fit.NO if whole else Fit.MORE
        return Fit.YES if not self._length or not whole or self._has_length(data) else Fit.NO

    def _has_length(self, data: bytes) -> bool:
        at, size, more = self._length
        said = int.from_bytes(data[at : at + abs(size)], "big" if size > 0 else "little")
        return said + more == len(data)

    def first(self) -> Iterable[int]:
        """What its first byte may be."""
        return _allow(self._words[0])


class Found(Record):
    """What an opening said."""

    signal: Signal | None
    more: bool
    """There is none yet, but more bytes may bring one."""


NOTHING = Found(signal=None, more=False)
_MORE = Found(signal=None, more=True)


class Openings:
    """Every opening of one transport, by its first byte; made when something begins with that."""

    def __init__(self, table: Mapping[str, Any], make: Callable[[Any], Pattern]) -> None:
        """Take what `tables.list_openings` says, and how to make an opening of what it says of one."""
        self._openings: Sequence[Any] = table["openings"]
        self._by_byte: Sequence[Sequence[int]] = table["by_byte"]
        self._make = make
        self._made: dict[int, Sequence[Pattern]] = {}

    def begins(self, data: bytes) -> bool:
        """Whether anything begins with the first of these bytes, of which there is at least one."""
        return bool(self._by_byte[data[0]])

    def find(self, data: bytes, *, whole: bool) -> Found:
        """Whose opening these bytes are; the catalog's order decides where several fit.

        Args:
            data: what an end sent first, at least one byte.
            whole: True for a datagram, and where no more bytes will come.
        """
        more = False
        for opening in self._beginning(data[0]):
            fit = opening.compare(data, whole=whole)
            if fit is Fit.YES and not more:
                return Found(signal=opening.signal, more=False)
            more = more or fit is Fit.MORE  # one that stands further ahead may still fit
        return _MORE if more else NOTHING

    def _beginning(self, byte: int) -> Sequence[Pattern]:
        """The openings that begin with a byte."""
        made = self._made.get(byte)
        if made is None:
            made = self._made[byte] = [self._make(self._openings[place]) for place in self._by_byte[byte]]
        return made


def is_opening(text: str, *, length: bool) -> bool:
    """Whether a text is an opening as this module takes it; a `length` that must be right counts as a byte."""
    words = text.split()
    fixed = sum(word != ".." for word in words) + length
    return (
        bool(words)
        and len(words) <= MAX_OPENING_BYTES
        and all(map(_BYTE.fullmatch, words))
        and words[0] != ".."
        and fixed >= MIN_FIXED
    )


def _allow(word: str) -> Sequence[int] | frozenset[int]:
    if word == "..":
        return range(256)
    if len(word) == 2:  # noqa: PLR2004 (digits of a byte)
        return (int(word, 16),)
    allowed: set[int] = set()
    for part in word.split("|"):
        first, _, last = part.partition("-")
        allowed.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(allowed)
