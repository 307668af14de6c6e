"""Whose content is looked at, and whose never is: the whole program, both ways (`docs/concepts/privacy.md`)."""

from __future__ import annotations

import pytest

from monitor.build import build
from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.model.finding import Finding
from monitor.model.flow import Side
from monitor.model.frames import Tick
from monitor.model.stats import Stats
from tests.protocols.http.pages_labelled import KOHA, exchange, page
from tests.protocols.http.samples import CARD, FORM, ask
from tests.support.conversation import Conversation, Host
from tests.support.frames import frames_of

ZONES = """\
zones:
  - {name: patrons, audience: public, networks: [10.99.0.0/16]}
  - {name: staff, audience: staff, networks: [10.20.0.0/16]}
  - {name: payment, audience: vendor, networks: [10.60.0.0/24], inspect: none}
  - {name: servers, audience: infrastructure, networks: [10.1.0.0/24]}
assets:
  - {name: catalog, address: 10.1.0.10, role: server}
"""
PATRON, STAFF, PAYMENT, SERVER, OTHER, INTERNET = (
    *("10.99.3.4", "10.20.0.5", "10.60.0.3", "10.1.0.10", "10.1.0.11", "203.0.113.9"),
)
ACCOUNT = page(f"<dl><dt>Name</dt><dd>Ask Lund</dd><dt>Card number</dt><dd>{CARD}</dd></dl>")
LIBRARY, SHOP = "/cgi-bin/koha/opac-user.pl", "/shop/account"
FOUND = {"http-login-in-clear", "http-session-cookie", "http-account-page"}


class Kept:
    """A sink that keeps which rules found something."""

    def __init__(self) -> None:
        self.rules: set[str] = set()

    def receive(self, finding: Finding) -> None:
        """Keep its rule."""
        self.rules.add(str(finding.rule))

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Nor do figures."""


def found(client: str, server: str, path: str, config: Config, *, live: bool) -> set[str]:
    """Rules that find something where somebody logs in and looks at an account."""
    talk = Conversation(Host(client, 50_000), Host(server, 80)).open()
    form = f"userid={CARD}&password=4711".encode()
    for side, data in (
        (0, ask(f"POST {path}", form, Content_Type=FORM, Cookie=KOHA)),
        *exchange(path, ACCOUNT, cookie=KOHA),
        *exchange(path, ACCOUNT, cookie=KOHA),
    ):
        talk.say(Side(side), bytes(data))
    kept = Kept()
    packets = talk.close().packets
    frames = frames_of([one.data for one in packets], times_ns=[one.at_ns for one in packets])
    build([frames, Tick(at_ns=packets[-1].at_ns + 1)], [kept], Stats(), config, live=live).run()
    return kept.rules


@pytest.fixture(scope="module")
def zones(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A library that says who uses which network."""
    path = tmp_path_factory.mktemp("zones") / "library.yaml"
    path.write_text(ZONES, "utf-8")
    return load_config(path)


@pytest.mark.parametrize(
    ("client", "server", "path", "expected"),
    [
        (PATRON, SERVER, LIBRARY, FOUND),
        (PATRON, OTHER, LIBRARY, set()),
        (PATRON, INTERNET, LIBRARY, set()),
        (PATRON, INTERNET, SHOP, set()),
        (STAFF, SERVER, LIBRARY, FOUND),
        (STAFF, INTERNET, LIBRARY, FOUND),
        (STAFF, INTERNET, SHOP, {"http-login-in-clear"}),
        (PAYMENT, SERVER, LIBRARY, set()),
        (PAYMENT, INTERNET, SHOP, set()),
    ],
)
def test_with_zones(client: str, server: str, path: str, expected: set[str], zones: Config) -> None:
    """Patrons are looked at only where they meet the library's assets, nobody where that is forbidden.

    What a shop answers is read of nobody.
    """
    assert expected == found(client, server, path, zones, live=True)


@pytest.mark.parametrize(
    ("server", "path", "live", "expected"),
    [
        (INTERNET, LIBRARY, True, FOUND),
        (INTERNET, SHOP, True, set()),
        (SERVER, SHOP, True, {"http-login-in-clear"}),
        (SERVER, LIBRARY, True, FOUND),
        (INTERNET, SHOP, False, {"http-login-in-clear"}),
        (INTERNET, LIBRARY, False, FOUND),
    ],
)
def test_without_zones(server: str, path: str, expected: set[str], *, live: bool) -> None:
    """Live, nobody can tell whose devices these are: of the internet only what is the library's own is judged."""
    assert expected == found(PATRON, server, path, Config(), live=live)
