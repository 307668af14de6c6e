"""A day of a busy branch as its library system hears it: thirty self-checks and what else speaks SIP2, invented.

Messages as they stand on the wire, with checksums, in the order of their time. Who mistypes a PIN, forgets it or comes
at rush hour follows from the seed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from monitor.model.flow import Side

SECOND_NS = 10**9
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
OPENING_NS = 1_791_968_400 * SECOND_NS
"""2026-10-14T09:00:00Z."""
VISITORS = (6, 10, 14, 18, 12, 10, 16, 30, 34, 20, 8)
"""At one self-check, by hours: after school and work there is a queue, and nobody takes much more than a minute."""
KIOSKS = 30
SERVER = "10.1.0.10"
MISTYPED, FORGOTTEN = 0.05, 0.01
FREE = " " * 14


class Said(NamedTuple):
    """Some bytes of one connection."""

    at_ns: int
    client: str
    """Address."""
    connection: int
    """Of this client, from 0; its port is 40,000 more."""
    side: Side
    data: bytes


class Client:
    """One device and its connection to the library system."""

    def __init__(self, address: str, account: str, random: Random, at_ns: int) -> None:
        self.address = address
        self.account = account
        self.random = random
        self.at_ns = at_ns
        self.connection = 0
        self.said: list[Said] = []
        self._sequence = 0

    def wait(self, shortest_seconds: float, longest_seconds: float) -> None:
        """Let time pass."""
        self.at_ns += int(self.random.uniform(shortest_seconds, longest_seconds) * SECOND_NS)

    def connect(self) -> None:
        """Begin a new connection."""
        self.connection += 1

    def exchange(self, request: str, answer: str) -> None:
        """One request and its answer."""
        for side, text in ((Side.ORIGINATOR, request), (Side.RESPONDER, answer)):
            data = f"{text}AY{self._sequence}AZ".encode("ascii")
            sealed = data + f"{-sum(data) & 0xFFFF:04X}\r".encode("ascii")
            self.said.append(Said(self.at_ns, self.address, self.connection, side, sealed))
            self.wait(0.005, 0.05)
        self._sequence = (self._sequence + 1) % 10

    def login(self, *, accepted: bool = True) -> None:
        """93/94."""
        self.exchange(f"9300CN{self.account}|COelm-street-9|CPFLOOR1|", f"94{accepted:d}")

    def heartbeat(self) -> None:
        """99/98."""
        self.exchange("9900402.00", f"98YYYYNN100003{self.now}2.00AOELM|AMElm Street|BXYYYYYYYYYYYNYYYY|")

    def ask(self, card: str, pin: str = "", *, right: bool = True) -> None:
        """63/64: a patron's record, with a PIN or without; nothing personal for a wrong one."""
        verdict = f"|CQ{'NY'[right]}" if pin else ""
        record = f"|AEReader, {card[-4:]}|BD1 Alder Lane|BEreader{card[-4:]}@example.org" if right else "|AE"
        self.exchange(
            f"63000{self.now}  Y       AOELM|AA{card}|AC|AD{pin}|",
            f"64{FREE}000{self.now}{'0000' * 6}AOELM|AA{card}{record}|BLY{verdict}|",
        )

    def lend(self, card: str, item: str) -> None:
        """11/12."""
        self.exchange(
            f"11YN{self.now}{self.now}AOELM|AA{card}|AB{item}|AC|",
            f"121NNY{self.now}AOELM|AA{card}|AB{item}|AJA Field Guide to Ferns|AH{self.now}|",
        )

    def take_back(self, item: str, waiting: str = "") -> None:
        """09/10; the answer names who waits for the item."""
        held = f"CV01|CY{waiting}|" if waiting else ""
        self.exchange(
            f"09N{self.now}{self.now}APSorter|AOELM|AB{item}|AC|",
            f"101YN{'NY'[bool(waiting)]}{self.now}AOELM|AB{item}|AQMain|{held}",
        )

    def leave(self, card: str) -> None:
        """35/36."""
        self.exchange(f"35{self.now}AOELM|AA{card}|AC|", f"36Y{self.now}AOELM|AA{card}|")

    @property
    def now(self) -> str:
        """Time as SIP2 writes it."""
        return f"{datetime.fromtimestamp(self.at_ns // SECOND_NS, UTC):%Y%m%d    %H%M%S}"


def card_of(number: int) -> str:
    """A card that nobody has."""
    return f"29991{number:09d}"


def kiosk(number: int, random: Random, hours: range) -> Client:
    """A self-check in these hours of the day, from 0."""
    begin_ns = OPENING_NS + hours.start * HOUR_NS
    one = Client(f"10.30.0.{10 + number}", f"selfcheck{number}", random, begin_ns - 20 * MINUTE_NS)
    one.wait(0, 600)
    _start(one)
    heard_ns = one.at_ns
    for arrives_ns in sorted(_arrivals(random, hours)):
        while arrives_ns - heard_ns > 5 * MINUTE_NS:
            heard_ns = one.at_ns = max(one.at_ns, heard_ns + 5 * MINUTE_NS)
            one.heartbeat()
        if random.random() < 0.01:  # switched off and on again, or the network was away
            one.connect()
            _start(one)
        one.at_ns = max(one.at_ns, arrives_ns)
        _visit(one, card_of(random.randrange(20_000)), f"{random.randrange(10**4):04d}")
        heard_ns = one.at_ns
    return one


def _start(one: Client) -> None:
    """Log in; the library system may be starting as well."""
    while one.random.random() < 0.15:
        one.login(accepted=False)
        one.wait(20, 40)
    one.login()
    one.heartbeat()


def _arrivals(random: Random, hours: range) -> Iterator[int]:
    for hour in hours:
        for _ in range(int(random.gauss(VISITORS[hour], VISITORS[hour] ** 0.5))):
            yield OPENING_NS + int((hour + random.random()) * HOUR_NS)


def _visit(one: Client, card: str, pin: str) -> None:
    """Somebody comes, most often remembers the PIN, and borrows something."""
    random = one.random
    if random.random() < FORGOTTEN:
        for _ in range(random.randint(3, 6)):
            one.ask(card, "0000", right=False)
            one.wait(5, 15)
        return
    while random.random() < MISTYPED:
        one.ask(card, "1111", right=False)
        one.wait(5, 15)
    one.ask(card, pin)
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        one.wait(3, 9)
        one.lend(card, f"39990{random.randrange(10**6):09d}")
    one.wait(1, 5)
    one.leave(card)


def staff(random: Random, hours: range) -> Client:
    """The desk: looks up who comes, without their PIN, and more at rush hour than any self-check."""
    one = Client("10.20.0.5", "desk", random, OPENING_NS + hours.start * HOUR_NS - 30 * MINUTE_NS)
    one.login()
    for hour in hours:
        for at_ns in sorted(random.randrange(HOUR_NS) for _ in range(2 * VISITORS[hour] + 20)):
            one.at_ns = max(one.at_ns, OPENING_NS + hour * HOUR_NS + at_ns)
            one.ask(card_of(random.randrange(20_000)))
    return one


def sorter(random: Random, hours: range) -> Client:
    """Takes items back, and learns who waits for some of them."""
    one = Client("10.30.0.200", "sorter", random, OPENING_NS + hours.start * HOUR_NS - 30 * MINUTE_NS)
    one.login()
    for hour in hours:
        for at_ns in sorted(random.randrange(HOUR_NS) for _ in range(150)):
            one.at_ns = max(one.at_ns, OPENING_NS + hour * HOUR_NS + at_ns)
            one.take_back(f"39990{random.randrange(10**6):09d}", card_of(3) if random.random() < 0.1 else "")
    return one


def day(seed: int, *, hours: range = range(len(VISITORS))) -> list[Client]:
    """Everybody on a normal day, or in some hours of it."""
    return [
        *(kiosk(number, Random(f"{seed} {number}"), hours) for number in range(KIOSKS)),
        staff(Random(f"{seed} desk"), hours),
        sorter(Random(f"{seed} sorter"), hours),
    ]


def woven(clients: Sequence[Client]) -> Iterator[Said]:
    """What all of them say and hear, in the order of time."""
    return heapq.merge(*(client.said for client in clients), key=lambda said: said.at_ns)
