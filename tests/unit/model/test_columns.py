"""Columns of a batch: zeros to begin with, of their kind of number, however many."""

from __future__ import annotations

from mmap import PAGESIZE

import pytest

from monitor.model.columns import Columns, column


@pytest.mark.parametrize("capacity", [0, 1, 100, PAGESIZE, 100_000])
def test_column(capacity: int) -> None:
    """Small ones and large ones are the same to those who use them."""
    numbers = column("q", capacity)
    assert (capacity, "q", 8) == (len(numbers), numbers.format, numbers.itemsize)
    assert not any(numbers)
    if capacity:
        numbers[-1] = -(2**63)
        assert -(2**63) == numbers[capacity - 1]


def test_batch() -> None:
    """Every frame has its place in each column, four of them in that of the addresses."""
    columns = Columns(1_000)
    assert (1_000, 1_000, 4_000) == (len(columns.kind), len(columns.at_ns), len(columns.ends))
