"""Makes inputs out of inputs: which is taken, and what is changed in it.

Rule: the same numbers at random make the same input, on any machine and at any time of day.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

INTERESTING = (0, 1, 2, 4, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x40000, 0x40001)
LATEST = 200
"""Half of all choices are among these: what took a new edge last has seldom been mutated yet."""


def choose(rng: random.Random, kept: Sequence[bytes], costs: Sequence[int]) -> bytes:
    """The cheaper of two inputs that were kept: any, or one of the latest. Else the slowest would breed most."""
    chance, size = rng.random, len(kept)
    one, other = (
        int(chance() * size) if chance() < 0.5 else size - 1 - int(chance() * min(size, LATEST)) for _ in range(2)
    )
    return kept[one if costs[one] <= costs[other] else other]


def mutate(rng: random.Random, data: bytes, others: Sequence[bytes], most: int) -> bytes:
    """Change some bytes, or join two inputs. `int(chance() * n)` takes a fifth of the time of `randrange`."""
    chance = rng.random
    made = bytearray(data)
    for _ in range(1 << int(chance() * 4)):
        size = len(made)
        if not size:
            made += rng.randbytes(20)
            continue
        at = int(chance() * size)
        how = int(chance() * 9)
        if how == 0:
            made[at] ^= 1 << int(chance() * 8)
        elif how == 1:
            made[at] = int(chance() * 256)
        elif how == 2:
            width = 1 << int(chance() * 3)
            number = INTERESTING[int(chance() * len(INTERESTING))] + int(chance() * 3) - 1
            order = "big" if chance() < 0.5 else "little"
            made[at : at + width] = (number & ((1 << 8 * width) - 1)).to_bytes(width, order)
        elif how == 3:
            del made[at : at + 1 + int(chance() * (1 + min(size - at, 64)))]
        elif how == 4:
            begin = int(chance() * size)
            made[at:at] = made[begin : begin + int(chance() * 64)]
        elif how == 5:
            other = others[int(chance() * len(others))]
            made[at:] = other[int(chance() * (len(other) + 1)) :]
        elif how == 6:
            other = others[int(chance() * len(others))]
            begin = int(chance() * (len(other) + 1))
            made[at : at + 32] = other[begin : begin + 32]
        elif how == 7:
            made[at] = (made[at] + int(chance() * 17) - 8) & 0xFF
        else:
            made[at:at] = rng.randbytes(1 + int(chance() * 8))
    return bytes(made[:most])
