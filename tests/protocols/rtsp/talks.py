"""Short ways to run the RTSP parser in tests."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.events import Event, Output, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.rtsp.events import RtspWeird
from monitor.protocols.rtsp.parser import RtspParser


def parse(*pieces: tuple[Side, bytes], from_start: bool = True, finish: bool = True) -> list[Output]:
    """Everything the parser says of these pieces, with what it skips left out as the flow room does."""
    parser = RtspParser({}, from_start)
    outputs: list[Output] = []
    skip = dict.fromkeys(Side, 0)
    for side, data in pieces:
        skipped = min(skip[side], len(data))
        skip[side] -= skipped
        if skipped < len(data):
            for output in parser.feed(side, memoryview(data)[skipped:]):
                outputs.append(output)
                if isinstance(output, SkipTo):
                    skip[output.side] = output.size_bytes
    if finish:
        outputs += [output for side in Side for output in parser.finish(side, Close.FIN)]
    return outputs


def of_type(outputs: Iterable[Output], kind: type[Event]) -> list[Event]:
    """The events of one type, in order."""
    return [output for output in outputs if isinstance(output, kind)]


def oddities(outputs: Iterable[Output]) -> list[RtspWeird]:
    """Names of the oddities, in order."""
    return [output.name for output in outputs if isinstance(output, Weird) and isinstance(output.name, RtspWeird)]


def exposed(outputs: Iterable[Output]) -> list[tuple[str, str]]:
    """Key and class of everything exposed, in order."""
    return [
        (str(one.key), one.data_class.value)
        for output in outputs
        if isinstance(output, Event)
        for one in output.exposed
    ]
