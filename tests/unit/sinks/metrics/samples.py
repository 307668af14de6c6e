"""A made-up run with every figure that a scrape tells."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from monitor.model.data import DataClass
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import CaptureStats, Coverage, SinkStats, Stats
from tests.unit.sinks.samples import ALL, FIVE_NS, PIN

SERVERS, CAMERAS, NOWHERE = Label("servers"), Label("Kameras, Süd"), Label("")
SIP2, TLS = Label("sip2"), Label("tls")
FINDINGS: tuple[Finding, ...] = (*ALL, replace(PIN, id=Label("second"), count=0))
"""One of them is withdrawn before anybody saw it stand, which still counts as having been one."""


def stats() -> Stats:
    """A day in which everything happened once."""
    return Stats(
        captures=[CaptureStats(path="eth0", packets=1_234, dropped=66, arrived=1_300, last_ns=FIVE_NS)],
        coverage=Coverage(packets=1_234, flows=40, tcp_flows=30, one_sided_flows=8, gap_bytes=250),
        followed_bytes=750,
        lost_bytes=250,
        followed_flows=12,
        protocols={"sip2": Counter(flows=1), "tls": Counter(flows=0)},
        sessions=Counter({(SIP2, False, SERVERS): 3, (SIP2, True, SERVERS): 2, (TLS, True, NOWHERE): 9}),
        exposures=Counter({(SIP2, DataClass.NAME, SERVERS): 20, (SIP2, DataClass.CREDENTIAL, NOWHERE): 4}),
        camera_upload_bytes=Counter({(CAMERAS, True): 900_001, (CAMERAS, False): 77}),
        limits=Counter({"flow.table": 4}),
        faults=Counter({"sip2.ValueError": 1, "sip2.KeyError": 2, "decode.IndexError": 5}),
        sinks={"stdout": SinkStats(), "post": SinkStats(failing=True, dropped=3)},
        now_ns=FIVE_NS,
    )
