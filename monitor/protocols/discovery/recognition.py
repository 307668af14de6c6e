"""Tells what the catalog and this folder know from everything else, by the first datagram of a flow: one look."""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.discovery.kinds import reader

_NO = Verdict(Answer.NO)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))
_YES_BOTH = Verdict(Answer.YES)


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: ARG001, FBT001  # the contract's signature
    """Say whether a flow begins with something known (`monitor.model.contract.Probe`)."""
    first, second = heads[0].data, heads[1].data
    if not (first and second):
        data = first or second
        return _NO if not data or reader(data) is None else _YES[0 if first else 1]
    return _YES_BOTH if reader(first) is not None or reader(second) is not None else _NO
