"""Where a report goes when it does not go to stdout: a file, checked before the work begins.

Rule: a capture is never overwritten. ``--output *.pcap`` is one slip of the shell away.
"""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from monitor.errors import UsageError
from monitor.privacy.labels import file_label

_PROBED_BYTES = 512
"""Every capture format and compression shows within its first bytes that it is not text."""


class OutputFile:
    """A text file that is replaced when the report is ready."""

    def __init__(self, path: str) -> None:
        """Make sure that the file can be written.

        Raises:
            UsageError: it cannot, or it exists and is not text.
        """
        self._path = Path(path)
        self._shown = file_label(path)
        try:
            if self._path.is_file() and not _is_text(self._path):
                raise UsageError(f"--output would overwrite {self._shown}, which is not a text file")
            with self._path.open("a", encoding="utf-8"):
                pass
        except OSError as error:
            raise self._unwritable(error) from None
        except ValueError:
            raise UsageError("--output is not a valid path") from None

    def write(self, text: str) -> None:
        """Replace what the file holds.

        Raises:
            UsageError: the file cannot be written any more.
        """
        try:
            self._path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(f"cannot write {self._shown}: {os.strerror(error.errno or 0)}")


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_PROBED_BYTES)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
