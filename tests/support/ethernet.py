"""Ethernet headers with both addresses given: scapy asks the network of this machine for those that are not."""

from __future__ import annotations

from scapy.layers.l2 import Ether


def ether(**fields: object) -> Ether:
    """A header from one invented device to another, unless `fields` say otherwise."""
    return Ether(**{"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02", **fields})
