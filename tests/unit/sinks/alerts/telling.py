"""An alert sink in miniature: the real one with its files, a clock that tests move, and receivers that write down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.config.settings import AlertSettings
from monitor.errors import DeliveryError
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import SinkStats, Stats
from monitor.sinks.alerts.book import Book
from monitor.sinks.alerts.dispatch import Dispatch, Moment
from monitor.sinks.alerts.ledger import Ledger
from monitor.sinks.alerts.notice import Message, Notice, Sender
from monitor.sinks.alerts.sink import AlertSink
from tests.unit.sinks.samples import NINE_NS, PIN

SECOND_NS = 10**9
MINUTE_NS = 60 * SECOND_NS
DAY_NS = 86_400 * SECOND_NS
SENDER = Sender(site="Main", sensor="s1", runbooks="https://wiki.example.org/runbooks/")
URGENT = replace(PIN, pages=True)
"""What pages."""
KNOWN = AlertSettings(first_look_hours=0, digest_at=12 * 60)
"""A sensor that is no longer new."""


def number(finding: Finding, ident: int, **changes: object) -> Finding:
    """Another finding like this one."""
    return replace(finding, id=Label(f"{ident:010x}"), **changes)  # type: ignore[arg-type]


def again(finding: Finding, at_ns: int) -> Finding:
    """The same finding, seen once more."""
    return replace(finding, count=finding.count + 1, last_seen_ns=at_ns)


class Pad:
    """A receiver of alerts and of messages that may be deaf."""

    def __init__(self, name: str = "pad") -> None:
        self.name = name
        self.is_deaf = False
        self.pushed: list[tuple[str, bool]] = []
        """Key of each alert, and whether it stood, as often as it was accepted."""
        self.sent: list[Message] = []
        self.asked = 0

    def push(self, notices: Sequence[Notice], at_ns: int) -> None:  # noqa: ARG002 (it has no clock)
        """Write them down."""
        self._listen()
        self.pushed += [(one.key, one.stands) for one in notices]

    def send(self, message: Message) -> None:
        """Write it down."""
        self._listen()
        self.sent.append(message)

    def _listen(self) -> None:
        self.asked += 1
        if self.is_deaf:
            raise DeliveryError(f"{self.name}: connection refused")


class Desk:
    """Book and dispatch over one ledger, without files."""

    def __init__(self, settings: AlertSettings = KNOWN, *, pads: Sequence[Pad] = (), mail: Sequence[Pad] = ()) -> None:
        self.at_ns = NINE_NS
        self.ledger = Ledger()
        self.figures = SinkStats()
        self.said: list[str] = []
        self.book = Book(self.ledger, settings, SENDER, [one.name for one in mail])
        self.dispatch = Dispatch(self.ledger, pads, mail, self.figures, self.said.append)
        self.is_quiet = False
        self.book.pass_time(0, self.at_ns)

    def tell(self, *findings: Finding) -> None:
        """Findings come in, and a second passes."""
        for finding in findings:
            self.book.receive(finding)
        self.book.judge()
        self.wait(SECOND_NS)

    def wait(self, nanoseconds: int, *, step_ns: int = MINUTE_NS) -> None:
        """Let time pass."""
        for passed in range(0, nanoseconds, step_ns):
            step = min(step_ns, nanoseconds - passed)
            self.at_ns += step
            self.book.pass_time(step, self.at_ns)
            self.book.judge()
            self.dispatch.deliver(Moment(self.at_ns, self.ledger.progress.watched_ns, self.is_quiet))

    @property
    def standing(self) -> list[str]:
        """Keys of the alerts that stand."""
        return sorted(key for key, notice in self.ledger.notices.items() if notice.stands)


class Telling:
    """The whole sink."""

    def __init__(self, folder: Path, settings: AlertSettings, *, at_ns: int = NINE_NS) -> None:
        self.at_ns = at_ns
        self.said: list[str] = []
        self.stats = Stats()
        self.path = folder / "alerts.db"
        self.sink = AlertSink(settings, SENDER, self.path, folder / "findings.db", self.said.append)

    def tick(self, seconds: float = 1, *findings: Finding) -> None:
        """Findings come in, and time passes."""
        for finding in findings:
            self.sink.receive(finding)
        self.at_ns += round(seconds * SECOND_NS)
        self.sink.tick(self.at_ns, self.stats)

    def pass_minutes(self, minutes: int) -> None:
        """Let time pass, a minute at a time; something is always heard on the wire."""
        for _ in range(minutes):
            self.tick(60)

    def end(self) -> None:
        """End as a sensor does that is asked to."""
        self.sink.finish(self.stats)

    def die(self) -> None:
        """End without a word, like a process that is killed."""
        self.sink.close()
