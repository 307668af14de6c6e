"""What is planted for the canary test: every protocol brings conversations whose every value is a mark.

A mark stands in for one field wherever that field occurs, so that a few hundred marks cover every message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from monitor.protocols.registry import specs
from tests.support.marks import Marks, Script

PLANTS: dict[str, Callable[[Marks], Iterator[Script]]] = {
    spec.name: getattr(import_module(f"tests.protocols.{spec.name}.plants"), spec.name) for spec in specs()
}
