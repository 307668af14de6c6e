"""TLS: who wants to talk to whom, as the first messages of either side say it in clear; nothing is ever decrypted.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from operator import attrgetter

from monitor.model.contract import ProtocolSpec
from monitor.model.events import DeviceSign
from monitor.model.flow import Transport
from monitor.protocols.tls.chain import CHAIN_BYTES
from monitor.protocols.tls.collector import HELLO_BYTES, HELLO_RECORDS
from monitor.protocols.tls.events import TlsClientHello, TlsServerHello
from monitor.protocols.tls.glance import read_name
from monitor.protocols.tls.parser import LOOK_BYTES, TlsParser
from monitor.protocols.tls.recognition import opens, probe

SPEC = ProtocolSpec(
    name="tls",
    transport=Transport.TCP,
    ports=(443, 853, 8443, 636, 993, 995, 465, 990, 5061, 6443),
    probe=probe,
    opens=opens,
    parser=TlsParser,
    events=(TlsClientHello, TlsServerHello, DeviceSign),
    limits={
        "hello_bytes": HELLO_BYTES,
        "hello_records": HELLO_RECORDS,
        "look_bytes": LOOK_BYTES,
        "chain_bytes": CHAIN_BYTES,
    },
    shows_server=True,
    glance=read_name,
    names={TlsClientHello: attrgetter("server_name")},
)
