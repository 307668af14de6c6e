"""Tells RTSP from everything else by the first line of either end, on any port.

A flow met halfway is recognised by the next message, or by media interleaved in it: a recorder stays connected to its
cameras for days.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.rtsp.start import (
    LINE_BYTES,
    METHODS,
    REQUEST,
    RESPONSE,
    RESPONSE_BYTES,
    find_frames,
    find_message,
)

SEARCH_BYTES = 8_192
"""Read of an end that was met halfway."""

_RTSP = b"RTSP/"
_OPENING = frozenset(word[0] for word in (*METHODS, _RTSP))
_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))


class _Role(Enum):
    """What an end seems to be."""

    ASKS = "asks"
    ANSWERS = "answers"
    UNKNOWN = "unknown"
    NONE = "none"


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks RTSP (`monitor.model.contract.Probe`). Who answers or sends media is the responder."""
    more = not final
    for end in (0, 1):
        head = heads[end]
        if head.data:
            role = _at_start(head.data) if head.from_start else _anywhere(head.data)
            if role is _Role.ASKS:
                return _YES[end]
            if role is _Role.ANSWERS:
                return _YES[1 - end]
            more = more and role is _Role.UNKNOWN
    return _MORE if more else _NO


def _at_start(data: bytes) -> _Role:  # noqa: PLR0911 (one return a case reads best)
    """Judge the first bytes that an end ever sent."""
    if data[0] not in _OPENING:
        return _Role.NONE
    if data[: len(_RTSP)] == _RTSP[: len(data)]:
        if len(data) < RESPONSE_BYTES:
            return _Role.UNKNOWN
        return _Role.ANSWERS if RESPONSE.match(data) else _Role.NONE
    word, space, rest = data[:LINE_BYTES].partition(b" ")
    if not space:
        return _Role.UNKNOWN if any(method.startswith(word) for method in METHODS) else _Role.NONE
    if word not in METHODS:
        return _Role.NONE
    if REQUEST.match(data):
        return _Role.ASKS
    return _Role.UNKNOWN if b"\n" not in rest and len(data) < LINE_BYTES else _Role.NONE


def _anywhere(data: bytes) -> _Role:
    """Judge bytes from somewhere within a flow."""
    at = find_message(data)
    if at >= 0:
        return _Role.ANSWERS if data.startswith(_RTSP, at) else _Role.ASKS
    if find_frames(data) >= 0:
        return _Role.ANSWERS
    return _Role.UNKNOWN if len(data) < SEARCH_BYTES else _Role.NONE
