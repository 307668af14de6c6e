"""Walks through BER (ITU-T X.690): what is tagged how, and where it ends.

Rules: nothing is copied but what is asked for; depth is bounded; what is not BER is None, never an error. Values are
not interpreted: the few that matter are looked at as bytes.
"""

from __future__ import annotations

from monitor.model.named import NamedTuple
from monitor.protocols.z3950.bounds import MAX_DEPTH

CONTEXT = 2 << 24
"""Added to a tag number that means something in its place only."""
UNIVERSAL = 0

_CONSTRUCTED, _NUMBER, _MORE, _LONG = 0x20, 0x1F, 0x80, 0x80
_TAG_BYTES = 3
"""Of a tag number behind its first byte: 21 bits."""
_LENGTH_BYTES = 4


class Node(NamedTuple):
    """One value."""

    tag: int
    """Its class and number, as `CONTEXT` says."""
    constructed: bool
    """It is made of others."""
    start: int
    """Where its content begins."""
    end: int
    """Where its content ends; -1 where that shows only at its end."""


class NeedMore(NamedTuple):
    """The bytes end too early to tell."""


NEED_MORE = NeedMore()


def read_head(data: bytes | bytearray, at: int) -> Node | NeedMore | None:
    """Tag and length of the value at `at` (X.690 8.1.2 and 8.1.3); None if there is none."""
    size = len(data)
    if at >= size:
        return NEED_MORE
    first = data[at]
    number, at = first & _NUMBER, at + 1
    if number == _NUMBER:
        number = 0
        last = at + _TAG_BYTES
        while at < min(size, last) and data[at] & _MORE:
            number, at = number << 7 | data[at] & ~_MORE, at + 1
        if at >= size or at == last:
            return None if at == last else NEED_MORE
        number, at = number << 7 | data[at], at + 1
    return _read_length(data, at, (first >> 6) << 24 | number, constructed=bool(first & _CONSTRUCTED))


def _read_length(data: bytes | bytearray, at: int, tag: int, *, constructed: bool) -> Node | NeedMore | None:
    """The rest of a head, from its length on."""
    if at >= len(data):
        return NEED_MORE
    length, at = data[at], at + 1
    if length == _LONG:
        return Node(tag, constructed, at, -1) if constructed else None
    if length > _LONG:
        last = at + length - _LONG
        if length > _LONG + _LENGTH_BYTES:
            return None
        if last > len(data):
            return NEED_MORE
        length, at = int.from_bytes(data[at:last]), last
    return Node(tag, constructed, at, at + length)


class Extent:
    """Finds where one value ends; what it is made of is looked into only where it must be."""

    __slots__ = ("_at", "_begun", "_open_ended")

    def __init__(self, at: int) -> None:
        """`at`: where the value begins."""
        self._at = at
        self._begun = False
        self._open_ended = 0

    def find(self, data: bytes | bytearray) -> int | NeedMore | None:
        """Where it ends, None if it is no value; asked again with more bytes behind the same ones, it goes on."""
        while self._open_ended or not self._begun:
            node = read_head(data, self._at)
            if node is None or isinstance(node, NeedMore):
                return node
            if node.end < 0:
                self._open_ended += 1
                if self._open_ended > MAX_DEPTH:
                    return None
                self._at = node.start
                self._begun = True
                continue
            if node.tag == UNIVERSAL and not node.constructed:  # the end of contents, X.690 8.1.5
                if node.end != node.start or not self._open_ended:
                    return None
                self._open_ended -= 1
            self._at = node.end
            self._begun = True
        return self._at if self._at <= len(data) else NEED_MORE


def children(data: bytes | bytearray, node: Node) -> list[Node]:
    """The values that one is made of, as far as they are values; those of open end with their ends."""
    found: list[Node] = []
    at, end = node.start, node.end if node.end >= 0 else len(data)
    while at < end:
        child = read_head(data, at)
        behind = Extent(at).find(data)
        if not isinstance(child, Node) or not isinstance(behind, int) or behind > end:
            break
        if child.tag == UNIVERSAL:
            break
        found.append(child if child.end >= 0 else child._replace(end=behind - 2))
        at = behind
    return found
