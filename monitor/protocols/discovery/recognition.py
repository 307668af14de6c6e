"""Tells what the catalog and this folder know from everything else, by the first datagram of a flow: one look."""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.discovery.kinds import reader

_NO = Verdict(Answer.NO)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: ARG001, FBT001  # the contract's signature
    """Say whether a flow begins with something known (`monitor.model.contract.Probe`)."""
    for end in (0, 1):
        data = heads[end].data
        if data:
            return _NO if reader(data) is None else _YES[end]
    return _NO
