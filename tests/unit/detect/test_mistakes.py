"""Mistakes are shown all at once, in order, with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.detect.mistakes import Mistakes, nearest
from monitor.errors import RuleError


def test_all_mistakes_in_order() -> None:
    """Files in order, lines as numbers, one line each; the same mistake once."""
    mistakes = Mistakes()
    mistakes.add(Path("b.yaml"), 1, "wrong")
    mistakes.add(Path("a.yaml"), 10, "unknown key 'lvl'", "did you mean 'level'?")
    mistakes.add(Path("a.yaml"), 9, "wrong")
    mistakes.add(Path("a.yaml"), 9, "wrong", "said again")
    with pytest.raises(RuleError) as error:
        mistakes.raise_any()
    expected = [
        "a.yaml:9: wrong",
        "a.yaml:10: unknown key 'lvl' (hint: did you mean 'level'?)",
        "b.yaml:1: wrong",
    ]
    assert expected == str(error.value).splitlines()


def test_nothing_wrong() -> None:
    """Without a mistake nothing is raised."""
    mistakes = Mistakes()
    mistakes.raise_any()
    assert len(mistakes) == 0


def test_nearest_names_one_word_or_all() -> None:
    """A typing mistake gets the word that was meant; anything else the whole list."""
    assert nearest("credentail", ["credential", "name"]) == "did you mean 'credential'?"
    assert nearest("zzz", ["name", "email"]) == "known: email, name"
    assert nearest("zzz", []) == ""
