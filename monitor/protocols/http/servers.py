"""Says what a web server is, by its first answer of a connection: cameras, recorders and printers name themselves.

Rules: one answer of a connection is looked at, and nobody's content: the head of the answer, and of the request the
beginning of its path. Of ONVIF, which is SOAP, each side is looked at until it was recognized: by which operation its
message names (ONVIF Core Specification 5 and 8), in the namespaces of ONVIF.
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
_ONVIF = b"www.onvif.org/ver"
"""In every namespace of ONVIF."""
_OPERATION = re.compile(rb"<(?:[A-Za-z][\w.-]{0,31}:)?Body\b[^>]{0,512}>\s{0,64}<([A-Za-z][\w.:-]{0,95})")
_TUNNEL = b"x-rtsp-tunnelled"


class ServerParser(HttpParser):
    """Both sides of one flow, as `HttpParser`."""

    __slots__ = ("_named", "_path", "_spoke")

    def __init__(self, catalog: Catalog, *, from_start: bool) -> None:
        super().__init__(catalog, from_start=from_start)
        self._named = False
        self._path = b""
        self._spoke = [False, False]
        """Sides that were recognized by what they say in ONVIF."""

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

    def wants(self, side: Side, start: bytes) -> bool:
        """Judge the body of a response by its first bytes (`monitor.protocols.http.lane.Reader`)."""
        return super().wants(side, start) or (not self._spoke[side] and _ONVIF in start)

    def body(self, side: Side, body: bytes, outputs: list[Output], *, whole: bool) -> None:
        """Take the body of a request or response (`monitor.protocols.http.lane.Reader`)."""
        if not self._spoke[side] and _ONVIF in body:
            signals = _operation(body)
            self._spoke[side] = bool(signals)
            if signals:
                outputs.append(DeviceSign(side=side, signals=signals))
        super().body(side, body, outputs, whole=whole)


def _operation(body: bytes) -> tuple[Label, ...]:
    """By which signals of the catalog a message of ONVIF fits: an answer is a device's, a question its viewer's."""
    found = _OPERATION.search(body)
    if found is None:
        return ()
    known, word = catalog(), found[1].rpartition(b":")[2]
    return (*known.said(Channel.ONVIF, word), *known.said(Channel.PEER, word))


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
