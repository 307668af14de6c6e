"""Running tshark: within bounds, and with a sentence for whatever goes wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import CaptureError, UsageError
from monitor.explain.shark import Enough, read_packets
from tests.support.shark import need_tshark
from tests.unit.explain.conftest import CAPTURE


def numbers(path: Path, display_filter: str = "tcp", **options: Any) -> list[int]:
    """Numbers of the frames that pass a filter."""
    need_tshark()
    found: list[int] = []
    read_packets(
        path,
        display_filter,
        lambda packet: found.append(int(packet.number)),
        **({"protocols": ("frame",), "preferences": {}} | options),
    )
    return found


def test_packets_come_in_order() -> None:
    """Those that pass the filter, up to the last frame that is wanted."""
    assert [4, 5] == numbers(CAPTURE, "frame.number in {4, 5, 90}", last_frame=50)


def test_whoever_reads_may_stop() -> None:
    """Nothing is read that nobody wants."""
    need_tshark()
    found: list[int] = []

    def take(packet: Any) -> None:
        found.append(int(packet.number))
        raise Enough

    read_packets(CAPTURE, "tcp", take, protocols=("frame",), preferences={})
    assert [1] == found


def test_a_cut_capture_is_read_to_its_end(tmp_path: Path) -> None:
    """What stands before the cut counts."""
    path = tmp_path / "cut.pcapng"
    path.write_bytes(CAPTURE.read_bytes()[:20_000])
    assert numbers(path)[:3] == numbers(CAPTURE)[:3]


@pytest.mark.parametrize(
    ("data", "display_filter", "preferences"),
    [
        (b"29990000000017" * 100, "tcp", {}),
        (None, "no.such.field", {}),
        (None, "tcp", {"no.such.preference": "TRUE"}),
    ],
    ids=["no capture", "filter", "preference"],
)
def test_what_tshark_refuses(
    tmp_path: Path, data: bytes | None, display_filter: str, preferences: dict[str, str]
) -> None:
    """A sentence, which quotes neither tshark nor the capture."""
    path = CAPTURE
    if data is not None:
        path = tmp_path / "noise.pcapng"
        path.write_bytes(data)
    with pytest.raises(CaptureError) as refused:
        numbers(path, display_filter, preferences=preferences)
    assert "tshark cannot read the capture, or refuses the dissector for SIP2" == str(refused.value)


def test_tshark_is_not_waited_for_without_end() -> None:
    """Time is bounded."""
    with pytest.raises(UsageError, match=r"^tshark has not read the capture in 0 seconds"):
        numbers(CAPTURE, timeout_seconds=0.001)


def test_pyshark_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, "pyshark", None)
    with pytest.raises(UsageError, match=r"^explain needs pyshark: install it with pip install "):
        read_packets(CAPTURE, "tcp", print, protocols=(), preferences={})


def test_tshark_is_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same of tshark."""
    need_tshark()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"^explain needs tshark, which comes with Wireshark"):
        read_packets(CAPTURE, "tcp", print, protocols=(), preferences={})
