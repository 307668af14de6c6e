"""Reads the usual message at a glance: what there is to say of it was said of the last one of the same shape.

A system sends the same few messages over and over, with values in the same fields. A shape is the id of a message,
whether it has a checksum, what was known of the system, which facts its fixed part tells, and the ids of the fields
that hold a value; all that is said of a message but who its patrons are follows from that. Rules: no value is ever part
of a shape; a message that is unusual in any way has none, and is taken apart by `message`, with the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import cython

from monitor.model.events import Event, Exposed, Sighted
from monitor.model.named import NamedTuple
from monitor.model.opaque import Sighting
from monitor.privacy.subjects import sighting
from monitor.protocols.sip2.access import Access, Pairing, pair
from monitor.protocols.sip2.catalog import LAYOUTS
from monitor.protocols.sip2.dialect import Dialect
from monitor.protocols.sip2.events import Checksum, MessageId, Role, Sip2LoginAnswer, Sip2Message, System
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.fixed import date_of, facts, form, plan
from monitor.protocols.sip2.heads import fixed_end
from monitor.protocols.sip2.message import exposures, patrons_among, sightings
from monitor.protocols.sip2.survey import FIELDS_AT, SEALED, survey, value
from monitor.protocols.sip2.systems import INSTITUTION, SPEAKING, infer, settle

MAX_SHAPES = 4_096
"""Kept; a library system with all its clients shows some dozens. At most 10 MB, whoever sends what. When full all are
forgotten, which costs time only."""


class Shape(NamedTuple):
    """What is said of every message of one shape."""

    event: Sip2Message
    patrons: tuple[int, ...]
    """Places of the patrons among the fields that hold a value."""
    institution: int
    """Place of the institution among them, or -1."""
    pairing: Pairing | None
    """What it says of who was let in."""


_sighted: Callable[[tuple[Event, tuple[Sighting, ...]]], Sighted] = partial(tuple.__new__, Sighted)
"""Makes one without a call in Python: it is made for every message that names a patron."""
_OPENINGS: dict[bytes, tuple[bytes, bytes]] = {}
"""The form of each message's fixed part and where it may say something, by its id."""
_SHAPES: dict[bytes, Shape] = {}
_SYSTEMS = tuple(System)


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
    opening = _OPENINGS.get(line[:2]) or _open(line[:2])
    if opening is None:
        return None
    fixed, places = opening
    end = line.find(b"\r")
    start = fixed_end(line, end, fixed)
    if start < 0:
        return None
    mark = dialect.delimiter[0]
    key = survey(line, start, end, mark, dialect.system.number, places)
    if key is None:
        return None
    shape = _SHAPES.get(key) or _meet(key)
    if shape is None:
        return None
    event, patrons, institution, pairing = cython.cast(tuple, shape)
    dialect.system = event.system
    if institution >= 0 and dialect.looks:
        layout = LAYOUTS[line[:2]]
        dialect.look(layout, value(line, start, mark, institution), date_of(layout, line))
        if dialect.system is not event.system:
            event = _again(event, key, dialect.system)
    message: Sip2Message | Sighted = event
    if len(patrons) == 1:
        message = _sighted((event, (sighting(value(line, start, mark, patrons[0])),)))
    elif patrons:
        message = _sighted((event, sightings([value(line, start, mark, at) for at in patrons])))
    return (message,) if pairing is None else access.glance(line, start, mark, pairing, message)


def _open(message: bytes) -> tuple[bytes, bytes] | None:
    """How a message of this id is read, if there is one."""
    if message not in LAYOUTS:
        return None
    opening = _OPENINGS[message] = (form(message), plan(message))
    return opening


def _again(event: Sip2Message, key: bytes, system: System) -> Sip2Message:
    """What is said of a message whose values told whose system this is."""
    told = key[:3] + bytes([system.number]) + key[4:]
    shape = _SHAPES.get(told) or _meet(told)
    return shape.event if shape else event


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
