"""Draws the README's picture: the beginning of the page that `make demo` shows, as it is.

usage, from the top folder: python -m demo.draw_report
"""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from demo.make_capture import CAPTURE

TOP = Path(__file__).resolve().parent.parent
PICTURE = TOP / "docs" / "images" / "report.svg"
WIDTH = 100
FINDINGS = 1
"""As many as are read at a glance, worst first."""
_LINE = "\u2500" * 10
"""Where a finding begins."""
_COLUMN = 12.2
"""Width of one character in the picture's units, as rich draws it."""
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_INDENTED = re.compile(r' x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)" ([^>]*)>((?:&#160;)+)')


def page() -> str:
    """What the command prints on a color terminal."""
    command = [sys.executable, "-m", "monitor", "analyze", "--color", "always", str(CAPTURE.relative_to(TOP))]
    return subprocess.run(command, cwd=TOP, check=True, capture_output=True, encoding="utf-8").stdout  # noqa: S603 (ours)


def draw(text: str) -> str:
    """The picture of `text`, which may be colored, as SVG that looks the same everywhere and fetches nothing."""
    console = Console(record=True, width=WIDTH, file=StringIO(), legacy_windows=False)
    begun = 0
    for line in Text.from_ansi(text).split("\n"):
        begun += _LINE in line.plain
        if begun > FINDINGS:
            break
        console.print(line)
    console.print(Text(" ..."))
    drawn = console.export_svg(title="make demo", theme=MONOKAI, unique_id="report")
    return _INDENTED.sub(_moved, _FONTS.sub("", drawn))


def _moved(found: re.Match[str]) -> str:
    """Blanks at the beginning of a text become a place: some programs that show SVG drop them."""
    blanks = found[5].count(";") * _COLUMN
    left, length = float(found[1]) + blanks, float(found[3]) - blanks
    return f' x="{left:g}" {found[2]} textLength="{max(length, 0):g}" {found[4]}>'


if __name__ == "__main__":
    PICTURE.write_text(draw(page()), "utf-8")
