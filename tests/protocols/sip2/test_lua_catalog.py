"""The dissector carries the parser's own catalog."""

from __future__ import annotations

import pytest

from monitor.dissectors import SIP2
from tests.protocols.sip2.lua_catalog import BEGIN, END, catalog


def test_the_dissector_has_the_same_catalog(request: pytest.FixtureRequest) -> None:
    """Its tables are those that the catalog gives; ``make golden`` writes them anew."""
    text = SIP2.read_text("utf-8")
    start, end = text.index(BEGIN), text.index(END) + len(END)
    if request.config.getoption("--update"):
        SIP2.write_text(text[:start] + catalog() + text[end:], "utf-8")
        return
    assert catalog() == text[start:end]
