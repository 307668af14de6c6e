"""A report's file is checked before the work begins, and a capture is never overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.destination import OutputFile
from monitor.errors import UsageError

CAPTURES = {
    "pcap": b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(16),
    "pcapng": b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00" + b"\xff" * 8,
    "gzip": b"\x1f\x8b\x08\x08abcdefgh",
    "zstd": b"\x28\xb5\x2f\xfdabcdefgh",
    "lz4": b"\x04\x22\x4d\x18\x64\x40\xa7abcdefgh",
}


def test_writes(tmp_path: Path) -> None:
    """Text in UTF-8, nothing else."""
    path = tmp_path / "report.txt"
    OutputFile(str(path)).write("Bücherei\n")

    assert "Bücherei\n".encode() == path.read_bytes()


def test_replaces_a_report(tmp_path: Path) -> None:
    """The report of yesterday goes when that of today is ready, not before; a character cut in half is text."""
    path = tmp_path / "report.txt"
    path.write_text("x" * 511 + "ü" * 400, "utf-8")
    output = OutputFile(str(path))

    assert 1_311 == path.stat().st_size

    output.write("new")

    assert b"new" == path.read_bytes()


@pytest.mark.parametrize("head", CAPTURES.values(), ids=CAPTURES)
def test_never_overwrites_a_capture(head: bytes, tmp_path: Path) -> None:
    """``--output *.pcap`` is one slip of the shell away."""
    path = tmp_path / "evidence"
    path.write_bytes(head)

    with pytest.raises(UsageError, match="not a text file"):
        OutputFile(str(path))

    assert head == path.read_bytes()


@pytest.mark.parametrize("name", ["missing/report.txt", ".", "report\0.txt"])
def test_unwritable(name: str, tmp_path: Path) -> None:
    """Found before hours of work, not after."""
    with pytest.raises(UsageError):
        OutputFile(f"{tmp_path}/{name}")


def test_hostile_name(tmp_path: Path) -> None:
    """A complaint about a path cannot command the terminal."""
    with pytest.raises(UsageError) as failure:
        OutputFile(f"{tmp_path}/missing\x1b[2J/\udc80")

    assert str(failure.value).isprintable()


def test_file_gone_in_between(tmp_path: Path) -> None:
    """What goes wrong at the end is told, too."""
    folder = tmp_path / "folder"
    folder.mkdir()
    output = OutputFile(str(folder / "report.txt"))
    (folder / "report.txt").unlink()
    folder.rmdir()

    with pytest.raises(UsageError, match=r"cannot write .*: No such file or directory"):
        output.write("late")
