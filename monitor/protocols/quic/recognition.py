"""Tells QUIC from everything else by the first datagram of a flow, on any port.

A client's first packet is long, and nearly all of its fields are given (RFC 9000 14.1, 17.2.2).
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.quic.initial import read_header

MIN_BYTES = 1_200
"""Of a datagram with a client's first packet, RFC 9000 14.1."""

_LONG = 0xC0
_NO = Verdict(Answer.NO)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: ARG001, FBT001  # the contract's signature
    """Say whether a flow begins as QUIC does (`monitor.model.contract.Probe`)."""
    for end in (0, 1):
        data = heads[end].data
        if data and data[0] & _LONG == _LONG and len(data) >= MIN_BYTES and read_header(data, 0) is not None:
            return _YES[end]
    return _NO
