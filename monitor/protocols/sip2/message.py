"""Takes one frame apart: id, fixed part, fields, trailer with checksum (3M SIP 2.00, revision 2.12).

Rules: bytes are never decoded, for a flow does not say its character set. A frame that is not by the book is still read
as far as it is certain, because what it carries was exposed all the same.
"""

from __future__ import annotations

import re
from functools import cache

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.lazy import lazy
from monitor.model.opaque import Sighting
from monitor.model.record import Record
from monitor.privacy.labels import OTHER
from monitor.privacy.subjects import sighting
from monitor.protocols.sip2.catalog import LAYOUTS, Layout, head
from monitor.protocols.sip2.checksum import byte_sum, sums_characters
from monitor.protocols.sip2.events import Checksum, System
from monitor.protocols.sip2.fields import FIELDS, VARIANTS
from monitor.protocols.sip2.fixed import date_of, read_fixed

DELIMITER = b"|"
"""Ends every field by the book; a system may be set to another byte."""
ENOUGH_FIELDS = 2
"""Known fields that make a frame a message where its fixed part does not: one pair of capitals may be chance."""
CHECKSUM_DIGITS = 4
PADDED_FIELDS = 3
"""Known fields, all with a blank in front, that are a sender's habit; fewer may be the parts of one title."""
SLIP_BYTES = 3
"""By which fixed parts that were counted wrong are seen to be too short or too long."""

# IAC sequences of telnet clients, padding, and what a broken IAC leaves (a lone byte of 0xF0 and above).
_TELNET = lazy(rb"(?:\xff\xfa[^\xff]*\xff\xf0|\xff[\xfb-\xfe].|[\x00\t\n\r \xf0-\xfe]++|\xff)*", re.DOTALL)
_IN_FRONT = b"\x00\t\n\r " + bytes(range(0xF0, 0x100))
"""How all of these begin."""
_LEADING = lazy(rb"[^0-9A-Za-z]*")
_FIELD_ID = lazy(rb"[A-Z][A-Z0-9]")
FIXED_LIKE = lazy(rb"[0-9YNU \t*+-]*")
"""What fixed parts are made of, more or less; the first field's id stands behind it."""
_FILLER = lazy(rb"[^0-9A-Za-z](?=[A-Z][A-Z0-9])")
"""What `head` takes for a delimiter behind a fixed part; it may be a blank too many."""
_DIGITS = lazy(rb" *([0-9A-Fa-f]{0,4})[^0-9A-Za-z]*\Z")
_TRAILER_REACH = 16
"""Bytes at the end of a frame where ``AZ`` may open the checksum: 2 letters, 4 digits, and some padding."""
_BLANKS = b" \t\n\x00"
"""What a value of nothing else was not sent."""
_HOLDER = b"AA"
_INTERNAL = b"XI"
"""Names the person of `_HOLDER` again, by the system's own number."""


_UNKNOWN = Exposed(DataClass.UNCLASSIFIED, OTHER)
_PATRONS = frozenset(name for name, field in FIELDS.items() if field.data_class is DataClass.PATRON_IDENTIFIER)


class Dissection(Record, frozen=False, kw_only=False):
    """One frame taken apart."""

    layout: Layout | None
    """None for an id that SIP 2.00 does not define."""
    exact: bool
    """The fixed part has its strict shape."""
    pieces: list[bytes]
    """What stood between delimiters behind the fixed part: fields, each with its id, and what stray delimiters left."""
    delimiter: bytes
    checksum: Checksum
    digits: int
    """Hexadecimal digits of the checksum, 0 to 4."""
    frame: bytes
    """All of it."""
    start: int
    """Where its fields begin."""

    __repr__ = object.__repr__  # its pieces stood on the wire

    @property
    def closed(self) -> bool:
        """Nothing says that more should follow: enough to call the frame a whole message without its terminator."""
        if self.checksum is Checksum.OK or self.digits == CHECKSUM_DIGITS:
            return True
        last = self.pieces[-1]
        if self.digits or (last and last[:2] != b"AY"):
            return False
        return len(self.pieces) > 1 or bool(last) or (self.exact and self.layout is not None and self.layout.bare)

    @property
    def known_fields(self) -> int:
        """How many pieces open with the id of a known field."""
        return _known(self.pieces)

    @property
    def nearly_exact(self) -> bool:
        """The fixed part is out of shape, but made of the same and as wide, give or take some bytes and a delimiter."""
        if self.layout is None or self.exact:
            return False
        fixed = self.frame[2 : self.start].removesuffix(self.delimiter)
        return abs(len(fixed) - self.layout.width) <= SLIP_BYTES and FIXED_LIKE.fullmatch(fixed) is not None

    @property
    def sums_characters(self) -> bool:
        """The checksum is wrong, and right for a sender that sums characters where bytes are meant."""
        if self.checksum is not Checksum.BAD:
            return False
        at = self.frame.rfind(b"AZ") + 2
        said = _DIGITS.match(self.frame, at)
        return said is not None and sums_characters(self.frame[:at], int(said[1], 16))

    @property
    def date(self) -> bytes:
        """The date that its fixed part holds, where that is in shape and by the book; else nothing."""
        return date_of(self.layout, self.frame) if self.layout is not None and self.exact else b""


def strip_telnet(frame: bytes) -> bytes:
    """Drop what telnet clients and padding put in front of a line."""
    if frame and frame[0] not in _IN_FRONT:
        return frame
    return frame[_TELNET.match(frame).end() :]  # type: ignore[union-attr]  # the pattern matches the empty string


def strip_leading(frame: bytes) -> bytes:
    """Drop what servers ignore in front of a message: everything up to the first ASCII letter or digit."""
    if frame[:1].isdigit():
        return frame
    frame = strip_telnet(frame)
    return frame[_LEADING.match(frame).end() :]  # type: ignore[union-attr]  # the pattern matches the empty string


def opens(line: bytes) -> bool:
    """True when a line opens like a message, so that a line feed behind it may lie inside a value."""
    if line[:2] not in LAYOUTS:
        return False
    return head(line[:2]).match(line) is not None or line[2:4] in FIELDS


def dissect(frame: bytes, delimiter: bytes, *, within: bool = False) -> Dissection | None:
    """Take apart a frame without its terminator and without leading junk.

    Args:
        frame: from the first digit of the id.
        delimiter: the one this flow was last seen to use; another one is found if this one does not occur.
        within: the flow is known to be SIP2, so nothing but fields is a message, whether or not their ids are known.

    Returns:
        None for what cannot be told from chance.
    """
    if not frame:
        return None
    layout = LAYOUTS.get(frame[:2])
    match = None if layout is None else head(frame[:2]).match(frame)
    start = _resume(frame, layout, delimiter) if match is None else match.end()
    if start < 0:
        return None
    if match is not None and _FILLER.match(frame, start) and not frame.startswith(delimiter, start):
        start += 1
    end, checksum, digits = _trailer(frame, start)
    body = frame[start:end]
    if body and delimiter not in body:
        delimiter = _learn(body) or delimiter
    pieces = _unpadded(body.split(delimiter))
    exact = match is not None
    if not exact and checksum is not Checksum.OK and _known(pieces) < ENOUGH_FIELDS:
        shaped = [is_field(piece) for piece in pieces if piece]
        if not (within and delimiter in frame and all(shaped) and len(shaped) >= (1 if layout else ENOUGH_FIELDS)):
            return None
    return Dissection(layout, exact, pieces, delimiter, checksum, digits, frame, start)


def fields_of(found: Dissection, pieces: list[bytes]) -> list[bytes]:
    """Some or all pieces of a message, with values that held a delimiter in one piece again."""
    if all(is_field(piece) for piece in pieces if piece):
        return pieces
    return _rejoin(pieces, found.delimiter)


def filled(fields: list[bytes]) -> list[bytes]:
    """The fields that hold a value; empty and blank ones were not sent."""
    return [field for field in fields if field[2:].strip(_BLANKS)]


def exposures(fields: list[bytes], system: System = System.UNKNOWN) -> tuple[Exposed, ...]:
    """What fields that hold a value expose in a flow of this system; their ids are enough."""
    known = _facts(system)
    facts = [known.get(field[:2], _UNKNOWN) for field in fields]
    return tuple([fact for fact in facts if fact is not None])


def fixed_exposures(found: Dissection) -> tuple[Exposed, ...]:
    """What the fixed part of a message exposes."""
    return () if found.layout is None else read_fixed(found.layout, found.frame, exact=found.exact)


def patrons_among(fields: list[bytes]) -> tuple[int, ...]:
    """Which of the fields that hold a value say who a patron is; their ids are enough."""
    names = [field[:2] for field in fields]
    spare = _INTERNAL if _HOLDER in names else b""
    return tuple(place for place, name in enumerate(names) if name in _PATRONS and name != spare)


def sightings(identifiers: list[bytes]) -> tuple[Sighting, ...]:
    """The patrons that go by these identifiers, each once."""
    if len(identifiers) == 1:
        return (sighting(identifiers[0]),)
    return tuple(sighting(one) for one in dict.fromkeys(one.strip() for one in identifiers))


def is_field(piece: bytes) -> bool:
    """True when a piece opens with something of the shape of a field id."""
    return _FIELD_ID.match(piece) is not None


@cache  # one for each system
def _facts(system: System) -> dict[bytes, Exposed | None]:
    """What a value in each field is; None for what says nothing of a patron."""
    fields = FIELDS | {name: said[system] for name, said in VARIANTS.items() if system in said}
    return {
        name: None if field.data_class is None else Exposed(field.data_class, field.key)
        for name, field in fields.items()
    }


def _resume(frame: bytes, layout: Layout | None, delimiter: bytes) -> int:
    """Where fields start in a frame whose fixed part is not in shape, or -1.

    Where a byte or two are missing; behind the right number of wrong bytes; where the first id stands behind what is
    too short or too long, or behind nothing (Renew All is sent without its date); or behind a delimiter.
    """
    if not frame[:2].isdigit():
        return -1
    first = frame.find(delimiter, 2)
    loose = FIXED_LIKE.match(frame, 2).end()  # type: ignore[union-attr]  # the pattern matches the empty string
    found = frame[loose : loose + 2] in FIELDS
    if layout is not None and layout.width:
        start = 2 + layout.width
        slipped = found and start - SLIP_BYTES <= loose < start
        if frame[start : start + 2] in FIELDS and not slipped and not 0 <= first < start:
            return start
    return loose if found else first + 1 or -1


def _trailer(frame: bytes, start: int) -> tuple[int, Checksum, int]:
    """Where the trailer begins, what its checksum is worth, and how many digits that has."""
    size = len(frame)
    if frame[-6:-4] == b"AZ" and size - 6 >= start and frame[-4:] == b"%04X" % (-byte_sum(frame, size - 4) & 0xFFFF):
        return size - 9 if size - 9 >= start and frame[-9:-7] == b"AY" else size - 6, Checksum.OK, CHECKSUM_DIGITS
    at = frame.rfind(b"AZ", max(start, size - _TRAILER_REACH))
    match = _DIGITS.match(frame, at + 2) if at >= 0 else None
    if match is None:
        return size, Checksum.ABSENT, 0
    sequence = at - 3 >= start and frame[at - 3 : at - 1] == b"AY"
    begin = at - 3 if sequence else at
    digits = match[1]
    if digits and (byte_sum(frame, at + 2) + int(digits, 16)) & 0xFFFF == 0:
        return begin, Checksum.OK, len(digits)
    if not sequence and at > start and frame[at - 1 : at].isalnum():
        return size, Checksum.ABSENT, 0  # the end of a value that happens to read AZ
    return begin, Checksum.BAD if digits else Checksum.ABSENT, len(digits)


def _learn(body: bytes) -> bytes | None:
    """The delimiter of a body that does not hold the expected one, if its last byte parts it into fields throughout."""
    delimiter = body[-1:]
    if delimiter.isalnum() or (delimiter.isspace() and delimiter != b"\t"):
        return None
    pieces = [piece for piece in body.split(delimiter) if piece]
    if _known(pieces) >= ENOUGH_FIELDS and all(is_field(piece) for piece in pieces):
        return delimiter
    return None


def _unpadded(pieces: list[bytes]) -> list[bytes]:
    """The pieces without the blanks that a sender puts behind every delimiter."""
    if len(pieces) < PADDED_FIELDS or not all(piece[:1].isspace() for piece in pieces[1:] if piece):
        return pieces
    bare = [piece.lstrip(_BLANKS) for piece in pieces]
    filled = sum(map(bool, bare))
    return bare if filled >= PADDED_FIELDS and _known(bare) == filled else pieces


def _known(pieces: list[bytes]) -> int:
    return sum(piece[:2] in FIELDS for piece in pieces)


def _rejoin(pieces: list[bytes], delimiter: bytes) -> list[bytes]:
    """Put values that held a delimiter together again: a piece without a field id belongs to the one before."""
    fields: list[list[bytes]] = []
    empty: list[bytes] = []
    for piece in pieces:
        if not piece:
            empty.append(piece)
            continue
        if is_field(piece):
            fields.append([piece])
        elif fields:
            fields[-1] += [*empty, piece]
        empty = []
    return [delimiter.join(parts) for parts in fields]
