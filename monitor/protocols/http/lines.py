"""The first line of a message: how HTTP is told from everything else (RFC 9112 sections 3 and 4).

Inside a flow that speaks HTTP every method is taken; where that is yet to be recognized, or found again after a loss,
only methods that are in use.
"""

from __future__ import annotations

import re

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
PREFACE = b"PRI * HTTP/2.0\r\n"
"""How HTTP/2 without encryption begins (RFC 9113 section 3.4)."""

SETTINGS = re.compile(rb"\x00[\x00\x01].\x04\x00{5}", re.DOTALL)
"""How an HTTP/2 server begins, often ahead of its client (RFC 9113 section 6.5): the head of a frame of settings."""
SETTINGS_BYTES = 9

REQUEST = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32})[ \t]+([^\r\n]*[^\r\n \t])[ \t]+HTTP/[01]\.[0-9]*[ \t]*\r?\n")
"""Any request line: method, target."""
STATUS = re.compile(rb"(?i:HTTP)/[^\s]{0,15}(?:[ \t\v\f]+([0-9]{0,3}))?[^\r\n]*(?:\r?\n|\r)")
"""Any status line: status. Browsers take any version, a status of four digits or none, and ends without a line feed."""
BARE = re.compile(rb"([A-Z_-]{3,17})(?:[ \t]+(/[^\s]*|https?://[^\s]*|HTTP/1\.[0-9]))?[ \t]*\r?\n")
"""A request line without a version (HTTP/0.9), or without a target: method, target."""


_USUAL = re.compile(rb"([A-Z]{3,7}) ([^\x00- ]+) HTTP/1\.[01]\r\n")
"""Most request lines, found in one go where the other has to try."""
_STRICT = re.compile(
    rb"(?:([A-Z_-]{3,17}) [^\s\x00-\x1f\x7f]+ HTTP/1\.[01]|HTTP/1\.[01] [1-9][0-9][0-9](?: [^\r\n]*)?)\r?\n"
)
_LONG = re.compile(rb"([A-Z_-]{3,17}) (?:/|https?://)[^\s\x00-\x1f\x7f]{1000}")
_STRANGE = re.compile(rb"[^\r\n]{0,512}HTTP/1\.[0-9]?[ \t]*\r?\n")
_MARK = b"HTTP/1."
_SETTINGS = b"\0\0\0\4\0\0\0\0\0"
_STATUS_DIGITS = 3
_OK = 200
_KNOWN = {method.name.encode(): method for method in Method}
_OTHER = Method.OTHER
_OPENINGS = frozenset(
    (*(method + end for method in METHODS for end in (b" ", b"\t", b"\r", b"\n")), b"HTTP/", b"http/", PREFACE)
)
_BEGINNINGS = frozenset(opening[:size] for opening in _OPENINGS for size in range(len(opening) + 1))
_SIZES = sorted({len(opening) for opening in _OPENINGS})


def first_line(head: bytes) -> re.Match[bytes] | None:
    """The first line of a head: method and target, or, by `STATUS`, the status."""
    if head.startswith((b"HTTP/", b"http/")):
        return STATUS.match(head, 0, LINE_BYTES)
    return _USUAL.match(head, 0, LINE_BYTES) or REQUEST.match(head, 0, LINE_BYTES) or bare_line(head)


def bare_line(head: bytes | bytearray) -> re.Match[bytes] | None:
    """The first line of a head without a version: method and target, which may be missing."""
    match = BARE.match(head, 0, LINE_BYTES)
    return match if match is not None and match[1] in METHODS else None


def status_of(line: re.Match[bytes]) -> int:
    """The status in a line; browsers take one that is none for 200."""
    digits = line[1] or b""
    return int(digits) if len(digits) == _STATUS_DIGITS and digits[:1] != b"0" else _OK


def is_first_line(line: bytes | bytearray) -> bool:
    """Whether a line, its end included, can be the first of a message."""
    return (
        STATUS.match(line) is not None
        or REQUEST.match(line) is not None
        or line == PREFACE
        or bare_line(line) is not None
    )


def may_be_settings(data: bytes | bytearray) -> bool:
    """Whether `data` begins as an HTTP/2 server does, or has too few bytes to tell."""
    start = bytes(data[:SETTINGS_BYTES])
    return start[:1] == b"\0" and SETTINGS.match(start + _SETTINGS[len(start) :]) is not None


def is_strange(data: bytes) -> bool:
    """Whether a first line names HTTP and is no request: servers answer it all the same."""
    return _MARK in data and _STRANGE.match(data) is not None


def method_of(name: bytes) -> Method:
    """The method, or OTHER."""
    return _KNOWN.get(name, _OTHER)


def may_open(data: bytes) -> bool:
    """Whether `data` are the first bytes of a message, or too few to tell."""
    return data in _BEGINNINGS or (data[:1] in _BEGINNINGS and any(data[:size] in _OPENINGS for size in _SIZES))


def find_loose(data: bytes | bytearray, at: int) -> bool:
    """Whether a first line is at `at` where it may well be due: anything goes but the method must be in use."""
    request = REQUEST.match(data, at)
    return request[1] in METHODS if request else STATUS.match(data, at) is not None


def find_strict(data: bytes | bytearray, at: int) -> re.Match[bytes] | None:
    """The first line at `at` as it stands on the wire when nobody errs; for places where it is not known to be due."""
    match = _STRICT.match(data, at)
    return match if match is not None and (match[1] is None or match[1] in METHODS) else None


def is_long_request(data: bytes) -> bool:
    """Whether a request line is so long that it need not end to be told from everything else."""
    match = _LONG.match(data)
    return match is not None and match[1] in METHODS
