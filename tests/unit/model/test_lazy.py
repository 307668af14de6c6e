"""A lazy pattern does what the same pattern does that was compiled at once."""

from __future__ import annotations

import re
import sys

import pytest

from monitor.model.lazy import late, lazy


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


def test_a_module_is_imported_with_the_first_call() -> None:
    """And not before; the call is passed on."""
    sys.modules.pop("colorsys", None)
    call = late("colorsys", "rgb_to_hsv")
    assert "colorsys" not in sys.modules
    assert (0.0, 0.0, 1.0) == call(1.0, 1.0, 1.0)
    assert "colorsys" in sys.modules
    with pytest.raises(ModuleNotFoundError):
        late("monitor.nothing", "at_all")()
