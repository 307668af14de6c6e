"""What has come of one IP packet that was fragmented: its pieces, and whether they fit each other.

Source: RFC 791 section 3.2, RFC 8200 section 4.5.
"""

from __future__ import annotations

from bisect import bisect

from monitor.decode.fragment import Fragment, make_whole


class Pieces:
    """What has come of one packet."""

    __slots__ = (
        "begun_ns",
        "charged_bytes",
        "head",
        "latest_ns",
        "over",
        "pieces",
        "size",
        "starts",
        "whole",
        "wire_bytes",
    )

    def __init__(self, at_ns: int) -> None:
        self.begun_ns = at_ns
        self.latest_ns = at_ns
        self.pieces: dict[int, bytes] = {}
        self.starts: list[int] = []
        """Of the pieces, sorted."""
        self.head = b""
        """Headers, of the first fragment."""
        self.size: int | None = None
        """Of the payload, once the last fragment came."""
        self.charged_bytes = 0
        self.wire_bytes = 0
        """Of all frames."""
        self.over = False
        """It was whole, or dropped; what still comes of it is not wanted."""
        self.whole = False

    def has(self, piece: Fragment) -> bool:
        """Whether this very piece came before."""
        end = piece.offset_bytes + len(piece.payload)
        return self.pieces.get(piece.offset_bytes) == piece.payload and (not piece.final or self.size == end)

    def overlaps(self, piece: Fragment) -> bool:
        """Whether a piece contradicts what came before."""
        begin, end = piece.offset_bytes, piece.offset_bytes + len(piece.payload)
        place = bisect(self.starts, begin)
        if place and self.starts[place - 1] + len(self.pieces[self.starts[place - 1]]) > begin:
            return True
        if place < len(self.starts) and (piece.final or self.starts[place] < end):
            return True
        return self.size is not None and (piece.final or end > self.size)

    def add(self, piece: Fragment) -> None:
        """Keep a piece."""
        begin = piece.offset_bytes
        self.starts.insert(bisect(self.starts, begin), begin)
        self.pieces[begin] = piece.payload
        if not begin:
            self.head = piece.head
        if piece.final:
            self.size = begin + len(piece.payload)

    def join(self) -> bytes | None:
        """The whole packet, if it can be one."""
        return make_whole(self.head, b"".join([self.pieces[start] for start in self.starts]))
