"""Reads one YAML file into a tree, or says why it cannot be read.

Rules: the size of a file is bounded; what the build has parsed already (`prepared`) is not parsed again, because PyYAML
alone would take a fifth of the program's start.
"""

from __future__ import annotations

import codecs
import stat
from functools import partial
from pathlib import Path

from monitor.config.mistakes import Mistakes
from monitor.config.prepared import prepared
from monitor.config.tree import (
    MAX_DEPTH,
    MAX_FILE_BYTES,
    MAX_NODES,
    SMALL,
    Form,
    Items,
    Node,
    RefusedError,
    Scalar,
    Table,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_FILE_BYTES",
    "MAX_NODES",
    "Form",
    "Items",
    "Node",
    "Scalar",
    "Table",
    "read_document",
    "read_text",
]

_OTHER_UNICODE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_document(path: Path, mistakes: Mistakes, form: Form = SMALL) -> Table | None:
    """The file's one mapping, or None after noting why there is none.

    A mapping with a key that stands twice, for instance, is noted and returned, with the first of the two.
    """
    try:
        text = read_text(path, form)
        known = prepared(text)
        if known is not None:
            return known
        from monitor.config.parsing import parse  # noqa: PLC0415  (brings PyYAML)

        return parse(text, partial(mistakes.add, path), form)
    except RefusedError as refused:
        mistakes.add(path, refused.line, refused.what, refused.hint)
    return None


def read_text(path: Path, form: Form = SMALL) -> str:
    """What stands in a file.

    Raises:
        RefusedError: it is no such file.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise RefusedError(1, "is a folder", f"name the {form.noun} in it")
        if not stat.S_ISREG(mode):  # a pipe may keep us waiting for ever, a device never end
            raise RefusedError(1, "is not a regular file", f"write the {form.noun} to a file first")
        with path.open("rb", buffering=0) as file:
            data = file.read(form.max_bytes + 1)
    except OSError as error:
        raise RefusedError(1, f"cannot be read: {error.strerror}") from None
    except ValueError:  # a null character in the path
        raise RefusedError(1, "cannot be read: this is no file's name") from None
    if len(data) > form.max_bytes:
        raise RefusedError(1, f"larger than {form.max_bytes} bytes", f"is this a {form.noun}?")
    if data.startswith(_OTHER_UNICODE):
        raise RefusedError(1, "is UTF-16 or UTF-32 text", "save the file as UTF-8")
    if b"\0" in data:
        raise RefusedError(1, "is no text", f"is this a {form.noun}? If so, save it as UTF-8")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise RefusedError(data.count(b"\n", 0, error.start) + 1, "not UTF-8 text", "save the file as UTF-8") from None
