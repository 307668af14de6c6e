"""What patrons do at a public computer: search the catalog, log in, look at their account. Anybody can read along.

The catalog is a Koha whose address begins with http://; its pages are shorter than real ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from urllib.parse import urlencode

from demo.background import look_up
from demo.kiosk import HOUR_NS, OPENING_NS, SECOND_NS
from demo.people import Reader
from monitor.model.flow import Side
from tests.support.captures import Packet
from tests.support.conversation import Conversation, Host

NAME = "opac.example.org"
CATALOG = Host("10.1.0.20", 80)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
WORDS = (
    "living with diabetes",
    "divorce children",
    "tenancy law",
    "ferns",
    "leaving a cult",
    "alcohol family",
    "bread baking",
    "knots",
)
PAGE = "/cgi-bin/koha"


class Browser:
    """One computer's connection to the catalog."""

    def __init__(self, talk: Conversation, random: Random) -> None:
        self.talk = talk
        self.random = random
        self.cookie = ""

    def get(self, path: str, title: str) -> None:
        """Open a page, and read it for a while."""
        self._exchange(self._head("GET", path), self._page(title))

    def log_in(self, reader: Reader) -> None:
        """Send the form; the answer sets a cookie and leads to the account."""
        form = urlencode({"koha_login_context": "opac", "userid": reader.card, "password": reader.pin})
        fields = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        self.cookie = self.random.randbytes(16).hex()
        extra = f"Location: {PAGE}/opac-user.pl\r\nSet-Cookie: CGISESSID={self.cookie}; path=/; HttpOnly\r\n"
        asked = self._head("POST", f"{PAGE}/opac-user.pl", fields, cookie=False) + form.encode()
        self._exchange(asked, self._answer("302 Found", extra))
        self.get(f"{PAGE}/opac-user.pl", "Your summary")

    def _exchange(self, request: bytes, answer: bytes) -> None:
        self.talk.originator(request)
        self.talk.wait(int(self.random.uniform(0.03, 0.2) * SECOND_NS))
        self.talk.responder(answer).send(Side.ORIGINATOR, 0x10)
        self.talk.wait(int(self.random.uniform(1, 3) * SECOND_NS))

    def _head(self, method: str, path: str, fields: str = "", *, cookie: bool = True) -> bytes:
        sent = f"Cookie: CGISESSID={self.cookie}\r\n" if cookie and self.cookie else ""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {NAME}\r\nUser-Agent: {BROWSER}\r\nAccept: text/html\r\n"
            f"{fields}Connection: keep-alive\r\n{sent}\r\n"
        ).encode("ascii")

    def _answer(self, status: str, extra: str, body: str = "") -> bytes:
        now = datetime.fromtimestamp(self.talk.at_ns // SECOND_NS, UTC)
        return (
            f"HTTP/1.1 {status}\r\nDate: {now:%a, %d %b %Y %H:%M:%S} GMT\r\nServer: Apache\r\n{extra}"
            f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n{body}"
        ).encode("ascii")

    def _page(self, title: str) -> bytes:
        body = f"<!DOCTYPE html>\n<html lang=en><title>{title} - Maple Street Library</title><h1>{title}</h1></html>\n"
        return self._answer("200 OK", "Content-Type: text/html; charset=UTF-8\r\n", body)


def browsing(people: list[Reader], random: Random) -> list[Packet]:
    """A day at the two public computers; the last patron looks something up and does not log in."""
    packets: list[Packet] = []
    for number, reader in enumerate(people):
        address = f"10.50.0.{31 + number % 2}"
        at_ns = OPENING_NS + int((0.8 + number * 1.3 + random.uniform(0, 0.4)) * HOUR_NS)
        packets += look_up(Host(address, 53000 + number), NAME, CATALOG, at_ns, random)
        talk = Conversation(Host(address, 42100 + 6 * number), CATALOG, at_ns + 20_000_000, step_ns=2_000_000)
        browser = Browser(talk.open(), random)
        browser.get(f"{PAGE}/opac-main.pl", "Welcome")
        for words in random.sample(WORDS, 1 + number % 2):
            browser.get(f"{PAGE}/opac-search.pl?{urlencode({'q': words})}", "Results of your search")
        if reader is not people[-1]:
            browser.log_in(reader)
            browser.get(f"{PAGE}/opac-main.pl?logout.x=1", "Welcome")
        packets += talk.close().packets
    return packets
