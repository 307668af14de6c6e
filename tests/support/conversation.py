"""Conversations frame by frame, as the package builds them, and what only tests need beside them."""

from __future__ import annotations

import struct

from monitor.capture.conversation import IPV4, Conversation, Host, Packet, datagram, ethernet, woven

__all__ = ["ARP", "BROADCAST", "Conversation", "Host", "Packet", "datagram", "is_at", "who_has", "woven"]

ARP = 0x0806
BROADCAST = b"\xff" * 6


def who_has(asker: Host, wanted: Host) -> bytes:
    """The frame of an ARP request (RFC 826)."""
    head = struct.pack("!HHBBH", 1, IPV4, 6, 4, 1)
    body = head + asker.hardware + asker.packed + b"\0" * 6 + wanted.packed
    return ethernet(asker, Host(wanted.address, mac=BROADCAST), ARP, body)


def is_at(owner: Host, asker: Host) -> bytes:
    """The frame of the answer to `who_has`."""
    head = struct.pack("!HHBBH", 1, IPV4, 6, 4, 2)
    return ethernet(owner, asker, ARP, head + owner.hardware + owner.packed + asker.hardware + asker.packed)
