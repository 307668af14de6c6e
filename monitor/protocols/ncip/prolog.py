"""Judges what an end of a flow begins with: an XML document whose root is that of an NCIP message, or not.

Loaded when the first flow comes that begins like XML.
"""

from __future__ import annotations

import re

from monitor.model.contract import Answer
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple

PROLOG_BYTES = 2_048
"""What may stand ahead of the root: declaration, document type, comments."""

_LEADING = b" \t\r\n"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BEGUN = frozenset((b"\0", b"\xff", b"\xfe", b"\xef", b"\xef\xbb"))
"""The first part of a byte order mark, or of a character in two bytes."""
_ROOT = lazy(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}:)?NCIPMessage(?=[ \t\r\n>])")
_SERVICE = lazy(rb"[^>]*>[^<]*<(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}:)?([A-Za-z]{1,64})[ \t\r\n/>]")
_COMMENT = lazy(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = lazy(rb"<(?=[A-Za-z_]|\Z)")
_TAG = lazy(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}(?::([A-Za-z]*))?)?")
_CONTROL = lazy(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_BYTES = 256
"""Where text shows by having no control characters."""
_NAME = b"NCIPMessage"
_HTTP = b"HTTP/1."
_ANSWER = b"Response"


class Start(NamedTuple):
    """What an end begins with."""

    answer: Answer
    replies: bool | None = None
    """Its first message answers another; None where that cannot be told yet."""


_ELSE = Start(Answer.NO)
_UNKNOWN = Start(Answer.MORE)


def judge_start(data: bytes) -> Start:
    """Judge the first bytes an end ever sent."""
    text = _COMMENT.sub(b"", _narrow(data))
    root = _ELEMENT.search(text)
    if root is None:
        return _UNKNOWN if len(data) < PROLOG_BYTES and text.lstrip(_LEADING)[:1] in (b"", b"<") else _ELSE
    whole = _ROOT.match(text, root.start())
    if whole is not None:
        return Start(Answer.YES, _replies(text, whole.end()))
    tag = _TAG.fullmatch(text, root.start())
    return _UNKNOWN if tag is not None and _NAME.startswith(tag[1] or b"") else _ELSE


def judge_inside(data: bytes, *, final: bool) -> Start:
    """Judge bytes from somewhere within a flow."""
    if _CONTROL.search(data, 0, _CONTROL_BYTES) or _HTTP in data:
        return _ELSE
    root = _ROOT.search(data) if final and _NAME in data else None
    if root is None:
        return _UNKNOWN
    return Start(Answer.YES, _replies(data, root.end()))


def _replies(text: bytes, at: int) -> bool | None:
    service = _SERVICE.match(text, at)
    return service[1].endswith(_ANSWER) if service is not None else None


def _narrow(data: bytes) -> bytes:
    """The beginning in one byte a character and without a byte order mark, whatever it was written in."""
    start = data[: 2 * PROLOG_BYTES].lstrip(_LEADING)
    if start in _BEGUN:
        return b""
    if start[:2] in (b"<\0", b"\0<", b"\xff\xfe", b"\xfe\xff"):
        start = start.replace(b"\0", b"")
    for mark in _MARKS:
        start = start.removeprefix(mark)
    return start
