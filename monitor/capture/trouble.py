"""What went wrong with an input, and what is worth a remark: in plain words, for the person who typed the path.

Rule: reasons come from closed lists and carry offsets and sizes only; nothing read from a capture gets into them.
"""

from __future__ import annotations

import errno
import os

from monitor.model.closed import Enum
from monitor.model.opaque import Label
from monitor.model.record import Record


class TroubleKind(Enum):
    """Why an input could not be read whole."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NOT_CAPTURE = "not_capture"
    CUT = "cut"
    """Ends too early; everything before was read."""
    CORRUPT = "corrupt"
    """Damaged; everything that could be told from the damage was read."""


class Trouble(Record, kw_only=False):
    """One input that could not be read, or not whole."""

    path: Label
    reason: str
    """Completes the sentence "PATH: ..."."""
    kind: TroubleKind


class NoteKind(Enum):
    """What a remark is about."""

    SAME_FILE = "same_file"
    SKIPPED = "skipped"
    """Files of a folder that are not captures."""
    UNREADABLE = "unreadable"
    """Files or folders inside a folder that could not be looked at."""
    OVERLAP = "overlap"
    """Captures that cover the same time."""


class Note(Record, kw_only=False):
    """A harmless remark on an input."""

    path: Label
    text: str
    """Completes the sentence "PATH: ..."."""
    kind: NoteKind


_REASONS = {
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ELOOP: "the symbolic links lead in a circle",
    errno.ENAMETOOLONG: "the path is too long",
    errno.EISDIR: "is a folder",
    errno.EBADF: "is not open",
    errno.EIO: "the disk or the network drive reports a read error",
    errno.ENXIO: "is a device that is not there",
    errno.ENODEV: "is a device that is not there",
    errno.ESTALE: "the network drive no longer has this file",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
}
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR})


def explain(error: OSError | ValueError) -> tuple[str, TroubleKind]:
    """Say in plain words why a path could not be opened or read; never the error's own text, which quotes the path."""
    if isinstance(error, ValueError):
        return "is not a valid path", TroubleKind.MISSING
    number = error.errno or 0
    reason = _REASONS.get(number)
    if reason is None:
        reason = f"cannot be read ({os.strerror(number)})" if number else "cannot be read"
    return reason, TroubleKind.MISSING if number in _MISSING else TroubleKind.UNREADABLE
