"""What is found in a labelled set: everything that was planted, and next to nothing else."""

from __future__ import annotations

import random
from collections import Counter

from monitor.protocols.http.numbers import Cards, is_card
from tests.protocols.http.labelled import Labelled, barcode, innocent, planted, stamp
from tests.protocols.http.samples import CLIENT
from tests.protocols.http.talks import facts, parse

SEED = 20261122


def found(request: Labelled) -> set[str]:
    """Classes of patron data that the parser reports; not what was searched for."""
    classes = {one.data_class.value for event in facts(parse((CLIENT, request.data))) for one in event.exposed}
    return classes - {"search"}


def test_what_was_planted_is_found() -> None:
    """300 requests: every class that was planted in each of them, so recall is 100 %."""
    requests = planted(random.Random(SEED), 300)
    missed = Counter(one.kind for one in requests if not one.planted <= found(one))
    print(f"planted {len(requests)}, found {len(requests) - missed.total()}, missed {dict(missed)}")  # noqa: T201  # shown with -s
    assert 300 == len(requests)
    assert {} == dict(missed)


def test_innocent_requests_stay_innocent() -> None:
    """3,000 requests, half of them made to look guilty: at most one of them is taken for something."""
    requests = innocent(random.Random(SEED), 3_000)
    wrong = Counter(one.kind for one in requests if found(one))
    print(f"innocent {len(requests)}, taken for patron data {wrong.total()}: {dict(wrong)}")  # noqa: T201  # shown with -s
    assert 3_000 == len(requests)
    assert wrong.total() <= 1, dict(wrong)


def test_timestamps_are_no_cards() -> None:
    """Of 100,000 dates with time at most ten; a tenth of them would pass the check digit."""
    chance = random.Random(SEED)
    cards = Cards(("2####", "20############", "2999##########"))
    called = sum(is_card(value) or cards.alone(value) for value in (stamp(chance).encode() for _ in range(100_000)))
    print(f"timestamps 100000, called a card {called}")  # noqa: T201  # shown with -s
    assert called <= 10


def test_the_generator_plants_cards() -> None:
    """The check digit that the generator calculates is the one of published barcodes."""
    chance = random.Random(SEED)
    assert all(is_card(barcode(chance).encode()) for _ in range(1_000))
    assert not any(is_card(barcode(chance, "3").encode()) for _ in range(1_000))
