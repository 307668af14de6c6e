"""Reads the usual message at a glance: what there is to say of it was said of the last one of the same shape.

A system sends the same few messages over and over, with values in the same fields. A shape is the id of a message,
whether it has a checksum, and the ids of the fields that hold a value; all that is said of a message but who its
patrons are follows from that. Rules: no value is ever part of a shape; a message that is unusual in any way has none,
and is taken apart by `message`, with the same result.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from monitor.model.events import Exposed, Sighted
from monitor.protocols.sip2.catalog import LAYOUTS, head
from monitor.protocols.sip2.events import Checksum, MessageId, Role, Sip2Message
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.message import exposures, patrons_among, sightings
from monitor.protocols.sip2.survey import SEALED, survey, value

MAX_SHAPES = 4_096
"""Kept; a library system with all its clients shows some dozens. At most 10 MB, whoever sends what. When full all are
forgotten, which costs time only."""


class Shape(NamedTuple):
    """What is said of every message of one shape."""

    event: Sip2Message
    patrons: tuple[int, ...]
    """Places of the patrons among the fields that hold a value."""


_SHAPES: dict[bytes, Shape] = {}


@lru_cache(maxsize=MAX_SHAPES)
def message_event(message: MessageId, sender: Role, checksum: Checksum, exposed: tuple[Exposed, ...]) -> Sip2Message:
    """The one event that says this."""
    return Sip2Message(exposed=exposed, message=message, sender=sender, checksum=checksum)


def glance(line: bytes, delimiter: bytes) -> Sip2Message | Sighted | None:
    """What there is to say of a line that is one message of the usual kind; None for any other.

    Args:
        line: some bytes, from where a message should begin.
        delimiter: the one this flow was last seen to use.
    """
    opening = line[:2]
    if opening not in LAYOUTS:
        return None
    end = line.find(b"\r")
    fixed = head(opening).match(line, 0, end) if end > 0 else None
    if fixed is None:
        return None
    start, mark = fixed.end(), delimiter[0]
    key = survey(line, start, end, mark)
    if key is None:
        return None
    shape = _SHAPES.get(key) or _meet(key)
    if shape is None or not shape.patrons:
        return shape.event if shape else None
    return Sighted(shape.event, sightings([value(line, start, mark, place) for place in shape.patrons]))


def _meet(key: bytes) -> Shape | None:
    """The shape of a message that is the first of its kind, if all its fields are known."""
    names = [key[at : at + 2] for at in range(3, len(key), 2)]
    if not all(name in FIELDS for name in names):
        return None
    layout = LAYOUTS[key[:2]]
    checksum = Checksum.OK if key[2] == SEALED else Checksum.ABSENT
    event = message_event(layout.message, layout.sender, checksum, exposures(names))
    if len(_SHAPES) >= MAX_SHAPES:
        _SHAPES.clear()
    shape = _SHAPES[key] = Shape(event, patrons_among(names))
    return shape
