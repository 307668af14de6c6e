"""Counting patrons: distinct per finding and day, bounded, and without keeping anybody."""

from __future__ import annotations

import pytest

from monitor.privacy import subjects
from monitor.privacy.subjects import DAY_NS, SubjectCounter, sighting
from tests.support.uncompiled import load_source

NOON_NS = 20_000 * DAY_NS + DAY_NS // 2


def seen(*cards: bytes) -> tuple[subjects.Sighting, ...]:
    """Sightings of invented card numbers."""
    return tuple(sighting(card) for card in cards)


def test_a_patron_counts_once_a_finding() -> None:
    """Blanks around a card number do not make another patron."""
    counter = SubjectCounter()
    counter.count("a", seen(b"29999000101", b"29999000101 ", b"29999000102"), NOON_NS)
    counter.count("a", seen(b"29999000101"), NOON_NS + 1)
    counter.count("b", seen(b"29999000101"), NOON_NS)

    assert (2, 1, 0) == (counter.total("a"), counter.total("b"), counter.total("c"))


def test_the_same_patron_counts_again_on_another_utc_day() -> None:
    """Days are those of the trace; their numbers are summed."""
    counter = SubjectCounter()
    for day in range(3):
        counter.count("a", seen(b"29999000101"), NOON_NS + day * DAY_NS)

    assert 3 == counter.total("a")


def test_digests_do_not_outlive_their_day() -> None:
    """After midnight nothing of yesterday is left but a number."""
    counter = load_source("monitor.privacy.subjects").SubjectCounter()
    counter.count("a", seen(b"29999000101"), NOON_NS)
    mask = counter._mask
    counter.count("b", (), NOON_NS + DAY_NS)

    assert mask != counter._mask
    assert {"b": set()} == counter._today


def test_limits_make_a_lower_bound_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a limit nothing is stored and the finding is marked."""
    monkeypatch.setattr(subjects, "MAX_DIGESTS_PER_FINDING", 2)
    counter = SubjectCounter()
    counter.count("a", seen(b"1", b"2", b"3"), NOON_NS)
    counter.count("b", seen(b"1"), NOON_NS)

    assert (2, True) == (counter.total("a"), counter.limited("a"))
    assert (1, False) == (counter.total("b"), counter.limited("b"))


def test_a_digest_is_not_the_hash_anybody_could_compute() -> None:
    """Without the process's key a guessed card number cannot be looked up."""
    digest = sighting(b"29999000101").reveal()

    assert digest != hash(b"29999000101")
