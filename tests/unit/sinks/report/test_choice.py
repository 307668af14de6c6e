"""The beginning of an id is enough, as long as it is one finding's."""

from __future__ import annotations

import pytest

from monitor.errors import StoreError, UsageError
from monitor.sinks.report.choice import choose

MISSING = StoreError("there is none")


@pytest.mark.parametrize(("beginning", "chosen"), [("3f", "3f1c"), ("3f1c", "3f1c"), ("a", "a"), ("ab", "ab")])
def test_one(beginning: str, chosen: str) -> None:
    """A whole id counts as such, whatever else begins so."""
    assert chosen == choose(["ab", "3f1c", "a"], beginning, MISSING)


def test_none() -> None:
    """Whoever asks says what is missing."""
    with pytest.raises(StoreError, match="there is none"):
        choose(["ab"], "c", MISSING)


def test_several() -> None:
    """Some of them are named, in order."""
    with pytest.raises(UsageError, match=r"^7 ids begin with 'a', a1, a2, a3, a4, a5 for instance; write more of it$"):
        choose(["a7", "a6", "a5", "a4", "a3", "a2", "a1"], "a", MISSING)
