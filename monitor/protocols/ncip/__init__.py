"""NCIP (Z39.83): how library systems exchange loans and patrons, over a connection of its own; HTTP carries it, too.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.flow import Transport
from monitor.model.lazy import late
from monitor.privacy.labels import typed
from monitor.protocols.ncip.bounds import DOCUMENT_BYTES, MAX_DEPTH, MAX_TEXT
from monitor.protocols.ncip.events import NcipFragment, NcipMessage
from monitor.protocols.ncip.recognition import probe

SPEC = ProtocolSpec(
    name="ncip",
    transport=Transport.TCP,
    # No port is registered; this one is seen in the field and only helps to tell who opened a flow.
    ports=(3001,),
    probe=probe,
    parser=late("monitor.protocols.ncip.parser", "NcipParser"),
    events=(NcipMessage, NcipFragment),
    limits={"document_bytes": DOCUMENT_BYTES, "depth": MAX_DEPTH, "text": MAX_TEXT},
    parties=(None, typed("ncip-server")),
    report={"messages": NcipMessage},
    encrypted_by="tls",
)
