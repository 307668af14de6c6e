"""A lazy pattern does what the same pattern does that was compiled at once."""

from __future__ import annotations

import re

import pytest

from monitor.model.lazy import lazy


def test_as_compiled() -> None:
    """Every method and attribute, whichever is used first, text or bytes."""
    for flags in (0, re.IGNORECASE):
        for ask in ("search", "match", "fullmatch", "findall", "split"):
            assert str(getattr(re.compile(r"a(b)", flags), ask)("xABab")) == str(
                getattr(lazy(r"a(b)", flags), ask)("xABab")
            )
    assert "x-" == lazy("ab").sub("-", "xab")
    assert [b"b"] == [found[1] for found in lazy(rb"a(b)").finditer(b"ab")]
    pattern = lazy("(?P<name>a)|b")
    assert ("(?P<name>a)|b", 1, {"name": 1}) == (pattern.pattern, pattern.groups, dict(pattern.groupindex))


def test_a_mistake_is_found_late() -> None:
    """What is no pattern complains when it is used."""
    broken = lazy("(")
    with pytest.raises(re.error):
        broken.search("")
    with pytest.raises(AttributeError):
        lazy("a").nothing  # type: ignore[attr-defined]  # noqa: B018
