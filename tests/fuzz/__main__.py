"""Coverage-guided fuzzing of the compiled modules: mutated frames, captures and ring blocks.

usage: python -m tests.fuzz [--executions N] [--seed N] [--jobs N] [FOLDER of captures to begin with]...

An input that takes an edge which none took before is kept, and mutated further. It fails on an exception that got out,
on a guard of ours that was hit, on an input that takes a second or never ends, on memory that grows, and on a worker
that is killed. To run what worker N of a run did: the same executions by one worker, so a JOBS-th of them, with
``--jobs 1`` and the seed that was told.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
import time
from pathlib import Path

from tests.fuzz.building import REPOSITORY, compile_modules, load_counters
from tests.fuzz.targets import TARGETS
from tests.fuzz.workers import fuzz

SAME_ADDRESSES = 0x0040000
"""``ADDR_NO_RANDOMIZE`` (personality(2)): an edge is known by its address."""
LARGEST_BYTES = 300_000
"""The demo's is as large, and nothing behind the first frames of a capture is taken."""


def repeat_exactly() -> None:
    """Start again with the hashes and addresses that every run has; a machine that forbids it runs as it is."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        ctypes.CDLL(None).personality(SAME_ADDRESSES)
        os.execve(sys.executable, sys.orig_argv, os.environ | {"PYTHONHASHSEED": "0"})


def main() -> None:
    """Compile, fuzz, and say what came of it."""
    options = argparse.ArgumentParser(description="Coverage-guided fuzzing of the compiled modules.")
    options.add_argument("--executions", type=int, default=10_000_000, help="mutated inputs, by all workers")
    options.add_argument(
        "--seed", type=int, default=int(time.time()), help="of the first worker; the next has the next"
    )
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="workers (default: as many as cores)")
    options.add_argument("folders", type=Path, nargs="*", help="captures to begin with")
    chosen = options.parse_args()
    repeat_exactly()
    compile_modules()
    captures = sorted(
        file
        for folder in (REPOSITORY / "demo", *chosen.folders)
        for file in folder.rglob("*.pcap*")
        if file.is_file() and file.stat().st_size < LARGEST_BYTES
    )
    wrong = fuzz(
        TARGETS,
        load_counters(),
        captures,
        lambda line: print(line, flush=True),
        executions=chosen.executions,
        seed=chosen.seed,
        jobs=max(chosen.jobs, 1),
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
