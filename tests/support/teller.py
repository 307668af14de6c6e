"""A process that tells new findings, to be killed: ``python -m tests.support.teller FOLDER URL FIRST``.

Each tick brings a finding that nobody knew, numbered from FIRST; it says each number when the tick is over. It never
ends by itself.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from monitor.config.settings import Alertmanager
from tests.unit.sinks.alerts.telling import KNOWN, URGENT, Telling, number


def tell(folder: Path, url: str, first: int) -> None:
    """Go on until somebody puts an end to it."""
    run = Telling(folder, replace(KNOWN, alertmanagers=(Alertmanager(url=url),)))
    for ident in count(first):
        run.tick(1, number(URGENT, ident))
        os.write(1, f"{ident}\n".encode("ascii"))


if __name__ == "__main__":
    tell(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
