"""The QUIC parser: puts the client's hello together from its first packets, says whom it asks for, and is done.

Browsers mix the pieces of a long hello up on purpose, over two packets; both are waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.contract import Octets
from monitor.model.events import Enough, Output
from monitor.model.flow import Close, Side
from monitor.protocols.quic.events import QuicClientHello
from monitor.protocols.quic.initial import crypto_frames, open_initial, read_header
from monitor.protocols.tls.hello import CLIENT_HELLO, read_client_hello

CRYPTO_BYTES = 16_384
"""Of a hello; the largest with post-quantum keys has some 2,000."""
LOOK_DATAGRAMS = 8
"""Looked at for a hello; it comes in the first or the first two, which may be sent again."""
_HEADER_BYTES = 4
_ENOUGH = Enough()


class QuicParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_destination", "_looked", "_pieces")

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._looked = 0
        self._destination: bytes | None = None
        """Of the client's first packet; a server that asks it to try again has it take another (RFC 9001 5.2)."""
        self._pieces: dict[int, bytes] = {}
        """Of the hello, by their place in it."""

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take one datagram."""
        self._looked += 1
        if side is Side.ORIGINATOR:
            self._open(bytes(data))
            hello = self._hello()
            if hello is not None:
                return (hello, _ENOUGH)
        return (_ENOUGH,) if self._looked >= LOOK_DATAGRAMS else ()

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Datagrams leave no gaps."""
        return ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Nothing is left to say."""
        self._pieces.clear()
        return ()

    def _open(self, data: bytes) -> None:
        """Keep what is new of the hello in the packets of one datagram."""
        at = 0
        while at < len(data):
            header = read_header(data, at)
            if header is None:
                return
            plain = None
            for destination in dict.fromkeys((self._destination or header.destination, header.destination)):
                plain = open_initial(data, at, header, destination)
                if plain is not None:
                    self._destination = destination
                    break
            for place, piece in crypto_frames(plain or b""):
                if place + len(piece) <= CRYPTO_BYTES and len(self._pieces.get(place, b"")) < len(piece):
                    self._pieces[place] = piece
            at = header.end

    def _hello(self) -> QuicClientHello | None:
        """The hello, once it is whole."""
        whole = bytearray()
        for place, piece in sorted(self._pieces.items()):
            if place > len(whole):
                return None
            whole[place : place + len(piece)] = piece
        if len(whole) < _HEADER_BYTES or whole[0] != CLIENT_HELLO:
            return None
        size = int.from_bytes(whole[1:_HEADER_BYTES])
        if len(whole) < _HEADER_BYTES + size:
            return None
        hello = read_client_hello(bytes(whole[_HEADER_BYTES : _HEADER_BYTES + size]))
        return QuicClientHello(server_name=hello.server_name if hello else None)
