"""The search says which mark stands where, and how it is spelled; the canary test tries every spelling."""

from __future__ import annotations

from base64 import b64encode

import pytest

from monitor.audit.search import Search, Trace

MARKS = {"sip2 AA": b"QX7K2M9PLD4T8RWZ", "http password": b"J3N6V1B5H0C7Y2F4"}


def test_what_stands_where() -> None:
    """Each mark by its place, each spelling once."""
    data = b"x" * 99 + MARKS["sip2 AA"] * 2 + b"..." + b64encode(b"?" + MARKS["http password"])
    found = Search(MARKS).find(data)
    assert [Trace("http password", "base64"), Trace("sip2 AA", "in pieces"), Trace("sip2 AA", "plain")] == found
    assert [] == Search(MARKS).find(b"nothing of it " * 99)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("from 10.99.3.4 to", True),
        ('"10.99.3.4"', True),
        ("10.99.3.4:53", True),
        ("ends with 10.99.3.4.", True),
        ("10.99.3.40", False),
        ("110.99.3.4", False),
        ("1.10.99.3.4", False),
        ("10.99.3.4.5", False),
    ],
)
def test_addresses(text: str, is_found: bool) -> None:  # noqa: FBT001 (what is expected)
    """An address is found by itself, and not as a part of another one."""
    assert is_found == bool(Search({}, {"a patron's device": "10.99.3.4"}).find(text.encode()))
    assert Search({}, {"a patron's device": "FD00:99::7"}).find(b"[fd00:99::7]:80")
