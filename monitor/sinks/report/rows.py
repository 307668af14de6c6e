"""Two columns for the page: marks, and beside each what it marks, folded to the width that is left.

rich has tables for this, which measure everything within them before they draw, and once more for each table around
them: they took half of the time of a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text


class Rows:
    """Can be printed by rich, and hold what rich can print."""

    def __init__(
        self, rows: Sequence[tuple[Text, RenderableType]], *, width: int = 0, gap: int = 2, right: bool = False
    ) -> None:
        """Take the rows.

        Args:
            rows: marks, each with what stands beside it.
            width: of the marks, in columns; the longest mark's where it is longer.
            gap: columns between the two.
            right: marks are flush right.
        """
        self._rows = rows
        self._width = max([width, *(len(mark.plain) for mark, _ in rows)])
        self._gap = gap
        self._right = right

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        indent = self._width + self._gap
        room = options.update(width=max(1, options.max_width - indent), overflow="fold", no_wrap=False, height=None)
        for mark, value in self._rows:
            blank = Segment(" " * (self._width - len(mark.plain)))
            shown = Segment(mark.plain, console.get_style(mark.style) if mark.style else None)
            start = [blank, shown] if self._right else [shown, blank]
            start.append(Segment(" " * self._gap))
            for line in console.render_lines(value, room, pad=False) or [[]]:
                yield from start
                yield from line
                yield Segment.line()
                start = [Segment(" " * indent)]
