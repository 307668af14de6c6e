"""The TLS parser: the first message of either side, then `Enough`.

Rules: a side is over once its hello is whole, or it goes on to anything else; with both over, nothing more is wanted.
Where one side is never seen, the other is not looked at for ever. Whoever builds the parser says, by the option
``server``, whether what the server shows of itself is of interest: it is a `device` of the library of which one may
learn what it is, or a `host` elsewhere; that one's certificate is read where the client gives it no name. Compiled;
uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cython

from monitor.devices.catalog import catalog
from monitor.model.contract import Octets
from monitor.model.events import DeviceSign, Enough, Event, Output, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.tls.chain import Chain
from monitor.protocols.tls.collector import BODY, HEADER_BYTES, Collector, Found, whole_end
from monitor.protocols.tls.events import TlsClientHello, TlsServerHello, TlsVersion, TlsWeird
from monitor.protocols.tls.hello import CLIENT_HELLO, read_client_hello, read_old_hello, read_server_hello

LOOK_BYTES = 32_768
"""Behind one side's hello while the other's is awaited; an answer comes before a side has sent that much."""

_BAD_HELLO = Weird(name=TlsWeird.BAD_HELLO)
_OVERSIZE_HELLO = Weird(name=TlsWeird.OVERSIZE_HELLO)
_CUT_HELLO = Weird(name=TlsWeird.CUT_HELLO)
_ENOUGH = Enough()
_ENOUGH_ALONE = (_ENOUGH,)
_NOTHING_YET, _HELLO, _OLD_HELLO = Found.NOTHING_YET, Found.HELLO, Found.OLD_HELLO
_OVERSIZE = Found.OVERSIZE  # saves a look-up each time
_BOTH = cython.declare(cython.int, 0b11)
_SERVER = cython.declare(cython.int, Side.RESPONDER)
_OPEN_VERSIONS = {TlsVersion.SSL_3, TlsVersion.TLS_1_0, TlsVersion.TLS_1_1, TlsVersion.TLS_1_2}


@cython.final
@cython.cclass
class TlsParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    _server: object
    _chain: Chain | None
    """What the server has sent up to its certificate; None where nobody wants it, or it is over."""
    _over_sides: cython.int
    """A bit for each side that is over."""
    _collectors: list[Collector | None]
    """What each side has sent of its hello, where that came in parts."""
    _looked_bytes: cython.Py_ssize_t

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._server = options.get("server")
        self._chain = Chain() if self._server == "device" else None
        self._over_sides = 0
        self._collectors = [None, None]
        self._looked_bytes = 0

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        place: cython.int = side
        if self._chain is not None and place == _SERVER:
            return self._feed_server(self._chain, data)
        return self._feed(place, data)

    def _feed(self, side: cython.int, data: Octets) -> tuple[Output, ...]:
        end: cython.Py_ssize_t
        if self._over_sides & (1 << side):
            self._looked_bytes += len(data)
            return _ENOUGH_ALONE if self._looked_bytes > LOOK_BYTES else ()
        collector = self._collectors[side]
        if collector is None:
            first = data if type(data) is bytes else bytes(data)
            end = whole_end(first)
            if end:
                read = read_client_hello if first[HEADER_BYTES] == CLIENT_HELLO else read_server_hello
                return self._over(side, read(first[BODY:end]) or _BAD_HELLO)
            collector = self._collectors[side] = Collector()
        found = collector.add(data)
        if found is _NOTHING_YET:
            return ()
        return self._over(side, _say(collector, found))

    def _feed_server(self, chain: Chain, data: Octets) -> Iterable[Output]:
        """Take the next bytes of a server whose certificate is of interest."""
        outputs = list(self._feed(_SERVER, data))
        shows = not any(_has_hidden(said) for said in outputs)
        certificate = chain.add(data) if shows else b""
        if certificate is None:
            return outputs
        self._chain = None
        sign = self._sign(certificate) if certificate else None
        outputs += [] if sign is None else [sign]
        return [*outputs, _ENOUGH] if self._is_over() and _ENOUGH not in outputs else outputs

    def _sign(self, certificate: bytes) -> DeviceSign | None:
        """What a certificate tells of the server, or of a client that asks for it."""
        from monitor.devices.certificates import called, shown  # noqa: PLC0415 (few flows have one)

        is_device = self._server == "device"
        signals = (shown if is_device else called)(catalog(), certificate)
        side = Side.RESPONDER if is_device else Side.ORIGINATOR
        return DeviceSign(side=side, signals=signals) if signals else None

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway): only a hello that follows at once is one."""
        place: cython.int = side
        if not size_bytes:
            return ()
        if place == _SERVER:
            self._chain = None
        return self._cut(place)

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended."""
        place: cython.int = side
        self._over_sides |= 1 << place
        return self._cut(place)

    def _cut(self, side: cython.int) -> tuple[Output, ...]:
        """Nothing more comes of what a side has begun."""
        collector = self._collectors[side]
        self._collectors[side] = None
        return (_CUT_HELLO,) if collector is not None and collector.begun else ()

    def _over(self, side: cython.int, said: Event | Weird | None) -> tuple[Output, ...]:
        self._over_sides |= 1 << side
        self._collectors[side] = None
        if self._server == "host" and type(said) is TlsClientHello and said.server_name is None:
            self._chain = Chain()
        if said is None:
            return _ENOUGH_ALONE if self._is_over() else ()
        return (said, _ENOUGH) if self._is_over() else (said,)

    def _is_over(self) -> bool:
        return self._over_sides == _BOTH and self._chain is None


def _has_hidden(said: Output) -> bool:
    """Whether a server goes on with what is encrypted, its certificate too (RFC 8446 4.4.2)."""
    return isinstance(said, TlsServerHello) and said.version not in _OPEN_VERSIONS


def _say(collector: Collector, found: Found) -> Event | Weird | None:
    """What there is to say of a side that is over."""
    if found is _HELLO:
        read = read_client_hello if collector.kind == CLIENT_HELLO else read_server_hello
        return read(collector.body) or _BAD_HELLO
    if found is _OLD_HELLO:
        return read_old_hello(collector.body)
    return _OVERSIZE_HELLO if found is _OVERSIZE else None
