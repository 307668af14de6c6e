"""Tells HTTP/1 from everything else by its first lines, on any port, from either side or both.

A flow met at its start must begin with a first line. One met halfway may begin inside a body: then a first line is
looked for behind any line end, and believed if a header field stands below it. RTSP, SIP and ICAP name themselves in
the same place, so they are told apart by that name.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.contract import Answer, Head, Verdict
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.protocols.http.lines import (
    AHEAD,
    LINE_BYTES,
    PREFACE,
    SETTINGS_BYTES,
    STATUS,
    bare_line,
    find_named,
    is_long_request,
    is_strange,
    may_be_settings,
    may_open,
    request_line,
)
from monitor.protocols.http.survey import is_usual

BLANKS = 8
"""Line ends ahead of a first message, which RFC 9112 section 2.2 asks to bear with."""

_FIELD = lazy(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}:[^\n]*\n")
_TLS = lazy(rb"[\x14-\x17]\x03[\x00-\x04]")
_VERSION = b"HTTP/1."
_YES = Verdict(Answer.YES, 0), Verdict(Answer.YES, 1)
_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)


class _Part(Enum):
    """What an end does."""

    ASKS = "asks"
    ANSWERS = "answers"
    UNKNOWN = "unknown"
    ELSE = "else"
    """It speaks something else."""


_RANKS = tuple(_Part)


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks HTTP/1 (`monitor.model.contract.Probe`)."""
    for end, head in enumerate(heads):  # nearly all flows end here
        if head.from_start and not heads[1 - end].data and is_usual(head.data):
            return _YES[end]
    parts = [_part(head) if head.data else None for head in heads]
    for end, part in enumerate(parts):
        if part in (_Part.ASKS, _Part.ANSWERS):
            return _YES[end if part is _Part.ASKS else 1 - end]
    return _NO if final or _Part.ELSE in parts else _MORE


def _part(head: Head) -> _Part:
    if not head.from_start:
        return _met_halfway(head.data)
    start = 0
    while start < BLANKS and head.data[start : start + 1] in (b"\r", b"\n"):
        start += 1
    return _first_line(head.data[start:] if start else head.data)


def _first_line(data: bytes) -> _Part:
    if not may_open(data):
        return _unusual(data)
    if STATUS.match(data):
        return _Part.ANSWERS
    if request_line(data) or data.startswith(PREFACE) or is_long_request(data):
        return _Part.ASKS
    if b"\n" not in data:
        return _Part.ELSE if len(data) > LINE_BYTES else _Part.UNKNOWN
    bare = bare_line(data)
    if bare is None:
        return _Part.ELSE if _names_another(data) else _Part.UNKNOWN
    return _Part.ASKS if bare[2] else _Part.UNKNOWN


def _names_another(data: bytes) -> bool:
    """Whether a first line ends as those of the protocols do made after this one: ``RTSP/1.0``, ``SIP/2.0``."""
    last = data.partition(b"\n")[0].rstrip().rpartition(b" ")[2]
    return last[:1].isalpha() and b"/" in last


def _unusual(data: bytes) -> _Part:
    """What begins with no method and no version."""
    tunnels = []
    if data[0] in AHEAD:
        if may_be_settings(data):
            return _Part.ANSWERS if len(data) >= SETTINGS_BYTES else _Part.UNKNOWN
        from monitor.protocols.http.socks import MORE, opening_bytes  # noqa: PLC0415  (few runs need it)

        sizes = [opening_bytes(side, data) for side in Side]
        tunnels = [_first_line(data[size:]) if size < len(data) else _Part.UNKNOWN for size in sizes if size > 0]
        tunnels += [_Part.UNKNOWN for size in sizes if size == MORE]
    return min(tunnels, key=_RANKS.index, default=_Part.ASKS if is_strange(data) else _Part.ELSE)


def _met_halfway(data: bytes) -> _Part:
    if _TLS.match(data):
        return _Part.ELSE
    part = _first_line(data)
    at = data.find(_VERSION) if part is _Part.ELSE else -1
    while at >= 0 and (end := data.find(b"\n", at) + 1):
        start = data.rfind(b"\n", 0, at) + 1
        if _FIELD.match(data, end):
            for version in (at, data.rfind(_VERSION, at, end)):  # a line of nothing else is not tried at each of them
                match = find_named(data, start, version)
                if match is not None:
                    return _Part.ANSWERS if match.start() == version else _Part.ASKS
        at = data.find(_VERSION, end)
    return _Part.UNKNOWN if part is _Part.ELSE else part
