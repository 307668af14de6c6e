"""Z39.50: searches in library catalogs from other systems, with the account under which they search.

`SPEC` is what the registry finds.
"""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.flow import Transport
from monitor.model.lazy import late
from monitor.privacy.labels import typed
from monitor.protocols.z3950.bounds import MAX_DEPTH, MESSAGE_BYTES, SEARCHED_BYTES
from monitor.protocols.z3950.events import Z3950Login, Z3950Search
from monitor.protocols.z3950.recognition import probe

SPEC = ProtocolSpec(
    name="z3950",
    transport=Transport.TCP,
    ports=(210, 7090, 9991, 9999),
    probe=probe,
    parser=late("monitor.protocols.z3950.parser", "Z3950Parser"),
    events=(Z3950Login, Z3950Search),
    limits={"message_bytes": MESSAGE_BYTES, "searched_bytes": SEARCHED_BYTES, "depth": MAX_DEPTH},
    parties=(None, typed("z3950-server")),
    report={"searches": Z3950Search},
)
