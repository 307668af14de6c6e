"""Mistakes are shown all at once, in order, with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.mistakes import MAX_QUOTED_CHARS, MAX_SHOWN, Mistakes, nearest, quoted
from monitor.errors import ConfigError, RuleError


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


def test_other_errors() -> None:
    """Whoever reads another kind of file says what a mistake in it is."""
    mistakes = Mistakes()
    mistakes.add(Path("a.yaml"), 1, "wrong")
    with pytest.raises(ConfigError):
        mistakes.raise_any(ConfigError)


def test_nothing_wrong() -> None:
    """Without a mistake nothing is raised."""
    mistakes = Mistakes()
    mistakes.raise_any()
    assert len(mistakes) == 0


@pytest.mark.parametrize("sign", ["\n", "\r", "\x0b", "\x85", "\u2028", "\x1b", "\u202e"])
def test_one_mistake_is_one_line(sign: str) -> None:
    """Whatever stands in a word, a path or a hint, it makes no second line and commands no terminal."""
    mistakes = Mistakes()
    mistakes.add(Path(f"a{sign}.yaml"), 1, f"wrong{sign}", f"right{sign}")
    with pytest.raises(RuleError) as error:
        mistakes.raise_any()
    assert 1 == len(str(error.value).splitlines())
    assert sign not in str(error.value)


def test_no_flood() -> None:
    """A file that is wrong throughout does not fill the journal; how much is left is said."""
    mistakes = Mistakes()
    for line in range(MAX_SHOWN + 5):
        mistakes.add(Path("a.yaml"), line, "wrong")
    with pytest.raises(RuleError) as error:
        mistakes.raise_any()
    lines = str(error.value).splitlines()
    assert MAX_SHOWN + 1 == len(lines)
    assert "and 5 more mistakes (hint: put these right first)" == lines[-1]


def test_nearest_names_one_word_or_all() -> None:
    """A typing mistake gets the word that was meant; anything else the whole list."""
    assert nearest("credentail", ["credential", "name"]) == "did you mean 'credential'?"
    assert nearest("zzz", ["name", "email"]) == "known: email, name"
    assert nearest("zzz", []) == ""


def test_long_words_are_cut() -> None:
    """A message quotes a word whole, and the beginning of a paragraph."""
    assert "'" + "a" * MAX_QUOTED_CHARS + "'" == quoted("a" * MAX_QUOTED_CHARS)
    assert "'" + "a" * MAX_QUOTED_CHARS + "...'" == quoted("a" * (MAX_QUOTED_CHARS + 1))
