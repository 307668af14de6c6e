"""Words that other readers of YAML take for something else than text are known."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.document import Scalar
from monitor.config.traps import other_meaning


def plain(text: str) -> Scalar:
    """A word without quotes."""
    return Scalar(text, null=False, line=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("44:19:22", "a number"),
        ("22:30", "a number"),
        ("2001:10:20:30:40:50:10:20", "a number"),
        ("10.30", "a number"),
        ("0123", "a number"),
        ("0x1F", "a number"),
        ("0o17", "a number"),
        ("1_000", "a number"),
        ("1e3", "a number"),
        (".5", "a number"),
        (".inf", "a number"),
        ("no", "true or false"),
        ("Off", "true or false"),
        ("y", "true or false"),
        ("true", "true or false"),
        ("2026-01-31", "a date"),
        ("null", "nothing"),
        ("=", "a sign of its own"),
        ("<<", "a sign of its own"),
    ],
)
def test_traps(text: str, expected: str) -> None:
    """Each of these is text to whoever types it, and something else to YAML 1.1 or 1.2; quotes settle it."""
    assert expected == other_meaning(plain(text))
    assert "" == other_meaning(Scalar(text, null=False, line=1, plain=False))


@pytest.mark.parametrize(
    "text",
    ["Main", "10.30.0.0/24", "10.1.0.10", "fd00:30::/64", "::1", "443/tcp", "44:19:22:0a", "nobody", "1st floor"],
)
def test_text(text: str) -> None:
    """These are text to everybody."""
    assert "" == other_meaning(plain(text))


@given(st.text(st.sampled_from("0123456789.:-_eExo+yesnoNOtruefal/ab"), min_size=1, max_size=12))
def test_whatever_passes_is_text_to_others(text: str) -> None:
    """What is not known as a trap is the same text to PyYAML, which reads YAML 1.1."""
    try:
        value = yaml.safe_load(f"[{text}]")
    except (yaml.YAMLError, ValueError):  # it is no plain word at all, or looks like a date that there is not
        return
    if value and isinstance(value[0], str | int | float | bool) and not other_meaning(plain(text)):
        assert [text] == value
