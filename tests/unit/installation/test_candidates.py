"""The interfaces to choose from: which there are, and what tells the mirror port from the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.installation.candidates import Candidate, find_candidates


def device(folder: Path, name: str, *, kind: str = "1", state: str = "up", packets: str = "0") -> None:
    """One interface as the kernel describes it."""
    (folder / name / "statistics").mkdir(parents=True)
    (folder / name / "type").write_text(f"{kind}\n", "ascii")
    (folder / name / "operstate").write_text(f"{state}\n", "ascii")
    (folder / name / "statistics/rx_packets").write_text(f"{packets}\n", "ascii")


def test_loopback_is_none(tmp_path: Path) -> None:
    """Nobody mirrors a switch to it; those with a cable come first."""
    device(tmp_path, "lo", kind="772", state="unknown")
    device(tmp_path, "eth0", state="down")
    device(tmp_path, "eth1")
    assert ["eth1", "eth0"] == [one.name for one in find_candidates(tmp_path, 0)]


def test_the_busiest_is_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what arrived while somebody looked, not since the machine was started."""
    device(tmp_path, "eth0", packets="90000")
    device(tmp_path, "eth1", packets="50")
    monkeypatch.setattr(
        "monitor.installation.candidates.time.sleep",
        lambda _: (tmp_path / "eth1/statistics/rx_packets").write_text("2550\n", "ascii"),
    )
    assert ["eth1: connected, 1,250 packets/s", "eth0: connected, 0 packets/s"] == [
        str(one) for one in find_candidates(tmp_path, 2)
    ]


def test_nobody_knows(tmp_path: Path) -> None:
    """An interface that says nothing of itself is shown all the same; no list is no interface."""
    (tmp_path / "odd0").mkdir()
    expected = [Candidate(name="odd0", state="unknown", packets_per_second=0)]
    assert expected == find_candidates(tmp_path, 0)
    assert [] == find_candidates(tmp_path / "nothing", 0)


def test_a_word_for_the_cable() -> None:
    """People have cables, not operational states."""
    assert "eth0: not connected, 0 packets/s" == str(Candidate(name="eth0", state="down", packets_per_second=0))
