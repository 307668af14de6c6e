"""Twelve hours of a branch whose self-checks speak clear SIP2 with a library system of its own, generated."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from random import Random

from demo.kiosk import HOUR_NS, MINUTE_NS, OPENING_NS, Kiosk
from demo.people import Book, Reader, books, readers
from tests.support.captures import Packet
from tests.support.conversation import Conversation, Host, who_has, woven

OPEN_HOURS = 12
LIBRARY_SYSTEM = Host("10.1.0.10", 6001)
CONFIG = """\
site: Branch
zones:
  - {name: self-checks, audience: infrastructure, role: self-check, networks: [10.30.0.0/24]}
  - {name: servers, audience: infrastructure, role: server, networks: [10.1.0.0/24]}
assets:
  - {name: library system, address: 10.1.0.10, role: ils, ports: [6001/tcp]}
"""


def station(number: int, people: Iterable[Reader], shelf: list[Book], random: Random) -> list[Packet]:
    """A day at one self-check: somebody every ten minutes or so."""
    talk = Conversation(Host(f"10.30.0.{10 + number}", 49_200 + number), LIBRARY_SYSTEM, OPENING_NS + number * 10**9)
    kiosk = Kiosk(talk, f"selfcheck{number}", random)
    kiosk.start()
    for place, reader in enumerate(people):
        kiosk.until(OPENING_NS + int((place * 10 + random.uniform(0, 7)) * MINUTE_NS))
        kiosk.ask_everything(reader, random.sample(shelf, 2))
        kiosk.pause(4, 15)
        for book in random.sample(shelf, random.randrange(1, 4)):
            kiosk.lend(reader, book)
            kiosk.pause(3, 9)
        kiosk.leave(reader)
    kiosk.until(OPENING_NS + OPEN_HOURS * HOUR_NS)
    return kiosk.talk.close().packets


@cache
def opening_hours() -> tuple[list[Packet], ...]:
    """The day at each self-check; it is the same for all tests."""
    random = Random(1_214)
    people, shelf = readers(random, 16), books(random, 40)
    each = OPEN_HOURS * 6
    return tuple(station(number, (people * 5)[number : number + each], shelf, random) for number in range(3))


def day(*, hours: int = OPEN_HOURS) -> list[Packet]:
    """Everything on the wire in the open hours, and for so many hours altogether what networks say to themselves."""
    murmur = [
        Packet(OPENING_NS + minute * MINUTE_NS, who_has(Host("10.1.0.1"), Host(f"10.1.0.{minute % 250 + 2}")))
        for minute in range(hours * 60)
    ]
    return woven(murmur, *opening_hours())
