"""A file's pages in a buffer: what they show, and what becomes of pages that nobody can have any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from mmap import PAGESIZE
from pathlib import Path

import pytest

from monitor.capture.pages import CANNOT, MAX_BUFFERS, Pages
from monitor.model.memory import reserve
from tests.support.uncompiled import load_source

LETTERS = b"".join(bytes([letter]) * PAGESIZE for letter in b"abcd")


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A file of three pages of a letter each, and half of one."""
    path = tmp_path / "letters"
    path.write_bytes(LETTERS[: -PAGESIZE // 2])
    return path


def test_a_file_is_shown_where_it_was_asked_for(letters: Path) -> None:
    """From any page of it on; zeros fill its last page, and nothing around changes."""
    data = reserve(8 * PAGESIZE)
    data[:] = b"." * len(data)
    with letters.open("rb") as file:
        Pages(data).show(2 * PAGESIZE, 2 * PAGESIZE + PAGESIZE // 2, file.fileno(), PAGESIZE)

    around = b"." * 2 * PAGESIZE
    assert around + LETTERS[PAGESIZE : -PAGESIZE // 2] + bytes(PAGESIZE // 2) + b"." * 3 * PAGESIZE == data[:]


def test_the_file_stays_as_it_is_whatever_is_written_there(letters: Path) -> None:
    """That goes to a copy, and is gone when the place is cleared."""
    before = letters.read_bytes()
    data = reserve(4 * PAGESIZE)
    pages = Pages(data)
    with letters.open("rb") as file:
        pages.show(0, len(before), file.fileno(), 0)
    data[:5] = b"mine!"
    assert b"mine!aaa" == data[:8]
    assert before == letters.read_bytes()

    pages.clear(0, 4 * PAGESIZE)
    assert bytes(4 * PAGESIZE) == data[:]


@pytest.mark.parametrize(("at", "size"), [(-PAGESIZE, 1), (0, 0), (0, 4 * PAGESIZE + 1), (1, 1), (4 * PAGESIZE, 1)])
def test_nothing_is_shown_outside_of_the_buffer(letters: Path, at: int, size: int) -> None:
    """Nor between two pages; the buffer is as it was."""
    data = reserve(4 * PAGESIZE)
    data[:] = b"." * len(data)
    with letters.open("rb") as file, pytest.raises(IndexError):
        Pages(data).show(at, size, file.fileno(), 0)
    assert b"." * len(data) == data[:]


def test_what_cannot_be_shown_is_said_so() -> None:
    """A pipe, for instance; the buffer can be written to nevertheless."""
    reading, writing = os.pipe()
    data = reserve(PAGESIZE)
    try:
        with pytest.raises(OSError, match=CANNOT):
            Pages(data).show(0, 1, reading, 0)
    finally:
        os.close(reading)
        os.close(writing)
    data[:] = b"." * PAGESIZE


def test_buffers_come_and_go() -> None:
    """Only so many at the same time can show files; the place of one that is gone is another's."""
    letters = os.memfd_create("letters")
    os.write(letters, LETTERS)
    try:
        for _ in range(2):
            held = [Pages(reserve(PAGESIZE)) for _ in range(MAX_BUFFERS + 1)]
            held[0].show(0, PAGESIZE, letters, 0)
            with pytest.raises(OSError, match=CANNOT):
                held[-1].show(0, PAGESIZE, letters, 0)
            del held
    finally:
        os.close(letters)


def test_uncompiled_nothing_is_shown() -> None:
    """The file is read then."""
    with pytest.raises(OSError, match=CANNOT):
        load_source("monitor.capture.pages").Pages(reserve(PAGESIZE)).show(0, 1, 0, 0)


LOSING = """
import os, sys
from mmap import PAGESIZE
from monitor.capture.pages import Pages
from monitor.model.memory import reserve
data = reserve(4 * PAGESIZE)
pages = Pages(data)
file = os.open(sys.argv[1], os.O_RDWR)
pages.show(0, 4 * PAGESIZE - PAGESIZE // 2, file, 0)
assert data[0] == ord("a") and data[PAGESIZE] == ord("b") and pages.lost == 0
os.ftruncate(file, PAGESIZE)
assert data[:] == b"a" * PAGESIZE + bytes(3 * PAGESIZE), "not zeros"
assert pages.lost == 3
"""


def test_lost_pages_are_full_of_zeros(letters: Path) -> None:
    """In a process of its own, which the system would end without more ado."""
    subprocess.run([sys.executable, "-c", LOSING, str(letters)], check=True, timeout=60)


STRANGER = """
import mmap, os, signal, sys
from monitor.capture.pages import Pages
from monitor.model.memory import reserve
pages = Pages(reserve(mmap.PAGESIZE))
file = os.open(sys.argv[1], os.O_RDWR)
theirs = mmap.mmap(file, 0)
os.ftruncate(file, 0)
if sys.argv[2] == "look":
    theirs[0]
else:
    os.kill(os.getpid(), signal.SIGBUS)
"""


@pytest.mark.parametrize("what", ["look", "send"])
def test_pages_of_others_are_none_of_ours(letters: Path, what: str) -> None:
    """What happens to memory that somebody else shows stays as it was; so does the signal that somebody sends."""
    ended = subprocess.run([sys.executable, "-c", STRANGER, str(letters), what], check=False, timeout=60)
    assert -signal.SIGBUS == ended.returncode
