"""What the tests of this room share: reading bytes as a capture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.capture.trouble import TroubleKind
from monitor.model.stats import CaptureStats, Stats
from tests.support.captures import Packet, Seen, collect


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file."""

    seen: list[Seen]
    source: CaptureFiles
    stats: Stats

    @property
    def data(self) -> list[bytes]:
        """The packets alone."""
        return [one.data for one in self.seen]

    @property
    def kinds(self) -> list[TroubleKind]:
        """What went wrong."""
        return [trouble.kind for trouble in self.source.troubles]

    @property
    def figures(self) -> CaptureStats:
        """Of the only capture."""
        (figures,) = self.stats.captures
        return figures


Read = Callable[[bytes], Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes as a file."""

    def read_bytes(content: bytes) -> Reading:
        path = tmp_path / "some capture"
        path.write_bytes(content)
        stats = Stats()
        source = CaptureFiles([str(path)], stats)
        return Reading(collect(source), source, stats)

    return read_bytes


def contents(packets: list[Packet]) -> list[bytes]:
    """The bytes of packets that were written."""
    return [packet.data for packet in packets]
