"""What is planted: for every protocol, conversations whose every value is a mark.

A mark stands in for one field wherever that field occurs, so that a few hundred marks cover every message. To plant a
protocol, add a module with its name that has a function of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from monitor.audit.marks import Marks, Script
from monitor.protocols.registry import specs

Plant = Callable[[Marks], Iterator[Script]]


def known_plants() -> dict[str, Plant]:
    """What can be planted, by protocol; without those that nobody has written one for."""
    modules = {spec.name: f"{__name__}.{spec.name}" for spec in specs()}
    return {name: getattr(import_module(path), name) for name, path in modules.items() if find_spec(path)}
