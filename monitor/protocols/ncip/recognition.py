"""Tells NCIP over a connection of its own from everything else, by the root of the first document, on any port.

The same documents travel in HTTP. There something else stands in front of them, so a flow met at its start cannot be
mistaken; one met halfway is believed only when there is no more to see and nothing of HTTP was among it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from monitor.model.contract import Answer, Head, Verdict

PROLOG_BYTES = 2_048
"""What may stand ahead of the root: declaration, document type, comments."""

_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = Verdict(Answer.YES)
_SIDES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))

_FIRST = frozenset(b"< \t\r\n\xef\xff\xfe\x00")
_LEADING = b" \t\r\n"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BEGUN = frozenset((b"\0", b"\xff", b"\xfe", b"\xef", b"\xef\xbb"))
"""The first part of a byte order mark, or of a character in two bytes."""
_ROOT = re.compile(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}:)?NCIPMessage(?=[ \t\r\n>])")
_SERVICE = re.compile(rb"[^>]*>[^<]*<(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}:)?([A-Za-z]{1,64})[ \t\r\n/>]")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(rb"<(?=[A-Za-z_]|\Z)")
_TAG = re.compile(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]{0,31}(?::([A-Za-z]*))?)?")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_BYTES = 256
"""Where text shows by having no control characters."""
_NAME = b"NCIPMessage"
_HTTP = b"HTTP/1."
_ANSWER = b"Response"


class _Start(NamedTuple):
    """What an end begins with."""

    answer: Answer
    replies: bool | None = None
    """Its first message answers another; None where that cannot be told yet."""


_ELSE = _Start(Answer.NO)
_UNKNOWN = _Start(Answer.MORE)


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks NCIP (`monitor.model.contract.Probe`)."""
    found: Verdict | None = None
    for end in (0, 1):
        head = heads[end]
        if not head.data:
            continue
        if head.from_start and head.data[0] not in _FIRST:  # nearly every flow of the network
            return _NO
        start = _at_start(head.data) if head.from_start else _halfway(head.data, final=final)
        if start.answer is Answer.NO:
            return _NO
        if start.answer is Answer.YES and start.replies is not None:
            found = _SIDES[end ^ start.replies]
        elif start.answer is Answer.YES and final:
            found = found or _YES
    if found is None:
        return _NO if final else _MORE
    return found


def _at_start(data: bytes) -> _Start:
    """Judge the first bytes an end ever sent."""
    text = _COMMENT.sub(b"", _narrow(data))
    root = _ELEMENT.search(text)
    if root is None:
        return _UNKNOWN if len(data) < PROLOG_BYTES and text.lstrip(_LEADING)[:1] in (b"", b"<") else _ELSE
    whole = _ROOT.match(text, root.start())
    if whole is not None:
        return _Start(Answer.YES, _replies(text, whole.end()))
    tag = _TAG.fullmatch(text, root.start())
    return _UNKNOWN if tag is not None and _NAME.startswith(tag[1] or b"") else _ELSE


def _halfway(data: bytes, *, final: bool) -> _Start:
    """Judge bytes from somewhere within a flow."""
    if _CONTROL.search(data, 0, _CONTROL_BYTES) or _HTTP in data:
        return _ELSE
    root = _ROOT.search(data) if final and _NAME in data else None
    if root is None:
        return _UNKNOWN
    return _Start(Answer.YES, _replies(data, root.end()))


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
