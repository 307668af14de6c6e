"""Invented findings and statistics: a small library on one day, cameras included."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from monitor.model.data import AboutKind, DataClass, Level
from monitor.model.finding import About, Evidence, Finding, Peer
from monitor.model.opaque import Label
from monitor.model.stats import CaptureStats, Coverage, Stats

NINE_NS = 1_778_230_801_000_000_000
"""2026-05-08 09:00:01 UTC."""
FIVE_NS = NINE_NS + (8 * 3_600 + 130) * 10**9
NOTHING = Label("")


def peer(address: str, count: int, *, port: int = 0, asset: str = "", zone: str = "", name: str = "") -> Peer:
    """One other end."""
    return Peer(address=Label(address), port=port, name=Label(name), zone=Label(zone), asset=Label(asset), count=count)


def kiosks(number: int) -> tuple[Peer, ...]:
    """Self-checks, the busiest first."""
    return tuple(
        peer(f"10.30.0.{11 + place}", 1_240 - 70 * place, asset=f"kiosk-{place + 1}", zone="self-check")
        for place in range(number)
    )


PIN = Finding(
    id=Label("a1b2c3d4"),
    rule=Label("sip2-patron-pin"),
    rule_id=Label("5f0c3f0e-6f0e-4f6e-8a53-0a4f1d6b7c21"),
    family=Label("sip2-patron-data"),
    title=Label("Self-checks send patron PINs without encryption"),
    level=Level.CRITICAL,
    protocol=Label("sip2"),
    about=About(
        kind=AboutKind.SERVICE,
        address=Label("10.1.0.10"),
        port=6001,
        transport=Label("tcp"),
        name=NOTHING,
        zone=Label("servers"),
        asset=Label("ils"),
    ),
    peers=kiosks(17),
    peers_total=17,
    vlan=(30, 31),
    data_classes=(DataClass.CREDENTIAL, DataClass.PATRON_IDENTIFIER, DataClass.NAME, DataClass.CIRCULATION),
    fields={
        Label("AA"): 8_120,
        Label("AD"): 4_060,
        Label("AE"): 4_060,
        Label("AU"): 2_210,
        Label("patron_status"): 4_060,
    },
    count=8_120,
    subjects=840,
    subjects_limited=False,
    first_seen_ns=NINE_NS,
    last_seen_ns=FIVE_NS,
    evidence=(Evidence(capture=0, frame=123), Evidence(capture=0, frame=1_048_576)),
    remediation=Label(
        "Put the link between the self-checks and the library system into a tunnel.\n"
        "Many library systems offer SIP2 over TLS; ask your vendor to turn it on.\n"
        "\n"
        "- On both ends stunnel does the same: one end beside the library system,\n"
        "  the other on each self-check.\n"
        "- Where a machine cannot do either, a VPN does.\n"
        "\n"
        "Afterwards, close the open port.\n"
    ),
    references=(Label("https://example.org/privacy/sip2"),),
    checklist=(Label("ala-data-exchange-1"),),
)
"""Thirty kiosks on one clear port are one thing to fix."""

CAMERA = replace(
    PIN,
    id=Label("0badcafe"),
    rule=Label("camera-unexpected-destination"),
    rule_id=Label("0d3a3f5e-2d0a-4a8e-9a53-6a4f1d6b7c22"),
    family=Label("camera-destination"),
    title=Label("A camera sends video to a host nobody expects"),
    level=Level.HIGH,
    protocol=Label("tls"),
    about=About(
        kind=AboutKind.DEVICE,
        address=Label("10.40.0.21"),
        port=0,
        transport=Label("tcp"),
        name=NOTHING,
        zone=Label("cameras"),
        asset=NOTHING,
    ),
    peers=(peer("203.0.113.7", 41, port=443, name="relay.cameras.example"),),
    peers_total=1,
    vlan=(40,),
    data_classes=(DataClass.VIDEO,),
    fields={},
    count=41,
    subjects=0,
    evidence=(Evidence(capture=1, frame=77),),
    remediation=Label("Block the camera's way to the internet at the firewall, or name the host as expected."),
    references=(),
)

LOGIN = replace(
    PIN,
    id=Label("11112222"),
    rule=Label("http-patron-login"),
    family=Label("http-credential"),
    title=Label("The catalog takes logins without encryption"),
    level=Level.CRITICAL,
    protocol=Label("http"),
    about=replace(
        PIN.about,
        address=Label("2001:db8::10"),
        port=80,
        asset=NOTHING,
        zone=NOTHING,
        name=Label("catalog.example.org"),
    ),
    peers=(peer("", 3, zone="patron-wifi"),),
    peers_total=1,
    vlan=(),
    data_classes=(DataClass.CREDENTIAL, DataClass.PATRON_IDENTIFIER),
    fields={Label("password"): 3, Label("userid"): 3},
    count=3,
    subjects=2,
    last_seen_ns=NINE_NS + 65 * 10**9,
    evidence=(Evidence(capture=1, frame=901), Evidence(capture=1, frame=944)),
    remediation=Label("Serve the catalog over HTTPS only and redirect the old address."),
    references=(),
)

HEARTBEAT = replace(
    PIN,
    id=Label("33334444"),
    rule=Label("sip2-clear"),
    title=Label("SIP2 without encryption, no patron data seen yet"),
    level=Level.INFORMATIONAL,
    about=replace(PIN.about, port=6002, asset=NOTHING, zone=NOTHING),
    peers=kiosks(2),
    peers_total=2,
    data_classes=(),
    fields={},
    count=96,
    subjects=0,
    references=(),
)

ALL = (HEARTBEAT, CAMERA, PIN, LOGIN)
"""In no order."""


def busy_stats() -> Stats:
    """A day with every flaw a capture can have."""
    return Stats(
        captures=[
            CaptureStats(
                path="captures/monday.pcap", packets=1_200_000, bytes=1_004_000_000, first_ns=NINE_NS, last_ns=FIVE_NS
            ),
            CaptureStats(
                path="captures/cameras.pcapng", packets=34_567, bytes=20_000_000, first_ns=NINE_NS, last_ns=FIVE_NS
            ),
        ],
        coverage=Coverage(
            packets=1_234_567,
            bytes=1_024_000_000,
            flows=12_345,
            tcp_flows=9_000,
            udp_flows=3_345,
            one_sided_flows=1_800,
            gap_bytes=1_234_000,
            undecoded_packets=420,
            duplicate_packets=9_000,
            excluded_packets=77,
            truncated_packets=31,
        ),
        packets_by_kind=Counter(
            tcp=1_230_000, udp=4_000, non_ip=70, encapsulated=77, unknown_linktype=300, malformed=43
        ),
        undecoded_by_linktype=Counter({105: 300}),
        weirds=Counter({"sip2.bad_checksum": 12, "http.cut_head": 3}),
        limits=Counter({"flow.evicted": 4}),
        faults=Counter({"sip2.ValueError": 1}),
        protocols={
            "sip2": Counter(flows=19, encrypted_flows=1, messages=8_216),
            "http": Counter(flows=310, requests=2_400, responses=2_398),
            "tls": Counter(flows=5_120),
            "rtsp": Counter(flows=2),
        },
        skipped_files=3,
        now_ns=FIVE_NS,
    )


def quiet_stats() -> Stats:
    """A flawless capture."""
    return Stats(
        captures=[CaptureStats(path="quiet.pcap", packets=1_200, bytes=700_000, first_ns=NINE_NS, last_ns=FIVE_NS)],
        coverage=Coverage(packets=1_200, bytes=700_000, flows=14, tcp_flows=12, udp_flows=2),
        packets_by_kind=Counter(tcp=1_190, udp=10),
        protocols={"tls": Counter(flows=12)},
        now_ns=FIVE_NS,
    )
