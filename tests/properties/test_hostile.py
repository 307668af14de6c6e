"""Whatever a capture holds, the run comes to its end, and no guard had to catch a bug of ours."""

from __future__ import annotations

import gzip
import json
import tempfile
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.make_capture import packets as demo_packets
from monitor.analyze import Request, analyze
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.sinks.report.json import JsonReport
from tests.protocols.sip2.samples import CONVERSATIONS
from tests.support.captures import SECOND, START, Packet, Pcap, pcapng
from tests.support.conversation import Conversation, Host, woven


class Figures:
    """A sink that keeps the statistics of the run."""

    def __init__(self) -> None:
        self.stats = Stats()

    def receive(self, finding: Finding) -> None:
        """Findings are not looked at."""

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep them."""
        self.stats = stats


def report(*contents: bytes) -> tuple[dict[str, Any], Stats]:
    """The report on captures with these contents, and the run's own figures."""
    sheet, figures = StringIO(), Figures()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.pcap") for number in range(len(contents))]
        for path, data in zip(paths, contents, strict=True):
            path.write_bytes(data)
        analyze(Request(paths=tuple(map(str, paths)), sinks=(JsonReport(sheet), figures)))
    return json.loads(sheet.getvalue()), figures.stats


@cache
def talk() -> tuple[Packet, ...]:
    """Every sample conversation at once, some of them over IPv6 and in VLANs."""
    hosts = (("10.30.0.11", "10.1.0.10"), ("2001:db8::11", "2001:db8::10"))
    told = []
    for number, script in enumerate(CONVERSATIONS.values()):
        near, far = hosts[number % 2]
        one = Conversation(Host(near, 40_000 + number), Host(far, 6001), vlans=(30,) * (number % 3)).open()
        for side, data in script:
            one.say(side, data)
        told.append(one.close().packets)
    return tuple(woven(*told))


@cache
def written() -> tuple[bytes, ...]:
    """The conversations in several kinds of capture."""
    whole = talk()
    return (Pcap().file(whole), Pcap(big=True, nano=True).file(whole), pcapng(whole), pcapng(whole, order=">"))


changes = st.lists(st.tuples(st.integers(0, 2**20), st.binary(max_size=8), st.integers(0, 8)), max_size=12)
"""Where, what is put there, and how many bytes it replaces."""


@given(which=st.integers(0, 3), changes=changes, kept=st.integers(0, 2**20))
def test_damaged_captures_come_to_an_end(which: int, changes: list[tuple[int, bytes, int]], kept: int) -> None:
    """Captures with bytes turned, put in, taken out and cut off are read as far as they make sense."""
    data = bytearray(written()[which])
    for place, new, replaced in changes:
        at = place % len(data)
        data[at : at + replaced] = new
    _, stats = report(bytes(data[: 1 + kept % (2 * len(data))]))
    assert {} == dict(stats.faults)


@given(frames=st.lists(st.binary(max_size=200), max_size=8), linktype=st.integers(0, 300))
def test_any_frame_is_taken(frames: list[bytes], linktype: int) -> None:
    """Frames of any bytes and any link type are counted, decoded or not."""
    packets = [Packet(START * SECOND + number, data, max(60, len(data))) for number, data in enumerate(frames)]
    found, stats = report(Pcap(nano=True, linktype=linktype).file(packets))
    assert len(frames) == found["coverage"]["packets"]
    assert {} == dict(stats.faults)


@given(st.data())
def test_damaged_packets_come_to_an_end(data: st.DataObject) -> None:
    """Packets with bytes turned, lost, doubled and put out of order are followed as far as they make sense."""
    chosen = data.draw(st.lists(st.sampled_from(talk()), max_size=60))
    hurt = []
    for packet in chosen:
        body = bytearray(packet.data)
        for place, value in data.draw(st.lists(st.tuples(st.integers(12, 90), st.integers(0, 255)), max_size=3)):
            body[min(place, len(body) - 1)] = value
        hurt.append(Packet(packet.at_ns, bytes(body)))
    found, stats = report(Pcap(nano=True).file(hurt))
    assert len(hurt) == found["coverage"]["packets"]
    assert {} == dict(stats.faults)


def answer(found: dict[str, Any]) -> dict[str, Any]:
    """What a report says, without the places in which it was found."""
    places = ("captures", "evidence")
    findings = [{key: one[key] for key in one if key not in places} for one in found["findings"]]
    return {key: found[key] for key in found if key not in places} | {"findings": findings}


@pytest.fixture(scope="module")
def day() -> list[Packet]:
    """The day of the invented library, to the microsecond."""
    return [Packet(packet.at_ns // 1000 * 1000, packet.data) for packet in demo_packets()]


@pytest.mark.parametrize("container", ["big pcap", "pcapng", "big pcapng", "zipped", "two files", "many files"])
def test_the_container_changes_nothing(day: list[Packet], container: str) -> None:
    """The same packets give the same answer however they were recorded."""
    plain = Pcap()
    contents = {
        "big pcap": [Pcap(big=True, nano=True).file(day)],
        "pcapng": [pcapng(day)],
        "big pcapng": [pcapng(day, order=">")],
        "zipped": [gzip.compress(plain.file(day))],
        "two files": [plain.file(day[:300]), pcapng(day[300:])],
        "many files": [plain.file(day[start : start + 40]) for start in range(0, len(day), 40)],
    }
    expected, _ = report(plain.file(day))
    actual, _ = report(*contents[container])
    assert answer(expected) == answer(actual)
    assert {"http", "sip2"} <= {finding["protocol"] for finding in expected["findings"]}
