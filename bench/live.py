"""Measures the sensor on a virtual wire, beside tcpdump at the same time: who drops what at the highest speed there is.

A capture is sent with ``tcpreplay --topspeed`` into a pair of virtual interfaces in a network namespace; the sensor and
``tcpdump -w /dev/null -B 65536`` listen to the other end, each to every packet. Then the same capture is analyzed
offline, and the findings are compared, times aside. Takes the rights of root; asserts nothing.

usage: live.py CAPTURE [--rate PACKETS_A_SECOND] [--minutes N]
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.wire import FAR, NEAR, Sensor, analyzed, timeless, virtual_wire

SETTLE_SECONDS = 2.0


def processor_seconds(process: int) -> float:
    """What a process has computed until now."""
    user, system = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak_mb(process: int) -> float:
    """The most that a process ever held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


def compare(capture: Path, rate: int, minutes: float, folder: Path) -> None:
    """Send, and print what each saw."""
    speed = ["--pps", str(rate)] if rate else ["--topspeed"]
    if minutes:
        speed += ["--loop", "0", "--duration", str(round(minutes * 60))]
    command = ["tcpdump", "-i", NEAR, "-n", "-w", "/dev/null", "-B", "65536"]
    with (
        Sensor(folder) as sensor,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as other,
    ):
        time.sleep(SETTLE_SECONDS)
        before, start = processor_seconds(sensor.process.pid), time.perf_counter()
        sent = subprocess.run(
            ["tcpreplay", "--intf1", FAR, "--preload-pcap", *speed, str(capture)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        seconds = time.perf_counter() - start
        time.sleep(SETTLE_SECONDS)
        used, peak = processor_seconds(sensor.process.pid) - before, peak_mb(sensor.process.pid)
        other.send_signal(signal.SIGINT)
        _, said = other.communicate(timeout=60)
        sensor.end(signal.SIGTERM)
    last = sensor.stderr.splitlines()[-1]
    packets = int((re.search(r"Actual: (\d+) packets", sent) or ["", "0"])[1])
    dropped = (re.search(r"([\d,]+) dropped by the kernel", last) or ["", "?"])[1]
    theirs = (re.search(r"(\d+) packets? dropped by kernel", said) or ["", "?"])[1]
    print(f"{packets:,} packets in {seconds:.1f} s: {packets / seconds:,.0f} a second")
    print(f"monitor: {dropped} dropped; {used:.1f} s of processor, {used / seconds:.0%} of a core; peak {peak:.0f} MB")
    print(f"tcpdump: {theirs} dropped")
    if not minutes:
        report = analyzed(capture)
        same = timeless(report["findings"]) == sensor.findings()
        print(f"findings: {len(report['findings'])} offline, {'the same' if same else 'OTHERS'} live")


def main() -> None:
    """On a wire of its own."""
    options = argparse.ArgumentParser(description="Measures the sensor on a virtual wire, beside tcpdump.")
    options.add_argument("capture", type=Path)
    options.add_argument("--rate", type=int, default=0, help="packets a second; as fast as possible without it")
    options.add_argument("--minutes", type=float, default=0.0, help="again and again, for so long")
    chosen = options.parse_args()
    missing = [name for name in ("tcpreplay", "tcpdump", "ip") if shutil.which(name) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        return
    cores = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder, virtual_wire():
        os.sched_setaffinity(0, cores)  # all of them, as it would be: a wire for tests has one
        compare(chosen.capture.resolve(), chosen.rate, chosen.minutes, Path(folder))


if __name__ == "__main__":
    main()
