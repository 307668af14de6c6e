"""Reads the name that the first datagram of a flow asks for, and nothing else: for devices that nobody watches yet."""

from __future__ import annotations

from monitor.model.contract import Answer, Head
from monitor.model.opaque import HostName, Raw
from monitor.privacy.names import host_name
from monitor.protocols.dns.message import HEADER_BYTES, RESPONSE
from monitor.protocols.dns.recognition import probe

_SILENT = Head(b"", from_start=False)


def read_question(data: bytes) -> HostName | None:
    """The name in a question, if it is one and the name is a host's (RFC 1035 4.1)."""
    if probe((Head(data, from_start=True), _SILENT), False).answer is not Answer.YES or data[2] & RESPONSE:  # noqa: FBT003
        return None
    labels = []
    at = HEADER_BYTES
    while data[at]:
        labels.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return None if any(b"." in label for label in labels) else host_name(Raw(b".".join(labels)))
