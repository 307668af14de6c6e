"""Rules that count over time stay silent on a normal day of a busy branch, and each speaks up when it should.

The days are invented (`tests.support.busy_branch`): thirty self-checks with an account each, a desk and a sorter, with
PINs mistyped and forgotten, machines switched off and on, and a library system that starts late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from random import Random

import pytest

from monitor.build import build, name_events
from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.config.shipped import shipped
from monitor.detect.loading import load_rules
from monitor.model.finding import Finding
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.protocols.registry import specs
from tests.support.busy_branch import (
    HOUR_NS,
    MINUTE_NS,
    OPENING_NS,
    SERVER,
    Client,
    card_of,
    day,
    woven,
)
from tests.support.conversation import Conversation, Host, Packet
from tests.support.conversation import woven as woven_packets
from tests.support.ear import Ear
from tests.support.fast import FastTime
from tests.support.wrapping import in_json, in_xml

CONFIG = """\
site: Elm Street
zones:
  - {name: self-checks, audience: infrastructure, networks: [10.30.0.0/24]}
  - {name: servers, audience: infrastructure, role: server, networks: [10.1.0.0/24]}
  - {name: desks, audience: staff, role: staff-pc, networks: [10.20.0.0/24]}
  - {name: printers, audience: infrastructure, role: printer, networks: [10.50.0.0/24]}
  - {name: patrons, audience: public, networks: [10.99.0.0/16]}
assets:
  - {name: library system, address: 10.1.0.10, role: ils, ports: [6001/tcp]}
"""
RULES = load_rules([shipped()], name_events(specs()))
HYGIENE = frozenset(
    rule.slug for rule in RULES.rules if rule.counting or rule.family in {"sip2-exposure", "sip2-patron-without-pin"}
)
RUSH = range(8, 9)
"""The busiest hour."""
NOON_NS = OPENING_NS + 8 * HOUR_NS


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The branch as its operator describes it."""
    path = tmp_path_factory.mktemp("branch") / "config.yaml"
    path.write_text(CONFIG, "utf-8")
    return load_config(path, specs())


@cache
def rush(seed: int = 0) -> list[Client]:
    """Everybody in the busiest hours, to whom others are added."""
    return day(seed, hours=RUSH)


def stranger(address: str = "10.20.0.66", account: str = "desk2", *, at_ns: int = NOON_NS) -> Client:
    """Somebody who has logged in."""
    one = Client(address, account, Random(address), at_ns)
    one.login()
    return one


def judged(
    config: Config, clients: Sequence[Client], wrap: Callable[[Side, bytes], bytes] | None = None
) -> dict[str, list[Finding]]:
    """The findings about hygiene, by rule. `wrap`: puts each line into HTTP."""
    ear = Ear(config, RULES, wrap)
    for said in woven(clients):
        ear.hear(said)
    assert not ear.stats.limits
    return _by_rule(ear.engine.finish())


def _by_rule(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in findings:
        if one.rule in HYGIENE:
            found.setdefault(one.rule, []).append(one)
    return found


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.e2e)])
def test_a_normal_day_is_quiet(seed: int, config: Config) -> None:
    """No false alarm from opening to closing; and the day is busy, with much that is nearly one."""
    clients = day(seed)
    answers = [said.data for said in woven(clients) if said.side is Side.RESPONDER]
    wrong = sum(b"|CQN" in data for data in answers)
    refused = sum(data.startswith(b"940") for data in answers)
    found = judged(config, clients)
    assert len(answers) > 20_000
    assert wrong > 200
    assert refused > 3
    assert 0 == sum(len(these) for these in found.values())


def shared_account() -> list[Client]:
    """Three more self-checks, set up by copying the first one's settings."""
    return [stranger(f"10.30.0.{number}", "selfcheck0") for number in (50, 51, 52)]


def login_failures() -> list[Client]:
    """A machine whose password was changed in the library system only."""
    one = Client("10.30.0.77", "selfcheck77", Random(1), NOON_NS)
    for _ in range(12):
        one.login(accepted=False)
        one.wait(30, 31)
    return [one]


def guessed_pin() -> list[Client]:
    """A program that tries one PIN after the other for one card."""
    one = stranger()
    for number in range(40):
        one.ask(card_of(30_000), f"{number:04d}", right=False)
    return [one]


def tried_cards() -> list[Client]:
    """A program that tries 1234 for one card after the other."""
    one = stranger()
    for number in range(40):
        one.ask(card_of(30_000 + number), "1234", right=False)
    return [one]


def harvest() -> list[Client]:
    """A program that asks for card after card, six in a minute; from a desk it needs no PIN."""
    one = stranger()
    for number in range(350):
        one.ask(card_of(40_000 + number))
        one.wait(9, 10)
    return [one]


def from_the_internet() -> list[Client]:
    """Somebody outside has found the port."""
    return [stranger("203.0.113.9")]


def from_the_wifi() -> list[Client]:
    """A patron's computer."""
    return [stranger("10.99.3.4")]


def from_a_printer() -> list[Client]:
    """A printer that was taken over."""
    return [stranger("10.50.0.8")]


def without_pin() -> list[Client]:
    """A self-check that was set not to ask."""
    one = stranger("10.30.0.78", "selfcheck78")
    one.ask(card_of(9))
    return [one]


@pytest.mark.parametrize(
    ("attack", "rule", "about", "sizes"),
    [
        (shared_account, "sip2-shared-account", SERVER, (4, 0)),
        (login_failures, "sip2-login-failures", "10.30.0.77", (12, 0)),
        (guessed_pin, "sip2-pin-guessing", "10.20.0.66", (40, 1)),
        (tried_cards, "sip2-pin-guessing", "10.20.0.66", (40, 40)),
        (harvest, "sip2-patron-harvesting", "10.20.0.66", None),
        (from_the_internet, "sip2-from-internet", SERVER, (2, 0)),
        (from_the_wifi, "sip2-unexpected-zone", "", (2, 0)),
        (from_a_printer, "sip2-unexpected-zone", "10.50.0.8", (2, 0)),
        (without_pin, "sip2-patron-without-pin", SERVER, (1, 1)),
    ],
)
def test_each_is_told_once(
    attack: Callable[[], list[Client]], rule: str, about: str, sizes: tuple[int, int] | None, config: Config
) -> None:
    """One finding of the one rule, about the right place, with what led to it."""
    found = judged(config, [*rush(), *attack()])
    assert {rule: 1} == {slug: len(these) for slug, these in found.items()}
    (one,) = found[rule]
    assert about == one.about.address
    assert sizes in (None, (one.count, one.subjects))


@pytest.mark.parametrize("wrap", [in_json, in_xml])
@pytest.mark.parametrize(
    "attack",
    [
        *(shared_account, login_failures, guessed_pin, tried_cards, harvest, without_pin),
        *(from_the_internet, from_the_wifi, from_a_printer),
    ],
)
def test_the_same_inside_http(
    attack: Callable[[], list[Client]], wrap: Callable[[Side, bytes], bytes], config: Config
) -> None:
    """SIP2 that a web request carries is held to the same."""
    expected = judged(config, attack())
    assert expected
    assert _outline(expected) == _outline(judged(config, attack(), wrap))


def test_a_harvest_is_told_soon(config: Config) -> None:
    """Long before the database is copied; all that was asked since counts."""
    (one,) = judged(config, [*rush(), *harvest()])["sip2-patron-harvesting"]
    assert 250 < one.count <= 350
    assert one.count == one.subjects


def test_one_account_tried_from_many_places(config: Config) -> None:
    """No machine fails often by itself."""
    machines = [Client(f"10.30.0.{100 + number}", "selfcheck1", Random(number), NOON_NS) for number in range(5)]
    for one in machines:
        for _ in range(5):
            one.login(accepted=False)
            one.wait(100, 110)
    found = judged(config, machines)
    assert ["sip2-login-failures"] == list(found)
    assert 25 == sum(one.count for one in found["sip2-login-failures"])


def test_a_busy_day_everywhere_is_no_harvest(config: Config) -> None:
    """Where all ask for much, none asks for more than the others: the first day of the holidays."""
    crowd = []
    for number in range(12):
        one = Client(f"10.30.0.{10 + number}", f"selfcheck{number}", Random(number), NOON_NS)
        for _ in range(100 + 10 * number):
            one.ask(card_of(one.random.randrange(20_000)), "1234")
            one.wait(10, 16)
        crowd.append(one)
    assert {} == judged(config, crowd)


def test_without_a_configuration() -> None:
    """What counts over time needs none; that the desk is staff's is not known then."""
    found = judged(Config(), rush())
    assert ["sip2-patron-without-pin"] == list(found)
    assert ["10.20.0.5"] == [peer.address for peer in found["sip2-patron-without-pin"][0].peers]


@pytest.mark.parametrize("step_seconds", [1, 45])
def test_the_whole_program_finds_the_same(step_seconds: int, config: Config) -> None:
    """From frames on, in batches of any size: time is what the capture says."""
    clients = [*day(1, hours=range(8, 9))[::5], *guessed_pin(), *login_failures()]
    expected = judged(config, clients)
    assert {"sip2-login-failures", "sip2-pin-guessing"} == set(expected)
    packets = framed(clients)
    sink, stats = Kept(), Stats()
    source = FastTime(packets, packets[-1].at_ns + MINUTE_NS, stats, step_seconds=step_seconds)
    pipeline = build(source, [sink], stats, config)
    pipeline.run()
    pipeline.finish()
    assert _outline(expected) == _outline(_by_rule(list(sink.found.values())))


class Kept:
    """A sink that keeps the latest state of each finding."""

    def __init__(self) -> None:
        self.found: dict[str, Finding] = {}

    def receive(self, finding: Finding) -> None:
        """Take one."""
        self.found[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Nothing to do."""

    def finish(self, stats: Stats) -> None:
        """Nothing to do."""


def framed(clients: Sequence[Client]) -> list[Packet]:
    """The same as frames of TCP connections."""
    talks: dict[tuple[str, int], Conversation] = {}
    for said in woven(clients):
        key = said.client, said.connection
        if key not in talks:
            near = Host(said.client, 40_000 + said.connection)
            talks[key] = Conversation(near=near, far=Host(SERVER, 6001), at_ns=said.at_ns - 10**8).open()
        talks[key].at_ns = said.at_ns
        talks[key].say(said.side, said.data)
    return woven_packets(*(talk.packets for talk in talks.values()))


def _outline(found: dict[str, list[Finding]]) -> dict[str, list[tuple[str, int, int, int, int]]]:
    return {
        rule: [(one.about.address, one.count, one.subjects, one.first_seen_ns, one.last_seen_ns) for one in these]
        for rule, these in found.items()
    }
