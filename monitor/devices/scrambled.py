"""Recognizes datagrams of ThroughTek's Kalay (TUTK), which scrambles what it sends: always alike, with no secret.

The first 16 bytes are a block by itself. In it each bit goes to a place of its own, turned over or not, so that what
is fixed before stays fixed: a pattern of a header becomes one of what is on the wire, and costs one comparison.

A header is written as 16 bytes in hexadecimal, with spaces between them and a dot for each half that may be anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.devices.openings import Fit
from monitor.devices.signal import Signal
from monitor.model.lazy import lazy

BLOCK_BYTES = 16
MIN_FIXED_BITS = 24

_KEY = b"Charlie is the d"
"""Written into every program that speaks it."""
_PLACES = (11, 9, 8, 15, 13, 10, 12, 14, 2, 1, 5, 0, 6, 4, 7, 3)
"""Where each byte comes from."""
_TURNS = (1, 5, 9, 13), (3, 7, 11, 15)
"""By how many bits the words of four bytes are turned to the right, before and after that."""
_HEADER = lazy(r"[0-9a-f.]{2}(?: [0-9a-f.]{2}){15}")
_BITS = 8 * BLOCK_BYTES


def scramble(block: bytes) -> bytes:
    """What is sent for 16 bytes."""
    mixed = bytes(one ^ other for one, other in zip(_turn(block, _TURNS[0]), _KEY, strict=True))
    return _turn(bytes(mixed[place] for place in _PLACES), _TURNS[1])


def unscramble(block: bytes) -> bytes:
    """What 16 bytes were before they were sent."""
    mixed = bytearray(BLOCK_BYTES)
    for place, byte in zip(_PLACES, _turn(block, [-turn for turn in _TURNS[1]]), strict=True):
        mixed[place] = byte
    plain = bytes(one ^ other for one, other in zip(mixed, _KEY, strict=True))
    return _turn(plain, [-turn for turn in _TURNS[0]])


def is_header(text: str) -> bool:
    """Whether a text is a header as this module takes it, and fixed far enough that chance would not find it."""
    return bool(_HEADER.fullmatch(text)) and 4 * sum(one not in ". " for one in text) >= MIN_FIXED_BITS


class Scrambled:
    """One header, ready to be compared (as the openings of `monitor.devices.openings`)."""

    __slots__ = ("_fixed", "_length", "_mask", "signal")

    def __init__(self, text: str, signal: Signal) -> None:
        """Take a header; the signal's `length`, if it has one, is of before it was scrambled."""
        halves = text.replace(" ", "")
        base = bytes.fromhex(halves.replace(".", "0"))
        turned = bytes.fromhex("".join("f" if half == "." else half for half in halves))
        sent = int.from_bytes(scramble(base))
        self._mask = (1 << _BITS) - 1 ^ sent ^ int.from_bytes(scramble(turned))
        self._fixed = sent & self._mask
        self._length = tuple(signal.length)
        self.signal = signal

    def compare(self, data: bytes, *, whole: bool) -> Fit:
        """Compare; only a `whole` datagram fits."""
        block = data[:BLOCK_BYTES]
        if not whole or len(block) < BLOCK_BYTES or int.from_bytes(block) & self._mask != self._fixed:
            return Fit.NO
        return Fit.YES if not self._length or self._has_length(data) else Fit.NO

    def first(self) -> Iterable[int]:
        """What its first byte may be."""
        above = _BITS - 8
        return [byte for byte in range(256) if byte & self._mask >> above == self._fixed >> above]

    def _has_length(self, data: bytes) -> bool:
        at, size, more = self._length
        said = unscramble(data[:BLOCK_BYTES])[at : at + abs(size)]
        return int.from_bytes(said, "big" if size > 0 else "little") + more == len(data)


def _turn(block: bytes, turns: Iterable[int]) -> bytes:
    """Turn each word of four bytes, the least significant first, by so many bits to the right."""
    words = (int.from_bytes(block[at : at + 4], "little") for at in range(0, BLOCK_BYTES, 4))
    return b"".join(
        ((word >> turn % 32 | word << -turn % 32) & 0xFFFFFFFF).to_bytes(4, "little")
        for word, turn in zip(words, turns, strict=True)
    )
