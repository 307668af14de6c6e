"""What the catalog of devices knows of connections by their first bytes: makers' own protocols, RTMP, TURN over TCP.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.events import DeviceSign
from monitor.model.flow import Transport
from monitor.protocols.vendor.opening import OPENING_BYTES, VendorParser, probe

SPEC = ProtocolSpec(
    name="vendor",
    transport=Transport.TCP,
    ports=(9000, 37777, 34567),
    probe=probe,
    parser=VendorParser,
    events=(DeviceSign,),
    limits={"opening_bytes": OPENING_BYTES},
)
