"""SIP2: how self-checks, gates and vendors' services talk to a library system, in clear text unless somebody wraps it.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.data import Role
from monitor.model.flow import Transport
from monitor.privacy.labels import typed
from monitor.protocols.sip2.events import Sip2Fragment, Sip2Login, Sip2LoginAnswer, Sip2Message
from monitor.protocols.sip2.framing import FRAME_BYTES, LINE_FEEDS
from monitor.protocols.sip2.parser import Sip2Parser
from monitor.protocols.sip2.preamble import PREAMBLE_BYTES, PREAMBLE_LINES
from monitor.protocols.sip2.recognition import probe

SPEC = ProtocolSpec(
    name="sip2",
    transport=Transport.TCP,
    # Defaults of library systems and clients; sites choose their own, so these only help to tell who opened a flow.
    ports=(6001, 6002, 8023, 6443, 1290, 1294, 2090, 3004, 5300, 5550, 6197),
    probe=probe,
    parser=Sip2Parser,
    events=(Sip2Message, Sip2Fragment, Sip2Login, Sip2LoginAnswer),
    limits={
        "frame_bytes": FRAME_BYTES,
        "frame_line_feeds": LINE_FEEDS,
        "preamble_bytes": PREAMBLE_BYTES,
        "preamble_lines": PREAMBLE_LINES,
    },
    report={"messages": Sip2Message},
    encrypted_by="tls",
    server=Role.ILS,
    parties=(typed("sip2-client"), typed("sip2-server")),
)
