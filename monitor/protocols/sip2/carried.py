"""Reads SIP2 messages that another protocol carries, each by itself: as one text, or taken apart already.

Rule: as certain as a message on a connection of its own; what merely looks a little like SIP2 is nothing.
Whose system this is, each message tells by itself: a gateway may speak for several. Who is let in, an answer tells
beside what was asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.events import Sighted
from monitor.protocols.sip2.access import Access
from monitor.protocols.sip2.catalog import LAYOUTS, Layout, head
from monitor.protocols.sip2.events import Checksum, Sip2LoginAnswer, Sip2Message
from monitor.protocols.sip2.fields import FIELDS
from monitor.protocols.sip2.message import (
    DELIMITER,
    ENOUGH_FIELDS,
    Dissection,
    dissect,
    exposures,
    fields_of,
    filled,
    fixed_exposures,
    is_field,
    patrons_among,
    sightings,
    strip_leading,
)
from monitor.protocols.sip2.shapes import Dialect, message_event

Told = tuple[Sip2Message | Sip2LoginAnswer | Sighted, ...]
"""What there is to say of a message; nothing of what is none."""

_PADDING = b"\r\n\t \0"


def layout_of(text: bytes) -> Layout | None:
    """The message that opens with the same two digits, whatever stands behind them."""
    return LAYOUTS.get(text[:2])


def read_text(text: bytes, access: Access) -> Told:
    """What there is to say of a text that should be one whole message; `access` knows what was asked before it."""
    found = dissect(strip_leading(text).rstrip(_PADDING), DELIMITER)
    if found is None or found.layout is None:
        return ()
    return _tell(found.layout, found, access)


def read_parts(access: Access, message: bytes, fixed: bytes, fields: Sequence[bytes]) -> Told:
    """The same of a message whose parts are given.

    Args:
        access: knows what was asked before.
        message: its two digits.
        fixed: the fixed part.
        fields: each with its id in front.
    """
    layout = LAYOUTS.get(message)
    if layout is None or not all(map(is_field, fields)):
        return ()
    opening = message + fixed
    exact = head(message).fullmatch(opening) is not None
    if not exact and sum(one[:2] in FIELDS for one in fields) < ENOUGH_FIELDS:
        return ()
    found = Dissection(layout, exact, list(fields), DELIMITER, Checksum.ABSENT, 0, opening, len(opening))
    return _tell(layout, found, access)


def _tell(layout: Layout, found: Dissection, access: Access) -> Told:
    fields = filled(fields_of(found, found.pieces))
    dialect = Dialect()
    dialect.learn(found, fields)
    exposed = fixed_exposures(found) + exposures(fields, dialect.system)
    event = message_event(layout.message, layout.sender, found.checksum, exposed, dialect.system)
    patrons = patrons_among(fields)
    seen = Sighted(event, sightings([fields[place][2:] for place in patrons])) if patrons else event
    return access.take(found.frame, fields, seen)
