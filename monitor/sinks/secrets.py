"""Reads secrets that lie in files of their own.

Rule: no message shows anything of what is in them.
"""

from __future__ import annotations

import os
from pathlib import Path

from monitor.errors import UsageError
from monitor.privacy.labels import file_label

MAX_SECRET_BYTES = 4_096
"""Longer than any password or address; whoever names a device or a disk by mistake is told so."""


def read_secret(path: Path, noun: str, most: int = MAX_SECRET_BYTES) -> bytes:
    """The one line in a file, of at most so many bytes, without its line break.

    Raises:
        UsageError: the file cannot be read, is empty or too long.
    """
    shown = file_label(str(path))
    try:
        with path.open("rb") as file:
            secret = file.read(most + 2)
    except OSError as error:
        raise UsageError(f"cannot read the {noun} in {shown}: {os.strerror(error.errno or 0)}") from None
    secret = secret.removesuffix(b"\n").removesuffix(b"\r")
    if not secret or len(secret) > most or b"\n" in secret:
        raise UsageError(f"{shown} is not one line with the {noun}, of at most {most} bytes")
    return secret
