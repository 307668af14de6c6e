"""The whole program against independent truth: recorded exchanges, a made-up library's traffic, every public capture.

The material lies beside the repository where the maintainers work; without it these tests are skipped, and say so.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from monitor.analyze import Outcome, Request, analyze
from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.sinks.report.document import build_document
from tests.support.shards import in_shards, part

WATCHED = frozenset(
    ["AA", "AD", "AE", "BD", "BE", "BF", "AB", "AJ", "AS", "AT", "AU", "AV", "BU", "CD", "CN", "CO", "PB"]
)
CAMERAS = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24]
    expect: [{asset: recorder}]
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
"""
# Where tshark and the monitor count packets differently, and why the monitor is right.
OTHER_PACKETS = {
    "OISF__suricata-verify/bug-1450-04__tls_DER-incomplete-header.pcap": 14,  # tshark stops at the damaged record
    "OISF__suricata-verify/bug-1450-05__tls_DER-incomplete-content.pcap": 14,  # the same
    "ntop__nDPI/fuzz-2021-10-13.pcap": 0,  # its one record claims 524,501 bytes and is not all there
    "google__gopacket/test017.pcapng": 0,  # tshark shows custom blocks, which hold no packet
    "google__gopacket/test017~1.pcapng": 0,
    "google__gopacket/test102.pcapng": 5,
    "google__gopacket/test102~1.pcapng": 5,
    "seladb__PcapPlusPlus/solaris.snoop": 0,  # snoop is neither pcap nor pcapng
}
UNREADABLE = {
    "OISF__suricata-verify/bug-1450-04__tls_DER-incomplete-header.pcap": "corrupt",
    "OISF__suricata-verify/bug-1450-05__tls_DER-incomplete-content.pcap": "corrupt",
    "ntop__nDPI/fuzz-2021-10-13.pcap": "corrupt",
    "kbandla__dpkt/truncated_dns_2.pcap": "cut",
    "seladb__PcapPlusPlus/solaris.snoop": "not_capture",
    "the-tcpdump-group__libpcap/pcapng-invalid-vers-1.pcapng": "corrupt",
}
LIBRARY_FLOWS = {"ntop__nDPI/z3950.pcapng": 2}
"""Flows of Z39.50: the collection has one capture of it, and none of SIP2 or NCIP."""


class Kept:
    """A sink that keeps what it receives."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.stats = Stats()

    def receive(self, finding: Finding) -> None:
        """Keep the latest state of a finding."""
        self.findings[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep the figures."""
        self.stats = stats


def report(*paths: Path, config: Config = Config()) -> tuple[dict[str, Any], Outcome]:  # noqa: B008  (unchangeable)
    """The report on some captures as a program would read it."""
    kept = Kept()
    outcome = analyze(Request(paths=tuple(map(str, paths)), sinks=(kept,), config=config))
    return json.loads(json.dumps(build_document(list(kept.findings.values()), kept.stats))), outcome


def exchanges() -> list[Path]:
    """The recorded SIP2 exchanges."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "sip2" / "pcaps"
    return sorted(folder.glob("*.pcap"))


@pytest.mark.parametrize("capture", exchanges() or [None], ids=lambda path: path.stem if path else "none")
def test_sip2_exchanges(capture: Path | None) -> None:
    """Messages equal the truth, and every watched field with a value is in some finding."""
    if capture is None:
        pytest.skip("the recorded SIP2 exchanges are not beside the repository")
    messages = 0
    fields: set[str] = set()
    with (capture.parent.parent / "truth.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["pcap"] == capture.name:
                messages += len(re.findall(r"(?<!\S)\d\d(?!\S)", row["message_ids_in_order"] or ""))
                fields |= {one.split(":")[0] for one in (row["field_ids_nonempty"] or "").split()}
    document, outcome = report(capture)

    assert messages == document["protocols"]["sip2"]["messages"]
    assert fields & WATCHED <= {key for finding in document["findings"] for key in finding["fields"]}
    assert [] == list(outcome.troubles)
    assert {} == document["coverage"]["faults"]


@pytest.mark.parametrize(
    "options", [pytest.param((), id="plain", marks=pytest.mark.e2e), pytest.param(("--vlan",), id="vlan")]
)
def test_a_made_up_library(options: tuple[str, ...], material: Path, tmp_path: Path) -> None:
    """Packets, flows, messages, requests and leaks of 200,000 packets equal what their writer counted."""
    capture = tmp_path / "library.pcap"
    writer = [sys.executable, str(material / "tools" / "libmix.py"), str(capture), "--packets", "200000", *options]
    truth = json.loads(subprocess.run(writer, check=True, capture_output=True, text=True).stdout)
    document, _ = report(capture)
    coverage, sip2 = document["coverage"], document["protocols"]["sip2"]

    assert (truth["packets"], truth["bytes"], truth["flows"]) == (
        coverage["packets"],
        coverage["bytes"],
        coverage["flows"],
    )
    assert (truth["sip2_messages"], truth["sip2_sessions"]) == (sip2["messages"], sip2["flows"])
    assert (0, 0, 0) == (coverage["duplicate_packets"], coverage["gap_bytes"], coverage["one_sided_flows"])
    assert (truth["http_requests"], truth["tls_flows"]) == (
        document["protocols"]["http"]["requests"],
        document["protocols"]["tls"]["flows"],
    )
    assert truth["http_patron_posts"] == sum(
        finding["count"]
        for finding in document["findings"]
        if finding["protocol"] == "http" and "credential" in finding["data_classes"]
    )
    assert {10, 30} == {vlan for finding in document["findings"] for vlan in finding["vlan"]} or not options
    assert [] == [finding for finding in document["findings"] if finding["rule"].startswith("camera-")]

    (tmp_path / "library.yaml").write_text(CAMERAS, "utf-8")
    again, _ = report(capture, config=load_config(tmp_path / "library.yaml"))
    cameras = [finding for finding in again["findings"] if finding["rule"].startswith("camera-")]
    assert truth["camera_unexpected_flows"] == sum(finding["count"] for finding in cameras) > 0
    assert {"198.51.100.77"} == {peer["address"] for finding in cameras for peer in finding["peers"]}
    assert ({40} if options else set()) == {vlan for finding in cameras for vlan in finding["vlan"]}
    assert document["coverage"] == again["coverage"]
    assert document["findings"] == [finding for finding in again["findings"] if finding not in cameras]


@in_shards
def test_every_public_capture(shard: int, material: Path) -> None:
    """No fault, no flow called SIP2 or NCIP, Z39.50 where it is, as many packets as tshark sees, no trouble made up."""
    truths = material / "pcaps" / "truth"
    captures = sorted(
        path for path in (material / "pcaps").glob("*/*") if path.parent.name not in {"truth", "truth_ooo"}
    )
    wrong: list[str] = []
    for capture in part(captures, shard):
        name = f"{capture.parent.name}/{capture.name}"
        document, outcome = report(capture)
        truth = json.loads((truths / f"{name.replace('/', '__')}.json").read_text("utf-8"))
        unknown = any("unknown or unsupported" in warning for warning in truth["tshark_warnings"])
        packets = document["coverage"]["packets"]
        if packets != OTHER_PACKETS.get(name, packets if unknown else truth["packets"]):
            wrong.append(f"{name}: {packets} packets")
        found = {one: document["protocols"][one]["flows"] for one in ("sip2", "ncip", "z3950")}
        if found != {"sip2": 0, "ncip": 0, "z3950": LIBRARY_FLOWS.get(name, 0)}:
            wrong.append(f"{name}: {found}")
        if document["coverage"]["faults"]:
            wrong.append(f"{name}: {document['coverage']['faults']}")
        troubles = Counter(trouble.kind.value for trouble in outcome.troubles)
        if troubles != (Counter([UNREADABLE[name]]) if name in UNREADABLE else Counter()):
            wrong.append(f"{name}: {dict(troubles)}")

    assert captures
    assert [] == wrong
