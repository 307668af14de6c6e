"""Finds the next first line where nobody knows what comes: a flow met halfway, bytes lost, a body without a length."""

from __future__ import annotations

from monitor.model.lazy import lazy
from monitor.protocols.http.lines import LINE_BYTES, PREFACE, find_loose, find_named

_VERSION = b"HTTP/1."
_ZEROS = lazy(rb"\x00*")


class Search:
    """One search in one side's bytes. Where it stands depends on the bytes alone, not on how they arrive."""

    __slots__ = ("_fresh", "_midline")

    def __init__(self) -> None:
        self._midline = False
        """A line has begun that is too long to be looked for; its end is awaited."""
        self._fresh = True
        """Not a line has passed. A message begins here more often than not, because losses end with a segment."""

    def begin(self, *, fresh: bool = True, midline: bool = False) -> None:
        """Search from here on; `midline` if a line has begun before."""
        self._fresh = fresh
        self._midline = midline

    @property
    def is_fresh(self) -> bool:
        """Whether not a line has passed."""
        return self._fresh and not self._midline

    def step(self, source: bytes | bytearray, at: int) -> tuple[int, bool]:
        """Go on from `at`.

        Returns:
            Where a first line begins, and True; or from where on bytes are needed again once more of them came, and
            False.
        """
        while True:
            if self._midline:
                end = source.find(b"\n", at)
                if end < 0:
                    return len(source), False
                self._midline = False
                at = end + 1
            if self._fresh:
                at = self._pass_zeros(source, at)
                if source.startswith(PREFACE, at):
                    return at, True
            hit = source.find(_VERSION, at)
            if hit < 0:
                return self._wait(source, max(source.rfind(b"\n", at) + 1, at), at)
            start = max(source.rfind(b"\n", at, hit) + 1, at)
            end = source.find(b"\n", hit, start + LINE_BYTES)
            if end < 0:
                if len(source) - start < LINE_BYTES:
                    return self._wait(source, start, at)
                self._fresh = False
                self._midline = True
                at = start + LINE_BYTES
                continue
            first, self._fresh = self._fresh and start == at, False
            found = start if first and find_loose(source, start) else _place(source, start, hit)
            if found >= 0:
                return found, True
            at = end + 1

    @staticmethod
    def _pass_zeros(source: bytes | bytearray, at: int) -> int:
        """Pass the byte of zero that a sender repeats to keep an idle connection alive."""
        zeros = _ZEROS.match(source, at)
        return zeros.end() if zeros else at

    def _wait(self, source: bytes | bytearray, start: int, at: int) -> tuple[int, bool]:
        """Wait for the end of the line at `start`, unless it is too long."""
        self._fresh = self._fresh and start == at
        if len(source) - start < LINE_BYTES:
            return start, False
        self._fresh = False
        self._midline = True
        return len(source), False


def _place(source: bytes | bytearray, start: int, hit: int) -> int:
    """Where in a line that names HTTP a message begins; -1 if none does."""
    line = find_named(source, start, hit)
    return -1 if line is None else line.start()
