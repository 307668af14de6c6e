"""A file that others read along: whole lines, rotation, and every way in which a file can go away."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from monitor.errors import DeliveryError
from monitor.sinks.destinations.file import RotatedFile
from tests.support.small_disk import FILL, on_a_small_disk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "eve.json"


def lines(path: Path) -> list[str]:
    """What stands in a file."""
    return path.read_text("ascii").splitlines()


def test_lines_are_appended(path: Path) -> None:
    """To what was there before, for the owner and the group."""
    path.write_bytes(b"before\n")
    file = RotatedFile(path, max_bytes=1_000, keep=1)
    file.check()
    assert file.send(b"one\n")
    file.close()
    assert file.send(b"two\n")

    assert ["before", "one", "two"] == lines(path)
    new = RotatedFile(path.with_name("new.json"), max_bytes=1_000, keep=1)
    new.check()
    assert 0o640 & ~umask() == stat.S_IMODE(path.with_name("new.json").stat().st_mode)


def umask() -> int:
    """What this process takes away from modes."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_rotation(path: Path) -> None:
    """A file never grows beyond its size, and older ones fall off at the end."""
    file = RotatedFile(path, max_bytes=20, keep=2)
    for number in range(9):
        file.send(b"line %04d\n" % number)

    assert ["line 0008"] == lines(path)
    assert ["line 0006", "line 0007"] == lines(Path(f"{path}.1"))
    assert ["line 0004", "line 0005"] == lines(Path(f"{path}.2"))
    assert 3 == len(list(path.parent.iterdir()))


def test_a_line_that_is_too_long(path: Path) -> None:
    """It has a file of its own."""
    file = RotatedFile(path, max_bytes=20, keep=5)
    for line in (b"a\n", b"b" * 30 + b"\n", b"c\n"):
        file.send(line)

    assert [["c"], ["b" * 30], ["a"]] == [lines(Path(f"{path}{end}")) for end in ("", ".1", ".2")]


def test_removed_and_renamed(path: Path) -> None:
    """A new one begins, as programs that rotate logs want it."""
    file = RotatedFile(path, max_bytes=1_000, keep=1)
    file.send(b"one\n")
    path.unlink()
    file.send(b"two\n")
    path.rename(path.with_suffix(".old"))
    file.send(b"three\n")

    assert (["three"], ["two"]) == (lines(path), lines(path.with_suffix(".old")))


def test_truncated(path: Path) -> None:
    """The next line is the first one."""
    file = RotatedFile(path, max_bytes=10, keep=1)
    file.send(b"12345678\n")
    os.truncate(path, 0)
    file.send(b"two\n")

    assert ["two"] == lines(path)


def test_a_line_without_its_end(path: Path) -> None:
    """What a killed process left is ended first, so that one line is lost and not two."""
    path.write_bytes(b'{"cut": ')
    RotatedFile(path, max_bytes=1_000, keep=1).send(b"whole\n")

    assert ['{"cut": ', "whole"] == lines(path)


def test_the_folder_comes_later(path: Path) -> None:
    """It is missed at once, in words, and found when it is there."""
    file = RotatedFile(path.parent / "later" / "eve.json", max_bytes=1_000, keep=1)
    with pytest.raises(DeliveryError, match=r"later/eve\.json: No such file or directory$"):
        file.check()
    with pytest.raises(DeliveryError):
        file.send(b"one\n")
    (path.parent / "later").mkdir()
    file.check()
    file.send(b"two\n")

    assert ["two"] == lines(path.parent / "later" / "eve.json")


def test_no_file(path: Path) -> None:
    """A pipe would be waited for, and a folder is none; nothing of it is touched."""
    os.mkfifo(path)
    for place in (path, path.parent):
        with pytest.raises(DeliveryError):
            RotatedFile(place, max_bytes=1_000, keep=1).check()


def test_nothing_can_be_moved_away(path: Path) -> None:
    """It fails rather than that the file grows, and goes on when it can."""
    file = RotatedFile(path, max_bytes=10, keep=1)
    file.send(b"12345678\n")
    Path(f"{path}.1").mkdir()
    with pytest.raises(DeliveryError):
        file.send(b"two\n")
    Path(f"{path}.1").rmdir()
    file.send(b"two\n")

    assert (["two"], ["12345678"]) == (lines(path), lines(Path(f"{path}.1")))


FULL = f"""
{FILL}
import json, sys
from pathlib import Path
from monitor.errors import DeliveryError
from monitor.sinks.destinations.file import RotatedFile

disk = Path(sys.argv[1])
path = disk / "eve.json"
file = RotatedFile(path, max_bytes=10_000_000, keep=1)
line = b"x" * 9_999 + b"\\n"
file.send(line)
fill(disk)
said = set()
for _ in range(50):
    try:
        file.send(line)
    except DeliveryError as error:
        said.add(str(error).removeprefix(str(disk)))
whole = path.read_bytes().endswith(b"\\n")
(disk / "ballast").unlink()
file.send(line)
lengths = {{len(one) for one in path.read_bytes().splitlines()}}
print(json.dumps({{"said": sorted(said), "whole": whole, "lengths": sorted(lengths)}}))
"""


@pytest.mark.slow
def test_the_disk_is_full(tmp_path: Path) -> None:
    """A line that finds no room leaves nothing of itself behind, and lines go on when there is room."""
    told = on_a_small_disk(tmp_path, FULL)

    assert ["/eve.json: No space left on device"] == told["said"]
    assert (True, [9_999]) == (told["whole"], told["lengths"])


READ_ONLY = """
import json, subprocess, sys
from pathlib import Path
from monitor.errors import DeliveryError
from monitor.sinks.destinations.file import RotatedFile

disk = Path(sys.argv[1])
file = RotatedFile(disk / "eve.json", max_bytes=1_000, keep=1)
said = []

def attempt(line):
    try:
        file.check()
        file.send(line)
    except DeliveryError as error:
        said.append(str(error).removeprefix(str(disk)))

subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
attempt(b"one\\n")
subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
attempt(b"two\\n")
print(json.dumps({"said": said, "lines": (disk / "eve.json").read_text().split()}))
"""


@pytest.mark.slow
def test_the_folder_is_read_only(tmp_path: Path) -> None:
    """It is said, and lines go on when it can be written."""
    told = on_a_small_disk(tmp_path, READ_ONLY)

    assert {"said": ["/eve.json: Read-only file system"], "lines": ["two"]} == told


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="root may write everywhere")
def test_no_right(path: Path) -> None:
    """It is said."""
    path.parent.chmod(0o500)
    with pytest.raises(DeliveryError, match=r"Permission denied$"):
        RotatedFile(path, max_bytes=1_000, keep=1).check()
