"""Captures in the order of their first packets, whatever they are called, and what is said where they overlap."""

from __future__ import annotations

import gzip
import os
from itertools import permutations
from pathlib import Path

import pytest

from monitor.capture.intake import Found
from monitor.capture.order import SLACK_NS, Overlaps, order_by_time
from monitor.capture.trouble import NoteKind
from monitor.model.stats import CaptureStats
from tests.support.captures import SECOND as SECOND_NS
from tests.support.captures import START, Packet, Pcap, pcapng, read_paths, section, simple
from tests.support.captures import interface as described


def at(*seconds: float) -> list[Packet]:
    """Packets at these times after the start."""
    return [Packet(START * SECOND_NS + int(second * SECOND_NS), b"\xa5" * 60) for second in seconds]


def found(path: Path, content: bytes) -> Found:
    """A file, as discovery hands it on."""
    path.write_bytes(content)
    return Found(str(path), len(content))


def test_by_first_packet(tmp_path: Path) -> None:
    """Of every format, packed or not; what has no packet, no time or no sense comes last, by path."""
    first = found(tmp_path / "z", Pcap(nano=True, big=True).file(at(1)))
    second = found(tmp_path / "y.gz", gzip.compress(pcapng(at(2))))
    third = found(tmp_path / "x", Pcap(modified=True).file(at(3)))
    same = found(tmp_path / "xx", Pcap().file(at(3)))
    rest = [
        found(tmp_path / "a", b"nothing of the kind"),
        found(tmp_path / "b", b""),
        found(tmp_path / "c", Pcap().file([])),
        found(tmp_path / "d", section() + described() + simple(b"x")),
        Found(str(tmp_path / "e"), 9),
    ]
    expected = [first, second, third, same, *rest]

    assert expected == [one.found for one in order_by_time(expected[::-1])]
    assert all(expected[:4] == [one.found for one in order_by_time(order)] for order in permutations(expected[:4]))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_stream_is_not_looked_into(tmp_path: Path) -> None:
    """What was read of it would be gone; all stays as it was typed."""
    late, early = found(tmp_path / "a", Pcap().file(at(9))), found(tmp_path / "b", Pcap().file(at(1)))
    os.mkfifo(tmp_path / "pipe")
    typed = [late, Found(str(tmp_path / "pipe"), None), early]

    assert typed == [one.found for one in order_by_time(typed)]


def test_files_are_read_in_that_order(tmp_path: Path) -> None:
    """Also those of a folder; evidence counts in the same order, and there is nothing to remark."""
    paths = [found(tmp_path / name, Pcap().file(at(second, second + 1))).path for name, second in (("a", 5), ("b", 1))]
    for given in (paths, paths[::-1], [str(tmp_path)]):
        result = read_paths(*given)
        assert paths[::-1] == [capture.path for capture in result.stats.captures]
        assert [] == result.source.notes
        assert [1, 2, 5, 6] == [one.at_ns // SECOND_NS - START for one in result.seen]


def test_overlaps_are_told_once() -> None:
    """With the first two names and the number of the others."""
    overlaps = Overlaps()
    for name, begin, end in (("a", 0, 9), ("b", 4, 5), ("c", 6, 12), ("d", 12, 13)):
        overlaps.add(CaptureStats(path=name, first_ns=begin * SECOND_NS, last_ns=end * SECOND_NS))
    note = overlaps.note()

    assert note is not None
    assert (NoteKind.OVERLAP, "b") == (note.kind, note.path)
    assert note.text.startswith("covers the same time as a, as do 1 more")


@pytest.mark.parametrize(("ahead_ns", "told"), [(SLACK_NS - 1, False), (SLACK_NS, True)])
def test_a_little_out_of_order_is_no_overlap(ahead_ns: int, told: bool) -> None:  # noqa: FBT001
    """The first packet of a file may be older than the last of the one before."""
    overlaps = Overlaps()
    end = 100 * SECOND_NS
    overlaps.add(CaptureStats(path="a", first_ns=0, last_ns=end))
    overlaps.add(CaptureStats(path="empty"))
    overlaps.add(CaptureStats(path="b", first_ns=end - ahead_ns, last_ns=end + 1))

    assert told == (overlaps.note() is not None)
