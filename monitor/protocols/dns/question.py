"""Holds the first datagram of a flow against the catalog of devices, for devices that nobody watches yet.

What is asked for is not read: names of the catalog are looked for in it as they stand in a message. It meets every
device's first questions, and most ask for nothing of interest. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from monitor.devices.catalog import catalog
from monitor.model.opaque import Label
from monitor.protocols.dns.message import HEADER_BYTES, RESPONSE


def read_question(data: bytes) -> tuple[Label, ...]:
    """The signals whose names are asked for; none if it is no question (RFC 1035 4.1)."""
    if len(data) < HEADER_BYTES or data[2] & RESPONSE:
        return ()
    return catalog().asked(data, HEADER_BYTES)
