"""RTP: that sound or video flows, and from which device; never what it shows.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.flow import Transport
from monitor.protocols.rtp.events import RtpStream
from monitor.protocols.rtp.parser import LOOK_DATAGRAMS, RtpParser
from monitor.protocols.rtp.recognition import probe

SPEC = ProtocolSpec(
    name="rtp",
    transport=Transport.UDP,
    ports=(5004,),
    probe=probe,
    parser=RtpParser,
    events=(RtpStream,),
    limits={"look_datagrams": LOOK_DATAGRAMS},
    unordered=True,
)
