"""Conversations of every public capture, by both ends and packets each way, against what tshark counts.

The flow table's own sums of packets are held against the same. Where both differ, `conversations.tsv` says why, in a
line for each capture. A capture that is not named there must be equal, and one that is named must differ.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.fragments import Fragments
from monitor.flow.picks import TOTAL_KINDS
from monitor.flow.table import FlowTable
from monitor.model.columns import Kind
from monitor.model.frames import Frames
from monitor.model.stats import Stats

PCAPS = Path(__file__).resolve().parents[3] / "shared" / "pcaps"
EXPLAINED = Path(__file__).with_name("conversations.tsv")
LEAST_EQUAL = 0.98
TRANSPORTS = {Kind.TCP: "tcp", Kind.UDP: "udp"}

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

End = tuple[str, int]
Tally = Counter[tuple[str, End, End]]
"""Packets by transport, sender, and receiver."""


def ours(path: Path) -> Tally:
    """What the header pass makes of a capture, fragments put together."""
    stats = Stats()
    table = FlowTable(look_udp=True)
    fragments = Fragments(table, stats)
    tally: Tally = Counter()
    for item in Decoding(CaptureFiles([str(path)], stats), stats):
        if isinstance(item, Frames):
            for part, first, behind in fragments.parts(item):
                table.run(part, first, behind)
                tally.update(sent(part, first, behind))
    read = sum(tally[key] for key in tally)
    assert read >= table.total[TOTAL_KINDS + Kind.TCP] + table.total[TOTAL_KINDS + Kind.UDP]
    return tally


def sent(frames: Frames, first: int, behind: int) -> Iterator[tuple[str, End, End]]:
    """Who sent to whom, of each packet with ports."""
    columns, data = frames.columns, memoryview(frames.data)
    for packet in range(first, behind):
        transport = TRANSPORTS.get(Kind(columns.kind[packet]))
        if transport is None:
            continue
        size, at = 16 if columns.v6[packet] else 4, columns.address[packet]
        addresses = [str(ip_address(bytes(data[place : place + size]))) for place in (at, at + size)]
        ports = columns.ports[packet]
        yield transport, (addresses[0], ports >> 16), (addresses[1], ports & 0xFFFF)


def tshark(told: list[dict[str, object]]) -> Tally:
    """The same as the truth has it."""
    tally: Tally = Counter()
    for one in told:
        ends = [(str(ip_address(str(one[end]))), int(str(one[f"{end}_port"]))) for end in "ab"]
        tally[str(one["proto"]), ends[0], ends[1]] += int(str(one["pkts_ab"]))
        tally[str(one["proto"]), ends[1], ends[0]] += int(str(one["pkts_ba"]))
    return tally


@cache
def explained() -> dict[str, str]:
    """Why a capture differs, by its name."""
    with EXPLAINED.open(encoding="utf-8", newline="") as lines:
        return {row["capture"]: row["reason"] for row in csv.DictReader(lines, delimiter="\t")}


def truths() -> list[Path]:
    """Of every capture."""
    return sorted((PCAPS / "truth").glob("*.json"))


def differing(paths: list[Path]) -> list[str]:
    """Names of the captures that are not equal."""
    found = []
    for path in paths:
        truth = json.loads(path.read_text("utf-8"))
        if "conversations" in truth and +tshark(truth["conversations"]) != +ours(PCAPS / truth["file"]):
            found.append(truth["file"])
    return found


@pytest.mark.parametrize("shard", range(8))
def test_conversations_are_those_of_tshark(shard: int) -> None:
    """All are equal, but for those whose difference is explained."""
    if not truths():
        pytest.skip("the public captures are not beside the repository")
    found = differing(truths()[shard::8])
    mine = {json.loads(path.read_text("utf-8"))["file"] for path in truths()[shard::8]}

    assert sorted(name for name in explained() if name in mine) == sorted(found)


def test_nearly_all_are_equal() -> None:
    """What is explained is little."""
    if not truths():
        pytest.skip("the public captures are not beside the repository")
    assert len(explained()) <= (1 - LEAST_EQUAL) * len(truths())
