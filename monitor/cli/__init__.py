"""The command line: one module a command, each named in `program.COMMANDS`."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 20_000
"""Made, and not yet gone, before Python looks through them for garbage: some megabytes of them."""


def main(argv: list[str] | None = None) -> int:
    """Run the program; see `program.main`, of which nothing is imported before: none of that is garbage."""
    if argv is None:
        gc.set_threshold(YOUNG_OBJECTS)
    from monitor.cli import program  # noqa: PLC0415  (see above)

    return program.main(argv)
