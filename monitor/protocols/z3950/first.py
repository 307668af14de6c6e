"""Judges the first message of an end: whether it begins a session of Z39.50, answers to that, or searches.

Loaded when the first flow comes that begins with one of their tags.
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head
from monitor.model.named import NamedTuple
from monitor.protocols.z3950.ber import NEED_MORE, Node, read_head
from monitor.protocols.z3950.message import INIT, INIT_RESPONSE, SEARCH, is_sound

OPENING_BYTES = 4_096
"""Of a first message; names and versions of programs stand in it."""

_AT_START = (INIT, INIT_RESPONSE)
_BEGINNINGS = (b"", b"\x82", b"\x83")
"""What a first message begins with, if that is there: a number of the client's own, or the version."""


class Start(NamedTuple):
    """What an end begins with."""

    answer: Answer
    replies: bool = False
    """It answers."""


def judge(head: Head) -> Start:
    """Judge the first bytes that are known of an end."""
    node = read_head(head.data, 0)
    if node == NEED_MORE:
        return Start(Answer.MORE)
    if not isinstance(node, Node) or not 0 <= node.end <= OPENING_BYTES or not _may_be(node, head):
        return Start(Answer.NO)
    if node.end > len(head.data):
        return Start(Answer.MORE)
    return Start(Answer.YES if is_sound(head.data, node) else Answer.NO, node.tag == INIT_RESPONSE)


def _may_be(node: Node, head: Head) -> bool:
    """Whether a message of this kind may come first, as far as it is there."""
    if node.tag == SEARCH:
        return not head.from_start
    return node.tag in _AT_START and head.data[node.start : node.start + 1] in _BEGINNINGS
