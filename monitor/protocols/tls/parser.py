"""The TLS parser: the first message of either side, then `Enough`.

Rules: a side is over once its hello is whole, or it goes on to anything else; with both over, nothing more is wanted.
Where one side is never seen, the other is not looked at for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.contract import Octets
from monitor.model.events import Enough, Event, Output, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.tls.collector import Collector, Found
from monitor.protocols.tls.events import TlsWeird
from monitor.protocols.tls.hello import CLIENT_HELLO, read_client_hello, read_old_hello, read_server_hello

LOOK_BYTES = 32_768
"""Behind one side's hello while the other's is awaited; an answer comes before a side has sent that much."""

_BAD_HELLO = Weird(name=TlsWeird.BAD_HELLO)
_OVERSIZE_HELLO = Weird(name=TlsWeird.OVERSIZE_HELLO)
_CUT_HELLO = Weird(name=TlsWeird.CUT_HELLO)
_ENOUGH = Enough()


class TlsParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_awaited", "_looked_bytes")

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._awaited: list[Collector | None] = [Collector(), Collector()]
        """What each side has sent of its hello; None once the side is over."""
        self._looked_bytes = 0

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        collector = self._awaited[side]
        if collector is None:
            self._looked_bytes += len(data)
            return (_ENOUGH,) if self._looked_bytes > LOOK_BYTES else ()
        found = collector.add(data)
        if found is Found.NOTHING_YET:
            return ()
        return self._over(side, _say(collector, found))

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway): only a hello that follows at once is one."""
        collector = self._awaited[side]
        if not size_bytes or collector is None:
            return ()
        self._awaited[side] = Collector()
        return (_CUT_HELLO,) if collector.begun else ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended."""
        collector = self._awaited[side]
        self._awaited[side] = None
        return (_CUT_HELLO,) if collector is not None and collector.begun else ()

    def _over(self, side: Side, said: Event | Weird | None) -> Iterable[Output]:
        self._awaited[side] = None
        over = self._awaited[side.other] is None
        if said is None:
            return (_ENOUGH,) if over else ()
        return (said, _ENOUGH) if over else (said,)


def _say(collector: Collector, found: Found) -> Event | Weird | None:
    """What there is to say of a side that is over."""
    if found is Found.HELLO:
        read = read_client_hello if collector.kind == CLIENT_HELLO else read_server_hello
        return read(collector.body) or _BAD_HELLO
    if found is Found.OLD_HELLO:
        return read_old_hello(collector.body)
    return _OVERSIZE_HELLO if found is Found.OVERSIZE else None
