"""What the fixed parts of messages say of a patron, for they do so without any field.

Rules: a flag says something when it is set, a number when it is not zero, a code whatever it is. Of a fixed part out
of shape, only what stands ahead of the first date is believed: a date that lost a blank still looks like one, and moves
all behind it. What a request asks for and how a transaction ended is not told: that is in the fields beside it.
"""

from __future__ import annotations

import re
from functools import cache

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.named import NamedTuple
from monitor.privacy.labels import typed
from monitor.protocols.sip2.catalog import LAYOUTS, Fixed, Layout, Shape
from monitor.protocols.sip2.survey import GROUPS, is_date

_FLAG, _NUMBER, _CODE = b"YY", b"19", b"09"
"""From which byte to which one tells."""
_C = DataClass
_DATE = "date"
"""Name of the shape that is checked as a whole."""
_SAID = {
    "patron_status": (_C.ACCOUNT_STATUS, _FLAG),
    "hold_items_count": (_C.CIRCULATION, _NUMBER),
    "overdue_items_count": (_C.CIRCULATION, _NUMBER),
    "charged_items_count": (_C.CIRCULATION, _NUMBER),
    "fine_items_count": (_C.FEES, _NUMBER),
    "recall_items_count": (_C.CIRCULATION, _NUMBER),
    "unavailable_holds_count": (_C.CIRCULATION, _NUMBER),
    "renewed_count": (_C.CIRCULATION, _NUMBER),
    "unrenewed_count": (_C.CIRCULATION, _NUMBER),
    "card_retained": (_C.ACCOUNT_STATUS, _FLAG),
    "fee_type": (_C.FEES, _CODE),
    "payment_type": (_C.FEES, _CODE),
    "payment_accepted": (_C.FEES, _FLAG),
}
FACTS = {name: Exposed(data_class, typed(name)) for name, (data_class, _) in _SAID.items()}
"""What each part that says something of a patron is, by its name in the catalog: the keys that reports give them."""
_OF_ITEMS = frozenset({b"18"})
"""Messages whose fee type is that of an item, whoever borrows it."""


class _Place(NamedTuple):
    fact: str
    at: int
    """From the first byte of the message."""
    width: int
    tells: bytes


def plan(message: bytes) -> bytes:
    """Where `survey` looks for what a message's fixed part says, for one of the ids in `LAYOUTS`.

    Returns:
        of each place the number of the fact in `facts`, where it begins, its width, the first and last byte that tell.
    """
    names = _names(LAYOUTS[message])
    return b"".join(
        bytes((names.index(place.fact), place.at, place.width)) + place.tells for place in _places(LAYOUTS[message])
    )


@cache
def form(message: bytes) -> bytes:
    """The shape of a message's fixed part for `survey.fixed_end`, for one of the ids in `LAYOUTS`.

    Returns:
        of each order of its parts how many there are, then of each part its width, and a bit for each of the `GROUPS`
        whose bytes it may hold; none where it is a date or a version.
    """
    layout = LAYOUTS[message]
    return b"".join(
        bytes([len(order)]) + b"".join(bytes((part.shape.width, _groups(part.shape))) for part in order)
        for order in _orders(layout)
    )


def facts(message: bytes, bits: int) -> tuple[Exposed, ...]:
    """What a fixed part says, by the numbers of the facts that were found in it."""
    return tuple(FACTS[name] for number, name in enumerate(_names(LAYOUTS[message])) if bits >> number & 1)


def read_fixed(layout: Layout, frame: bytes, *, exact: bool) -> tuple[Exposed, ...]:
    """What the fixed part of a message says; where it is not `exact`, what stands in shape ahead of the first date."""
    said: set[str] = set()
    for order in _orders(layout):
        at = 2
        for part in order:
            end = at + part.shape.width
            if not re.fullmatch(part.shape.pattern, frame[at:end]) or (part.shape.name == _DATE and not exact):
                break
            if _tells(layout, part) and _is_told(frame[at:end], _SAID[part.name][1]):
                said.add(part.name)
            at = end
    return tuple(FACTS[name] for name in _names(layout) if name in said)


def date_of(layout: Layout, frame: bytes) -> bytes:
    """The first date of a message whose fixed part is in shape; nothing where it has none."""
    at = 2
    for part in layout.fixed:
        end = at + part.shape.width
        if part.shape.name == _DATE:
            return frame[at:end] if is_date(frame, at) else b""
        at = end
    return b""


@cache
def _groups(shape: Shape) -> int:
    """A bit for each of the groups of bytes that all places of a part take; 0 where places differ."""
    return sum(1 << bit for bit, group in enumerate(GROUPS) if group[0] in shape.takes)


def _is_told(text: bytes, tells: bytes) -> bool:
    return any(tells[0] <= byte <= tells[1] for byte in text)


def _orders(layout: Layout) -> tuple[tuple[Fixed, ...], ...]:
    return (layout.fixed, layout.also) if layout.also else (layout.fixed,)


def _tells(layout: Layout, part: Fixed) -> bool:
    return part.name in _SAID and layout.id not in _OF_ITEMS


@cache
def _places(layout: Layout) -> tuple[_Place, ...]:
    places = []
    for order in _orders(layout):
        at = 2
        for part in order:
            if _tells(layout, part):
                places.append(_Place(part.name, at, part.shape.width, _SAID[part.name][1]))
            at += part.shape.width
    return tuple(places)


@cache
def _names(layout: Layout) -> tuple[str, ...]:
    """The parts that say something, in the order of the book."""
    return tuple(part.name for part in layout.fixed if _tells(layout, part))
