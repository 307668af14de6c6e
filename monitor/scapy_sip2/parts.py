# SPDX-License-Identifier: GPL-2.0-or-later
#
# This file, unlike the rest of the program, is free software under the GNU General Public License, version 2 or (at
# your option) any later version, because it builds on scapy: https://www.gnu.org/licenses/old-licenses/gpl-2.0.html
"""The pieces that messages of SIP2 are made of, as fields of scapy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from scapy.fields import PacketListField, StrField
from scapy.packet import Packet

from monitor.model.lazy import lazy
from monitor.protocols.sip2.catalog import LAYOUTS, Fixed, Layout, head
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.message import ENOUGH_FIELDS, FIXED_LIKE, is_field

DEFAULTS = {
    "date": b"20000101    000000",
    "ok": b"1",
    "login ok": b"1",
    "flag": b"N",
    "flag or unknown": b"N",
    "hold mode": b"+",
    "language": b"000",
    "count": b"0000",
    "number": b"000",
    "code": b"00",
    "currency": b"USD",
    "algorithm": b"0",
    "status": b"0",
    "version": b"2.00",
}
"""What a field of a fixed part holds unless it is given, by its shape; blanks where none is named."""
RENAMED = {"summary": "lists"}
"""Fixed fields whose names scapy needs for itself."""
UNNUMBERED = (b"96", b"97")
"""Messages that carry a checksum, but no sequence number."""

_SUM = rb"AZ *[0-9A-Fa-f]{0,4}[^0-9A-Za-z]*"
_TRAILER = lazy(rb"(?:AY[^|]" + _SUM + rb"|(?:\A|(?<=[^0-9A-Za-z]))(?:" + _SUM + rb"|AY[0-9]))\Z")
_END = lazy(rb"(?:\r\n|\r|\n)[\r\n\x00]*|")
_DELIMITER = b"|"


def take_line(data: bytes) -> bytes:
    """The first message of `data`, without its terminator; line feeds may stand inside values."""
    end = data.find(b"\r")
    feed = data.find(b"\n")
    while feed >= 0 and (end < 0 or feed < end):
        behind = data[feed:].lstrip(b"\n\x00")
        known = LAYOUTS.get(behind[:2])
        if end < 0 or (known is not None and known.width > 1 and head(known.id).match(behind)):
            return data[:feed]
        feed = data.find(b"\n", feed + 1)
    return data if end < 0 else data[:end]


def take_strictly(line: bytes) -> Layout | None:
    """What a line is, if its fixed part is in shape and in the order of the book."""
    layout = LAYOUTS.get(line[:2])
    match = None if layout is None else head(line[:2]).match(line)
    if layout is None or match is None:
        return None
    pattern = b"".join(part.shape.pattern for part in layout.fixed)
    return layout if re.fullmatch(pattern, line[2 : match.end()]) else None


def _delimiter(body: bytes) -> bytes:
    """The byte that ends fields: by the book a bar, else the last byte if it parts the text into fields throughout."""
    last = body[-1:]
    if _DELIMITER in body or not last or last.isalnum() or last.isspace():
        return _DELIMITER
    pieces = [piece for piece in body.split(last) if piece]
    parts = sum(piece[:2] in FIELDS for piece in pieces) >= ENOUGH_FIELDS and all(map(is_field, pieces))
    return last if parts else _DELIMITER


class _Text(StrField):
    """Bytes, which may be given as text, shown as text."""

    def any2i(self, pkt: Packet | None, x: Any) -> Any:
        return x.encode() if isinstance(x, str) else x

    def i2repr(self, pkt: Packet | None, x: Any) -> str:
        return "None" if x is None else repr(bytes(x).decode("utf-8", "backslashreplace"))


class _FieldId(_Text):
    def i2repr(self, pkt: Packet | None, x: Any) -> str:
        field = FIELDS.get(bytes(x or b""))
        if field is None:
            return f"{super().i2repr(pkt, x)} unknown"
        kind = f" [{field.data_class.value}]" if field.data_class else ""
        return f"{super().i2repr(pkt, x)} {field.meaning}{kind}"


class SIP2Field(Packet):
    """One field behind the fixed part. An empty id stands for text between delimiters that is no field."""

    name = "SIP2 field"
    fields_desc = [_FieldId("id", b"AA"), _Text("value", b""), _Text("end", _DELIMITER)]  # noqa: RUF012  (scapy's way)

    def do_dissect(self, s: bytes) -> bytes:
        """Take one field, which ends at the first bar or with the text."""
        piece, end, rest = s.partition(_DELIMITER)
        self.fields.update(_take_field(piece, end).fields)
        return rest


def _take_field(piece: bytes, end: bytes) -> SIP2Field:
    size = 2 if is_field(piece) else 0
    return SIP2Field(id=piece[:size], value=piece[size:], end=end)


class Variable(PacketListField):
    """All fields behind the fixed part; may be given as a mapping, or as pairs of id and value."""

    def __init__(self, name: str) -> None:
        super().__init__(name, [], SIP2Field)

    def any2i(self, pkt: Packet | None, x: Any) -> Any:
        if isinstance(x, Mapping):
            x = x.items()
        if isinstance(x, Packet):
            return [x]
        if not isinstance(x, Iterable):
            return x
        return [one if isinstance(one, Packet) else SIP2Field(id=one[0], value=one[1]) for one in x]

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        line = take_line(s)
        trailer = _TRAILER.search(line)
        size = trailer.start() if trailer else len(line)
        delimiter = _delimiter(line[:size])
        pieces = line[:size].split(delimiter)
        last = pieces.pop()
        found = [_take_field(piece, delimiter) for piece in pieces]
        if last:
            found.append(_take_field(last, b""))
        return s[size:], found


class MessageId(_Text):
    """The two digits that open a message."""

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        return s[2:], s[:2]

    def i2repr(self, pkt: Packet | None, x: Any) -> str:
        layout = LAYOUTS.get(bytes(x or b""))
        return f"{super().i2repr(pkt, x)} {'unknown' if layout is None else layout.title}"


class Part(_Text):
    """A field of the fixed part: shorter text is filled up with blanks, numbers with zeros."""

    __slots__ = ["truths", "width"]

    def __init__(self, part: Fixed) -> None:
        self.width = part.shape.width
        self.truths = (b"0", b"1") if "ok" in part.shape.name else (b"N", b"Y")
        default = DEFAULTS.get(part.shape.name, b" " * self.width)
        super().__init__(RENAMED.get(part.name, part.name), default)

    def any2i(self, pkt: Packet | None, x: Any) -> Any:
        if isinstance(x, bool):
            return self.truths[x]
        if isinstance(x, int):
            return b"%0*d" % (self.width, x)
        if isinstance(x, datetime):
            return f"{x:%Y%m%d    %H%M%S}".encode()
        return super().any2i(pkt, x)

    def addfield(self, pkt: Packet, s: bytes, val: Any) -> bytes:
        return s + bytes(val).ljust(self.width)[: self.width]

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        return s[self.width :], s[: self.width]


class Rest(_Text):
    """What stands in place of a fixed part that is not in shape."""

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        layout = LAYOUTS.get(bytes(pkt.getfieldval("message")))
        line = take_line(s)
        first = line.find(_DELIMITER)
        size = first + 1 if first >= 0 else len(line)
        shifted = FIXED_LIKE.match(line)
        starts = [0 if layout is None else layout.width, shifted.end() if shifted else 0]
        known = (start for start in starts if line[start : start + 2] in FIELDS and not 0 <= first < start)
        size = next(known, size)
        return s[size:], s[:size]


class Sequence(_Text):
    """The digit behind AY."""

    def addfield(self, pkt: Packet, s: bytes, val: Any) -> bytes:
        if val is None:
            val = b"" if bytes(pkt.getfieldval("message")) in UNNUMBERED else b"0"
        return s + (b"AY" + bytes(val) if val else b"")

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        return (s[3:], s[2:3]) if s[:2] == b"AY" else (s, b"")

    def any2i(self, pkt: Packet | None, x: Any) -> Any:
        return b"%d" % x if isinstance(x, int) else super().any2i(pkt, x)


class Checksum(_Text):
    """What stands behind AZ."""

    def addfield(self, pkt: Packet, s: bytes, val: Any) -> bytes:
        if val is None:
            return s + b"AZ" + _sum(s + b"AZ")
        return s + (b"AZ" + bytes(val) if val else b"")

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        line = take_line(s)
        return (s[len(line) :], line[2:]) if line[:2] == b"AZ" else (s, b"")

    def i2repr(self, pkt: Packet | None, x: Any) -> str:
        if not x or pkt is None:
            return super().i2repr(pkt, x)
        text = pkt.self_build()
        at = text.rindex(b"AZ") + 2
        return f"{super().i2repr(pkt, x)} {'good' if _sum(text[:at]) == bytes(x) else 'bad'}"


def _sum(text: bytes) -> bytes:
    """The checksum over `text`, which ends in ``AZ``."""
    return b"%04X" % (-sum(text) & 0xFFFF)


class Terminator(_Text):
    """CR by the book; LF and both are sent, too."""

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, Any]:
        match = _END.match(s)
        size = match.end() if match else 0
        return s[size:], s[:size]
