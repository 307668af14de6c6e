"""SIP2 and the web: what patrons' data goes through every day."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana.source import queries as ask
from grafana.source.boards import board
from grafana.source.overview import SHARE_STEPS, sip2_share
from grafana.source.panels import BAD, FAIR, GOOD, NOTHING, PLAIN, Card, Column, instant, stat, table
from grafana.source.shared import (
    PLACES,
    SENSOR,
    SITE,
    counted_bars,
    exposures_by_kind,
    open_findings,
)
from grafana.source.words import DATA, PROTOCOLS

CLEAR_OR_NOT = {"true": ("Encrypted", GOOD), "false": ("Readable", BAD)}
MANY = ((None, GOOD), (1, BAD))


def _readable(title: str, about: str, runbook: str, *matchers: str) -> Card | object:
    card = Card(title=title, about=about, runbook=runbook, unit="short", width=6, height=5, steps=MANY)
    selector = ask.metric("exposures_total", *matchers)
    return stat(card, instant(ask.or_none(ask.counted(selector, "$__range"))), decimals=0)


def services() -> Dashboard:
    """The dashboard *SIP2 and web*."""
    share = Card(
        title="SIP2 encrypted",
        about="Within the chosen time. A connection counts as SIP2 if it speaks it, or if it is TLS to a port where "
        "SIP2 is spoken.",
        runbook="sip2-patron-identity",
        unit="percentunit",
        width=6,
        height=5,
        steps=SHARE_STEPS,
        empty="No SIP2 seen",
    )
    exposed = ask.metric("exposures_total", 'protocol=~"sip2|ncip|z3950|http"')
    rows = f"round({ask.counted(exposed, '$__range', f'{ask.WHO}, zone, protocol, data_class')}) > 0"
    none = ask.labeled(ask.unless(f"{rows}"), "data_class", NOTHING)
    columns = (
        Column(source="data_class", title="Kind of data", words={kind.value: look for kind, look in DATA.items()}),
        Column(source="protocol", title="Read from", width=180, words=PROTOCOLS),
        Column(source="zone", title="Zone", width=120, words=PLACES),
        SITE,
        SENSOR,
        Column(source="Value", title="Times", width=110, unit="locale", decimals=0),
    )
    return board(
        "privacy-monitor-services",
        "Library privacy: SIP2 and web",
        "What of patrons' data crosses the network between self-checks, catalog and library system.",
        (
            stat(share, instant(sip2_share("$__range"))),
            _readable(
                "PINs on SIP2",
                "Messages within the chosen time in which a patron's PIN or password could be read. One is too many.",
                "sip2-patron-credential",
                'protocol="sip2"',
                'data_class="credential"',
            ),
            _readable(
                "PINs on web pages",
                "Web requests within the chosen time in which a PIN or password could be read. One is too many.",
                "http-login-in-clear",
                'protocol="http"',
                'data_class="credential"',
            ),
            _readable(
                "Searches, sessions",
                "Web requests within the chosen time that showed what somebody searched for, or the cookie with which "
                "somebody else could take over a visit.",
                "http-session-cookie",
                'protocol="http"',
                'data_class=~"search|session"',
            ),
            exposures_by_kind(
                Card(
                    title="On SIP2: patron data that could be read",
                    about="SIP2 messages by the kind of patron data in them. A message with a name and an address "
                    "counts for both.",
                    runbook="sip2-patron-identity",
                    unit="short",
                    width=12,
                    height=9,
                ),
                "sip2",
            ),
            exposures_by_kind(
                Card(
                    title="On web pages: patron data that could be read",
                    about="Web requests and answers without encryption, by the kind of patron data in them.",
                    runbook="http-login-in-clear",
                    unit="short",
                    width=12,
                    height=9,
                ),
                "http",
            ),
            counted_bars(
                Card(
                    title="SIP2 connections, encrypted and readable",
                    about="Connections that began in each step of time. Self-checks often keep one for days, so few "
                    "begin.",
                    runbook="sip2-patron-identity",
                    unit="short",
                    width=12,
                    height=8,
                ),
                ask.metric("sessions_total", 'protocol="sip2"'),
                "encrypted",
                CLEAR_OR_NOT,
            ),
            counted_bars(
                Card(
                    title="Connections, by what is spoken",
                    about="All connections whose language was recognized. TLS is encrypted, and counts SIP2 over "
                    "TLS once more.",
                    runbook="http-login-in-clear",
                    unit="short",
                    width=12,
                    height=8,
                ),
                ask.metric("sessions_total", 'protocol=~"sip2|ncip|z3950|http|tls"'),
                "protocol",
                PROTOCOLS,
            ),
            table(
                Card(
                    title="Where which kind of data could be read",
                    about="Within the chosen time, by the zone of the server that was asked.",
                    runbook="sip2-patron-identity",
                    unit="locale",
                    width=24,
                    height=10,
                    steps=((None, PLAIN), (1, FAIR)),
                ),
                columns,
                instant(f"({rows}) or ({none})", table=True),
                sort="Times",
            ),
            open_findings(
                Card(
                    title="Open findings about SIP2 and web pages",
                    about="What stands now. Which devices they are about is in the findings themselves.",
                    runbook="README",
                    unit="none",
                    width=24,
                    height=9,
                ),
                ("sip2-", "http-"),
            ),
        ),
    )
