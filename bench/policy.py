"""Measures what it costs to watch devices: 1,000 cameras that open 100,000 flows. Asserts nothing.

The header pass and the flow pass run on frames in memory, with rules and findings: once with a configuration in which
the devices are cameras, and once with one in which they are not watched. The difference is the price.

usage: policy.py [--cameras N] [--flows N]
"""

from __future__ import annotations

import argparse
import struct
from array import array
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from time import process_time

from monitor.build import Rooms, prepare
from monitor.config.settings import Config
from monitor.decode.headers import HeaderPass
from monitor.model.data import Audience, Role
from monitor.model.frames import Frames
from monitor.model.record import replace
from monitor.model.stats import Stats
from monitor.pipeline import TICK_NS
from monitor.privacy.labels import typed
from monitor.privacy.places import Asset, Expectation, Zone

BATCH = 2_000
PAYLOAD = bytes(64)
HOSTS = 5
"""On the internet, which nobody expects; without names they are one destination."""
KNOWN = 20_000
"""Flows of which more packets come: so many have room in the table for sure."""
ROUNDS = 50
"""Those packets, of each."""
OPENING_NS = 500_000
"""Between flows: 2,000 new ones a second."""
STEP_NS = 20_000
"""Between packets of known flows: 50,000 a second."""
WAIT_NS = 60 * 10**9
START_NS = 1_763_800_000 * 10**9
RECORDER = "10.39.0.1"
WATCHED = Zone(
    name=typed("cameras"),
    audience=Audience.INFRASTRUCTURE,
    role=Role.CAMERA,
    networks=(ip_network("10.40.0.0/16"),),
    expect=(Expectation(asset=typed("recorder")),),
)
ASSETS = (Asset(name=typed("recorder"), addresses=(ip_address(RECORDER),), role=Role.RECORDER),)


def datagram(camera: int, port: int, host: int) -> bytes:
    """One datagram of a camera: to its recorder, or to a host on the internet."""
    source = int(ip_address("10.40.0.2")) + camera
    target = ip_address(f"203.0.113.{host}" if host else RECORDER).packed
    head = struct.pack("!BBHHHBBHI4s", 0x45, 0, 28 + len(PAYLOAD), 0, 0, 64, 17, 0, source, target)
    udp = struct.pack("!HHHH", 20_000 + port, 9_000 + host, 8 + len(PAYLOAD), 0)
    return bytes(12) + b"\x08\x00" + head + udp + PAYLOAD


class Wire:
    """Frames in memory, batch after batch, with the time going on."""

    def __init__(self) -> None:
        self._sent = 0
        self._now_ns = START_NS
        self._headers = HeaderPass()

    def wait(self) -> int:
        """Let a minute pass; returns the time then."""
        self._now_ns += WAIT_NS
        return self._now_ns

    def batches(self, packets: list[bytes], step_ns: int) -> Iterator[Frames]:
        """The packets, decoded, with so much time between them."""
        for first in range(0, len(packets), BATCH):
            part = packets[first : first + BATCH]
            frames = Frames(data=bytearray(b"".join(part)), capacity=len(part))
            frames.linktypes, frames.captures = array("i", [1]), array("i", [0])
            frames.count = len(part)
            for number, packet in enumerate(part):
                frames.offset[number] = number * len(packet)
                frames.caplen[number] = frames.wirelen[number] = len(packet)
                frames.ts_ns[number] = self._now_ns = self._now_ns + step_ns
                self._sent += 1
                frames.number[number] = self._sent
            self._headers.run(frames)
            yield frames


def measure(config: Config, opening: list[bytes]) -> tuple[float, float, Rooms]:
    """CPU seconds for all flows, which are new, and for a packet of each of some that are known; and who judged."""
    rooms = Rooms(prepare(config), Stats())
    wire = Wire()
    ticked_ns = 0

    def pass_on(packets: list[bytes], step_ns: int) -> float:
        nonlocal ticked_ns
        spent = 0.0
        for frames in wire.batches(packets, step_ns):
            began = process_time()
            rooms.flows.take(frames)
            at_ns = frames.columns.at_ns[frames.count - 1]
            if at_ns - ticked_ns >= TICK_NS:
                ticked_ns = at_ns
                rooms.flows.tick(at_ns)
                rooms.detector.tick(at_ns)
            spent += process_time() - began
        return spent

    new = pass_on(opening, OPENING_NS)
    began = process_time()
    rooms.flows.tick(wire.wait())  # what waits for a name belongs to its flow
    new += process_time() - began
    known = opening[-KNOWN:]
    pass_on(known, STEP_NS)  # those that had to make room are new again
    return new, sum(pass_on(known, STEP_NS) for _ in range(ROUNDS)) / ROUNDS, rooms


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="Measures what it costs to watch devices.")
    options.add_argument("--cameras", type=int, default=1_000)
    options.add_argument("--flows", type=int, default=100_000)
    chosen = options.parse_args()
    opening = [
        datagram(number % chosen.cameras, number // chosen.cameras, number // chosen.cameras % (HOSTS + 1))
        for number in range(chosen.flows)
    ]
    idle = replace(WATCHED, role=None, expect=None)
    prices = {}
    print(f"\n{chosen.cameras:,} cameras, {chosen.flows:,} flows, {ROUNDS} more packets of {KNOWN:,} of them")
    print(f"{'':18}{'us a new flow':>15}{'ns a packet':>13}")
    for name, zone in (("not watched", idle), ("watched", WATCHED)):
        new, known, rooms = measure(Config(zones=(zone,), assets=ASSETS), opening)
        prices[name] = new / chosen.flows * 1e6, known / min(KNOWN, chosen.flows) * 1e9
        print(f"{name:18}{prices[name][0]:>15.2f}{prices[name][1]:>13.0f}")
    price = [watched - other for watched, other in zip(prices["watched"], prices["not watched"], strict=True)]
    print(f"{'price':18}{price[0]:>15.2f}{price[1]:>13.0f}")
    rooms.flows.finish()
    found = Counter(str(one.rule) for one in rooms.detector.finish() if one.count)
    print(f"limits: {dict(rooms.flows.stats.limits) or 'none'}")
    print("findings: " + ", ".join(f"{number:,} {rule}" for rule, number in sorted(found.items())))


if __name__ == "__main__":
    main()
