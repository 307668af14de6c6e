"""The report for people: one page for the terminal, the verdict first.

Rules: rich is imported when the page is written and not before; nothing is wider than the terminal; color only repeats
what words say; every text passes `make_legible`, so nothing that a name holds reaches the terminal as a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import StringIO
from itertools import starmap
from typing import TYPE_CHECKING, TextIO

from monitor.model.finding import Finding
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.sinks.report.ledger import Ledger

if TYPE_CHECKING:
    from rich.console import RenderableType

    from monitor.sinks.report.layout import Block

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

    def finish(self, stats: Stats) -> None:
        """Write the page."""
        from monitor.sinks.report.page import compose  # noqa: PLC0415  (JSON and start-up stay fast)

        findings = self._ledger.findings()
        page = print_page(lambda ascii_only: compose(findings, stats, ascii_only=ascii_only), self._appearance)
        self._stream.write(page)


def print_page(compose: Callable[[bool], Iterable[Block]], appearance: Appearance) -> str:
    """A page of blocks.

    Args:
        compose: makes its parts, top to bottom, given whether lines are to be drawn in ASCII.
        appearance: of the terminal.
    """
    paint = _painter() if appearance.color else _leave_plain
    lines = (line for block in compose(_is_ascii(appearance)) for line in block(_width(appearance)))
    return _clean("".join(f"{''.join(starmap(paint, line))}\n" for line in lines), appearance)


def draw(compose: Callable[[bool], Iterable[RenderableType]], appearance: Appearance) -> str:
    """The same of what rich can print, tables above all."""
    from rich.console import Console  # noqa: PLC0415  (JSON and start-up stay fast)

    page = StringIO()
    console = Console(
        file=page,
        width=_width(appearance),
        force_terminal=appearance.color,
        color_system="standard" if appearance.color else None,
        no_color=False,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    for part in compose(_is_ascii(appearance)):
        console.print(part)
    return _clean(page.getvalue(), appearance)


def _width(appearance: Appearance) -> int:
    return max(MIN_WIDTH, min(appearance.width, MAX_WIDTH))


def _is_ascii(appearance: Appearance) -> bool:
    return not appearance.encoding.lower().startswith("utf")


def _painter() -> Callable[[str, str], str]:
    """Gives a text its style."""
    from rich.color import ColorSystem  # noqa: PLC0415  (a page without color needs none)
    from rich.style import Style  # noqa: PLC0415  (the same)

    return lambda text, style: Style.parse(style).render(text, color_system=ColorSystem.STANDARD)


def _leave_plain(text: str, _style: str) -> str:
    return text


def _clean(page: str, appearance: Appearance) -> str:
    """A page that the terminal's encoding can hold, without blanks at the ends of lines."""
    held = page.encode(appearance.encoding, "replace").decode(appearance.encoding, "replace")
    return "".join(f"{line.rstrip()}\n" for line in held.split("\n")[:-1])
