"""What a worker writes down as it goes, in memory that its parent sees too, and that outlives the worker."""

from __future__ import annotations

import ctypes
import mmap
import struct
from collections.abc import Sequence
from typing import NamedTuple

EDGES = 65_536
"""Bytes in which ``coverage.c`` keeps what is known, one an edge."""
MOST_TOGETHER = 8
ROOM = MOST_TOGETHER * 4_096
_COUNTS = struct.Struct("=2q")
_TURN = struct.Struct(f"=3q{MOST_TOGETHER}i")
_AT_COUNTS = EDGES
_AT_TURN = _AT_COUNTS + _COUNTS.size
_AT_INPUT = _AT_TURN + _TURN.size


class Turn(NamedTuple):
    """What is run now, or was run last."""

    turns: int
    """Begun so far: as long as this stays the same, the same input is being run."""
    target: int
    number: int
    """Of its first input among the target's executions, from 0; -1 before the first of them."""
    inputs: tuple[bytes, ...]


class Board:
    """One worker's."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _AT_INPUT + ROOM)
        self._turns = 0

    def address(self) -> int:
        """Where the `EDGES` bytes lie."""
        return ctypes.addressof(ctypes.c_ubyte.from_buffer(self._memory))

    def begin(self, target: int, number: int, inputs: Sequence[bytes]) -> None:
        """Before these are run together."""
        self._turns += 1
        sizes = [len(one) for one in inputs] + [-1] * (MOST_TOGETHER - len(inputs))
        _TURN.pack_into(self._memory, _AT_TURN, self._turns, target, number, *sizes)
        data = b"".join(inputs)
        self._memory[_AT_INPUT : _AT_INPUT + len(data)] = data

    def count(self, executions: int, kept: int) -> None:
        """Executions that are over, and inputs that are kept, of all targets."""
        _COUNTS.pack_into(self._memory, _AT_COUNTS, executions, kept)

    def counts(self) -> tuple[int, int]:
        """As they were written last."""
        executions, kept = _COUNTS.unpack_from(self._memory, _AT_COUNTS)
        return executions, kept

    def turn(self) -> Turn:
        """As it was written last."""
        turns, target, number, *sizes = _TURN.unpack_from(self._memory, _AT_TURN)
        inputs, at = [], _AT_INPUT
        for size in sizes:
            if size >= 0:
                inputs.append(self._memory[at : at + size])
                at += size
        return Turn(turns, target, number, tuple(inputs))

    def known(self) -> int:
        """The edges taken so far, as a number that can be joined with those of others."""
        return int.from_bytes(self._memory[:EDGES], "little")
