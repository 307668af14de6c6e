"""Where passwords go: hosts that nobody logged in to before, through the whole program (`docs/concepts/http.md`)."""

from __future__ import annotations

import pytest

from monitor.build import build
from monitor.detect.strangers import SETTLED_LOGINS
from monitor.model.finding import Finding
from monitor.model.frames import Tick
from monitor.model.stats import Stats
from tests.protocols.http.samples import FORM, answer, ask
from tests.support.conversation import Conversation, Host, Packet
from tests.support.frames import frames_of

KNOWN, STRANGER = "catalog.example.org", "catalog.examp1e.org"


class Kept:
    """A sink that keeps what was found of strangers."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, int]] = {}

    def receive(self, finding: Finding) -> None:
        """Keep whom it is about, and how often."""
        if finding.rule == "http-login-new-host":
            self.found[finding.id] = (finding.about.address, finding.count)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Nor do figures."""


def login(number: int, server: str, name: str) -> list[Packet]:
    """One more login, from a connection of its own."""
    talk = Conversation(Host(f"10.20.0.{2 + number % 5}", 40_000 + number), Host(server, 80)).open()
    form = ask("POST /login", b"username=ask&password=word", Content_Type=FORM, Host=name)
    return talk.originator(form).responder(answer()).close().packets


@pytest.mark.parametrize(
    ("logins", "live", "expected"),
    [(SETTLED_LOGINS + 1, False, [("10.9.0.9", 1)]), (SETTLED_LOGINS, False, []), (SETTLED_LOGINS + 1, True, [])],
)
def test_a_page_that_imitates_the_catalog(logins: int, live: bool, expected: list[object]) -> None:  # noqa: FBT001
    """It is found once others are well known; a sensor takes some days to know them."""
    packets = [packet for number in range(logins) for packet in login(number, "10.1.0.10", KNOWN)]
    for number in range(2):
        packets += login(90 + number, "10.9.0.9", STRANGER)
    frames = frames_of([one.data for one in packets], times_ns=[packets[0].at_ns] * len(packets))
    kept = Kept()
    build([frames, Tick(at_ns=packets[0].at_ns + 1)], [kept], Stats(), live=live).run()
    assert expected == list(kept.found.values())
