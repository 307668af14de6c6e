"""Finds every protocol: each folder beside this file that offers a ``SPEC``.

Rule: adding a protocol touches its own folder only, so nothing here names one. A folder that offers no ``SPEC``, or a
name that is taken, stops the program at its start instead of leaving a protocol silently unwatched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import monitor.protocols
from monitor.model.contract import ProtocolSpec


@cache
def specs() -> tuple[ProtocolSpec, ...]:
    """Every protocol, sorted by name.

    Raises:
        TypeError: a protocol's folder offers no `ProtocolSpec` named ``SPEC``.
        ValueError: two protocols have the same name.
    """
    return tuple(sorted(distinct(_found(monitor.protocols.__path__)), key=lambda spec: spec.name))


def distinct(found: Iterable[ProtocolSpec]) -> Iterable[ProtocolSpec]:
    """Pass specifications on, refusing a name that was there before."""
    names: set[str] = set()
    for spec in found:
        if spec.name in names:
            raise ValueError(f"two protocols are named {spec.name}")
        names.add(spec.name)
        yield spec


def _found(folders: Iterable[str]) -> Iterable[ProtocolSpec]:
    names = [f"monitor.protocols.{one.name}" for folder in folders for one in os.scandir(folder) if one.is_dir()]
    for name in names:
        module = find_spec(name)
        if module is None or module.origin is None:  # what is left of a folder that was removed
            continue
        spec = getattr(import_module(name), "SPEC", None)
        if not isinstance(spec, ProtocolSpec):
            raise TypeError(f"{name} offers no ProtocolSpec named SPEC")
        yield spec
