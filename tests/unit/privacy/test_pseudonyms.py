"""Patrons and accounts by numbers that mean nothing."""

from __future__ import annotations

import pytest

from monitor.privacy import pseudonyms
from monitor.privacy.pseudonyms import Pseudonyms
from monitor.privacy.subjects import DAY_NS, account, sighting


def test_in_the_order_in_which_they_come() -> None:
    """The same identifier has the same number, whoever sighted it and however it is padded."""
    book = Pseudonyms()
    seen = [sighting(one) for one in (b"29990000000017", b"29990000000025", b" 29990000000017 ")]
    assert [1, 2, 1] == [book.number(one) for one in seen]


def test_an_account_is_no_patron() -> None:
    """Even if both go by the same name."""
    book = Pseudonyms()
    assert [1, 2] == [book.number(sighting(b"desk")), book.number(account(b"desk"))]


def test_a_day_begins_anew() -> None:
    """Who was 2 yesterday may be 1 today."""
    book = Pseudonyms()
    first, second = sighting(b"a"), sighting(b"b")
    assert DAY_NS == book.turn(5)
    assert [1, 2] == [book.number(first), book.number(second)]
    assert 3 * DAY_NS == book.turn(2 * DAY_NS)
    assert [1, 2] == [book.number(second), book.number(first)]


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """New ones have no number when there is no room; those who have one keep it."""
    monkeypatch.setattr(pseudonyms, "MAX_NUMBERS", 2)
    book = Pseudonyms()
    assert [1, 2, None, 1] == [book.number(sighting(one)) for one in (b"a", b"b", b"c", b"a")]
