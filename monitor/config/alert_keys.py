"""The keys of the section ``alerts``: who is told of findings, of which, and when."""

from __future__ import annotations

from monitor.config.alert_notation import (
    CLOCK_PATTERN,
    MAX_RULE_CHARS,
    MAX_URL_CHARS,
    RULE_PATTERN,
    URL_PATTERN,
    parse_base,
    parse_clock,
    parse_rule,
    parse_url,
)
from monitor.config.notation import PATH_PATTERN, parse_full_path
from monitor.config.settings import Urgency
from monitor.config.shapes import Number, Word
from monitor.config.structures import Brief, Key, ListOf, Section
from monitor.config.words import BASIC_AUTH, FILE, NAME, REFERENCE, choice

MAX_OUTLETS = 16
"""Alertmanagers, and as many other ways to tell people; more would be noise, and each is waited for."""
MAX_POLICIES = 1_000
"""A few for each zone of a large library."""
MAX_FIRST_LOOK_HOURS = 720
MAX_REOPEN_DAYS = 3_650
"""Ten years; what is older than any device is of no use."""

CLOCK = Word(parse_clock, {"pattern": CLOCK_PATTERN})

ALERTMANAGER = Section(
    (
        Key(
            name="url",
            shape=Word(parse_url, {"pattern": URL_PATTERN, "maxLength": MAX_URL_CHARS}),
            says="where it is, as in http://127.0.0.1:9093",
            required=True,
        ),
        Key(
            name="ca_file", shape=FILE, says="file with who its certificate may come from, PEM; else as the system says"
        ),
        Key(name="basic_auth", shape=BASIC_AUTH, says="user and password that it wants"),
    )
)

NOTIFY = Section(
    (
        Key(
            name="url_file",
            shape=FILE,
            says="file with the address of a mailbox, a webhook or a chat, as Apprise writes it",
            required=True,
        ),
    )
)

QUIET = Section(
    (
        Key(name="from", shape=CLOCK, says='local time, as in "20:00"', required=True),
        Key(name="to", shape=CLOCK, says='local time, as in "08:00"', required=True),
    )
)

POLICY = Section(
    (
        Key(
            name="rule",
            shape=Word(parse_rule, {"pattern": RULE_PATTERN, "maxLength": MAX_RULE_CHARS}),
            says='name of a rule, or "camera-*" for all that begin so; without it all rules',
        ),
        Key(name="zone", shape=REFERENCE, says="name of a zone; without it all zones"),
        Key(
            name="alert",
            shape=choice(Urgency),
            says="page (at once), ticket (in the digest) or never",
            required=True,
        ),
    )
)

ALERTS = Section(
    (
        Key(
            name="alertmanagers",
            shape=ListOf(item=Brief(ALERTMANAGER, "url"), most=MAX_OUTLETS),
            says="instances of Prometheus Alertmanager, each of which is told everything",
        ),
        Key(
            name="notify",
            shape=ListOf(item=NOTIFY, most=MAX_OUTLETS),
            says="other ways to tell people, for libraries without an Alertmanager",
        ),
        Key(name="digest_at", shape=CLOCK, says='when the daily digest is sent, in local time; "07:30"'),
        Key(name="quiet", shape=QUIET, says="hours in which nobody hears of what does not page"),
        Key(
            name="first_look_hours",
            shape=Number(least=0, most=MAX_FIRST_LOOK_HOURS),
            says="hours from the first start in which no finding pages, and after which one digest tells all; 24",
        ),
        Key(
            name="reopen_days",
            shape=Number(least=0, most=MAX_REOPEN_DAYS),
            says="days after its end in which a finding that comes back does not page; 30",
        ),
        Key(
            name="policy",
            shape=ListOf(item=POLICY, most=MAX_POLICIES),
            says="what you decide otherwise than the rules; the first item that fits holds",
        ),
        Key(
            name="runbooks",
            shape=Word(parse_base, {"minLength": 1, "maxLength": MAX_URL_CHARS}),
            says="where the pages that say what to do can be read, as in https://wiki.example.org/runbooks/",
        ),
        Key(name="sensor", shape=NAME, says="name of this sensor in alerts; without it the name of the machine"),
        Key(
            name="path",
            shape=Word(parse_full_path, {"pattern": PATH_PATTERN}),
            says="the database of what was told and what waits; alerts.db beside the findings",
        ),
    )
)
