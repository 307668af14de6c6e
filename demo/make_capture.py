"""Writes `maple-street-library.pcapng`: one day at the mirror port of an invented library, the same bytes every time.

Three self-check stations talk SIP2 in the clear to the library system on port 6001. Patrons use a catalog without
encryption. A recorder fetches readable video from three cameras; somebody of the staff watches one of them, and another
talks to its maker's cloud. Around all this staff use the web. One self-check was connected before the capture began, as
it is in real recordings.

usage, from the top folder: python -m demo.make_capture [FILE]
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from random import Random

from demo.background import GATEWAY, SITES, look_up, resolve, visit
from demo.cameras import watched
from demo.catalog import browsing
from demo.kiosk import HOUR_NS, OPENING_NS, Kiosk
from demo.people import Book, Reader, books, readers
from tests.support.captures import Packet, block, enhanced, option, section
from tests.support.conversation import Conversation, Host, woven

CAPTURE = Path(__file__).with_name("maple-street-library.pcapng")
LIBRARY_SYSTEM = Host("10.1.0.10", 6001)


def borrowing(kiosk: Kiosk, people: Iterable[Reader], shelf: list[Book], *, everything: bool) -> list[Packet]:
    """A day at a station where readers check out, renew and pay."""
    random = kiosk.random
    kiosk.start()
    for number, reader in enumerate(people):
        kiosk.until(OPENING_NS + int((0.5 + number * 0.9 + random.uniform(0, 0.5)) * HOUR_NS))
        chosen = random.sample(shelf, random.randrange(1, 4))
        owed = "2.50" if number % 4 == 1 else ""
        if everything:
            kiosk.ask_everything(reader, chosen[1:], owed)
        else:
            kiosk.ask_status(reader)
        kiosk.pause(4, 15)
        for book in chosen:
            kiosk.lend(reader, book)
            kiosk.pause(3, 9)
        if number % 5 == 2:
            kiosk.renew(reader, shelf[number])
            kiosk.pause(3, 9)
        if owed and everything:
            kiosk.pay(reader, owed)
            kiosk.pause(2, 5)
        kiosk.leave(reader)
    kiosk.until(OPENING_NS + 9 * HOUR_NS)
    return kiosk.talk.close().packets


def returning(kiosk: Kiosk, people: list[Reader], shelf: list[Book]) -> list[Packet]:
    """A day at the return station; its connection is older than the capture and outlives it."""
    for number, book in enumerate(shelf):
        kiosk.until(OPENING_NS + int((0.6 + number * 0.45) * HOUR_NS))
        kiosk.pause(10, 600)
        kiosk.take_back(book, people[number % len(people)] if number % 6 == 4 else None)
    return kiosk.talk.packets


def surroundings(random: Random) -> list[Packet]:
    """Staff at their desks."""
    packets: list[Packet] = []
    for number in range(14):
        desk = f"10.20.0.{21 + number % 4}"
        at_ns = OPENING_NS + int(random.uniform(0.2, 8.8) * HOUR_NS)
        name = random.choice(tuple(SITES))
        packets += resolve(Host(desk), GATEWAY, at_ns)
        packets += look_up(Host(desk, 50000 + number), name, SITES[name], at_ns + 1_000_000, random)
        sizes = ((96, random.randrange(120, 300)), (96, random.randrange(300, 900)))
        talk = Conversation(Host(desk, 51000 + number), SITES[name], at_ns + 15_000_000, step_ns=11_000_000)
        packets += visit(talk, name, random, sizes)
    return packets


def packets() -> list[Packet]:
    """The whole day, in order."""
    random = Random(1907)
    people = readers(random, 16)
    shelf = books(random, 40)

    def kiosk(number: int) -> Kiosk:
        station = Host(f"10.30.0.{10 + number}", 49200 + 7 * number)
        start_ns = OPENING_NS + number * 41_000_000_000
        return Kiosk(Conversation(station, LIBRARY_SYSTEM, start_ns), f"selfcheck{number}", random)

    third = kiosk(3)
    third.talk.sequence = [88_400_117, 91_730_552]
    third.sequence = 4
    return woven(
        borrowing(kiosk(1), people[:9], shelf[:20], everything=True),
        borrowing(kiosk(2), people[7:], shelf[20:], everything=False),
        returning(third, people[:5], shelf[::3]),
        surroundings(random),
        browsing(people[2:14:2], Random(1908)),
        watched(Random(1909)),
    )


def pcapng(packets: Iterable[Packet]) -> bytes:
    """A capture file with a comment, a name for its interface, and stamps in nanoseconds."""
    end = option(0, b"")
    comment = option(1, b"An invented library. Nobody in this file exists.")
    interface = struct.pack("<HHI", 1, 0, 262_144) + option(2, b"mirror") + option(9, b"\x09")
    records = b"".join(enhanced(0, packet.data, packet.at_ns) for packet in packets)
    return section(options=comment + end) + block(1, interface + end) + records


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else CAPTURE).write_bytes(pcapng(packets()))
