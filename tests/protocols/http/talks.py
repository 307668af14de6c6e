"""Short ways to run the HTTP parser in tests."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.contract import Snapped
from monitor.model.events import Enough, Event, Output, Sighted, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.http import SPEC
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpResponse, HttpWeird

CLIENT, SERVER = Side.ORIGINATOR, Side.RESPONDER

Piece = tuple[Side, bytes | int]
"""Bytes of a side, or how many of them were lost."""


def parse(*pieces: Piece, from_start: bool = True, finish: bool = True, snapped: bool = False) -> list[Output]:
    """Everything the parser says of these pieces, when what it skips is skipped."""
    parser = SPEC.parser(SPEC.options, from_start)
    outputs: list[Output] = []
    skip = dict.fromkeys(Side, 0)
    for side, data in pieces:
        if isinstance(data, int):
            said = list(parser.gap(side, Snapped(data) if snapped else data))
        else:
            skipped = min(skip[side], len(data))
            skip[side] -= skipped
            said = list(parser.feed(side, memoryview(data)[skipped:])) if skipped < len(data) else []
        outputs += said
        skip.update({one.side: one.size_bytes for one in said if isinstance(one, SkipTo)})
        if any(isinstance(one, Enough) for one in said):
            return outputs
    if finish:
        outputs += [output for side in Side for output in parser.finish(side, Close.FIN)]
    return outputs


def facts(outputs: Iterable[Output]) -> list[Event]:
    """The events, in order, whoever they are about."""
    found = (one.event if isinstance(one, Sighted) else one for one in outputs)
    return [one for one in found if isinstance(one, Event)]


def requests(outputs: Iterable[Output]) -> list[HttpRequest]:
    """The requests that count."""
    return [one for one in facts(outputs) if isinstance(one, HttpRequest) and not isinstance(one, HttpFragment)]


def responses(outputs: Iterable[Output]) -> list[HttpResponse]:
    """The responses."""
    return [one for one in facts(outputs) if isinstance(one, HttpResponse)]


def oddities(outputs: Iterable[Output]) -> list[HttpWeird]:
    """Names of the oddities, in order."""
    return [output.name for output in outputs if isinstance(output, Weird) and isinstance(output.name, HttpWeird)]


def exposed(outputs: Iterable[Output]) -> list[tuple[str, str]]:
    """Key and class of everything exposed, in order."""
    return [(one.key, one.data_class.value) for event in facts(outputs) for one in event.exposed]


def skips(outputs: Iterable[Output]) -> list[tuple[Side, int]]:
    """What the parser did not want."""
    return [(one.side, one.size_bytes) for one in outputs if isinstance(one, SkipTo)]
