"""Keeps Python's collector of cyclic garbage away from what a run is built of.

None of that becomes garbage before the process ends, yet every collection would look through it: a tenth of the start,
and as much again when the process ends. What comes and goes with flows hardly ever refers to itself; to look for that
after every few hundred objects, as Python does, takes some hundredths of a run.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.cli import YOUNG_OBJECTS


@contextmanager
def building() -> Iterator[Callable[[], None]]:
    """No collection takes place until what this gives is called, few do then, and none looks at what stood by then."""

    def built() -> None:
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS)
        gc.enable()

    usual = gc.get_threshold()
    gc.disable()
    try:
        yield built
    finally:
        gc.set_threshold(*usual)
        gc.enable()
