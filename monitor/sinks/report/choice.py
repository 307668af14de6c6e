"""Which finding people mean when they write the beginning of its id."""

from __future__ import annotations

from collections.abc import Collection

from monitor.errors import MonitorError, UsageError

SHOWN_CANDIDATES = 5
"""Ids in a complaint that several are meant."""


def choose(idents: Collection[str], beginning: str, missing: MonitorError) -> str:
    """The one id that is `beginning`, or begins with it.

    Raises:
        UsageError: several begin so.
        MonitorError: `missing`, where none does.
    """
    if beginning in idents:
        return beginning
    found = sorted(ident for ident in idents if ident.startswith(beginning))
    if not found:
        raise missing
    if len(found) > 1:
        some = ", ".join(found[:SHOWN_CANDIDATES])
        raise UsageError(f"{len(found)} ids begin with '{beginning}', {some} for instance; write more of it")
    return found[0]
