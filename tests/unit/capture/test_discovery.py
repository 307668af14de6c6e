"""Finding captures: files, folders, links, pipes and whatever else a path can lead to."""

from __future__ import annotations

import gzip
import os
import socket
import sys
from pathlib import Path

import pytest

from monitor.capture import discovery
from monitor.capture.discovery import find_captures
from monitor.capture.trouble import NoteKind, TroubleKind
from tests.support.captures import Pcap, packets, pcapng

CAPTURE = Pcap().file(packets(2))

posix = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such files")


def paths(*given: Path | str) -> list[str]:
    """The captures found."""
    return [found.path for found in find_captures([str(path) for path in given]).captures]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of captures and other things."""
    top = tmp_path / "folder"
    for name, content in {
        "b.pcap": CAPTURE,
        "a/z.txt": pcapng([]),
        "a/notes.pcap": b"these are my notes",
        "a/deep/er/x.gz": gzip.compress(CAPTURE),
        "c.gz": gzip.compress(b"dear diary"),
        "d": b"",
        "e.cut.gz": gzip.compress(CAPTURE)[:-9],
    }.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


def test_folder(folder: Path) -> None:
    """Everything below a folder, sorted, told by content; the rest is skipped, counted, and no trouble."""
    found = find_captures([str(folder)])

    assert ["a/deep/er/x.gz", "a/z.txt", "b.pcap", "e.cut.gz"] == [
        Path(one.path).relative_to(folder).as_posix() for one in found.captures
    ]
    assert 3 == found.skipped_files
    assert () == found.troubles
    assert [(NoteKind.SKIPPED, "3 files skipped, not captures")] == [(note.kind, note.text) for note in found.notes]


def test_paths_stay_as_typed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths come out as they went in, so that people recognize them."""
    monkeypatch.chdir(folder)

    assert [os.path.join(".", "b.pcap")] == paths("./b.pcap")  # noqa: PTH118 - `Path` would drop the dot
    assert [os.path.join("a", "deep", "er", "x.gz"), os.path.join("a", "z.txt")] == paths("a")  # noqa: PTH118


def test_named_files_are_not_opened(folder: Path) -> None:
    """What was named is listed even if it will turn out to be no capture: that is for the reader to say."""
    found = find_captures([str(folder / "d"), str(folder / "a" / "notes.pcap")])

    assert [0, 18] == [one.size_bytes for one in found.captures]
    assert () == found.troubles


def test_same_file_twice(folder: Path) -> None:
    """A file named twice, or named and listed, is read once, and that is said."""
    found = find_captures([str(folder / "b.pcap"), str(folder / "a" / ".." / "b.pcap"), str(folder), str(folder)])

    assert 4 == len(found.captures)
    assert [NoteKind.SAME_FILE, NoteKind.SKIPPED, NoteKind.SAME_FILE, NoteKind.SAME_FILE] == [
        note.kind for note in found.notes
    ]
    assert () == found.troubles


@posix
def test_links(folder: Path) -> None:
    """Links are followed; those that lead in circles or nowhere end."""
    (folder / "a" / "up").symlink_to(folder)
    (folder / "a" / "self").symlink_to(folder / "a" / "self")
    (folder / "latest").symlink_to(folder / "b.pcap")
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "hard").hardlink_to(folder / "b.pcap")
    other = folder.parent / "other"
    other.mkdir()
    (other / "far.pcap").write_bytes(CAPTURE)
    (folder / "elsewhere").symlink_to(other)
    found = find_captures([str(folder)])

    assert ["a/deep/er/x.gz", "a/z.txt", "b.pcap", "e.cut.gz", "elsewhere/far.pcap"] == [
        Path(one.path).relative_to(folder).as_posix() for one in found.captures
    ]
    assert "2 files met twice, read once" in [note.text for note in found.notes]
    assert () == found.troubles


@posix
def test_special_files_in_a_folder(folder: Path) -> None:
    """Nothing in a folder is opened that could make us wait: a pipe is skipped."""
    os.mkfifo(folder / "pipe")

    assert 4 == find_captures([str(folder)]).skipped_files


@posix
def test_named_pipe(tmp_path: Path) -> None:
    """A pipe that was named is a stream of unknown size, and is not opened yet."""
    os.mkfifo(tmp_path / "pipe")
    (found,) = find_captures([str(tmp_path / "pipe")]).captures

    assert found.size_bytes is None


@posix
@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("nowhere", TroubleKind.MISSING, "no such file or folder"),
        ("file/below", TroubleKind.MISSING, "a part of the path is not a folder"),
        ("circle", TroubleKind.UNREADABLE, "the symbolic links lead in a circle"),
        ("a" * 300, TroubleKind.UNREADABLE, "the path is too long"),
        ("nul\0byte", TroubleKind.MISSING, "is not a valid path"),
        ("\ud800", TroubleKind.MISSING, "is not a valid path"),
        ("", TroubleKind.MISSING, "no such file or folder"),
        ("/dev/null", TroubleKind.UNREADABLE, "is a device, not a file"),
        ("socket", TroubleKind.UNREADABLE, "is a device, not a file"),
    ],
)
def test_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: TroubleKind, reason: str) -> None:
    """Whatever cannot be read is named with a reason in plain words, and the others are read."""
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(CAPTURE)
    Path("circle").symlink_to("circle")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        found = find_captures([path, "file"])

    assert ["file"] == [one.path for one in found.captures]
    assert [(kind, reason)] == [(trouble.kind, trouble.reason) for trouble in found.troubles]


def test_labels_are_safe(tmp_path: Path) -> None:
    """A path that would drive a terminal is shown with escapes."""
    (trouble,) = find_captures([str(tmp_path / "\x1b[2Jx\u202e")]).troubles

    assert trouble.path.endswith(r"\x1b[2Jx\u202e")


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="nothing is forbidden to root")
def test_forbidden(folder: Path) -> None:
    """A named file is a trouble; a folder's own are a remark, for nobody asked for them by name."""
    (folder / "b.pcap").chmod(0)
    (folder / "a").chmod(0)
    found = find_captures([str(folder)])
    (folder / "a").chmod(0o700)

    assert ["2 of its files and folders could not be opened"] == [
        note.text for note in found.notes if note.kind is NoteKind.UNREADABLE
    ]


def test_unreadable_entries(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails on one file does not hide the others."""

    def fail(found: discovery.Found) -> bool:
        if found.path.endswith("b.pcap"):
            raise OSError(5, "failed")
        return True

    monkeypatch.setattr(discovery, "_holds_capture", fail)
    found = find_captures([str(folder)])

    assert 6 == len(found.captures)
    assert ["1 of its files and folders could not be opened"] == [note.text for note in found.notes]


def test_empty_folder(tmp_path: Path) -> None:
    """Nothing there is said, and is no trouble."""
    found = find_captures([str(tmp_path)])

    assert ["holds no files"] == [note.text for note in found.notes]
    assert () == found.troubles


def test_too_many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has an end, and reaching it is a trouble."""
    monkeypatch.setattr(discovery, "MAX_LISTED", 3)
    found = find_captures([str(folder)])

    assert 1 > len(found.captures)
    assert [TroubleKind.UNREADABLE] == [trouble.kind for trouble in found.troubles]
