"""Short ways to run the NCIP parser in tests."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.events import Event, Output, Sighted, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.ncip import SPEC
from monitor.protocols.ncip.events import NcipWeird

Piece = tuple[Side, bytes | int]
"""Bytes of a side, or how many of them were lost."""


def parse(*pieces: Piece, from_start: bool = True) -> list[Output]:
    """Everything the parser says of these pieces."""
    parser = SPEC.parser(SPEC.options, from_start)
    outputs: list[Output] = []
    for side, data in pieces:
        outputs += parser.gap(side, data) if isinstance(data, int) else parser.feed(side, memoryview(data))
    return [*outputs, *(output for side in Side for output in parser.finish(side, Close.FIN))]


def facts(outputs: Iterable[Output]) -> list[Event]:
    """The events, in order, whoever they are about."""
    found = (one.event if isinstance(one, Sighted) else one for one in outputs)
    return [one for one in found if isinstance(one, Event)]


def oddities(outputs: Iterable[Output]) -> list[NcipWeird]:
    """Names of the oddities, in order."""
    return [output.name for output in outputs if isinstance(output, Weird) and isinstance(output.name, NcipWeird)]


def exposed(outputs: Iterable[Output]) -> list[tuple[str, str]]:
    """Keys and classes of what was exposed, in order."""
    return [(one.key, one.data_class.value) for event in facts(outputs) for one in event.exposed]


def patrons(outputs: Iterable[Output]) -> list[int]:
    """How many patrons each fact is about that is about any."""
    return [len(one.sightings) for one in outputs if isinstance(one, Sighted)]
