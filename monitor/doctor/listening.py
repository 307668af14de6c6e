"""Listens for a while as the sensor does: the real ring, the real rooms, and nobody who is told of findings.

Rule: nothing of it is kept or sent; findings are counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from monitor.build import build
from monitor.config.settings import Config
from monitor.doctor.device import hardware_address, is_promiscuous, longest_packet, losses
from monitor.doctor.tally import Tally
from monitor.model.contract import Source
from monitor.model.frames import Frames, Tick
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.sinks.report.ledger import Ledger

Progress = Callable[[float, int], None]
"""Takes seconds that have passed, and packets so far; several times a second."""

_HEADER_BYTES = 14
_TAGS_BYTES = 8
"""Two VLAN tags, which come on top of what a packet may have."""


class Heard(Record):
    """What came of listening."""

    seconds: float
    tally: Tally
    stats: Stats
    findings: int
    """That stood at the end."""
    promiscuous: bool | None
    """Whether the interface handed over frames for others; None where the system does not say."""
    card_losses: int | None
    """Packets that the network card or its driver had to drop meanwhile; None where the system does not say."""


class _Tap:
    """A source that shows each batch to the tally on its way."""

    def __init__(self, source: Source, tally: Tally) -> None:
        self._source = source
        self._tally = tally

    def __iter__(self) -> Iterator[Frames | Tick]:
        for item in self._source:
            if isinstance(item, Frames):
                self._tally.take(item)
            yield item


class _Count:
    """A sink that knows how many findings stand."""

    def __init__(self) -> None:
        ledger = Ledger()
        self.receive = ledger.receive
        self.findings = ledger.findings

    def finish(self, stats: Stats) -> None:
        """Nobody is told."""


def listen(
    interface: str, seconds: float, config: Config, rules: tuple[Path, ...], progress: Progress | None = None
) -> Heard:
    """Listen for so long.

    Raises:
        UsageError: the interface cannot be read.
        RuleError: a rule is wrong.
    """
    from monitor.capture.live.source import LiveCapture  # noqa: PLC0415  (Linux only)

    stats = Stats()
    longest = longest_packet(interface)
    tally = Tally(hardware_address(interface), None if longest is None else longest + _HEADER_BYTES + _TAGS_BYTES)
    count = _Count()
    lost_before = losses(interface)
    promiscuous: list[bool | None] = []
    began = time.monotonic()

    def is_over() -> bool:
        passed = time.monotonic() - began
        if not promiscuous:
            promiscuous.append(is_promiscuous(interface))
        if progress is not None:
            progress(min(passed, seconds), stats.captures[0].packets)
        return passed >= seconds

    with LiveCapture(interface, stats, is_over) as source:
        pipeline = build(_Tap(source, tally), (count,), stats, config, rules=rules, live=True)
        pipeline.run()
    pipeline.finish()
    lost = losses(interface)
    return Heard(
        seconds=seconds,
        tally=tally,
        stats=stats,
        findings=len(count.findings()),
        promiscuous=promiscuous[0] if promiscuous else None,
        card_losses=None if lost is None or lost_before is None else max(0, lost - lost_before),
    )
