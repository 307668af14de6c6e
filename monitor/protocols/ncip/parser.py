"""The NCIP parser: documents in, messages and oddities out, over a connection of their own.

Rule: a message counts once it is whole and well-formed; what any other certainly exposed is an `NcipFragment`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from monitor.model.contract import Octets
from monitor.model.events import Exposed, Output, Sighted, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.ncip.events import NcipFragment, NcipMessage, NcipService, NcipWeird
from monitor.protocols.ncip.framing import Document, Framer
from monitor.protocols.ncip.reading import read_document
from monitor.protocols.ncip.walk import Trouble

MAX_EVENTS = 256
"""Kept to be said again; a system has some dozens of messages, and one with all its items takes 100 KB at most."""

_NOT_A_MESSAGE = Weird(name=NcipWeird.NOT_A_MESSAGE)
_OVERSIZE_MESSAGE = Weird(name=NcipWeird.OVERSIZE_MESSAGE)
_CUT_MESSAGE = Weird(name=NcipWeird.CUT_MESSAGE)
_LOST_BYTES = Weird(name=NcipWeird.LOST_BYTES)
_TROUBLES = {
    Trouble.DAMAGED: Weird(name=NcipWeird.BAD_XML),
    Trouble.FORBIDDEN: Weird(name=NcipWeird.FORBIDDEN_XML),
    Trouble.DEEP: Weird(name=NcipWeird.TOO_DEEP),
}


class NcipParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_framers",)

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._framers = (Framer(sure=from_start), Framer(sure=from_start))

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        outputs: list[Output] = []
        for item in self._framers[side].feed(data):
            if not isinstance(item, Document):
                outputs.append(_NOT_A_MESSAGE)
                continue
            _tell(item.data, outputs, whole=item.whole)
            if not item.whole:
                outputs.append(_OVERSIZE_MESSAGE)
        return outputs

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway): give up the message they belonged to."""
        outputs: list[Output] = [_LOST_BYTES] if size_bytes else []
        self._give_up(side, outputs)
        return outputs

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended."""
        outputs: list[Output] = []
        self._give_up(side, outputs)
        return outputs

    def _give_up(self, side: Side, outputs: list[Output]) -> None:
        rest = self._framers[side].lose()
        if rest:
            _tell(rest, outputs, whole=False)
            outputs.append(_CUT_MESSAGE)


def _tell(document: bytes, outputs: list[Output], *, whole: bool) -> None:
    """Report a document."""
    found = read_document(document, whole=whole)
    counts = whole and found.is_ncip and found.trouble is None
    if counts or found.exposed:
        kind = NcipMessage if counts else NcipFragment
        event = _event(kind, tuple(found.exposed), found.service, answer=found.answer)
        sightings = found.sightings
        outputs.append(Sighted(event, sightings) if sightings else event)
    if found.trouble is not None:
        outputs.append(_TROUBLES[found.trouble])
    elif whole and not found.is_ncip:
        outputs.append(_NOT_A_MESSAGE)


@lru_cache(maxsize=MAX_EVENTS)
def _event(
    kind: type[NcipMessage | NcipFragment], exposed: tuple[Exposed, ...], service: NcipService, *, answer: bool
) -> NcipMessage | NcipFragment:
    """The one event that says this."""
    return kind(exposed=exposed, service=service, answer=answer)
