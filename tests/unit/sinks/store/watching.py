"""A sensor in miniature: the real sink and database, a clock that tests move, and places that show or do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from monitor.config.settings import StoreSettings
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.privacy.presence import Place, Presence, place_of
from monitor.sinks.store.desk import read_all, read_one
from monitor.sinks.store.records import Change, KeptFinding
from monitor.sinks.store.sink import FindingStore
from tests.unit.sinks.samples import NINE_NS

SECOND_NS = 10**9
DAY_SECONDS = 86_400
TICK_SECONDS = 60
"""As far as time may jump without being doubted, so that days pass quickly."""


class Watching:
    """One run. To be ended, or to be lost like a process that is killed."""

    def __init__(self, path: Path, *, at_ns: int = NINE_NS, settings: StoreSettings | None = None) -> None:
        self.path = path
        self.at_ns = at_ns
        self.stats = Stats()
        self.said: list[str] = []
        self._presence = Presence()
        self._asked: frozenset[Place] = frozenset()
        self.store = FindingStore(path, settings or StoreSettings(), self._presence, self.said.append)
        self.tick(0)

    def tick(self, seconds: float = TICK_SECONDS, *findings: Finding) -> None:
        """Let time pass, and tell findings then."""
        self.at_ns += round(seconds * SECOND_NS)
        for finding in findings:
            self.store.receive(finding)
        self.store.tick(self.at_ns, self.stats)

    def see(self, finding: Finding, count: int) -> None:
        """Tell a new state of a finding, as of now."""
        self.tick(15, replace(finding, count=count, last_seen_ns=self.at_ns))

    def days(
        self, number: float, shown: Iterable[Finding] = (), *, other: tuple[str, int] = ("192.0.2.1", 443)
    ) -> None:
        """Let days pass on which the places of these findings are seen now and then, with some other end."""
        for tick in range(round(number * DAY_SECONDS / TICK_SECONDS)):
            if tick % 360 == 0:
                self.show(*shown, other=other)
            self.tick()

    def show(self, *findings: Finding, other: tuple[str, int]) -> None:
        """Let the places of these findings be seen, with some other end and its port."""
        for finding in findings:
            place = place_of(finding.about.address, finding.about.zone)
            self._presence.note(place, place_of(other[0], ""), other[1])

    def end(self) -> None:
        """End as a sensor does that is asked to."""
        self.store.finish(self.stats)

    def die(self) -> None:
        """End without a word, like a process that is killed: what was not written is lost."""
        self.store.close()

    def record(self, finding: Finding) -> KeptFinding:
        """What the database has of a finding."""
        return read_one(self.path, finding.id)[0]

    def history(self, finding: Finding) -> tuple[Change, ...]:
        """What became of it."""
        return read_one(self.path, finding.id)[1]

    def states(self) -> dict[str, str]:
        """The state of every finding by its id."""
        return {record.entry["id"]: record.life.state.value for record in read_all(self.path).records}
