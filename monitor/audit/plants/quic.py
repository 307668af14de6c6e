"""First packets of QUIC clients, with marks for the server's name. Each piece is one datagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.audit.marks import Marks, Script
from monitor.audit.plants.tls import client_hello, server_name
from monitor.model.flow import Side
from monitor.protocols.quic.initial import client_keys

CLIENT, SERVER = Side.ORIGINATOR, Side.RESPONDER
DESTINATION = bytes.fromhex("8394c8f03e515708")
"""A connection id, as in RFC 9001 A.1."""
DATAGRAM_BYTES = 1_200
"""The least that a client sends, RFC 9000 14.1."""
_HEAD_BYTES = 50
"""More than stands ahead of the frames, with the seal behind them."""


def frame(place: int, piece: bytes) -> bytes:
    """A CRYPTO frame (RFC 9000 19.6)."""
    return b"\x06" + (0x4000 | place).to_bytes(2) + (0x4000 | len(piece)).to_bytes(2) + piece


def initial(
    frames: Sequence[bytes], *, number: int = 0, version: int = 1, destination: bytes = DESTINATION, token: bytes = b""
) -> bytes:
    """A client's Initial packet that fills a datagram, closed as RFC 9001 5 says."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 (as in the parser)
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 (the same)

    plain = b"".join(frames)
    plain += bytes(max(0, DATAGRAM_BYTES - _HEAD_BYTES - len(token) - len(plain)))
    keys = client_keys(version, destination)
    first = (0xC3 if version == 1 else 0xD3).to_bytes(1)
    head = first + version.to_bytes(4) + bytes((len(destination),)) + destination + b"\0" + bytes((len(token),)) + token
    head += (0x4000 | len(plain) + 4 + 16).to_bytes(2)
    packet_number = number.to_bytes(4)
    vector = (int.from_bytes(keys.vector) ^ number).to_bytes(12)
    closed = AESGCM(keys.key).encrypt(vector, plain, head + packet_number)
    mask = Cipher(algorithms.AES(keys.mask), modes.ECB()).encryptor().update(closed[:16])  # noqa: S305 (RFC 9001 5.4.3)
    masked = bytes(one ^ other for one, other in zip(packet_number, mask[1:5], strict=True))
    return bytes((head[0] ^ mask[0] & 0x0F,)) + head[1:] + masked + closed + bytes(50)


def quic(marks: Marks) -> Iterator[Script]:
    """Marks in the name of the server, in a token, in what a server answers, and in what is no QUIC."""
    hello = client_hello(server_name(marks.mark("name") + b".example.org"))
    loose = marks.mark("loose")
    yield [(CLIENT, initial([frame(0, hello)])), (SERVER, loose * 8)]
    yield [(CLIENT, initial([frame(0, hello[:90])], token=loose)), (CLIENT, initial([frame(90, hello[90:])], number=1))]
    yield [(CLIENT, initial([frame(0, loose)]))]
    yield [(CLIENT, loose), (SERVER, loose)]
