"""A conversation over real TLS: two ends of OpenSSL in memory, and every byte that goes between them."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

from monitor.model.flow import Side

Said = Sequence[tuple[Side, bytes]]


def wrapped_in_tls(said: Said, certificate: Path, key: Path) -> list[tuple[Side, bytes]]:
    """What is said, as TLS of the newest version carries it; the first end to speak is the client."""
    contexts = {Side.ORIGINATOR: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    contexts[Side.ORIGINATOR].load_verify_locations(certificate)
    contexts[Side.ORIGINATOR].check_hostname = False
    contexts[Side.RESPONDER] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexts[Side.RESPONDER].load_cert_chain(certificate, key)
    incoming = {side: ssl.MemoryBIO() for side in Side}
    outgoing = {side: ssl.MemoryBIO() for side in Side}
    ends = {
        side: contexts[side].wrap_bio(incoming[side], outgoing[side], server_side=side is Side.RESPONDER)
        for side in Side
    }
    carried: list[tuple[Side, bytes]] = []

    def carry(side: Side, other: Side) -> None:
        if data := outgoing[side].read():
            carried.append((side, data))
            incoming[other].write(data)

    waiting = set(Side)
    while waiting:
        for side, other in ((Side.ORIGINATOR, Side.RESPONDER), (Side.RESPONDER, Side.ORIGINATOR)):
            if side in waiting:
                try:
                    ends[side].do_handshake()
                    waiting.remove(side)
                except ssl.SSLWantReadError:
                    pass
            carry(side, other)
    for side, data in said:
        other = Side.RESPONDER if side is Side.ORIGINATOR else Side.ORIGINATOR
        ends[side].write(data)
        carry(side, other)
        heard = ends[other].read(len(data))
        assert data == heard
    return carried
