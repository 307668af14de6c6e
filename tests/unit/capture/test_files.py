"""The source as a whole: several captures in one run, streams, ticks, figures, progress, troubles."""

from __future__ import annotations

import gc
import gzip
import os
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.capture import files, intake, space
from monitor.capture.bounds import AHEAD, SETTLED_BYTES
from monitor.capture.files import CaptureFiles, Progress
from monitor.capture.intake import Intake
from monitor.capture.trouble import TroubleKind
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats
from monitor.privacy.labels import file_label
from tests.support.captures import (
    SECOND,
    START,
    Packet,
    Pcap,
    Read,
    Seen,
    collect,
    contents,
    copy,
    interface,
    packets,
    pcapng,
    read_paths,
    section,
    simple,
    ticks,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="this system has no named pipes")


def delayed(many: list[Packet], seconds: int) -> list[Packet]:
    """The same packets at another time."""
    return [Packet(one.at_ns + seconds * SECOND, one.data) for one in many]


def write(path: Path, content: bytes) -> str:
    """A file, as the operator would name it."""
    path.write_bytes(content)
    return str(path)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """A part of the buffer holds little more than it must; these bytes."""
    size = SETTLED_BYTES + 4_096
    monkeypatch.setattr(space, "PART_BYTES", size)
    return size


def test_several_captures(tmp_path: Path) -> None:
    """Each capture has its own figures, interfaces and numbering; the list of interfaces grows."""
    one = write(tmp_path / "1", Pcap(linktype=113).file(packets(3)))
    two = write(tmp_path / "2", section() + interface(1) + interface(101) + pcapng(delayed(packets(2), 60)))
    three = write(tmp_path / "3", gzip.compress(Pcap().file(delayed(packets(4), 120))))
    result = read_paths(one, two, three)

    assert [113] * 3 + [1] * 6 == [seen.linktype for seen in result.seen]
    assert [0] * 3 + [1] * 2 + [2] * 4 == [seen.capture for seen in result.seen]
    assert [1, 2, 3, 1, 2, 1, 2, 3, 4] == [seen.number for seen in result.seen]
    assert [(one, 3), (two, 2), (three, 4)] == [(figures.path, figures.packets) for figures in result.stats.captures]
    assert 3 == result.source.captures_read


def test_batches_in_turn(tmp_path: Path, small: int) -> None:
    """A batch stays as it is while the next ones are made, of the same file or of another, whatever lies between."""
    broken = bytearray(Pcap().file(packets(30_000)))
    broken[small + 100_000 : small + 100_500] = b"\xff" * 500
    many, few = delayed(packets(70_000, size=0), 3_600), delayed(packets(3), 86_000)
    contents = [Pcap().file(packets(3)), bytes(broken), Pcap().file(many), Pcap().file([]), Pcap().file(few)]
    paths = [write(tmp_path / str(number), content) for number, content in enumerate(contents)]
    at_once = collect(CaptureFiles(paths, Stats()))
    later: list[Seen] = []
    used: list[Frames] = []
    for item in CaptureFiles(paths, Stats()):
        if isinstance(item, Frames):
            used.append(item)
            if len(used) > AHEAD:
                later += copy(used[-1 - AHEAD])
    for item in used[-AHEAD:]:
        later += copy(item)

    assert len(used) > 7
    assert AHEAD + 1 == len(set(map(id, used[-7:])))
    assert at_once == later


def test_captures_that_are_none(tmp_path: Path) -> None:
    """Files that were named and are no captures are troubles, have no figures, and stop nothing."""
    empty = write(tmp_path / "empty", b"")
    text = write(tmp_path / "text", b"dear diary")
    short = write(tmp_path / "short", b"\xd4\xc3")
    snoop = write(tmp_path / "snoop", b"snoop\0\0\0\0\0\0\2\0\0\0\4" + bytes(100))
    newlines = write(tmp_path / "newlines", b"\n\r\r\n" * 5)
    good = write(tmp_path / "good", Pcap().file(packets(2)))
    missing = str(tmp_path / "missing")
    result = read_paths(empty, text, missing, short, snoop, newlines, good)

    assert {
        empty: TroubleKind.EMPTY,
        text: TroubleKind.NOT_CAPTURE,
        missing: TroubleKind.MISSING,
        short: TroubleKind.NOT_CAPTURE,
        snoop: TroubleKind.NOT_CAPTURE,
        newlines: TroubleKind.NOT_CAPTURE,
    } == {trouble.path: trouble.kind for trouble in result.source.troubles}
    assert [good] == [figures.path for figures in result.stats.captures]
    assert 1 == result.source.captures_read


def test_folder(tmp_path: Path) -> None:
    """A folder's other files are counted, remarked on, and no trouble."""
    write(tmp_path / "a.pcap", Pcap().file(packets(2)))
    write(tmp_path / "readme", b"these are captures")
    result = read_paths(str(tmp_path))

    assert 2 == len(result.seen)
    assert 1 == result.stats.skipped_files
    assert [] == result.source.troubles
    assert 1 == len(result.source.notes)


def test_ticks_never_go_back(tmp_path: Path) -> None:
    """Time is the latest so far, also where the next capture lies within or has no time at all."""
    timeless = section() + interface() + simple(b"x")
    names = ("timeless", "late", "early", "timeless again", "later")
    content = (
        timeless,
        Pcap().file([Packet(START * SECOND, b"b"), Packet((START + 9) * SECOND, b"b")]),
        Pcap().file([Packet((START + 1) * SECOND, b"c")]),
        timeless,
        Pcap().file([Packet((START + 10) * SECOND, b"d")]),
    )
    source = CaptureFiles([write(tmp_path / name, data) for name, data in zip(names, content, strict=True)], Stats())

    assert [*map(SECOND.__mul__, (START, START + 1, START + 9, *[START + 10] * 3))] == ticks(source)


def test_every_batch_is_followed_by_its_tick(tmp_path: Path, small: int) -> None:  # noqa: ARG001 - it is in force
    """Frames, tick, frames, tick."""
    path = write(tmp_path / "x", Pcap().file(packets(60_000)))
    items = list(CaptureFiles([path], Stats()))

    assert len(items) > 4
    assert [Frames, Tick] * (len(items) // 2) == [type(item) for item in items]


def test_figures_are_up_to_date(tmp_path: Path) -> None:
    """Whoever stops in the middle has the figures of what was handed out, and the troubles so far."""
    path = write(tmp_path / "x", Pcap().file(packets(20_000))[:-1])
    stats = Stats()
    source = CaptureFiles([path, str(tmp_path / "missing")], stats)
    items = iter(source)
    first = next(items)

    assert isinstance(first, Frames)
    assert first.count == stats.captures[0].packets
    assert [TroubleKind.MISSING] == [trouble.kind for trouble in source.troubles]


def test_growing_file(tmp_path: Path, small: int) -> None:
    """A file that is written while it is read is read to the end as it is met."""
    written = packets(20_000)
    content = Pcap().file(written)
    path = tmp_path / "x"
    path.write_bytes(content[: small + 1])
    source = CaptureFiles([str(path)], Stats())
    items = iter(source)
    seen = [one for item in [next(items)] if isinstance(item, Frames) for one in copy(item)]
    path.write_bytes(content)
    seen += [one for item in items if isinstance(item, Frames) for one in copy(item)]

    assert contents(written) == [one.data for one in seen]
    assert [] == source.troubles


class Writer:
    """Writes to a named pipe from another thread, step by step."""

    def __init__(self, path: Path, portions: list[bytes]) -> None:
        """Every portion but the first waits for `go_on`."""
        self._path = path
        self._portions = portions
        self._turn = threading.Semaphore(1)
        self.thread = threading.Thread(target=self._write)
        self.thread.start()

    def _write(self) -> None:
        with self._path.open("wb", buffering=0) as pipe:
            for portion in self._portions:
                self._turn.acquire()
                pipe.write(portion)

    def go_on(self) -> None:
        """Let the next portion be written."""
        self._turn.release()


@posix
@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_pipe(tmp_path: Path, form: str) -> None:
    """What came whole is handed out before the pipe is waited on again."""
    written = packets(5)
    content = Pcap().file(written) if form == "pcap" else pcapng(written)
    head = 24 if form == "pcap" else len(pcapng([]))
    step = (len(content) - head) // 5
    os.mkfifo(tmp_path / "pipe")
    cuts = [0, head + step + 20, head + 3 * step + 30, len(content)]
    writer = Writer(tmp_path / "pipe", [content[a:b] for a, b in pairwise(cuts)])
    source = CaptureFiles([str(tmp_path / "pipe")], Stats())
    counts = []
    for item in source:
        if isinstance(item, Frames):
            counts.append(item.count)
            writer.go_on()
    writer.thread.join()

    assert [1, 2, 2] == counts
    assert [] == source.troubles


@posix
def test_pipe_byte_by_byte(tmp_path: Path) -> None:
    """However small the portions of a pipe are, even within magics and headers."""
    content = gzip.compress(Pcap().file(packets(3)))
    os.mkfifo(tmp_path / "pipe")
    writer = Writer(tmp_path / "pipe", [content[i : i + 1] for i in range(len(content))])
    for _ in content:
        writer.go_on()
    seen = collect(CaptureFiles([str(tmp_path / "pipe")], Stats()))
    writer.thread.join()

    assert contents(packets(3)) == [one.data for one in seen]


READ_STDIN = """
import sys
from monitor.capture.files import CaptureFiles
from monitor.model.stats import Stats
stats = Stats()
source = CaptureFiles(sys.argv[1:], stats)
for item in source:
    pass
packets = [figures.packets for figures in stats.captures]
print(packets, [trouble.reason for trouble in source.troubles], len(source.notes))
"""


def run(*arguments: str, stdin: bytes | int) -> str:
    """What reading standard input says."""
    command = [sys.executable, "-c", READ_STDIN, *arguments]
    given = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    return subprocess.run(command, check=True, capture_output=True, **given).stdout.decode().strip()  # type: ignore[call-overload]


def test_standard_input(tmp_path: Path) -> None:
    """Standard input may be a pipe or a file; named twice, or by the file's own name too, it is read once."""
    content = Pcap().file(packets(7))
    assert "[7] [] 0" == run("-", stdin=content)
    assert "[7] [] 1" == run("-", "-", stdin=content)
    path = tmp_path / "x"
    path.write_bytes(content)
    with path.open("rb") as file:
        assert "[7] [] 1" == run("-", str(path), stdin=file.fileno())


def test_empty_standard_input() -> None:
    """Nothing came."""
    assert "[] ['is empty'] 0" == run("-", stdin=b"")


@posix
def test_terminal_as_standard_input() -> None:
    """Nobody types a capture."""
    ours, theirs = os.openpty()
    try:
        assert "[] ['is a terminal: pipe a capture into it'] 0" == run("-", stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)


SAY_WHEN_WAITING = """
import os, select
os.set_blocking(0, False)
wait = select.select
def say_and_wait(*what):
    print("waiting", flush=True)
    return wait(*what)
select.select = say_and_wait
"""


@posix
def test_impatient_pipe() -> None:
    """A pipe that somebody made non-blocking is waited on all the same."""
    with subprocess.Popen(
        [sys.executable, "-c", SAY_WHEN_WAITING + READ_STDIN, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert b"waiting\n" == process.stdout.readline()
        output, _ = process.communicate(Pcap().file(packets(7)))

    assert b"[7] [] 0" == output.splitlines()[-1]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The answers of a clock that goes on by a tenth of a second whenever it is asked."""
    asked: list[float] = []

    def monotonic() -> float:
        asked.append(len(asked) / 10)
        return asked[-1]

    monkeypatch.setattr(files.time, "monotonic", monotonic)
    return asked


def test_progress(tmp_path: Path, clock: list[float], small: int) -> None:  # noqa: ARG001 - it is in force
    """Told now and then, never more than four times a second, in bytes of the file as it lies there."""
    content = Pcap().file(packets(60_000))
    second = gzip.compress(Pcap().file(delayed(packets(60_000), 86_400)), 1)
    paths = [write(tmp_path / "1", content), write(tmp_path / "2", second)]
    told: list[Progress] = []
    list(CaptureFiles(paths, Stats(), progress=told.append))

    assert 2 <= len(told) <= clock[-1] * 4
    assert {0, 1} == {one.file_index for one in told}
    assert {2} == {one.files_total for one in told}
    for one in told:
        size = Path(one.path).stat().st_size
        assert size == one.total_bytes
        assert 0 < one.done_bytes <= size
    assert max(one.packets for one in told) > 0


def test_progress_counts_this_capture_only(tmp_path: Path, clock: list[float]) -> None:
    """While a file is opened, the packets of the one before are not its own."""
    paths = [write(tmp_path / str(i), Pcap().file(packets(9))) for i in range(9)]
    told: list[Progress] = []
    list(CaptureFiles(paths, Stats(), progress=told.append))

    assert any(one.packets == 0 and one.file_index > 0 for one in told)
    assert clock


def forbid_showing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read, as on a file system that wants it."""

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(space.Space, "show", refuse)


def test_files_that_have_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    """They give what files give that can be shown."""
    paths = [write(tmp_path / str(size), Pcap().file(packets(small // size, size=size))) for size in (40, 4_000)]
    paths.append(write(tmp_path / "packed", gzip.compress(Path(paths[0]).read_bytes(), 1)))
    shown = read_paths(*paths)
    forbid_showing(monkeypatch)
    read = read_paths(*paths)

    assert 2 * (small // 40) + small // 4_000 == len(shown.data)
    assert shown.data == read.data
    assert [] == shown.kinds == read.kinds


def test_a_file_that_becomes_shorter(tmp_path: Path, small: int) -> None:
    """What was there is handed out, and what is wrong is told; the process goes on."""
    path = tmp_path / "x"
    made = packets(40_000)
    path.write_bytes(Pcap().file(made))
    source = CaptureFiles([str(path)], Stats())
    items = iter(source)
    first = next(items)
    assert isinstance(first, Frames)
    taken = first.count
    os.truncate(path, small // 2)
    taken += sum(item.count for item in items if isinstance(item, Frames))

    assert 0 < taken < len(made)
    assert [TroubleKind.UNREADABLE] == [trouble.kind for trouble in source.troubles]
    assert "became shorter" in source.troubles[0].reason


@pytest.mark.parametrize("follows", [False, True])
def test_a_file_that_becomes_shorter_when_it_was_walked(tmp_path: Path, follows: bool) -> None:  # noqa: FBT001
    """Its last batches are still looked at: they show zeros, which is told, also where a larger one follows."""
    made = packets(20_000)
    paths = [write(tmp_path / "first", Pcap().file(made[:600]))]
    paths += [write(tmp_path / "next", Pcap().file(made[600:]))] if follows else []
    source = CaptureFiles(paths, Stats())
    items = (item for item in source if isinstance(item, Frames))
    first = next(items)
    second = next(items, None)
    assert follows == (second is not None and second.data is not first.data)
    assert [] == source.troubles
    gc.collect()
    os.truncate(paths[0], 0)
    shown = first.data[first.offset[0] : first.offset[0] + first.caplen[0]]

    assert bytes(first.caplen[0]) == shown
    assert [(file_label(paths[0]), TroubleKind.UNREADABLE)] == [(one.path, one.kind) for one in source.troubles]
    assert follows == (sum(1 for _ in items) > AHEAD)
    assert 1 == len(source.troubles)


def test_read_error_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    """A disk that fails ends one file, in plain words; what was read of it is handed out."""
    forbid_showing(monkeypatch)
    path = write(tmp_path / "x", Pcap().file(packets(20_000)))
    real = Intake.readinto

    def fail(self: Intake, space: memoryview) -> int:
        if self.packed_bytes > small:
            raise OSError(5, "Input/output error")
        return real(self, space)

    monkeypatch.setattr(intake.Intake, "readinto", fail)
    result = read_paths(path)

    assert [TroubleKind.UNREADABLE] == result.kinds
    assert ["the disk or the network drive reports a read error"] == [
        trouble.reason for trouble in result.source.troubles
    ]
    assert contents(packets(20_000))[: len(result.data)] == result.data
    assert len(result.data) * 60 > small // 2


def test_file_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was found and is gone when it is opened is a trouble."""
    path = tmp_path / "x"
    path.write_bytes(Pcap().file(packets(1)))
    find = files.find_captures

    def find_and_lose(paths: tuple[str, ...]) -> object:
        found = find(paths)
        path.unlink()
        return found

    monkeypatch.setattr(files, "find_captures", find_and_lose)

    assert [TroubleKind.MISSING] == read_paths(str(path)).kinds


def test_troubles_quote_nothing(read: Read) -> None:
    """Whatever is wrong with a capture, its bytes do not get into the words about it."""
    marker = b"ZQXWARTZ"
    spoiled = Pcap().file([Packet(START * SECOND, marker * 9)] * 5)
    for content in (marker * 9, spoiled[:-3], spoiled[:60] + marker * 2 + spoiled[60:], pcapng([]) + marker * 9):
        result = read(content)
        assert result.source.troubles
        assert "ZQXW" not in repr(result.source.troubles) + repr(result.source.notes) + repr(result.stats)
