"""Tells DNS from everything else by the first datagram of a flow, on any port.

A header with nothing out of order and a well-formed question behind it are enough. Names that are asked for on the
local link in the same format are something else: mDNS (RFC 6762) and LLMNR (RFC 4795) never want recursion, and ask
under number 0, for ``.local`` or for a single label; NetBIOS (RFC 1002) has names of its own. All three get a no.
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.dns.message import HEADER_BYTES, RESPONSE

MAX_QUESTIONS = 4
"""Nobody sends more than one; some servers take them."""
MAX_ADDITIONAL = 2
"""Records behind a question: options (RFC 6891) and a signature (RFC 8945)."""

_OPCODE = 0x78
_ASKING_CLEAR = 0x06
"""Bits that no question has: authoritative, truncated."""
_RECURSION = 0x01
_RESERVED = 0x40
_RESPONSE_ONLY = 0x8F
"""Bits of the fourth byte that no question has: recursion available, the error."""
_MAX_ERROR = 11
"""RFC 6895 2.3 and RFC 8490."""
_CLASSES = frozenset((b"\x00\x01", b"\x00\x03", b"\x00\x04", b"\x00\xfe", b"\x00\xff"))
"""RFC 6895 3.2. mDNS sets the first bit of it."""
_NETBIOS_BYTES = 32
"""Length of an encoded NetBIOS name, letters A to P (RFC 1001 14.1)."""
_NETBIOS = bytes(range(ord("A"), ord("P") + 1))
_LOCAL = b"\x05local\x00"
_MAX_NAME_BYTES = 255

_NO = Verdict(Answer.NO)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: ARG001, FBT001  # the contract's signature
    """Say whether a flow speaks DNS (`monitor.model.contract.Probe`)."""
    for end in (0, 1):
        data = heads[end].data
        if data:
            if not _is_message(data):
                return _NO
            return _YES[1 - end if data[2] & RESPONSE else end]
    return _NO


def _is_message(data: bytes) -> bool:
    """Whether a datagram is a question, or an answer that repeats its question (RFC 1035 4.1)."""
    if len(data) < HEADER_BYTES or data[4] or not 1 <= data[5] <= MAX_QUESTIONS:
        return False
    first, second = data[2], data[3]
    if first & _OPCODE or second & _RESERVED:
        return False
    if first & RESPONSE:
        if second & 0x0F > _MAX_ERROR:
            return False
    elif first & _ASKING_CLEAR or second & _RESPONSE_ONLY or data[6:11] != b"\0\0\0\0\0" or data[11] > MAX_ADDITIONAL:
        return False
    at = HEADER_BYTES
    for _ in range(data[5]):
        at = _behind_question(data, at, recursive=bool(first & _RECURSION))
        if not at:
            return False
    return True


def _behind_question(data: bytes, at: int, *, recursive: bool) -> int:
    """Where what follows a question begins; 0 if there is no question, or one of another protocol."""
    start, size = at, len(data)
    labels = 0
    while at < size and data[at]:
        if data[at] > 63:  # noqa: PLR2004 (RFC 1035 2.3.4)
            return 0
        at += 1 + data[at]
        labels += 1
    if at + 5 > size or at - start >= _MAX_NAME_BYTES or data[at + 3 : at + 5] not in _CLASSES:
        return 0
    if not recursive and (labels == 1 or not any(data[:2]) or data.endswith(_LOCAL, start, at + 1)):
        return 0
    if data[start] == _NETBIOS_BYTES and not data[start + 1 : start + 1 + _NETBIOS_BYTES].strip(_NETBIOS):
        return 0
    return at + 5
