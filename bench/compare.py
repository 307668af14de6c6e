"""Measures the monitor and what it is compared with, in one run on this machine. Asserts nothing.

Every figure is a whole process, from start to end, on captures that the operating system has in memory; the programs
take turns. The captures are SIP2 alone, HTTP alone, and mixed traffic of an invented library; they are written to
`.bench/` (18 GB) and kept there.

usage: compare.py [--rounds N] [--small]
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from clock import Runner, interleave

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / ".bench"
LIBMIX = REPOSITORY.parent / "shared" / "tools" / "libmix.py"
MONITOR = str(Path(sys.executable).with_name("privacy-monitor"))
EMPTY_PCAP = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
BYTES_A_PACKET = 1_100
SAMPLE_PACKETS = 100_000
"""What tshark gets to read; it is two orders of magnitude slower than the others."""
DISSECTED_PACKETS = 20_000
"""The same with the dissector, which is Lua, and slower with every packet more; so a longer sample flatters us."""
DISSECTOR = REPOSITORY / "monitor" / "dissectors" / "sip2.lua"
WANTED_MESSAGES = 50_000
"""A second, of SIP2 on one core: far more than all self-checks of a country say."""
NFSTREAM = "import sys, nfstream; print(sum(1 for _ in nfstream.NFStreamer(source=sys.argv[1])))"


def capture(packets: int, profile: str = "mixed") -> Path | None:
    """The capture with this many packets, written unless it is there; None where there is no room for it."""
    path = FOLDER / f"{'mix' if profile == 'mixed' else profile}-{packets}.pcap"
    if path.exists():
        return path
    if shutil.disk_usage(FOLDER).free < 2 * packets * BYTES_A_PACKET:
        print(f"skipped: {packets:,} packets need {packets * BYTES_A_PACKET / 1e9:.0f} GB of disk, and some to spare")
        return None
    print(f"writing a capture of {packets:,} packets ...", flush=True)
    part = path.with_suffix(".part")
    writer = LIBMIX if LIBMIX.exists() else Path(__file__).with_name("traffic.py")
    with path.with_suffix(".json").open("wb") as facts:
        command = [sys.executable, writer, part, "--packets", str(packets), "--profile", profile]
        subprocess.run(command, check=True, stdout=facts)
    part.rename(path)
    return path


def counted(path: Path) -> dict[str, int]:
    """What the writer of the capture says is in it."""
    facts: dict[str, int] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return facts


def monitor(path: Path) -> Runner:
    """The monitor, as anybody calls it."""
    return Runner("privacy-monitor", [MONITOR, "analyze", str(path), "--format", "json"])


def quick(path: Path) -> list[Runner]:
    """The programs that are quick enough to repeat."""
    runners = [
        Runner("cat", ["cat", str(path)]),
        Runner("tcpdump", ["tcpdump", "-r", str(path), "-w", "/dev/null", "tcp port 6001"]),
        monitor(path),
    ]
    return installed(runners)


def slow(path: Path, packets: int) -> list[Runner]:
    """The programs that are not."""
    runners = [Runner("ndpiReader", ["ndpiReader", "-q", "-i", str(path)])]
    python = FOLDER / "venv" / "bin" / "python"
    runners.append(Runner("nfstream", [str(python), "-c", NFSTREAM, str(path)], repeated=False))
    sample = sampled(path)
    if sample.exists():
        tshark = ["tshark", "-r", str(sample), "-Y", "tcp.port == 6001", "-w", "/dev/null"]
        runners.append(Runner("tshark", tshark, repeated=False, scale=packets / SAMPLE_PACKETS))
    return installed(runners)


def sampled(path: Path, packets: int = SAMPLE_PACKETS) -> Path:
    """The beginning of a capture; not there where tcpdump is not."""
    sample = path.with_suffix(".sample")
    if shutil.which("tcpdump") and not sample.exists():
        taken = ["tcpdump", "-r", path, "-c", str(packets), "-w", sample]
        subprocess.run(taken, check=True, stderr=subprocess.DEVNULL)
    return sample


def installed(runners: Iterable[Runner]) -> list[Runner]:
    """Those that are there; says which are not."""
    there = []
    for runner in runners:
        if shutil.which(runner.command[0]):
            there.append(runner)
        else:
            print(f"skipped: {runner.name} is not installed")
    return there


def show(title: str, runners: Sequence[Runner]) -> None:
    """One table."""
    reference = next((runner.seconds for runner in runners if runner.name == "tcpdump"), None)
    print(f"\n{title}\n{'':18}{'median s':>10}{'range s':>14}{'x tcpdump':>11}{'CPU s':>8}{'peak MB':>9}{'runs':>6}")
    for runner in runners:
        ratio = f"{runner.seconds / reference:.2f}" if reference else "-"
        notes = ["  ENDED WITH AN ERROR"] if runner.failed else []
        if runner.scale != 1:
            notes.append(f"  a sample, times {runner.scale:.1f}")
        print(
            f"{runner.name:18}{runner.seconds:>10.2f}{runner.spread:>14}{ratio:>11}{runner.processor_seconds:>8.2f}"
            f"{runner.peak:>9}{len(runner.costs):>6}" + "".join(notes)
        )


def show_margin(few: Sequence[Runner], many: Sequence[Runner], millions: float) -> None:
    """What each further million packets costs, start-up aside."""
    costs = {one.name: (two.seconds - one.seconds) / millions for one, two in zip(few, many, strict=True)}
    print("\neach further million packets")
    for name, seconds in costs.items():
        ratio = f"{seconds / costs['tcpdump']:.2f} x tcpdump" if "tcpdump" in costs else ""
        print(f"{name:18}{seconds:>10.3f} s   {ratio}")


def show_linear(sizes: Sequence[int], rounds: int) -> None:
    """What a million packets cost in captures of very different sizes, start-up included; and the peak."""
    paths = [path for packets in sizes if (path := capture(packets)) is not None]
    runners = [monitor(path) for path in paths]
    interleave(runners, 1)  # brings them into memory, as far as they fit
    for one in runners:
        del one.costs[0]
    interleave(runners, rounds)
    print(f"\ncost by size\n{'packets':>12}{'median s':>10}{'s a million':>13}{'CPU s':>8}{'peak MB':>9}")
    for path, one in zip(paths, runners, strict=True):
        packets = counted(path)["packets"]
        rate = one.seconds / packets * 1e6
        print(f"{packets:>12,}{one.seconds:>10.2f}{rate:>13.2f}{one.processor_seconds:>8.2f}{one.peak:>9}")


def messages(path: Path) -> int:
    """Whole SIP2 messages in a capture, as the monitor counts them."""
    report = subprocess.run(monitor(path).command, check=True, capture_output=True, stdin=subprocess.DEVNULL).stdout
    found: int = json.loads(report)["protocols"]["sip2"]["messages"]
    return found


def show_sip2(packets: int, rounds: int) -> None:
    """Messages a second of SIP2 alone, all rules on; beside tshark with the dissector, which gets a sample."""
    path = capture(packets, "sip2")
    if path is None:
        return
    ours = monitor(path)
    contenders = [(ours, messages(path))]
    sample = sampled(path, DISSECTED_PACKETS)
    if sample.exists():
        options = ["-n", "-X", f"lua_script:{DISSECTOR}", "-T", "fields", "-e", "sip2.message"]
        tshark = installed([Runner("tshark + sip2.lua", ["tshark", "-r", str(sample), *options], repeated=False)])
        contenders += [(one, messages(sample)) for one in tshark]
    interleave([one for one, _ in contenders], rounds)
    facts = counted(path)
    print(f"\nSIP2 alone: {facts['packets']:,} packets, {facts['bytes'] / 1e9:.2f} GB, all rules on")
    print(f"{'':18}{'messages':>11}{'median s':>10}{'CPU s':>8}{'messages/s':>12}{'a CPU second':>14}")
    for one, number in contenders:
        note = (
            "  ENDED WITH AN ERROR"
            if one.failed
            else ""
            if one is ours
            else f"  a sample of {DISSECTED_PACKETS:,} packets"
        )
        print(
            f"{one.name:18}{number:>11,}{one.seconds:>10.2f}{one.processor_seconds:>8.2f}"
            f"{number / one.seconds:>12,.0f}{number / one.processor_seconds:>14,.0f}{note}"
        )
    rates = [number / one.processor_seconds for one, number in contenders]
    reached = rates[0] / WANTED_MESSAGES
    print(f"wanted: {WANTED_MESSAGES:,} messages a second of one core; reached: {reached:.2f} times that")
    for rate in rates[1:]:
        print(f"{rates[0] / rate:.0f} times the messages of tshark in a second of one core")


def show_http(packets: int, rounds: int) -> None:
    """HTTP alone: pages, searches and logins of a catalog."""
    path = capture(packets, "http")
    if path is None:
        return
    interleave(quick(path)[:1], 1)  # brings the capture into memory
    runners = quick(path)
    interleave(runners, rounds)
    facts = counted(path)
    show(f"HTTP alone: {facts['packets']:,} packets, {facts['bytes'] / 1e9:.2f} GB, all rules on", runners)


def show_build() -> None:
    """Say what was measured: compiled or not, with bounds checks or not."""
    tree = ast.parse((REPOSITORY / "setup.py").read_text("utf-8"))
    facts = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in {"OF_BYTES", "OF_SEGMENTS", "OF_MESSAGES", "CHECKED"}
    }
    for name in (*facts["OF_BYTES"], *facts["OF_SEGMENTS"], *facts["OF_MESSAGES"]):
        spec = find_spec(name)
        compiled = bool(spec and spec.origin and not spec.origin.endswith(".py"))
        print(f"{name}: {'compiled' if compiled else 'NOT compiled'}")
    print(f"bounds checks: {'on' if facts['CHECKED']['boundscheck'] else 'OFF'}")


def main() -> None:
    """Write what is missing, measure, print."""
    options = argparse.ArgumentParser(description="Measures the monitor against other tools.")
    options.add_argument("--rounds", type=int, default=5, help="runs of each quick program")
    options.add_argument("--small", action="store_true", help="leave out the large capture and the slow programs")
    chosen = options.parse_args()
    FOLDER.mkdir(exist_ok=True)
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    show_build()
    if not LIBMIX.exists():
        print("the mixed capture of the maintainers is not here; a simpler one is written instead")

    nothing = FOLDER / "empty.pcap"
    nothing.write_bytes(EMPTY_PCAP)
    starts = [Runner("python alone", [sys.executable, "-c", "pass"]), monitor(nothing)]
    interleave(starts, chosen.rounds + 1)
    for runner in starts:
        del runner.costs[0]  # the first start may compile bytecode
    show("an empty capture: start-up", starts)

    show_sip2(1_000_000, chosen.rounds)
    show_http(1_000_000, chosen.rounds)

    few = capture(1_000_000)
    if few is None:
        return
    facts = counted(few)
    interleave(quick(few)[:1], 1)  # brings the capture into memory
    once = quick(few)
    others = [] if chosen.small else slow(few, facts["packets"])
    interleave([*once, *others], chosen.rounds)
    show(f"{facts['packets']:,} packets, {facts['bytes'] / 1e9:.2f} GB", [*once, *others])

    many = None if chosen.small else capture(4_000_000)
    if many is None:
        return
    interleave(quick(many)[:1], 1)
    four = quick(many)
    interleave(four, chosen.rounds)
    more = counted(many)
    show(f"{more['packets']:,} packets, {more['bytes'] / 1e9:.2f} GB", four)
    show_margin(once, four, (more["packets"] - facts["packets"]) / 1e6)
    show_linear((100_000, 1_000_000, 10_000_000), min(chosen.rounds, 3))


if __name__ == "__main__":
    main()
