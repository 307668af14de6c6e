"""Opens a client's Initial packets, whose keys follow from what stands in them (RFC 9001 5.2, RFC 9369 3.3).

That hides nothing and is not meant to: whoever sees the packet can open it. `cryptography` and `hmac` are loaded with
the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from monitor.model.named import NamedTuple

_SALTS = {
    1: bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
    0x6B3343CF: bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
    0xFF00001D: bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"),
}
"""By version: 1, 2, and draft 29, which stayed in use."""
_SECOND = 0x6B3343CF
_MAX_ID = 20
_INITIAL = {1: 0, _SECOND: 1, 0xFF00001D: 0}
"""Type of the packet, by version."""
_TAG_BYTES = 16
_SAMPLE_BEHIND = 4
"""From the packet number on, RFC 9001 5.4.2."""
_PADDING, _PING, _ACK, _ACK_ECN, _CRYPTO = 0, 1, 2, 3, 6


class Header(NamedTuple):
    """What stands in clear ahead of an Initial packet's number."""

    version: int
    destination: bytes
    number_at: int
    end: int
    """Where the packet ends in its datagram; another may follow."""


class Keys(NamedTuple):
    """How a client's packets are closed."""

    key: bytes
    vector: bytes
    mask: bytes


def read_header(data: bytes, at: int) -> Header | None:
    """The header of the Initial packet at a place of a datagram; None if there is none, or it is cut."""
    try:
        version = int.from_bytes(data[at + 1 : at + 5])
        if data[at] & 0xC0 != 0xC0 or version not in _SALTS or (data[at] >> 4) & 3 != _INITIAL[version]:  # noqa: PLR2004
            return None
        place = at + 5
        size = data[place]
        destination = data[place + 1 : place + 1 + size]
        place += 1 + size
        source_bytes = data[place]
        if max(size, source_bytes) > _MAX_ID:
            return None
        place += 1 + source_bytes
        token_bytes, place = _number(data, place)
        length, place = _number(data, place + token_bytes)
    except IndexError:
        return None
    end = place + length
    return Header(version, destination, place, end) if place + 20 <= end <= len(data) else None


def open_initial(data: bytes, at: int, header: Header, destination: bytes) -> bytes | None:
    """What is in a client's Initial packet; None if it is no client's, or spoiled.

    Args:
        data: the datagram.
        at: where the packet begins.
        header: what stands ahead of it.
        destination: the connection id of the client's very first packet, from which the keys follow.
    """
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 (see above)
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    keys = client_keys(header.version, destination)
    sample = data[header.number_at + _SAMPLE_BEHIND : header.number_at + _SAMPLE_BEHIND + 16]
    cipher = Cipher(algorithms.AES(keys.mask), modes.ECB()).encryptor()  # noqa: S305 (RFC 9001 5.4.3 asks for it)
    mask = cipher.update(sample)
    first = data[at] ^ (mask[0] & 0x0F)
    size = (first & 3) + 1
    number = bytes(one ^ other for one, other in zip(data[header.number_at :], mask[1 : 1 + size], strict=False))
    head = bytes((first,)) + data[at + 1 : header.number_at] + number
    vector = (int.from_bytes(keys.vector) ^ int.from_bytes(number)).to_bytes(12)
    try:
        return AESGCM(keys.key).decrypt(vector, data[header.number_at + size : header.end], head)
    except InvalidTag:
        return None


def crypto_frames(plain: bytes) -> Iterator[tuple[int, bytes]]:
    """Pieces of the handshake in a packet, each with its place (RFC 9000 19.6); up to anything that is odd there."""
    at = 0
    try:
        while at < len(plain):
            kind = plain[at]
            at += 1
            if kind == _CRYPTO:
                offset, at = _number(plain, at)
                size, at = _number(plain, at)
                yield offset, plain[at : at + size]
                at += size
            elif kind in (_ACK, _ACK_ECN):
                at = _behind_ack(plain, at, ecn=kind == _ACK_ECN)
            elif kind not in (_PADDING, _PING):
                return
    except IndexError:
        return


def _behind_ack(plain: bytes, at: int, *, ecn: bool) -> int:
    _, at = _number(plain, at)
    _, at = _number(plain, at)
    ranges, at = _number(plain, at)
    for _ in range(min(2 * ranges + 1 + 3 * ecn, len(plain))):
        _, at = _number(plain, at)
    return at


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length (RFC 9000 16), and what stands behind it."""
    size = 1 << (data[at] >> 6)
    if at + size > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + size]) & ((1 << (8 * size - 2)) - 1), at + size


@lru_cache(maxsize=64)
def client_keys(version: int, destination: bytes) -> Keys:
    """How a client closes its Initial packets, by the connection id that it chose for the server (RFC 9001 5.2)."""
    import hmac  # noqa: PLC0415 (see above: it brings hashlib)

    secret = hmac.digest(_SALTS[version], destination, "sha256")
    client = _expand(secret, b"client in", 32)
    prefix = b"quicv2 " if version == _SECOND else b"quic "
    return Keys(
        _expand(client, prefix + b"key", 16), _expand(client, prefix + b"iv", 12), _expand(client, prefix + b"hp", 16)
    )


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 7.1) of at most one block."""
    import hmac  # noqa: PLC0415 (the same)

    name = b"tls13 " + label
    info = size.to_bytes(2) + bytes((len(name),)) + name + b"\0" + b"\1"
    return hmac.digest(secret, info, "sha256")[:size]
