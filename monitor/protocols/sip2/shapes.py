"""What one flow's messages have shown of the system that answers, and the usual message read at a glance by it.

What there is to say of that was said of the last one of the same shape.

A system sends the same few messages over and over, with values in the same fields. A shape is the id of a message,
whether it has a checksum, what was known of the system, which facts its fixed part tells, and the ids of the fields
that hold a value; all that is said of a message but who its patrons are follows from that. Rules: no value is ever part
of a shape; a message that is unusual in any way has none, and is taken apart by `message`, with the same result. Read
either way, the same is known of the flow behind it: so what values tell is looked at in a flow's first messages only,
and in fields that exist to tell it, which are never read at a glance. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from functools import lru_cache

import cython

if cython.compiled:
    from cython.cimports.cpython.object import PyObject, PyTypeObject
    from cython.cimports.monitor.privacy.subjects import sighting
    from cython.cimports.monitor.protocols.sip2.survey import survey, value
else:
    from monitor.privacy.subjects import sighting
    from monitor.protocols.sip2.survey import survey, value

from monitor.model.events import Exposed, Sighted
from monitor.protocols.sip2.access import Access, Pairing, pair
from monitor.protocols.sip2.catalog import LAYOUTS, Layout
from monitor.protocols.sip2.events import Checksum, MessageId, Role, Sip2LoginAnswer, Sip2Message, System
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.fixed import date_of, facts
from monitor.protocols.sip2.fixed import form as form_of
from monitor.protocols.sip2.fixed import plan as plan_of
from monitor.protocols.sip2.message import DELIMITER, Dissection, dissect, exposures, patrons_among, sightings
from monitor.protocols.sip2.survey import FIELDS_AT, SEALED, START_AT
from monitor.protocols.sip2.systems import INSTITUTION, SPEAKING, infer, infer_from_value, settle

MAX_SHAPES = 4_096
"""Kept; a library system with all its clients shows some dozens. At most 10 MB, whoever sends what. When full all are
forgotten, which costs time only."""


@cython.final
@cython.cclass
class Shape:
    """What is said of every message of one shape."""

    event: Sip2Message
    system: System
    """What is known of the system once such a message was seen."""
    patrons: tuple[int, ...]
    """Places of the patrons among the fields that hold a value."""
    institution: cython.int
    """Place of the institution among them, or -1."""
    pairing: Pairing | None
    """What it says of who was let in."""

    def __init__(self, event: Sip2Message, patrons: tuple[int, ...], institution: int, pairing: Pairing | None) -> None:
        self.event = event
        self.system = event.system
        self.patrons = patrons
        self.institution = institution
        self.pairing = pairing


_OPENINGS: list[tuple[bytes, bytes] | None] = [None] * 100
"""The form of each message's fixed part and where it may say something, by the number that is its id."""
_SHAPES: dict[bytes, Shape] = {}
_SYSTEMS = tuple(System)
_ID_BYTES = cython.declare(cython.Py_ssize_t, 2)
_SEAL = cython.declare(cython.Py_ssize_t, 2)
_START = cython.declare(cython.Py_ssize_t, START_AT)
_MARK = DELIMITER[0]
_0 = cython.declare(cython.int, ord("0"))


LOOKS = 4
"""First messages of a flow with an institution whose values are looked at; the first answer is the last of them."""
_ZONE = slice(8, 12)
"""Place of the time zone in a date."""
_SIERRA_ZONE = b"0000"


@cython.final
@cython.cclass
class Dialect:
    """The habits of one flow."""

    delimiter = cython.declare(bytes, visibility="public")
    system = cython.declare(object, visibility="readonly")
    looks = cython.declare(cython.int, visibility="public")
    """Messages with an institution whose values are still to be looked at."""
    number: cython.int
    """Of the system."""

    def __init__(self) -> None:
        self.delimiter = DELIMITER
        self.looks = LOOKS
        self.turn_to(System.UNKNOWN)

    @cython.ccall
    def turn_to(self, system: System) -> cython.int:
        """Know that this system answers."""
        self.system = system
        self.number = system.number
        return 0

    def read(self, frame: bytes) -> Dissection | None:
        """Take a frame apart, and learn its delimiter."""
        dissection = dissect(frame, self.delimiter)
        if dissection is not None:
            self.delimiter = dissection.delimiter
        return dissection

    def whole(self, line: bytes) -> bool:
        """True when a line is a message that lacks nothing but its terminator."""
        dissection = dissect(line, self.delimiter)
        return dissection is not None and dissection.closed

    def learn(self, found: Dissection, fields: list[bytes]) -> None:
        """Learn whose system this is from a whole message and its fields that hold a value."""
        self.turn_to(settle(self.system, infer(field[:2] for field in fields)))
        for field in fields:
            if field[:2] in SPEAKING:
                self.turn_to(settle(self.system, infer_from_value(field[:2], field[2:])))
        institution = next((field[2:] for field in fields if field[:2] == INSTITUTION), None)
        if self.looks and found.layout is not None and institution is not None:
            self.look(found.layout, institution, found.date)

    def look(self, layout: Layout, institution: bytes, date: bytes) -> None:
        """Learn from the values of one of the first messages: the institution, and the first date, if there is one."""
        self.turn_to(settle(self.system, infer_from_value(INSTITUTION, institution)))
        answers = layout.sender is Role.ACS
        if answers and date[_ZONE] == _SIERRA_ZONE:
            self.turn_to(settle(self.system, System.SIERRA))
        self.looks = 0 if answers else self.looks - 1


@lru_cache(maxsize=MAX_SHAPES)
def message_event(
    message: MessageId, sender: Role, checksum: Checksum, exposed: tuple[Exposed, ...], system: System = System.UNKNOWN
) -> Sip2Message:
    """The one event that says this."""
    return Sip2Message(exposed=exposed, message=message, sender=sender, checksum=checksum, system=system)


def glance(line: bytes, dialect: Dialect, access: Access) -> tuple[Sip2Message | Sip2LoginAnswer | Sighted, ...] | None:
    """What there is to say of a line that is one message of the usual kind; None for any other.

    Args:
        line: some bytes, from where a message should begin.
        dialect: of this flow; it learns whose system this is.
        access: of this flow; it pairs requests with answers.
    """
    opening = _opening_of(line)
    if opening is None:
        return None
    delimiter: bytes = dialect.delimiter
    mark: cython.int = delimiter[0]
    form, plan = cython.cast(tuple, opening)
    key: bytes | None = survey(line, mark, dialect.number, form, plan)
    if key is None:
        return None
    shapes: dict[bytes, Shape] = _SHAPES
    shape: Shape | None = shapes.get(key)
    if shape is None:
        shape = _meet(key)
        if shape is None:
            return None
    start: cython.int = key[_START]
    if dialect.system is not shape.system:
        dialect.turn_to(shape.system)
    if dialect.looks and shape.institution >= 0:
        layout = LAYOUTS[line[:2]]
        dialect.look(layout, value(line, start, mark, shape.institution), date_of(layout, line))
        if dialect.system is not shape.system:
            shape = _again(shape, key, dialect.system)
    event, pairing, patrons = shape.event, shape.pairing, shape.patrons
    is_other: cython.bint = pairing is not None and pairing.is_other
    if pairing is not None and not is_other:
        event = access.turn(line, start, mark, pairing, event)
    message: Sip2Message | Sighted = event
    if len(patrons) == 1:
        message = _sighted(event, (sighting(value(line, start, mark, patrons[0])),))
    elif patrons:
        message = _sighted(event, sightings([value(line, start, mark, at) for at in patrons]))
    return access.other(line, start, mark, pairing, message) if is_other else (message,)


@cython.cfunc
def _sighted(event: Sip2Message, patrons: tuple) -> Sighted:  # type: ignore[type-arg]
    """Makes one without a call in Python: it is made for every message that names a patron."""
    if cython.compiled:
        of_tuples = cython.cast(cython.pointer(PyTypeObject), tuple)
        values = ((event, patrons),)
        return of_tuples.tp_new(Sighted, cython.cast(cython.pointer(PyObject), values), cython.NULL)
    return Sighted(event, patrons)


def sealed(line: bytes) -> bytes:
    """The id of a line that is one message of the usual kind with a checksum that is right; nothing of any other."""
    opening = _opening_of(line)
    if opening is None:
        return b""
    form, plan = cython.cast(tuple, opening)
    key: bytes | None = survey(line, _MARK, 0, form, plan)
    return key[:_ID_BYTES] if key is not None and key[_SEAL] == SEALED else b""


@cython.cfunc
def _opening_of(line: bytes) -> tuple[bytes, bytes] | None:
    """How a line is read, by the id that it opens with."""
    if len(line) < _ID_BYTES:
        return None
    tens: cython.int = line[0] - _0
    ones: cython.int = line[1] - _0
    if not (0 <= tens <= 9 and 0 <= ones <= 9):
        return None
    return _OPENINGS[10 * tens + ones] or _open(line[:2])


def _open(message: bytes) -> tuple[bytes, bytes] | None:
    """How a message of this id is read, if there is one."""
    if message not in LAYOUTS:
        return None
    opening = _OPENINGS[int(message)] = (form_of(message), plan_of(message))
    return opening


def _again(shape: Shape, key: bytes, system: System) -> Shape:
    """The shape of a message whose values told whose system this is."""
    told = key[:3] + bytes([system.number]) + key[4:]
    return _SHAPES.get(told) or _meet(told) or shape


def _meet(key: bytes) -> Shape | None:
    """The shape of a message that is the first of its kind, if all its fields are known and none must be read."""
    names = [key[at : at + 2] for at in range(FIELDS_AT, len(key), 2)]
    if not all(name in FIELDS and name not in SPEAKING for name in names):
        return None
    layout = LAYOUTS[key[:2]]
    checksum = Checksum.OK if key[2] == SEALED else Checksum.ABSENT
    system = settle(_SYSTEMS[key[3]], infer(names))
    exposed = facts(layout.id, key[4]) + exposures(names, system)
    event = message_event(layout.message, layout.sender, checksum, exposed, system)
    if len(_SHAPES) >= MAX_SHAPES:
        _SHAPES.clear()
    institution = names.index(INSTITUTION) if INSTITUTION in names else -1
    shape = _SHAPES[key] = Shape(event, patrons_among(names), institution, pair(layout.id, names))
    return shape
