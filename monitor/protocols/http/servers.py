"""Says what a web server is, by its first answer of a connection: cameras, recorders and printers name themselves.

Rule: one answer of a connection is looked at, and nobody's content: the head of the answer, and of the request the
beginning of its path.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.devices.catalog import catalog
from monitor.devices.signal import Channel
from monitor.model.events import DeviceSign, Output
from monitor.model.flow import Side
from monitor.model.opaque import Label
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.framing import Body
from monitor.protocols.http.parser import HttpParser

PATH_BYTES = 64
"""Of a path that is compared: longer than any in the catalog."""
MAX_SERVERS = 256
"""Lines in which servers name themselves; a site has some dozens."""
_ANSWERED = (b" 200", b" 401", b" 403")
"""Status of a server that has what was asked for, behind the version."""
_VERSION_BYTES = 8
_LINES = re.compile(rb"(?im)^((?:server|www-authenticate|content-type):[^\r\n]*)")
_TUNNEL = b"x-rtsp-tunnelled"


class ServerParser(HttpParser):
    """Both sides of one flow, as `HttpParser`."""

    __slots__ = ("_named", "_path")

    def __init__(self, catalog: Catalog, *, from_start: bool) -> None:
        super().__init__(catalog, from_start=from_start)
        self._named = False
        self._path = b""

    def glance(self, side: Side, head: bytes, outputs: list[Output]) -> Body | None:
        """Take what may be a head that came before (`Reader`)."""
        if not self._named:
            self._look_at(side, head, outputs)
        return super().glance(side, head, outputs)

    def head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool) -> Body | None:
        """Take a whole head (`monitor.protocols.http.lane.Reader`)."""
        if not self._named:
            self._look_at(side, head, outputs)
        return super().head(side, head, outputs, sure=sure)

    def _look_at(self, side: Side, head: bytes, outputs: list[Output]) -> None:
        if head.startswith(b"HTTP/1."):
            self._named = True
            signals = _signals(head, self._path)
            if signals:
                outputs.append(DeviceSign(side=side, signals=signals))
        elif not self._path:
            self._path = head[: PATH_BYTES + 8].partition(b" ")[2].partition(b" ")[0]


def _signals(head: bytes, path: bytes) -> tuple[Label, ...]:
    """By which signals of the catalog an answer fits."""
    found = _said(b"\n".join(_LINES.findall(head)))
    if head[_VERSION_BYTES : _VERSION_BYTES + 4] in _ANSWERED:
        found = (*found, *catalog().answers(path))
    return tuple(dict.fromkeys(found)) if found else ()


@lru_cache(maxsize=MAX_SERVERS)
def _said(lines: bytes) -> tuple[Label, ...]:
    """What a server says of itself."""
    known = catalog()
    found = known.said(Channel.HTTP, b"\n" + lines)
    return (*found, *known.said(Channel.RTSP, lines)) if _TUNNEL in lines else tuple(found)
