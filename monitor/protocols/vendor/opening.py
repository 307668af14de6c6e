"""Tells protocols of the catalog from everything else by the first bytes of a connection, says which one, and is done.

Many makers begin messages of both sides alike. So the device is the end that was connected to, whoever spoke first of
what was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.devices.catalog import catalog
from monitor.devices.openings import MAX_OPENING_BYTES
from monitor.model.contract import Answer, Head, Octets, Verdict
from monitor.model.events import DeviceSign, Enough, Output
from monitor.model.flow import Close, Side

OPENING_BYTES = MAX_OPENING_BYTES

_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))
_YES_BOTH = Verdict(Answer.YES)
_ENOUGH = Enough()


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow begins with an opening of the catalog (`monitor.model.contract.Probe`)."""
    data = heads[0].data
    end = 0
    if not data:
        data = heads[1].data
        end = 1
    elif heads[1].data:
        return _later(heads, final=final)
    openings = catalog().tcp
    if not data or not openings.begins(data):
        return _NO
    found = openings.find(data[:OPENING_BYTES], whole=final)
    if found.signal is not None:
        return _YES[end] if heads[end].from_start else _YES_BOTH
    return _MORE if found.more and not final else _NO


def _later(heads: tuple[Head, Head], *, final: bool) -> Verdict:
    """Judge where both ends have sent something: which of them began, the ports have to tell."""
    found = [catalog().tcp.find(head.data[:OPENING_BYTES], whole=final) for head in heads]
    if any(one.signal is not None for one in found):
        return _YES_BOTH
    return _MORE if any(one.more for one in found) and not final else _NO


class VendorParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_kept",)

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._kept = [b"", b""]

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        kept = self._kept[side] = (self._kept[side] + bytes(data[:OPENING_BYTES]))[:OPENING_BYTES]
        found = catalog().tcp.find(kept, whole=False) if kept else None
        if found is None or found.signal is None:
            return (_ENOUGH,) if len(kept) >= OPENING_BYTES else ()
        signal = found.signal
        whose = side if signal.of == "sender" else Side.RESPONDER
        sign = DeviceSign(side=whose, signals=(signal.name,), protocol=signal.protocol, route=signal.route)
        return (sign, _ENOUGH)

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost: what comes next is no opening any more."""
        if size_bytes:
            self._kept[side] = b""
        return ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Nothing is left to say."""
        return ()
