"""The public captures in parts: workers share them, `make test` reads the first, and `make e2e` reads the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

SHARDS = 16
QUICK_SHARDS = 2
"""Of them `make test` reads: one for each of two workers."""

in_shards = pytest.mark.parametrize(
    "shard", [pytest.param(shard, marks=[] if shard < QUICK_SHARDS else [pytest.mark.e2e]) for shard in range(SHARDS)]
)
"""Runs a test once for each part, whose number it takes."""


Capture = TypeVar("Capture", str, Path)


def part(captures: Sequence[Capture], shard: int) -> Sequence[Capture]:
    """Those of one part: neighbors, which resemble each other, are in different ones."""
    return captures[shard::SHARDS]
