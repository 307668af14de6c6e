"""One side of a flow as long as a head is due: where the next one begins, and where it ends.

`monitor.protocols.http.lane` has what comes between two heads.
"""

from __future__ import annotations

from monitor.model.events import Output, Weird
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.protocols.http.events import HttpWeird
from monitor.protocols.http.framing import HEAD_BYTES, Body, Reader, behind_blank_line
from monitor.protocols.http.lines import AHEAD, LINE_BYTES, SETTINGS_BYTES, is_first_line, may_be_settings, may_open
from monitor.protocols.http.search import Search

_AHEAD = AHEAD.union(b"\r\n")
"""How something begins that may stand ahead of a head."""
_BLANK_LINES = lazy(rb"[\r\n]+")
_NOT_A_MESSAGE = Weird(name=HttpWeird.NOT_A_MESSAGE)
_OVERSIZE_HEAD = Weird(name=HttpWeird.OVERSIZE_HEAD)

HEAD, BODY, CHUNK, TRAILER, REST, SEARCH, OTHER = range(7)
"""Where a lane stands: in a head; in bytes that are looked at; before a chunk's line; behind the last chunk; in a body
that ends with its connection; somewhere, looking for a first line; behind HTTP/1. Numbers: a member of an enum costs a
look-up."""


class Heads:
    """What a lane does where a head is due."""

    __slots__ = ("_kept", "_opened", "_reader", "_scanned", "_search", "_side", "_state", "_sure", "_tunnel", "_waits")

    def __init__(self, side: Side, reader: Reader, *, from_start: bool) -> None:
        self._side = side
        self._reader = reader
        self._state = HEAD if from_start else SEARCH
        self._sure = from_start
        self._kept = bytearray()
        self._waits = False
        self._opened = False
        self._scanned = 0
        self._search = Search()
        self._tunnel = False

    def search(self) -> None:
        """What comes next may be anything, up to the next first line; a body without end stays one."""
        if self._state not in (REST, OTHER):
            self._state = SEARCH
            self._sure = self._opened = False
            self._scanned = 0
            self._search.begin()

    def _wait(self, at: int) -> int:
        """Stop at `at` until more bytes come."""
        self._waits = True
        return at

    def _head(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        if not self._scanned:
            if source[at] in _AHEAD:
                passed = self._pass_ahead(source, at)
                if passed is not None:
                    return passed
            if self._tunnel and not may_open(bytes(source[at : at + 1])):
                self._state = REST
                self._reader.stranger(outputs)
                return len(source)
            self._tunnel = False
        end = behind_blank_line(source, max(at, at + self._scanned - 3), at + HEAD_BYTES)
        if end < 0:
            return self._open_head(source, at, outputs)
        sure, self._scanned, self._opened = self._sure, 0, False
        body = self._reader.head(self._side, bytes(source[at:end]), outputs, sure=sure)
        if body is None:
            return self._no_head(source, at, outputs)
        self._sure = True
        return self._begin_body(body, source, end, outputs)

    def _pass_ahead(self, source: bytes | bytearray, at: int) -> int | None:
        """Pass line ends, and what opens a tunnel, or meet the settings of HTTP/2; None where there is none of it."""
        blanks = _BLANK_LINES.match(source, at)
        if blanks is not None:
            return blanks.end()
        if not self._sure or self._tunnel:
            return None
        from monitor.protocols.http.socks import MORE, opening_bytes  # noqa: PLC0415  (few runs need it)

        size = opening_bytes(self._side, source[at:])
        if size > 0:
            self._tunnel = True
            return at + size
        settings = may_be_settings(source[at : at + SETTINGS_BYTES])
        if size == MORE or (settings and len(source) - at < SETTINGS_BYTES):
            return self._wait(at)
        if not settings:
            return None
        self._state = OTHER
        self._reader.settings(self._side)
        return at

    def _open_head(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """A head whose end is not there yet."""
        self._scanned = len(source) - at
        if not self._opened:
            line = source.find(b"\n", at, at + LINE_BYTES)
            if line < 0 and self._scanned < LINE_BYTES:
                return self._wait(at)
            if line < 0 or not is_first_line(source[at : line + 1]):
                return self._no_head(source, at, outputs)
            self._opened = True
        if self._scanned < HEAD_BYTES:
            return self._wait(at)
        head = bytes(source[at : at + HEAD_BYTES])
        if self._reader.cut_head(self._side, head, outputs, sure=self._sure):
            outputs.append(_OVERSIZE_HEAD)
        self.search()
        self._search.begin(fresh=False, midline=True)
        return at + HEAD_BYTES

    def _no_head(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """What stands at `at` is no head: search from its second line on."""
        if self._sure:
            outputs.append(_NOT_A_MESSAGE)
        self.search()
        line = source.find(b"\n", at, at + LINE_BYTES)
        self._search.begin(fresh=False, midline=line < 0)
        return line + 1 if line >= 0 else at + LINE_BYTES

    def _find(self, source: bytes | bytearray, at: int, _outputs: list[Output]) -> int:
        reached, found = self._search.step(source, at)
        if not found:
            return self._wait(reached)
        self._state = HEAD
        self._opened = True
        return reached

    def _begin_body(self, body: Body, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """Take what follows a head, which ends at `at`."""
        raise NotImplementedError
