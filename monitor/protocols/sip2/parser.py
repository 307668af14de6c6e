"""The SIP2 parser: frames in, messages and oddities out.

Rules: a message counts once it is whole; what a cut one certainly exposed is a `Sip2Fragment`. Where the first byte may
lie inside a message (a flow met halfway, bytes lost), the first frame counts only if it is a message beyond doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cython

from monitor.model.contract import Octets
from monitor.model.events import Output, Sighted, Weird
from monitor.model.flow import Close, Side
from monitor.model.lazy import lazy
from monitor.model.opaque import Sighting
from monitor.protocols.sip2.access import Access
from monitor.protocols.sip2.catalog import LAYOUTS
from monitor.protocols.sip2.events import Checksum, MessageId, Sip2Fragment, Sip2Weird
from monitor.protocols.sip2.framing import Ending, Framer
from monitor.protocols.sip2.message import (
    Dissection,
    dissect,
    exposures,
    fields_of,
    filled,
    fixed_exposures,
    patrons_among,
    sightings,
)
from monitor.protocols.sip2.preamble import Preamble
from monitor.protocols.sip2.shapes import Dialect, glance, message_event

_SEALED = lazy(rb"AY[0-9]AZ[0-9A-F]{4}\r\n?\Z")
_BAD_CHECKSUM = Weird(name=Sip2Weird.BAD_CHECKSUM)
_CHARACTER_CHECKSUM = Weird(name=Sip2Weird.CHARACTER_CHECKSUM)
_SHORT_FIXED_PART = Weird(name=Sip2Weird.SHORT_FIXED_PART)
_UNKNOWN_MESSAGE = Weird(name=Sip2Weird.UNKNOWN_MESSAGE)
_NOT_A_MESSAGE = Weird(name=Sip2Weird.NOT_A_MESSAGE)
_OVERSIZE_FRAME = Weird(name=Sip2Weird.OVERSIZE_FRAME)
_CUT_MESSAGE = Weird(name=Sip2Weird.CUT_MESSAGE)
_LOST_BYTES = Weird(name=Sip2Weird.LOST_BYTES)


@cython.final
@cython.cclass
class Sip2Parser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    _access: Access
    _dialect: Dialect
    _framers: tuple[Framer, Framer]
    _doubtful: list[bool]
    _preamble: Preamble | None
    _usual: list[bool]
    """Sides whose next message may be read at once: nothing is under way, and CR is known to end messages."""

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._access = Access()
        self._dialect = Dialect()
        self._framers = (Framer(self._dialect.whole), Framer(self._dialect.whole))
        self._doubtful = [not from_start, not from_start]
        self._preamble = Preamble() if from_start else None
        self._usual = [False, False]

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        place: cython.int = side
        line = data if type(data) is bytes else bytes(data)  # a call that copies nothing is a call, too
        if self._usual[place]:
            said = glance(line, self._dialect, self._access)
            if said is not None:
                return said
        elif self._framers[place].ready and _SEALED.search(line):
            said = glance(line, self._dialect, self._access)
            if said is not None:
                return self._begin(side, said)
        return self._read(side, data)

    def _begin(self, side: Side, said: Iterable[Output]) -> list[Output]:
        """Take what one of the first messages of a side said, which is beyond doubt by its checksum."""
        outputs = list(said)
        self._doubtful[side] = False
        self._confirm(side, Ending.CR, outputs)
        self._usual[side] = self._preamble is None
        return outputs

    def _read(self, side: Side, data: Octets) -> list[Output]:
        """Take any bytes of a side."""
        framer = self._framers[side]
        outputs: list[Output] = []
        for frame in framer.frames(data):
            self._frame(side, *frame, outputs)
        if self._preamble is not None and self._preamble.is_open(side):
            outputs += self._preamble.unfinished(side, framer.pending)
        self._usual[side] = framer.settled and self._preamble is None and not self._doubtful[side]
        return outputs

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway): give up the frame they belonged to."""
        outputs: list[Output] = [_LOST_BYTES] if size_bytes else []
        self._end_preamble(outputs)
        self._access.forget()
        rest = self._framers[side].take()
        found = dissect(rest, self._dialect.delimiter, within=True)
        if found is not None and found.checksum is Checksum.OK:
            self._whole(side, found, outputs)
        elif rest and not self._doubtful[side]:
            self._cut(rest, found, outputs)
        self._doubtful[side] = True
        self._usual[side] = False
        return outputs

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended: its last message may lack nothing but the terminator."""
        outputs: list[Output] = []
        rest = self._framers[side].take()
        asking = self._preamble is not None and self._preamble.prompts(side)
        if self._preamble is not None:
            self._end_preamble_side(self._preamble, side, outputs)
        found = dissect(rest, self._dialect.delimiter, within=True)
        doubtful, self._doubtful[side] = self._doubtful[side], False
        if found is not None and found.layout is not None and found.closed and (_certain(found) or not doubtful):
            self._whole(side, found, outputs)
        elif rest and not doubtful and not (asking and found is None):
            self._cut(rest, found, outputs)
        return outputs

    def _frame(self, side: Side, data: bytes, text: bytes, ending: Ending, outputs: list[Output]) -> None:
        """Take one frame; the arguments between are those of `Frame`."""
        doubtful, self._doubtful[side] = self._doubtful[side], False
        if ending is Ending.UNKNOWN:
            outputs.append(_OVERSIZE_FRAME)
            found = None if doubtful else dissect(data, self._dialect.delimiter, within=True)
            if found is not None:
                self._fragment(found, _complete(found), outputs)
            return
        found = self._dialect.read(data) or dissect(data, self._dialect.delimiter, within=True)
        if doubtful and not (found is not None and _certain(found)):
            self._doubtful[side] = not self._framers[side].parts(ending)
            return
        preamble = self._preamble
        if preamble is not None and preamble.is_open(side) and (found is None or _typed(found, preamble, side)):
            logins, expected = preamble.line(side, text)
            outputs += logins
            if not expected:
                outputs.append(_NOT_A_MESSAGE)
        elif found is None:
            outputs.append(_NOT_A_MESSAGE)
        else:
            self._whole(side, found, outputs, ending)

    def _whole(self, side: Side, found: Dissection, outputs: list[Output], ending: Ending = Ending.UNKNOWN) -> None:
        """Report a message that is all there."""
        if found.layout is None:
            self._fragment(found, found.pieces, outputs)
            outputs.append(_UNKNOWN_MESSAGE)
            return
        fields = filled(fields_of(found, found.pieces))
        self._dialect.learn(found, fields)
        system = self._dialect.system
        exposed = fixed_exposures(found) + exposures(fields, system)
        event = message_event(found.layout.message, found.layout.sender, found.checksum, exposed, system)
        patrons = _patrons(fields)
        outputs += self._access.take(found.frame, fields, Sighted(event, patrons) if patrons else event)
        if found.checksum is Checksum.BAD:
            outputs.append(_BAD_CHECKSUM)
            if found.sums_characters:
                outputs.append(_CHARACTER_CHECKSUM)
        if not found.exact:
            outputs.append(_SHORT_FIXED_PART)
        self._confirm(side, ending, outputs)

    def _confirm(self, side: Side, ending: Ending, outputs: list[Output]) -> None:
        """A side has sent a whole message, which ended so."""
        if ending is not Ending.UNKNOWN:
            self._framers[side].confirm(ending)
        if self._preamble is not None:
            self._preamble.close(side)
            if self._preamble.over:
                self._end_preamble(outputs)

    def _cut(self, rest: bytes, found: Dissection | None, outputs: list[Output]) -> None:
        """Report the first part of a message whose end is not there."""
        if found is None:
            outputs.append(_CUT_MESSAGE if rest[:2] in LAYOUTS else _NOT_A_MESSAGE)
            return
        self._fragment(found, _complete(found), outputs)
        outputs.append(_CUT_MESSAGE)

    def _fragment(self, found: Dissection, pieces: list[bytes], outputs: list[Output]) -> None:
        """Report what is no whole message of SIP 2.00, if it exposed anything."""
        fields = filled(fields_of(found, pieces))
        exposed = fixed_exposures(found) + exposures(fields, self._dialect.system)
        if exposed:
            message = MessageId.OTHER if found.layout is None else found.layout.message
            event, patrons = Sip2Fragment(exposed=exposed, message=message), _patrons(fields)
            outputs.append(Sighted(event, patrons) if patrons else event)

    def _end_preamble(self, outputs: list[Output]) -> None:
        preamble, self._preamble = self._preamble, None
        if preamble is not None:
            for side in Side:
                self._end_preamble_side(preamble, side, outputs)

    def _end_preamble_side(self, preamble: Preamble, side: Side, outputs: list[Output]) -> None:
        logins, unasked = preamble.rest(side)
        outputs += logins
        outputs += [_NOT_A_MESSAGE] * unasked


def _certain(found: Dissection) -> bool:
    """A message beyond doubt, wherever its frame began."""
    if found.layout is None:
        return False
    return found.checksum is Checksum.OK or (found.exact and not found.layout.weak)


def _typed(found: Dissection, preamble: Preamble, side: Side) -> bool:
    """A password of two or three digits that reads like the shortest messages."""
    return (
        found.layout is not None
        and found.layout.weak
        and found.layout.bare
        and found.layout.width <= 1
        and found.checksum is Checksum.ABSENT
        and preamble.asked(side)
    )


def _complete(found: Dissection) -> list[bytes]:
    """The fields of a cut message that are certainly complete: all but the last, or all if the trailer has begun."""
    return found.pieces if found.digits else found.pieces[:-1]


def _patrons(fields: list[bytes]) -> tuple[Sighting, ...]:
    """Who the patrons are, of a message in which these fields hold a value."""
    places = patrons_among(fields)
    return sightings([fields[place][2:] for place in places]) if places else ()
