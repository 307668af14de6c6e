"""What a self-check and the library system say to each other: SIP2 in the clear, as such stations really speak it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from demo.people import Book, Reader
from monitor.model.flow import Side
from tests.support.conversation import Conversation

SECOND_NS = 10**9
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
OPENING_NS = 1_791_984_600 * SECOND_NS
"""2026-10-14T13:30:00Z: half past eight in the morning there, half an hour before the doors open."""
HEARTBEAT_NS = 30 * MINUTE_NS
LOCAL_TIME = timedelta(hours=-5)
LOAN = timedelta(days=21)
FREE = " " * 14
OWING = " " * 10 + "Y" + " " * 3
"""Patron status with nothing wrong, and with excessive fines (position 11 of 14)."""


class Kiosk:
    """One self-check station and its connection to the library system."""

    def __init__(self, talk: Conversation, name: str, random: Random) -> None:
        self.talk = talk
        self.name = name
        self.random = random
        self.sequence = 0

    def pause(self, shortest_seconds: float, longest_seconds: float) -> None:
        """Somebody looks at the screen, or fetches the next book."""
        self.talk.wait(int(self.random.uniform(shortest_seconds, longest_seconds) * SECOND_NS))

    def until(self, at_ns: int) -> None:
        """Let time pass, with a heartbeat whenever nobody has come for half an hour."""
        while at_ns - self.talk.at_ns > HEARTBEAT_NS:
            self.talk.wait(HEARTBEAT_NS)
            self.heartbeat()
        self.talk.at_ns = max(self.talk.at_ns, at_ns)

    def exchange(self, request: str, answer: str) -> None:
        """One request, its answer some milliseconds later, and the acknowledgment of the last segment."""
        self.talk.originator(self._sealed(request))
        self.talk.wait(int(self.random.uniform(0.008, 0.07) * SECOND_NS))
        self.talk.responder(self._sealed(answer)).wait(40_000_000).send(Side.ORIGINATOR, 0x10)
        self.sequence = (self.sequence + 1) % 10

    def start(self) -> None:
        """Connect, log in, ask for the state of the system."""
        self.talk.open()
        self.exchange(f"9300CN{self.name}|COmaple-leaf-7|CPCHILDREN|", "941")
        self.heartbeat()

    def heartbeat(self) -> None:
        """Ask whether the library system is there."""
        self.exchange(
            "9900402.00",
            f"98YYYYNN100003{self._now()}2.00AOMAPLE|AMMaple Street Library|BXYYYYYYYYYYYNYYYY|AN{self.name}|",
        )

    def ask_status(self, reader: Reader) -> None:
        """23/24: is this card good?"""
        self.exchange(
            f"23000{self._now()}AOMAPLE|AA{reader.card}|AC|AD{reader.pin}|",
            f"24{FREE}000{self._now()}AOMAPLE|AA{reader.card}|AE{reader.name}|BLY|CQY|",
        )

    def ask_everything(self, reader: Reader, loans: list[Book], owed: str = "") -> None:
        """63/64: who is this? The answer holds the whole record, birth date included."""
        lent = "".join(f"AU{book.item}|" for book in loans)
        money = f"BV{owed}|" if owed else ""
        self.exchange(
            f"63000{self._now()}  Y       AOMAPLE|AA{reader.card}|AC|AD{reader.pin}|",
            f"64{OWING if owed else FREE}000{self._now()}00000000{len(loans):04d}000000000000AOMAPLE|AA{reader.card}"
            f"|AE{reader.name}|BZ0020|CA0005|CB0040|BLY|CQY|BHUSD|{money}{lent}BD{reader.address}|BE{reader.mail}"
            f"|BF{reader.phone}|PB{reader.born}|",
        )

    def lend(self, reader: Reader, book: Book) -> None:
        """11/12: check a book out."""
        self.exchange(
            f"11YN{self._now()}{self._due()}AOMAPLE|AA{reader.card}|AB{book.item}|AC|BON|BIN|",
            f"121NNY{self._now()}AOMAPLE|AA{reader.card}|AB{book.item}|AJ{book.title}|AH{self._due()}|CK001|",
        )

    def renew(self, reader: Reader, book: Book) -> None:
        """29/30: keep a book for longer."""
        self.exchange(
            f"29NN{self._now()}{self._due()}AOMAPLE|AA{reader.card}|AD{reader.pin}|AB{book.item}|BON|",
            f"301YNN{self._now()}AOMAPLE|AA{reader.card}|AB{book.item}|AJ{book.title}|AH{self._due()}|",
        )

    def pay(self, reader: Reader, owed: str) -> None:
        """37/38: pay what is owed."""
        self.exchange(
            f"37{self._now()}0102USDBV{owed}|AOMAPLE|AA{reader.card}|AC|AD{reader.pin}|",
            f"38Y{self._now()}AOMAPLE|AA{reader.card}|AFThank you.|",
        )

    def take_back(self, book: Book, waiting: Reader | None = None) -> None:
        """09/10: check a book in; when somebody else waits for it, the answer names them."""
        held = f"CV01|CY{waiting.card}|DA{waiting.name}|" if waiting else ""
        self.exchange(
            f"09N{self._now()}{self._now()}APReturns|AOMAPLE|AB{book.item}|AC|BIN|",
            f"101YN{'Y' if waiting else 'N'}{self._now()}AOMAPLE|AB{book.item}|AQMain|AJ{book.title}|CK001|{held}",
        )

    def leave(self, reader: Reader) -> None:
        """35/36: the reader is done."""
        self.exchange(
            f"35{self._now()}AOMAPLE|AA{reader.card}|AC|AD{reader.pin}|",
            f"36Y{self._now()}AOMAPLE|AA{reader.card}|",
        )

    def _sealed(self, text: str) -> bytes:
        data = f"{text}AY{self.sequence}AZ".encode("ascii")
        return data + f"{-sum(data) & 0xFFFF:04X}\r".encode("ascii")

    def _now(self) -> str:
        return _stamp(self._local())

    def _due(self) -> str:
        return _stamp((self._local() + LOAN).replace(hour=23, minute=59, second=0))

    def _local(self) -> datetime:
        return datetime.fromtimestamp(self.talk.at_ns // SECOND_NS, UTC) + LOCAL_TIME


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%d}    {moment:%H%M%S}"
