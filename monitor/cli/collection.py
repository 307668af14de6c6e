"""Keeps Python's collector of cyclic garbage away from what a run is built of.

None of that becomes garbage before the process ends, yet every collection would look through it: a tenth of the start,
and as much again when the process ends.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def building() -> Iterator[Callable[[], None]]:
    """No collection takes place until what this gives is called, and none ever looks at what stands by then."""

    def built() -> None:
        gc.freeze()
        gc.enable()

    gc.disable()
    try:
        yield built
    finally:
        gc.enable()
