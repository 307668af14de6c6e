"""Workers: a process for each core, with a seed and a share of the executions of its own; and the parent that watches.

Rules: an execution is one mutated input, and counts when it is over; what went wrong is told with its input, and with
the seed and number by which the same comes again; a worker that is killed, or stuck, is told like what it did wrong.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.fuzz.board import EDGES, Board
from tests.fuzz.mutation import choose, mutate

SLOW_SECONDS = 1.0
"""An input of some thousand bytes that takes this long is a hang in the making."""
STUCK_SECONDS = 60.0
"""And one that takes this long, by the clock and on a busy machine, will never end."""
GROWTH_KB = 40_000
"""Between the tenth part of a run and its end, without the inputs that are kept. What is kept by address or device
fills ever more slowly, and is bounded: 65,536 addresses alone take 26 MB."""
MOST_KEPT = 20_000
MOST_WRONG = 20
"""Of one target in one worker; what goes wrong each time need not be seen ten million times."""
SAY = 250_000
"""Executions between two lines that say how far it is."""
GLANCE_SECONDS = 1.0


class Target(Protocol):
    """What is fuzzed (`tests.fuzz.targets`)."""

    name: str
    most: int
    """Bytes of the longest input."""
    share: int
    """Of all executions, in percent."""
    together: int
    """Inputs that are run at once."""
    stats: Any
    """Its `faults` count the guards of ours that were hit: faults are bugs."""

    def run(self, inputs: Sequence[bytes]) -> None:
        """Take them, and raise nothing."""

    def seeds(self, captures: Sequence[Path]) -> Iterator[bytes]:
        """Inputs to begin with."""


class Wrong(NamedTuple):
    """What a worker found."""

    text: str


class Finished(NamedTuple):
    """A target that a worker is done with."""

    target: str
    executions: int
    first: int
    kept: int
    slowest_seconds: float
    growth_kb: int


def memory_kb() -> int:
    """What this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * (os.sysconf("SC_PAGESIZE") // 1024)


def shown(inputs: Sequence[bytes]) -> str:
    """As hexadecimal digits."""
    return " ".join(one.hex() for one in inputs)


class Worker:
    """One process's work."""

    def __init__(self, board: Board, pipe: Connection, counters: Any, seed: int) -> None:
        """`counters`: the functions of ``coverage.c``."""
        self._board = board
        self._pipe = pipe
        self._counters = counters
        self._seed = seed
        self._executions = 0
        self._kept_before = 0

    def work(self, makers: Sequence[Callable[[], Target]], captures: Sequence[Path], executions: int) -> None:
        """Fuzz all targets in turn; the last one takes what the shares of the others leave."""
        self._counters.remember_in(self._board.address())
        left = executions
        for index, make in enumerate(makers):
            target = make()
            wanted = left if index == len(makers) - 1 else executions * target.share // 100
            left -= wanted
            self._fuzz(index, target, captures, wanted)

    def _fuzz(self, index: int, target: Target, captures: Sequence[Path], wanted: int) -> None:
        rng = random.Random(f"{self._seed} {target.name}")
        counters, board, together, most = self._counters, self._board, target.together, target.most
        kept, costs, kept_bytes = [bytes(20)], [0], 0
        faults = sum(target.stats.faults.values())
        wrong, slowest = 0, 0.0

        def tell(what: str, number: int, made: Sequence[bytes]) -> None:
            nonlocal wrong
            wrong += 1
            self._pipe.send(Wrong(f"{target.name}: {what}; seed {self._seed}, number {number}, input {shown(made)}"))

        def take(made: Sequence[bytes], number: int) -> bool:
            """Run them; returns whether that took a new edge."""
            nonlocal faults, slowest
            board.begin(index, number, made)
            counters.begin()
            start = time.thread_time()
            try:
                target.run(made)
            except Exception as error:  # noqa: BLE001 (whatever it is, it got out)
                tell(f"{type(error).__name__} got out", number, made)
            taken = time.thread_time() - start
            is_news: bool = counters.is_news()
            slowest = max(slowest, taken)
            if taken > SLOW_SECONDS:
                tell(f"{taken:.1f} s", number, made)
            if target.stats.faults and (now := sum(target.stats.faults.values())) > faults:
                faults = now
                tell("a guard was hit", number, made)
            return is_news

        for one in target.seeds(captures):
            if take([one], -1):
                kept.append(one)
                costs.append(counters.cost())
            if wrong >= MOST_WRONG:
                break
        first, number, at_tenth, tenth = len(kept), 0, memory_kb(), max(wanted // 10, 1)
        while number < wanted and wrong < MOST_WRONG:
            made = [mutate(rng, choose(rng, kept, costs), kept, most) for _ in range(min(together, wanted - number))]
            if take(made, number) and len(kept) < MOST_KEPT:
                kept += made
                costs += [counters.cost()] * len(made)
                kept_bytes += sum(map(sys.getsizeof, made))
            number += len(made)
            board.count(self._executions + number, self._kept_before + len(kept))
            if number - len(made) < tenth <= number:
                at_tenth = memory_kb() - kept_bytes // 1024
        growth = memory_kb() - kept_bytes // 1024 - at_tenth
        if growth > GROWTH_KB:
            self._pipe.send(Wrong(f"{target.name}: memory grew by {growth:,} kB; seed {self._seed}"))
        self._executions += number
        self._kept_before += len(kept)
        self._pipe.send(Finished(target.name, number, first, len(kept), slowest, growth))


class _Watched:
    """A worker as its parent sees it."""

    def __init__(self, process: Any, pipe: Connection, board: Board, seed: int) -> None:
        self.process, self.pipe, self.board, self.seed = process, pipe, board, seed
        self.finished: list[Finished] = []
        self._is_stuck = self._is_over = False
        self._turns = 0
        self._since = time.monotonic()

    def kill_if_stuck(self, stuck_seconds: float) -> None:
        """Look whether it is still at the input at which it was a while ago."""
        turns, now = self.board.turn().turns, time.monotonic()
        if turns != self._turns:
            self._turns, self._since = turns, now
        elif turns and now - self._since > stuck_seconds:
            self._is_stuck = True
            self.process.kill()

    def hear(self, names: Sequence[str]) -> Wrong | Finished | None:
        """What it tells next; None when it has ended, and what was wrong with that was heard."""
        try:
            told: Wrong | Finished = self.pipe.recv()
        except (EOFError, OSError):  # it may have been killed in the middle of a word
            return None if self._is_over else self._end(names)
        if isinstance(told, Finished):
            self.finished.append(told)
        return told

    def _end(self, names: Sequence[str]) -> Wrong | None:
        self._is_over = True
        self.process.join()
        code = self.process.exitcode
        if len(self.finished) == len(names) and code == 0:
            return None
        turn = self.board.turn()
        how = (
            "killed, as it was stuck"
            if self._is_stuck
            else f"killed by signal {-code}"
            if code < 0
            else f"ended, with {code}"
        )
        where = f"seed {self.seed}, number {turn.number}, input {shown(turn.inputs)}"
        return Wrong(f"{names[turn.target]}: a worker was {how}; {where}")


def _begin(context: Any, counters: Any, seed: int, work: tuple[Any, ...]) -> _Watched:
    """Start a worker with what `Worker.work` takes."""
    board = Board()
    ours, theirs = context.Pipe(duplex=False)
    worker = Worker(board, theirs, counters, seed)
    process = context.Process(target=worker.work, args=work, daemon=True)
    process.start()
    theirs.close()  # so that its end is seen here
    return _Watched(process, ours, board, seed)


def fuzz(
    makers: Sequence[Callable[[], Target]],
    counters: Any,
    captures: Sequence[Path],
    say: Callable[[str], None],
    *,
    executions: int,
    seed: int,
    jobs: int,
    stuck_seconds: float = STUCK_SECONDS,
) -> int:
    """Run all targets in `jobs` workers, seeded with `seed` and the numbers behind it; returns how many went wrong."""
    began = time.monotonic()
    names = [make().name for make in makers]  # and what they import lies at the same place in all workers
    context = multiprocessing.get_context("fork")
    workers = [
        _begin(context, counters, seed + k, (makers, captures, executions // jobs + (k < executions % jobs)))
        for k in range(jobs)
    ]
    running = {worker.pipe: worker for worker in workers}
    wrong = said = 0
    while running:
        for pipe in wait(list(running), GLANCE_SECONDS):
            told = running[pipe].hear(names)
            if told is None:
                del running[pipe]
            elif isinstance(told, Wrong):
                wrong += 1
                say(told.text)
        for worker in running.values():
            worker.kill_if_stuck(stuck_seconds)
        ran, kept, edges = sum_up(workers)
        if ran // SAY != said // SAY:
            said = ran
            rate = ran / (time.monotonic() - began)
            say(f"  {ran:,} executions, {edges:,} edges, {kept:,} kept; {rate:,.0f} a second")
    for name in names:
        say(summary(name, [one for worker in workers for one in worker.finished if one.target == name]))
    ran, _, edges = sum_up(workers)
    say(
        f"{ran:,} executions in {time.monotonic() - began:.0f} s by {jobs} workers, {edges:,} edges, "
        f"seed {seed}: {wrong} went wrong"
    )
    return wrong


def sum_up(workers: Sequence[_Watched]) -> tuple[int, int, int]:
    """Executions and kept inputs of all, and the edges that any took."""
    counts = [worker.board.counts() for worker in workers]
    known = 0
    for worker in workers:
        known |= worker.board.known()
    return sum(ran for ran, _ in counts), sum(kept for _, kept in counts), EDGES - known.to_bytes(EDGES).count(0)


def summary(name: str, finished: Sequence[Finished]) -> str:
    """What became of one target, in all workers that came to its end."""
    ran, first, kept = (sum(one[i] for one in finished) for i in (1, 2, 3))
    slowest = max((one.slowest_seconds for one in finished), default=0.0)
    growth = max((one.growth_kb for one in finished), default=0)
    return (
        f"{name}: {ran:,} executions, {first:,} inputs at first, {kept:,} kept; "
        f"slowest {slowest * 1000:.0f} ms; memory {growth:+,} kB at most from a tenth on"
    )
