"""Finds the captures among what was typed: files, folders and what lies in them, named pipes, standard input.

Rules: what was typed and cannot be read is a trouble; what merely lies in a folder and is no capture is skipped and
counted, and nothing in a folder is opened that could make us wait; a file met twice is read once.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from monitor.capture.compression import Damaged
from monitor.capture.intake import STDIN, Found, Intake
from monitor.capture.sections import HEAD_BYTES, is_capture
from monitor.capture.trouble import Note, NoteKind, Trouble, TroubleKind, explain
from monitor.model.record import Record
from monitor.privacy.labels import file_label

MAX_LISTED = 1_000_000
"""Captures and folders met in one run: two years of files of one minute. About 300 MB when full."""

_Identity = tuple[int, int] | str


class Discovery(Record, kw_only=False):
    """What there is to read."""

    captures: tuple[Found, ...]
    """In the order typed, those of a folder sorted. Typed files are not opened yet: they may be no captures."""
    troubles: tuple[Trouble, ...]
    notes: tuple[Note, ...]
    skipped_files: int
    """Files of folders that are not captures."""


def find_captures(paths: Sequence[str]) -> Discovery:
    """Look at every path; folders with everything below them."""
    search = _Search()
    for path in paths:
        search.take(path)
    return Discovery(tuple(search.captures), tuple(search.troubles), tuple(search.notes), search.skipped_files)


def _identify(path: str, status: os.stat_result) -> _Identity:
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(path)


class _Folder(Record, frozen=False, kw_only=False):
    """Counts of one named folder."""

    captures: int = 0
    skipped: int = 0
    repeated: int = 0
    closed: int = 0


class _Search:
    def __init__(self) -> None:
        self.captures: list[Found] = []
        self.troubles: list[Trouble] = []
        self.notes: list[Note] = []
        self.skipped_files = 0
        self._seen: dict[_Identity, str] = {}

    def take(self, path: str) -> None:
        """Look at one path that was typed."""
        try:
            status = os.fstat(0) if path == STDIN else os.stat(path)  # noqa: PTH116 - `Path` would drop "./" from names
        except (OSError, ValueError) as error:
            self._refuse(path, *explain(error))
            return
        identity = _identify(path, status)
        if identity in self._seen:
            text = f"is the same as {file_label(self._seen[identity])}, and is read once"
            self.notes.append(Note(file_label(path), text, NoteKind.SAME_FILE))
        elif stat.S_ISDIR(status.st_mode):
            self._take_folder(path, identity)
        elif stat.S_ISREG(status.st_mode):
            self._add(Found(path, status.st_size), identity)
        elif stat.S_ISFIFO(status.st_mode) or (path == STDIN and stat.S_ISSOCK(status.st_mode)):
            self._add(Found(path, None), identity)
        elif path == STDIN and os.isatty(0):
            self._refuse(path, "is a terminal: pipe a capture into it", TroubleKind.UNREADABLE)
        else:
            self._refuse(path, "is a device, not a file", TroubleKind.UNREADABLE)

    def _add(self, found: Found, identity: _Identity) -> None:
        self._seen[identity] = found.path
        self.captures.append(found)

    def _refuse(self, path: str, reason: str, kind: TroubleKind) -> None:
        self.troubles.append(Trouble(file_label(path), reason, kind))

    def _take_folder(self, path: str, identity: _Identity) -> None:
        self._seen[identity] = path
        counts = _Folder()
        try:
            names = _list(path)
        except OSError as error:
            self._refuse(path, *explain(error))
            return
        pending = [names]
        while pending:
            entry = next(pending[-1], None)
            if entry is None:
                pending.pop()
            elif len(self._seen) >= MAX_LISTED:
                self._refuse(
                    path, f"holds more than {MAX_LISTED:,} files; the rest was not read", TroubleKind.UNREADABLE
                )
                break
            else:
                below = self._take_entry(entry, counts)
                if below is not None:
                    pending.append(below)
        self.skipped_files += counts.skipped
        self._remark(path, counts)

    def _take_entry(self, path: str, counts: _Folder) -> Iterator[str] | None:
        """Look at what lies in a folder; returns what lies below it."""
        try:
            status = os.stat(path)  # noqa: PTH116 - see above
            identity = _identify(path, status)
            if stat.S_ISDIR(status.st_mode):
                if identity in self._seen:
                    return None
                self._seen[identity] = path
                return _list(path)
            if not stat.S_ISREG(status.st_mode):
                counts.skipped += 1
            elif identity in self._seen:
                counts.repeated += 1
            elif _holds_capture(Found(path, status.st_size)):
                self._add(Found(path, status.st_size), identity)
                counts.captures += 1
            else:
                counts.skipped += 1
        except (FileNotFoundError, ValueError):  # a link to nowhere
            counts.skipped += 1
        except OSError:
            counts.closed += 1
        return None

    def _remark(self, path: str, counts: _Folder) -> None:
        label = file_label(path)
        if counts.skipped:
            text = f"{_files(counts.skipped)} skipped, not {'a capture' if counts.skipped == 1 else 'captures'}"
            self.notes.append(Note(label, text, NoteKind.SKIPPED))
        elif not (counts.captures or counts.repeated or counts.closed):
            self.notes.append(Note(label, "holds no files", NoteKind.SKIPPED))
        if counts.repeated:
            self.notes.append(Note(label, f"{_files(counts.repeated)} met twice, read once", NoteKind.SAME_FILE))
        if counts.closed:
            text = f"{counts.closed:,} of its files and folders could not be opened"
            self.notes.append(Note(label, text, NoteKind.UNREADABLE))


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _list(folder: str) -> Iterator[str]:
    """The paths in a folder, sorted by name."""
    with os.scandir(folder) as entries:
        return iter(sorted(entry.path for entry in entries))


def _holds_capture(found: Found) -> bool:
    """Whether a file begins like a capture, after unpacking."""
    head = bytearray(HEAD_BYTES)
    size = 0
    try:
        with Intake(found) as source:
            while size < len(head) and (more := source.readinto(memoryview(head)[size:])):
                size += more
    except Damaged:
        pass
    return is_capture(bytes(head[:size]))
