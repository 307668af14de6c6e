"""Marks: the same place has the same mark, no two are alike."""

from __future__ import annotations

from random import Random

from monitor.audit.marks import MARK_BYTES, Marks, spellings


def test_marks() -> None:
    """Drawn once a place and length, and remembered."""
    marks = Marks(Random(1))
    first = marks.mark("AA")
    assert (MARK_BYTES, first) == (len(first), marks.mark("AA"))
    assert 3 == len({first, marks.mark("AE"), marks.mark("AA", 32)})
    assert [first, marks.mark("AE"), marks.mark("AA", 32)] == marks.all


def test_spellings_are_many() -> None:
    """All of them are in lower case, and every way of the promise is among them."""
    written = list(spellings(b"ABCDEFGH12345678"))
    assert {"plain", "in pieces", "backward", "hex", "percent signs", "UTF-16", "base64"} <= {
        name for name, _ in written
    }
    assert all(spelled == spelled.lower() for _, spelled in written)
