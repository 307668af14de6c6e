"""Holds the name for which a client asks against the catalog of devices, for devices that nobody watches yet.

Nearly all hellos lie in one segment and have a name: then nothing else of the flow is of interest, and no parser is
made. Whatever else there is, is the parser's.
"""

from __future__ import annotations

from monitor.devices.catalog import catalog
from monitor.model.opaque import Label
from monitor.privacy.names import ask
from monitor.protocols.tls.collector import BODY, HEADER_BYTES, whole_end
from monitor.protocols.tls.hello import CLIENT_HELLO, read_server_name


def read_name(data: bytes) -> tuple[Label, ...] | None:
    """The signals of the name that is asked for; None where the first segment is no whole hello with a name."""
    end = whole_end(data)
    if not end or data[HEADER_BYTES] != CLIENT_HELLO:
        return None
    name = read_server_name(data[BODY:end])
    return None if name is None else ask(name, catalog().host)
