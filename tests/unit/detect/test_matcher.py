"""Functions are joined by and, or, not."""

from __future__ import annotations

from itertools import product

import pytest

from monitor.detect.matcher import Matcher, all_of, any_of, negation
from tests.unit.detect.samples import FLOW, said

EVENT = said()


def has(bit: int) -> Matcher:
    """A function that looks at one bit of the classes."""
    return lambda classes, _event, _flow: bool(classes & bit)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_truth_tables(count: int) -> None:
    """Joined functions have the truth tables of and, or, not."""
    parts = [has(1 << place) for place in range(count)]
    for bits in product((0, 1), repeat=count):
        classes = sum(bit << place for place, bit in enumerate(bits))
        assert all(bits) == all_of(parts)(classes, EVENT, FLOW)
        assert any(bits) == any_of(parts)(classes, EVENT, FLOW)
        assert (not bits[0]) == negation(parts[0])(classes, EVENT, FLOW)
