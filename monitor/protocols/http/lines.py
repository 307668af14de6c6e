"""The first line of a message: how HTTP is told from everything else (RFC 9112 sections 3 and 4).

Inside a flow that speaks HTTP every method is taken; where that is yet to be recognized, or found again after a loss,
only methods that are in use.
"""

from __future__ import annotations

import re

from monitor.model.contract import OPENING_BYTES
from monitor.model.lazy import lazy
from monitor.protocols.http.events import Method

LINE_BYTES = 16_384
"""Bound of a first line; servers refuse longer ones, most of them half as long."""

METHODS = frozenset(
    (
        b"GET POST HEAD PUT DELETE OPTIONS CONNECT TRACE PATCH "
        # WebDAV and what was built on it: RFC 4918, 3253, 3648, 3744, 4791, 5323, 5842
        b"PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT ACL CHECKIN CHECKOUT UNCHECKOUT VERSION-CONTROL "
        b"MKACTIVITY MKWORKSPACE MKCALENDAR UPDATE LABEL MERGE BASELINE-CONTROL ORDERPATCH BIND REBIND UNBIND "
        # UPnP eventing, caches, RFC 2068
        b"NOTIFY SUBSCRIBE UNSUBSCRIBE M-SEARCH M-POST PURGE LINK UNLINK QUERY SOURCE "
        # Microsoft: Exchange, RPC over HTTP, BITS, Configuration Manager, SSTP
        b"BCOPY BDELETE BMOVE BPROPFIND BPROPPATCH POLL X-MS-ENUMATTS BITS_POST RPC_IN_DATA RPC_OUT_DATA RPC_CONNECT "
        b"CCM_POST SSTP_DUPLEX_POST"
    ).split()
)
AHEAD = frozenset(b"\0\4\5")
"""With one of these begins what a SOCKS proxy and its client say, and an HTTP/2 server."""
PREFACE = b"PRI * HTTP/2.0\r\n"
"""How HTTP/2 without encryption begins (RFC 9113 section 3.4)."""

SETTINGS_BYTES = 9
"""Of the head of a frame of settings, with which an HTTP/2 server begins, often ahead of its client (RFC 9113 6.5)."""

_REQUEST = lazy(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32})[ \t]++([^\r\n]*[^\r\n \t])[ \t]+HTTP/[01]\.[0-9]*[ \t]*\r?\n")
"""Any request line: method, target."""
STATUS = re.compile(rb"(?i:HTTP)/[^\s]{0,15}(?:[ \t\v\f]+([1-9][0-9][0-9])?)?[^\r\n]*(?:\r?\n|\r)")
"""Any status line: status, if it is one. Browsers take any version, a status of four digits or none, and ends without a
line feed."""
_BARE_LINE = rb"([A-Z_-]{3,17})(?:[ \t]+(/[^\s]*|https?://[^\s]*|HTTP/1\.[0-9]))?[ \t]*\r?\n"
"""A request line without a version (HTTP/0.9), or without a target: method, target."""
_BARE = lazy(_BARE_LINE)


_VERSIONS = (b"HTTP/1.1 ", b"HTTP/1.0 ")
_LONGEST_METHOD = max(map(len, METHODS))
_METHOD_BEFORE = lazy(b"(?:%s)\\Z" % b"|".join(METHODS))
_CUT = lazy(rb"([A-Z]{3,7}) ([^\x00- ]+) H?T?T?P?/?1?\.?[01]?\r?\Z")
_CUT_TARGET = lazy(rb"([A-Z_-]{3,17}) ((?:https?:/)?/(?:[^\x00- ]*[/?&;])?)[^\x00- /?&;]*\Z")
"""Up to the last name or value that is whole."""
_STATED = lazy(rb"HTTP/[^\s]*[ \t]+[^\s]{3}")
_USUAL = lazy(rb"([A-Z]{3,7}) ([^\x00- ]+) HTTP/1\.[01]\r\n")
"""Most request lines, found in one go where the other has to try."""
_STRICT = lazy(rb"(?:([A-Z_-]{3,17}) [^\s\x00-\x1f\x7f]+ HTTP/1\.[01]|HTTP/1\.[01] [1-9][0-9][0-9](?: [^\r\n]*)?)\r?\n")
_LONG = lazy(rb"([A-Z_-]{3,17}) (?:/|https?://)(?:[^\s\x00-\x1f\x7f]{16}|[^\s\x00-\x1f\x7f]* HTT)")
"""What nothing but a request begins with: a snap length may leave no more of it."""
_MARK = b"HTTP/1."
_MINOR = frozenset((b"", *(b"%d" % digit for digit in range(10))))
STRANGE_BYTES = 512
"""Ahead of the version in a line that is no request."""
_TEXT = lazy(rb"[^\x00-\x08\x0b\x0c\x0e-\x1f]*")
"""What forms and documents consist of."""
_SETTINGS = b"\4\0\0\0\0\0"
"""Their type, no flag, and the number of no stream, behind their size."""
_SIZE_BYTES = 3
_SMALL = frozenset((b"\0", b"\0\0", b"\0\1"))
"""How the size begins: nobody has more than some dozens."""
_KNOWN = {method.name.encode(): method for method in Method}
_OTHER = Method.OTHER
_OPENINGS = frozenset((*(method + b" " for method in METHODS), b"HTTP/", b"http/", PREFACE.rstrip()))
_BEGINNINGS = frozenset(opening[:size] for opening in _OPENINGS for size in range(len(opening) + 1))
_BEHIND = 2**31 - 1
"""The end of any buffer, or behind it."""
_SPACES = bytes.maketrans(b"\t\r\n", b"   ")
OPENINGS = frozenset(opening[:OPENING_BYTES] for opening in _OPENINGS)
"""How first lines begin, as far as all of them are long."""
_SIZES = sorted({len(opening) for opening in _OPENINGS})


def first_line(head: bytes) -> re.Match[bytes] | None:
    """The first line of a head: method and target, or, by `STATUS`, the status."""
    if head.startswith((b"HTTP/", b"http/")):
        return STATUS.match(head, 0, LINE_BYTES)
    return request_line(head, 0, LINE_BYTES) or bare_line(head)


def request_line(data: bytes | bytearray, start: int = 0, end: int = _BEHIND) -> re.Match[bytes] | None:
    """A request line with all its parts: method and target."""
    return _USUAL.match(data, start, end) or _REQUEST.match(data, start, end)


def cut_line(head: bytes) -> re.Match[bytes] | None:
    """A request line of which the end was not recorded: method, and as much of the target as stands there in whole."""
    match = _CUT.match(head)
    if match is None:
        match = _CUT_TARGET.match(head)
    return match if match is not None and match[1] in METHODS else None


def is_usual_status(line: re.Match[bytes]) -> bool:
    """Whether what `STATUS` matches has something in the place of a status, behind a version as it is written."""
    return (line[1] is not None and line[0].startswith(_VERSIONS)) or _STATED.match(line[0]) is not None


def bare_line(head: bytes | bytearray) -> re.Match[bytes] | None:
    """The first line of a head without a version: method and target, which may be missing."""
    match = _BARE.match(head, 0, LINE_BYTES)
    return match if match is not None and match[1] in METHODS else None


def is_bare(line: re.Match[bytes]) -> bool:
    """Whether it is a first line without a version."""
    return line.re.pattern == _BARE_LINE


def is_first_line(line: bytes | bytearray) -> bool:
    """Whether a line, its end included, can be the first of a message."""
    return (
        STATUS.match(line) is not None
        or request_line(line) is not None
        or line == PREFACE
        or bare_line(line) is not None
    )


def may_be_settings(data: bytes | bytearray) -> bool:
    """Whether `data` begins as an HTTP/2 server does, or has too few bytes to tell."""
    known = bytes(data[_SIZE_BYTES:SETTINGS_BYTES])
    return bytes(data[:2]) in _SMALL and _SETTINGS.startswith(known)


def is_strange(data: bytes) -> bool:
    """Whether a first line names HTTP and is no request: servers answer it all the same."""
    if _MARK not in data:
        return False
    line = data.partition(b"\n")[0]
    before, mark, version = line.partition(_MARK)
    return len(before) < STRANGE_BYTES and bool(mark) and len(line) < len(data) and version.strip() in _MINOR


def method_of(name: bytes) -> Method:
    """The method, or OTHER."""
    return _KNOWN.get(name, _OTHER)


def may_open(data: bytes) -> bool:
    """Whether `data` are the first bytes of a message, or too few to tell."""
    if data[:1] not in _BEGINNINGS:
        return False
    start = data[: _SIZES[-1]].translate(_SPACES)
    return start in _BEGINNINGS or any(start[:size] in _OPENINGS for size in _SIZES)


def find_loose(data: bytes | bytearray, at: int) -> bool:
    """Whether a first line is at `at` where it may well be due: anything goes but the method must be in use."""
    request = request_line(data, at) or _BARE.match(data, at)
    return request[1] in METHODS if request else STATUS.match(data, at) is not None


def find_strict(data: bytes | bytearray, at: int) -> re.Match[bytes] | None:
    """The first line at `at` as it stands on the wire when nobody errs; for places where it is not known to be due."""
    match = _STRICT.match(data, at)
    return match if match is not None and (match[1] is None or match[1] in METHODS) else None


def find_named(data: bytes | bytearray, start: int, version: int) -> re.Match[bytes] | None:
    """The first line that names its `version` there, strictly: all of the line at `start`, or what ends it.

    Forms and documents seldom end with a line, so the next message goes on in their last one.
    """
    return find_strict(data, start) or find_strict(data, version) or _find_glued(data, start, version)


def _find_glued(data: bytes | bytearray, start: int, version: int) -> re.Match[bytes] | None:
    space = data.rfind(b" ", start, max(version - 1, start))
    method = _METHOD_BEFORE.search(data, max(space - _LONGEST_METHOD, start), max(space, start))
    line = None if method is None else find_strict(data, method.start())
    return line if line is not None and _TEXT.fullmatch(data, start, line.start()) else None


def is_long_request(data: bytes) -> bool:
    """Whether so much of a request line is there that it need not end to be told from everything else."""
    match = _LONG.match(data)
    return match is not None and match[1] in METHODS
