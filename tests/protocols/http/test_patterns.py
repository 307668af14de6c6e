"""Tests of `monitor.protocols.http.patterns`, held against the regular expressions that mean the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.http.patterns import Beginnings, Pattern

TEXTS = st.text("a9/.*", min_size=1, max_size=6)
PATHS = st.text("a9/.: ", max_size=10).map(str.encode)


def expression(text: str) -> bytes:
    """What a pattern means."""
    return b".*".join(re.escape(part) for part in text.encode().split(b"*"))


@given(TEXTS, PATHS)
def test_begins(text: str, path: bytes) -> None:
    """No word goes on behind what ends in a letter or digit."""
    behind = rb"(?![0-9a-z])" if text[-1].isalnum() else b""
    assert (re.match(expression(text) + behind, path) is not None) == Pattern(text).begins(path)


@given(TEXTS, PATHS)
def test_is_all(text: str, path: bytes) -> None:
    """From the first byte to the last."""
    assert (re.fullmatch(expression(text), path) is not None) == Pattern(text).is_all(path)


@pytest.mark.parametrize("text", ["a.a", "*.a", "a*.*", "*.a*.*"])
@given(host=st.text("a9.:", max_size=8).map(str.encode))
def test_is_host(text: str, host: bytes) -> None:
    """A port, and a dot ahead of it, do not count."""
    assert (re.fullmatch(expression(text) + rb"\.?(?::[0-9]*)?", host) is not None) == Pattern(text).is_host(host)


def test_of_several_the_first_counts() -> None:
    """Whether it is found by its beginning or not."""
    found = Beginnings([(2, "/opac/"), (1, "*/opac/a"), (0, "/x"), (3, "*")])
    assert [1, 2, 0, 3, 3] == [found.find(path) for path in (b"/opac/a", b"/opac/b", b"/x", b"/xy", b"")]
    assert Beginnings([]).find(b"/opac/") is None
