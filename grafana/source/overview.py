"""The first page: is patron data in the clear, and would we know?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana.source import queries as ask
from grafana.source.boards import board
from grafana.source.panels import (
    BAD,
    FAIR,
    GOOD,
    NOBODY,
    PLAIN,
    Card,
    from_value,
    instant,
    lines,
    query,
    stat,
    words,
)
from grafana.source.shared import STATE_STEPS, STATES, exposures_by_kind, how_well, open_findings

SERIOUS = ask.metric("findings_open", 'level=~"critical|high"')


def sip2_share(window: str, by: str = "") -> str:
    """The share of SIP2 connections that are encrypted."""
    whole = ask.metric("sessions_total", 'protocol="sip2"')
    part = ask.metric("sessions_total", 'protocol="sip2"', 'encrypted="true"')
    return ask.share(ask.counted(part, window, by), ask.counted(whole, window, by))


SHARE_STEPS = ((None, BAD), (0.5, FAIR), (1, GOOD))


def overview() -> Dashboard:
    """The dashboard *Overview*."""
    return board(
        "privacy-monitor-overview",
        "Library privacy: overview",
        "Is patron data in the clear, and is the sensor seeing well?",
        (
            stat(
                Card(
                    title="Patron data readable?",
                    about="Whether findings stand that are critical or high: what lets somebody who listens on the "
                    "network log in as a patron, or learn who a patron is. They are in the table below.",
                    runbook="README",
                    unit="none",
                    width=6,
                    height=5,
                    steps=((None, GOOD), (1, BAD)),
                ),
                instant(ask.or_none(ask.total(f"{SERIOUS} > 0"))),
                mappings=(words({"0": ("None found", GOOD)}), from_value(1, "Yes", BAD)),
                filled=True,
            ),
            stat(
                Card(
                    title="SIP2 encrypted",
                    about="SIP2 is how self-checks and vendors speak with the library system. This is the share of its "
                    "connections within the chosen time that nobody on the way can read. All of them should be.",
                    runbook="sip2-patron-credential",
                    unit="percentunit",
                    width=6,
                    height=5,
                    steps=SHARE_STEPS,
                    empty="No SIP2 seen",
                ),
                instant(sip2_share("$__range")),
                filled=True,
            ),
            stat(
                Card(
                    title="Sensors see well?",
                    about="The worst state of all chosen sensors. If it is not green, what is missing here may be "
                    "missing because nobody looked.",
                    runbook="privacy-monitor-blind",
                    unit="none",
                    width=6,
                    height=5,
                    steps=STATE_STEPS,
                ),
                instant(f"max({ask.state()})"),
                mappings=(words(STATES),),
                filled=True,
            ),
            stat(
                Card(
                    title="Packets seen",
                    about="Packets that the chosen sensors have read within the chosen time. Where nothing is "
                    "found, this is what that statement rests on.",
                    runbook="privacy-monitor-blind",
                    unit="short",
                    width=6,
                    height=5,
                    steps=((None, BAD), (1, PLAIN)),
                ),
                instant(ask.seen(), "packets"),
                decimals=1,
            ),
            open_findings(
                Card(
                    title="What stands open, worst first",
                    about="Every kind of finding that stands now, by zone. Which devices they are about is in the "
                    "findings themselves: `privacy-monitor findings list` on the sensor.",
                    runbook="README",
                    unit="none",
                    width=24,
                    height=11,
                ),
                ("",),
            ),
            exposures_by_kind(
                Card(
                    title="Patron data that could be read, by kind",
                    about="Messages, web requests and video connections in which this kind of patron data could be "
                    "read. One that shows two kinds counts for both.",
                    runbook="README",
                    unit="short",
                    width=12,
                    height=9,
                ),
                ".+",
            ),
            lines(
                Card(
                    title="How the encrypted share of SIP2 develops",
                    about="Of all SIP2 connections of the 24 hours before, the share that is encrypted, for each "
                    "sensor. It should rise to 100 % and stay there.",
                    runbook="sip2-patron-credential",
                    unit="percentunit",
                    width=12,
                    height=9,
                    steps=SHARE_STEPS,
                    empty="No SIP2 seen",
                ),
                query(sip2_share("1d", ask.WHO), "{{site}} · {{instance}}"),
                top=1,
            )
            .interval("15m")
            .max_data_points(100),
            how_well(
                Card(
                    title="How well each sensor saw",
                    about="Green: it saw what it should. Amber: some packets or one direction were missing. Red: it "
                    "heard nothing, hung, or did not answer. What happened then is not on this page.",
                    runbook="privacy-monitor-blind",
                    unit="none",
                    width=24,
                    height=6,
                    steps=STATE_STEPS,
                    empty=NOBODY,
                )
            ),
        ),
    )
