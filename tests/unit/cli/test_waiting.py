"""The line that shows how long something still takes."""

from __future__ import annotations

import io

from monitor.cli.waiting import WaitingLine, start_waiting


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_shows_and_goes() -> None:
    """Packets and seconds while it lasts, and a clean line afterward."""
    stream = _Terminal()
    line = WaitingLine(stream, 10)
    line(2.4, 1_234)
    assert "1,234 packets, 8 s to go" in stream.getvalue()
    line.close()
    line.close()
    assert stream.getvalue().endswith("\x1b[2K")


def test_nobody_would_see_it() -> None:
    """Without a terminal, or a wish for it, there is none."""
    assert None is start_waiting(10, wanted=False)
    assert None is start_waiting(10, wanted=True)  # pytest's stderr is no terminal
