"""How devices make themselves known over UDP: DHCP, mDNS, SSDP, WS-Discovery, and what the catalog of devices knows.

It knows datagrams by their first bytes: makers' own discovery, STUN, the ways home of cameras, and how devices ask a
router for a way in.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.events import DeviceLease, DeviceSign, PortMapping
from monitor.model.flow import Transport
from monitor.protocols.discovery.parser import LOOK_DATAGRAMS, DiscoveryParser
from monitor.protocols.discovery.recognition import probe

SPEC = ProtocolSpec(
    name="discovery",
    transport=Transport.UDP,
    ports=(67, 5353, 1900, 3702, 5351),
    probe=probe,
    parser=DiscoveryParser,
    events=(DeviceSign, DeviceLease, PortMapping),
    limits={"look_datagrams": LOOK_DATAGRAMS},
    unordered=True,
)
