"""Measures the monitor under attack: millions of packets, made while they are read, through a pipe.

Each attack is read by a process of its own; a self-check goes on between, and all that it says is to be found. What is
printed is the peak of memory, the time, what the self-check said and what was found of it, and which limits were hit.
Floods come in three sizes: what a packet costs must not grow with their number.

usage: attack.py [--packets N] [NAME...]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.attack import ATTACKS, as_pcap, attack, messages

PORTION_BYTES = 1 << 20
WANTED_MB = 200
IN_SIZES = ("SYN flood", "port scan")


def feed(pipe: IO[bytes], name: str, packets: int) -> None:
    """Write an attack into a pipe."""
    portion = bytearray()
    with pipe:
        for piece in as_pcap(attack(name, packets)):
            portion += piece
            if len(portion) >= PORTION_BYTES:
                pipe.write(portion)
                portion.clear()
        pipe.write(portion)


def run(name: str, packets: int) -> tuple[dict[str, Any], resource.struct_rusage, float]:
    """Read an attack; returns the report, what was used, and how many seconds it took."""
    command = [sys.executable, "-m", "monitor", "analyze", "--format", "json", "-"]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both are pipes")
    writer = threading.Thread(target=feed, args=(process.stdin, name, packets))
    writer.start()
    report = json.loads(process.stdout.read())
    writer.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return report, usage, time.perf_counter() - start


def measure(name: str, packets: int, idle: float) -> None:
    """One attack; `idle` are the seconds of processor that a run takes without any packet."""
    report, usage, seconds = run(name, packets)
    seen, used = report["coverage"], usage.ru_utime + usage.ru_stime
    limits = ", ".join(f"{limit} {count:,}" for limit, count in seen["limits"].items()) or "none"
    print(
        f"{name:24}{seen['packets']:>12,}{seen['flows']:>12,}{usage.ru_maxrss / 1024:>9.0f}"
        f"{used:>8.1f}{(used - idle) / packets * 1e6:>8.2f}{seconds:>8.1f}"
        f"{report['protocols']['sip2']['messages']:>9,} of {messages(packets):,}   {limits}",
        flush=True,
    )


def main() -> None:
    """All of them, or those that are named."""
    options = argparse.ArgumentParser(description="Measures the monitor under attack.")
    options.add_argument("--packets", type=int, default=10_000_000)
    options.add_argument("names", nargs="*", help=", ".join(ATTACKS))
    chosen = options.parse_args()
    print(f"under attack; wanted: at most {WANTED_MB} MB, and every message")
    _, usage, _ = run(next(iter(ATTACKS)), 0)
    idle = usage.ru_utime + usage.ru_stime
    print(f"the start takes {idle:.1f} s of processor, which are left out of those for a million packets")
    heads = ("packets", 12), ("flows", 12), ("peak MB", 9), ("CPU s", 8), ("a mill.", 8), ("s", 8), ("messages", 14)
    print(" " * 24 + "".join(f"{head:>{width}}" for head, width in heads) + "   limits hit")
    for name in chosen.names or ATTACKS:
        for part in (100, 10, 1) if name in IN_SIZES else (1,):
            measure(name, chosen.packets // part, idle)


if __name__ == "__main__":
    main()
