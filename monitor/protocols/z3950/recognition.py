"""Tells Z39.50 from everything else by the first message of either end, on any port.

A session begins with a request that states version, options and two sizes in this order, under tags of its own; so does
its answer. A flow met halfway is recognized by a search, which has six parts that may not be missing.
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.z3950.ber import NEED_MORE, Node, read_head
from monitor.protocols.z3950.message import INIT, INIT_RESPONSE, SEARCH, is_sound

OPENING_BYTES = 4_096
"""Of a first message; names and versions of programs stand in it."""

_FIRST = frozenset((0xB4, 0xB5, 0xB6))
_AT_START = (INIT, INIT_RESPONSE)
_BEGINNINGS = (b"", b"\x82", b"\x83")
"""What a first message begins with, if that is there: a number of the client's own, or the version."""
_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow speaks Z39.50 (`monitor.model.contract.Probe`)."""
    more = not final
    for end in (0, 1):
        head = heads[end]
        if not head.data:
            continue
        if head.data[0] not in _FIRST:  # nearly every flow of the network
            return _NO
        node = read_head(head.data, 0)
        if node == NEED_MORE and len(head.data) < OPENING_BYTES:
            continue
        if not isinstance(node, Node) or node.end > OPENING_BYTES or not _may_be(node, head):
            return _NO
        if 0 <= node.end <= len(head.data):
            sound = is_sound(head.data, node)
            return _YES[1 - end if node.tag == INIT_RESPONSE else end] if sound else _NO
        more = more and len(head.data) < OPENING_BYTES
    return _MORE if more else _NO


def _may_be(node: Node, head: Head) -> bool:
    """Whether a message of this kind may come first, as far as it is there."""
    if node.end < 0 or node.tag not in ((*_AT_START, SEARCH) if not head.from_start else _AT_START):
        return False
    return node.tag == SEARCH or head.data[node.start : node.start + 1] in _BEGINNINGS
