"""The report for people: one page for the terminal, the verdict first.

Rules: rich is imported when the page is written and not before; nothing is wider than the terminal; color only repeats
what words say; every text passes `make_legible`, so nothing that a name holds reaches the terminal as a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from monitor.model.finding import Finding
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.sinks.report.ledger import Ledger

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPED_WIDTH = 100
"""Columns when nobody knows the terminal: fits a mail and a ticket."""
MAX_WIDTH = 120
"""Longer lines are hard to read."""
MIN_WIDTH = 40
"""Below this a table cannot be laid out; narrower terminals wrap."""


class Appearance(Record):
    """What the terminal, or whatever stands in its place, can show."""

    width: int = PIPED_WIDTH
    """Columns."""
    color: bool = False
    encoding: str = "utf-8"
    """Lines are drawn in ASCII unless this is a Unicode encoding; what it cannot hold becomes a question mark."""


class TextReport:
    """A sink that writes a page to a text stream when the trace ends."""

    def __init__(self, stream: TextIO, appearance: Appearance) -> None:
        self._stream = stream
        self._appearance = appearance
        self._ledger = Ledger()

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        self._ledger.receive(finding)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Nothing is written before the end."""

    def finish(self, stats: Stats) -> None:
        """Write the page."""
        from monitor.sinks.report.page import compose  # noqa: PLC0415  (JSON and start-up stay fast)

        findings = self._ledger.findings()
        page = draw(lambda ascii_only: compose(findings, stats, ascii_only=ascii_only), self._appearance)
        self._stream.write(page)


def draw(compose: Callable[[bool], Iterable[RenderableType]], appearance: Appearance) -> str:
    """Lay out a page.

    Args:
        compose: makes its parts, top to bottom, given whether lines are to be drawn in ASCII.
        appearance: of the terminal.
    """
    from rich.console import Console  # noqa: PLC0415  (JSON and start-up stay fast)

    sheet = BytesIO()
    with TextIOWrapper(sheet, encoding=appearance.encoding, errors="replace", newline="\n") as file:
        console = Console(
            file=file,
            width=max(MIN_WIDTH, min(appearance.width, MAX_WIDTH)),
            force_terminal=appearance.color,
            color_system="standard" if appearance.color else None,
            legacy_windows=False,
            markup=False,
            highlight=False,
            emoji=False,
        )
        for part in compose(console.options.ascii_only):
            console.print(part)
        file.flush()
        page = sheet.getvalue().decode(appearance.encoding, errors="replace")
    return "".join(f"{line.rstrip()}\n" for line in page.split("\n")[:-1])
