"""Coverage-guided fuzzing of the compiled modules: mutated frames, captures and ring blocks.

usage: python -m tests.fuzz [--executions N] [--seed N] [FOLDER of captures to begin with]...

The modules are compiled a second time, below .fuzz/, so that gcc counts the edges that each input takes; an input that
takes a new one is kept, and mutated further. It fails on an exception that got out, on a guard of ours that was hit
(faults are bugs, counted or not), on an input that takes a second, and on memory that grows.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import random
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / ".fuzz"
COUNTERS = BUILD / "coverage.so"
SLOW_SECONDS = 1.0
"""An input of some thousand bytes that takes this long is a hang in the making."""
GROWTH_KB = 20_000
"""Between the tenth part of a run and its end: queues and caches are full by then."""
MOST_KEPT = 20_000
SAY = 250_000
"""Executions between two lines that say how far it is."""
LONGEST_FRAME = 2_048
LONGEST_FILE = 2_048
TOGETHER = 8
"""Frames of one batch: as on a wire, they come together, and each costs less."""
BETWEEN_TICKS = 1_000
"""Frames; with their times a tenth of a millisecond apart, and many far from all others."""
SAME_ROOM = 1_000
"""Files that are read to the same buffer, as those of one run are."""
INTERESTING = (0, 1, 2, 4, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x40000, 0x40001)


def compile_modules() -> None:
    """Compile with counters; nothing is done where that was done for the same sources."""
    sources = sorted(
        [*REPOSITORY.glob("monitor/**/*.py"), REPOSITORY / "setup.py", Path(__file__).with_name("coverage.c")]
    )
    newest = max(file.stat().st_mtime for file in sources)
    if COUNTERS.exists() and COUNTERS.stat().st_mtime > newest:
        return
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(REPOSITORY / "monitor", BUILD / "monitor", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for name in ("rules", "systemd", "docs"):
        (BUILD / name).symlink_to(REPOSITORY / name)
    for name in ("setup.py", "pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, BUILD)
    counters = Path(__file__).with_name("coverage.c")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", COUNTERS, counters], check=True)
    flags = {
        "CFLAGS": "-O1 -fsanitize-coverage=trace-pc",
        "LD_PRELOAD": str(COUNTERS),  # the build imports some of what it compiled, to parse the rules
    }
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    try:
        subprocess.run(command, check=True, cwd=BUILD, env=os.environ | flags, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        COUNTERS.unlink()  # it stands for a build that is whole
        raise


def mutate(rng: random.Random, data: bytes, others: Sequence[bytes], most: int) -> bytes:
    """Change some bytes, or join two inputs."""
    made = bytearray(data)
    for _ in range(1 << rng.randrange(4)):
        size = len(made)
        if not size:
            made += rng.randbytes(20)
            continue
        at = rng.randrange(size)
        how = rng.randrange(9)
        if how == 0:
            made[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            made[at] = rng.randrange(256)
        elif how == 2:
            width = rng.choice((1, 2, 4))
            number = (rng.choice(INTERESTING) + rng.randrange(-1, 2)) & ((1 << 8 * width) - 1)
            made[at : at + width] = number.to_bytes(width, rng.choice(("big", "little")))
        elif how == 3:
            del made[at : at + 1 + rng.randrange(1 + min(size - at, 64))]
        elif how == 4:
            begin = rng.randrange(size)
            made[at:at] = made[begin : begin + rng.randrange(64)]
        elif how == 5:
            other = rng.choice(others)
            begin = rng.randrange(len(other) + 1)
            made[at:] = other[begin:]
        elif how == 6:
            other = rng.choice(others)
            begin = rng.randrange(len(other) + 1)
            made[at : at + 32] = other[begin : begin + 32]
        elif how == 7:
            made[at] = (made[at] + rng.randrange(-8, 9)) & 0xFF
        else:
            made[at:at] = rng.randbytes(rng.randrange(1, 9))
    return bytes(made[:most])


class Frame:
    """A frame through the header pass, what puts fragments together, the flow table, and the parsers of its flow."""

    name, most, share, together = "frames", LONGEST_FRAME, 70, TOGETHER

    def __init__(self) -> None:
        from monitor.decode.headers import LINK_TYPES, HeaderPass
        from monitor.flow.tracker import Tracker
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats
        from monitor.privacy.naming import NamingPolicy
        from monitor.protocols.registry import specs

        self.stats = Stats()
        self._links = sorted({*LINK_TYPES, 147})
        self._headers = HeaderPass(lambda _v6, _high, low, *_: low % 5 == 0)
        self._tracker = Tracker(specs(), NamingPolicy((), ()), self.stats, lambda *_: None, slots=1024)
        self._frames = Frames(data=bytearray(self.most * TOGETHER), capacity=TOGETHER)
        self._frames.linktypes.extend(self._links)
        self._frames.captures.extend([0] * len(self._links))
        self._number = 0

    def run(self, inputs: Sequence[bytes]) -> None:
        """The first bytes of each say the link type, how much was cut off, and how much time has passed."""
        frames = self._frames
        frames.count = len(inputs)
        for i, data in enumerate(inputs):
            head, body, at = data[:3].ljust(3, b"\0"), data[3:], i * self.most
            self._number += 1
            frames.data[at : at + len(body)] = body
            frames.offset[i], frames.caplen[i] = at, len(body)
            frames.wirelen[i] = len(body) + (head[1] if head[1] < 64 else 0)
            frames.interface[i], frames.number[i] = head[0] % len(self._links), self._number
            frames.ts_ns[i] = self._number * 10_000 + ((head[2] - 128) << 28 if head[2] != 128 else 0)
        self.stats.faults["decode.IndexError"] += self._headers.run(frames)
        self._tracker.take(frames)
        if not self._number % BETWEEN_TICKS:
            self._tracker.tick(frames.ts_ns[0])

    def seeds(self, captures: Sequence[Path]) -> Iterator[bytes]:
        """Frames of captures."""
        from monitor.capture.files import CaptureFiles
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats

        for path in captures:
            taken = 0
            for item in CaptureFiles([str(path)], Stats()):
                if not isinstance(item, Frames):
                    continue
                for i in range(0, item.count, 1 + item.count // 20):
                    linktype = item.linktypes[item.interface[i]]
                    at = item.offset[i]
                    if linktype in self._links and item.caplen[i] < self.most:
                        head = bytes([self._links.index(linktype), 0, 128])
                        yield head + bytes(item.data[at : at + item.caplen[i]])
                taken += 1
                if taken > 2:
                    break


class File:
    """A capture through its reader, in a file that lies in memory."""

    name, most, share, together = "files", LONGEST_FILE, 10, 1

    def __init__(self) -> None:
        from monitor.capture.files import CaptureFiles
        from monitor.decode.headers import HeaderPass
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats

        self.stats = Stats()
        self._make_stats, self._read, self._frames = Stats, CaptureFiles, Frames
        self._headers = HeaderPass()
        self._space: Any = None
        self._number = 0
        self._file = os.memfd_create("capture")
        self._path = f"/proc/self/fd/{self._file}"

    def run(self, inputs: Sequence[bytes]) -> None:
        """Read it, and decode what is in it.

        Room for it is made anew once in a while only: that takes longer than to read it, and what the file before left
        there is no kinder than zeros.
        """
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, inputs[0], 0)
        stats = self._make_stats()
        reading = self._read([self._path], stats)
        reading._space = self._space if self._number % SAME_ROOM else None
        self._number += 1
        for item in reading:
            if isinstance(item, self._frames):
                self.stats.faults["decode.IndexError"] += self._headers.run(item)
        self._space = reading._space
        self.stats.faults.update(stats.faults)

    def seeds(self, captures: Sequence[Path]) -> Iterator[bytes]:
        """The beginnings of captures."""
        for path in captures:
            with path.open("rb") as file:
                yield file.read(self.most)


class Block:
    """A block of the live ring through its walker."""

    name, most, share, together = "ring blocks", 4_096, 20, 1

    def __init__(self) -> None:
        from monitor.capture.live.walker import RingWalker
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats

        self.stats = Stats()
        self._frames = Frames(data=bytearray(self.most), capacity=16)
        self._walker = RingWalker(self._frames, self.most, 0)

    def run(self, inputs: Sequence[bytes]) -> None:
        """Walk it to its end."""
        self._frames.data[:] = inputs[0].ljust(self.most, b"\0")
        self._walker.begin(0)
        for _ in range(self.most):
            if not self._walker.walk():
                return
        raise AssertionError("a walk without an end")

    def seeds(self, _captures: Sequence[Path]) -> Iterator[bytes]:
        """A block of three packets."""
        head = struct.pack("=3I4xII", 1, 0, 1, 3, 48).ljust(48, b"\0")
        packet = struct.pack("=7I2H", 160, 1, 2, 60, 60, 0x50, 0, 7, 0x8100) + struct.pack("=2HI", 80, 94, 30)
        yield head + packet.ljust(160, b"\x45") * 3


def choose(rng: random.Random, kept: Sequence[bytes], seconds: Sequence[float]) -> bytes:
    """The faster of two inputs that were kept: any, or one of the latest. Else the slowest would breed most."""
    two = [
        rng.randrange(len(kept)) if rng.random() < 0.5 else len(kept) - 1 - rng.randrange(min(len(kept), 200))
        for _ in range(2)
    ]
    return kept[min(two, key=seconds.__getitem__)]


def shown(inputs: Sequence[bytes]) -> str:
    """As hexadecimal digits."""
    return " ".join(one.hex() for one in inputs)


def memory_kb() -> int:
    """What this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * (os.sysconf("SC_PAGESIZE") // 1024)


def fuzz(executions: int, seed: int, captures: Sequence[Path], say: Callable[[str], None]) -> int:
    """Run all targets in turn; returns how many went wrong."""
    counters: Any = ctypes.CDLL(str(COUNTERS), mode=ctypes.RTLD_GLOBAL)
    sys.path.insert(0, str(BUILD))
    rng = random.Random(seed)
    wrong = 0
    began = time.monotonic()
    for target in (Block(), File(), Frame()):
        wanted = executions * target.share // 100
        kept, seconds = [bytes(20)], [0.0]
        for one in target.seeds(captures):
            counters.begin()
            start = time.thread_time()
            target.run([one])
            if counters.is_news():
                kept.append(one)
                seconds.append(time.thread_time() - start)
        first, at_tenth, slowest = len(kept), 0, 0.0
        faults_before = sum(target.stats.faults.values())
        for number in range(0, wanted, target.together):
            if not at_tenth and number >= wanted // 10:
                at_tenth = memory_kb()
            made = [mutate(rng, choose(rng, kept, seconds), kept, target.most) for _ in range(target.together)]
            counters.begin()
            start = time.thread_time()
            try:
                target.run(made)
            except Exception as error:  # noqa: BLE001 (whatever it is, it got out)
                wrong += 1
                say(f"{target.name}: {type(error).__name__} got out; input {shown(made)}")
            taken = time.thread_time() - start
            slowest = max(slowest, taken)
            if taken > SLOW_SECONDS:
                wrong += 1
                say(f"{target.name}: {taken:.1f} s; input {shown(made)}")
            if counters.is_news() and len(kept) < MOST_KEPT:
                kept += made
                seconds += [taken] * len(made)
            faults = sum(target.stats.faults.values())
            if faults > faults_before:
                faults_before = faults
                wrong += 1
                say(f"{target.name}: a guard was hit; input {shown(made)}")
            if (number + target.together) // SAY != number // SAY:
                say(f"  {target.name}: {number + target.together:,}, {counters.edges():,} edges, {len(kept):,} kept")
        growth = memory_kb() - at_tenth
        if growth > GROWTH_KB:
            wrong += 1
            say(f"{target.name}: memory grew by {growth:,} kB")
        say(
            f"{target.name}: {wanted:,} executions, {counters.edges():,} edges in all, {first:,} inputs at first, "
            f"{len(kept):,} kept; slowest {slowest * 1000:.0f} ms; memory {growth:+,} kB from a tenth on"
        )
    say(f"{executions:,} executions in {time.monotonic() - began:.0f} s, seed {seed}: {wrong} went wrong")
    return wrong


def main() -> None:
    """Compile, fuzz, and say what came of it."""
    options = argparse.ArgumentParser(description="Coverage-guided fuzzing of the compiled modules.")
    options.add_argument("--executions", type=int, default=10_000_000)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("folders", type=Path, nargs="*", help="captures to begin with")
    chosen = options.parse_args()
    compile_modules()
    captures = sorted(
        file
        for folder in (REPOSITORY / "demo", *chosen.folders)
        for file in folder.rglob("*.pcap*")
        if file.is_file() and file.stat().st_size < 200_000
    )
    sys.exit(1 if fuzz(chosen.executions, chosen.seed, captures, lambda line: print(line, flush=True)) else 0)


if __name__ == "__main__":
    main()
