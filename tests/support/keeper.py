"""A process that keeps findings as fast as it can, to be killed: ``python -m tests.support.keeper DATABASE``.

Each round tells one more occurrence of every finding, and says how many rounds are written. It never ends by itself.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from monitor.model.opaque import Label
from tests.unit.sinks.samples import PIN
from tests.unit.sinks.store.watching import Watching

FINDINGS = 20
MESSAGES = tuple(replace(PIN, id=Label(f"{number:010x}")) for number in range(FINDINGS))


def keep(path: Path) -> None:
    """Go on until somebody puts an end to it."""
    run = Watching(path)
    count = 0
    while True:
        count += 1
        fields = {Label("AA"): count}
        now = [replace(one, count=count, fields=fields, last_seen_ns=one.last_seen_ns + count) for one in MESSAGES]
        run.tick(15, *now)
        os.write(1, f"{count}\n".encode("ascii"))


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
