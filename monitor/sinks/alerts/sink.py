"""The sink that tells people: what it does when, and what it keeps.

Rules: it may wait for receivers, so it belongs behind a queue of its own; whatever goes wrong with one of them, or
with the disk, the others are told. What waits is on disk for the next run, so the end waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.config.settings import AlertSettings, Config
from monitor.errors import MonitorError, StoreError
from monitor.model.finding import Finding
from monitor.model.named import NamedTuple
from monitor.model.stats import SinkStats, Stats
from monitor.sinks.alerts.alertmanager import AlertmanagerPush
from monitor.sinks.alerts.blindness import Blindness
from monitor.sinks.alerts.book import Book
from monitor.sinks.alerts.dispatch import Dispatch, Moment
from monitor.sinks.alerts.ledger import Ledger, LedgerFile
from monitor.sinks.alerts.messenger import Messenger
from monitor.sinks.alerts.notice import Sender, introduce
from monitor.sinks.alerts.policy import is_quiet
from monitor.sinks.alerts.trial import try_all
from monitor.sinks.store.database import Database
from monitor.sinks.store.life import Life
from monitor.sinks.store.progress import watched_between
from monitor.sinks.store.records import read_lives

SECOND_NS = 10**9
LIVES_NS = 60 * SECOND_NS
"""Between two looks at what became of findings."""
SAVE_NS = 60 * SECOND_NS
"""Between two writes when there is nothing new: what is lost of watched time when the process is killed."""
RETRY_NS = 10 * SECOND_NS
"""Between two attempts to write while that fails."""
WAIT_SECONDS = 0.5
"""For the sink that writes findings."""


class _Terms(NamedTuple):
    """Who is told, of what, and when."""

    settings: AlertSettings
    sender: Sender
    pushers: tuple[AlertmanagerPush, ...]
    messengers: tuple[Messenger, ...]

    @classmethod
    def of(cls, settings: AlertSettings, sender: Sender) -> _Terms:
        """All receivers that the settings name, ready to be used."""
        return cls(
            settings,
            sender,
            tuple(map(AlertmanagerPush, settings.alertmanagers)),
            tuple(map(Messenger, settings.notify)),
        )

    @property
    def outlets(self) -> list[str]:
        """Names of those that are sent messages."""
        return [one.name for one in self.messengers]


class AlertSink:
    """Tells Alertmanagers and people. To be closed, where it was not brought to its end."""

    name = "alerts"

    def __init__(
        self, settings: AlertSettings, sender: Sender, path: Path, findings: Path, complain: Callable[[str], None]
    ) -> None:
        """See that everything is there; the work begins with the first call, in the thread that makes it.

        Args:
            settings: who is told, of what, and when.
            sender: who tells it.
            path: where the ledger is; made when it is not there.
            findings: the database of findings, in which people decide.
            complain: tells people a line.

        Raises:
            UsageError: a file that is named is not what it should be, or another sensor has the ledger.
        """
        self.figures = SinkStats()
        self._terms = _Terms.of(settings, sender)
        self._renewed: _Terms | None = None
        """Terms that hold from the next tick on; set by another thread."""
        self._findings = findings
        self._complain = complain
        self._blindness = Blindness()
        self._file = LedgerFile(path, complain)
        self._book: Book | None = None
        self._dispatch: Dispatch | None = None
        self._at_ns = 0
        self._lives_ns: int | None = None
        self._saved_ns = 0
        self._retry_ns = 0
        self._has_failed = False

    def renew(self, config: Config) -> Callable[[], None]:
        """Gives what lets another configuration hold, from the next tick on; the ledger stays where it is.

        Raises:
            UsageError: a file that it names is not what it should be.
        """
        terms = _Terms.of(config.alerts or AlertSettings(), introduce(config))

        def change() -> None:
            self._renewed = terms

        return change

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        self._open()[0].receive(finding)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Let time pass: judge, tell, and remember."""
        if self._renewed is not None:
            self._adopt(self._renewed)
        book, dispatch = self._open()
        book.pass_time(watched_between(self._at_ns, at_ns) if self._at_ns else 0, at_ns)
        self._at_ns = at_ns
        now_ns = book.ledger.progress.watched_ns
        if self._lives_ns is None or now_ns - self._lives_ns >= LIVES_NS:
            self._lives_ns = now_ns
            lives = self._read_lives()
            if lives is not None:
                book.follow(lives)
            book.refresh()
            book.forget()
        book.judge()
        book.watch_sensor(self._blindness.reason(at_ns, stats), at_ns)
        self._work(book, dispatch)
        for request in self._file.requests(at_ns):
            terms = self._terms
            outcome = try_all(terms.pushers, terms.messengers, terms.sender, request.severity, at_ns)
            self._file.answer(request, outcome)

    def finish(self, stats: Stats) -> None:
        """Tell what is left, as far as somebody listens, and let go."""
        book, dispatch = self._open()
        self._at_ns = self._at_ns or stats.now_ns
        book.judge()
        if self._at_ns:
            self._work(book, dispatch)
        self._save(book, is_last=True)
        self.close()

    def close(self) -> None:
        """Let go of the ledger."""
        self._book = self._dispatch = None
        self._file.close()

    def _open(self) -> tuple[Book, Dispatch]:
        """The ledger is read by the thread that works with it."""
        if self._book is None or self._dispatch is None:
            ledger = self._file.read()
            self._book = Book(ledger, self._terms.settings, self._terms.sender, self._terms.outlets)
            self._blindness = Blindness(self._book.blindness)
            self._dispatch = self._dispatch_of(ledger)
            self._saved_ns = ledger.progress.watched_ns
            self.figures.limits = self._book.limits
        return self._book, self._dispatch

    def _adopt(self, terms: _Terms) -> None:
        """Let other terms hold."""
        self._terms, self._renewed = terms, None
        if self._book is not None:
            self._book.renew(terms.settings, terms.sender, terms.outlets)
            self._dispatch = self._dispatch_of(self._book.ledger)

    def _dispatch_of(self, ledger: Ledger) -> Dispatch:
        return Dispatch(ledger, self._terms.pushers, self._terms.messengers, self.figures, self._complain)

    def _work(self, book: Book, dispatch: Dispatch) -> None:
        """Write what is to be told, tell it, and write that it was told."""
        self._save(book)
        dispatch.deliver(
            Moment(
                at_ns=self._at_ns,
                watched_ns=book.ledger.progress.watched_ns,
                is_quiet=is_quiet(self._terms.settings.quiet, self._at_ns),
            )
        )
        self._save(book)
        self.figures.failing = dispatch.is_failing or self._has_failed
        self.figures.dropped = book.limits["alerts.messages"]

    def _save(self, book: Book, *, is_last: bool = False) -> None:
        now_ns = book.ledger.progress.watched_ns
        is_due = book.ledger.is_changed or now_ns - self._saved_ns >= SAVE_NS
        if not is_last and (now_ns < self._retry_ns or not is_due):
            return
        try:
            self._file.write(book.ledger)
        except StoreError as error:
            self._retry_ns = now_ns + RETRY_NS
            if not self._has_failed:
                self._complain(f"{error}: what was told cannot be kept; it is told all the same, and tried again")
            self._has_failed = True
            return
        if self._has_failed:
            self._complain("what was told is kept again")
        self._has_failed, self._saved_ns = False, now_ns

    def _read_lives(self) -> dict[str, Life] | None:
        """What became of findings; None where nobody can say at present, which ends nothing that stands."""
        try:
            database = Database.open(self._findings, create=False, wait_seconds=WAIT_SECONDS)
        except MonitorError:
            return None
        try:
            with database.reading() as connection:
                return dict(read_lives(connection))
        except MonitorError:
            return None
        finally:
            database.close()
