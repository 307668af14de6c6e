"""Sensor health: does it see what it should, and do findings get out?"""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries

from grafana.source import queries as ask
from grafana.source.boards import board
from grafana.source.panels import BAD, FAIR, GOOD, Card, Column, bars, instant, lines, query, table, timeline, words
from grafana.source.queries import HERE, WHO, metric
from grafana.source.shared import SENSOR, STATE_STEPS, STATES, how_well

NAMED = "{{site}} · {{instance}}"


def _gauge(name: str) -> str:
    return f"max by ({WHO}) ({metric(name, where=HERE)})"


def _counted(card: Card, name: str, label: str, nothing: str) -> TimeSeries:
    """A counter that should stand still."""
    selector = metric(name, where=HERE)
    shown = query(ask.grown(selector, f"{WHO}, {label}"), f"{{{{instance}}}} · {{{{{label}}}}}")
    return bars(card, shown, query(ask.uncounted(selector, nothing), "{{nothing}}", "B"))


def sensors() -> Dashboard:
    """The dashboard *Sensor health*."""
    columns = (
        Column(source="site", title="Site"),
        SENSOR,
        Column(source="Value #A", title="State", width=120, words=STATES, colored=True, steps=STATE_STEPS),
        Column(
            source="Value #B",
            title="Last packet",
            width=100,
            unit="s",
            decimals=0,
            colored=True,
            steps=((None, GOOD), (120, FAIR), (600, BAD)),
        ),
        Column(source="Value #C", title="Packets/s", width=88, unit="locale", decimals=0),
        Column(
            source="Value #D",
            title="Dropped",
            width=80,
            unit="percentunit",
            decimals=1,
            colored=True,
            steps=((None, GOOD), (0.001, FAIR), (0.01, BAD)),
        ),
        Column(
            source="Value #E",
            title="Missing",
            width=76,
            unit="percentunit",
            decimals=1,
            colored=True,
            steps=((None, GOOD), (0.01, FAIR), (0.05, BAD)),
        ),
        Column(
            source="Value #F",
            title="One-sided",
            width=90,
            unit="percentunit",
            decimals=0,
            colored=True,
            steps=((None, GOOD), (0.3, FAIR), (0.5, BAD)),
            empty="too few",
        ),
        Column(source="version", title="Version", width=80),
    )
    packets = f"sum by ({WHO}) (rate({metric('capture_packets_total', where=HERE)}[$__rate_interval]))"
    recent = f"sum by ({WHO}) (rate({metric('capture_packets_total', where=HERE)}[5m]))"
    return board(
        "privacy-monitor-sensors",
        "Library privacy: sensor health",
        "Does every sensor see what it should, and do findings get out?",
        (
            table(
                Card(
                    title="Every sensor at a glance",
                    about="How it stands now. Dropped: the machine was too slow. Missing: it never arrived, so the "
                    "mirror port is too small. One-sided: only one direction of the connections is mirrored.",
                    runbook="privacy-monitor-blind",
                    unit="short",
                    width=24,
                    height=7,
                ),
                columns,
                instant(ask.state(), ref="A", table=True),
                instant(ask.age("last_packet_timestamp_seconds"), ref="B", table=True),
                instant(recent, ref="C", table=True),
                instant(ask.dropped(), ref="D", table=True),
                instant(_gauge("capture_loss_ratio"), ref="E", table=True),
                instant(ask.one_sided(), ref="F", table=True),
                instant(f"max by ({WHO}, version) ({metric('build_info', where=HERE)})", ref="G", table=True),
                sort="Sensor",
                rising=True,
            ),
            how_well(
                Card(
                    title="How well each sensor saw",
                    about="Green: it saw what it should. Amber: packets or one direction were missing. Red: it heard "
                    "nothing, hung, or did not answer.",
                    runbook="privacy-monitor-blind",
                    unit="none",
                    width=24,
                    height=6,
                    steps=STATE_STEPS,
                )
            ),
            lines(
                Card(
                    title="Packets a second",
                    about="What each sensor reads. It follows the opening hours; a sudden fall is worth a look at the "
                    "mirror port.",
                    runbook="privacy-monitor-blind",
                    unit="pps",
                    width=12,
                    height=8,
                ),
                query(packets, NAMED),
            ),
            lines(
                Card(
                    title="Packets that the machine was too slow for",
                    about="Share of all that arrived. The alert comes at 1 %.",
                    runbook="privacy-monitor-drops-packets",
                    unit="percentunit",
                    width=12,
                    height=8,
                    steps=((None, "transparent"), (ask.DROPPED, BAD)),
                ),
                query(ask.dropped(), NAMED),
                limit=True,
            ),
            lines(
                Card(
                    title="Data that never reached the sensor",
                    about="Share of the bytes in followed connections that were missing. If the sensor itself drops "
                    "nothing, the mirror port does. The alert comes at 5 %.",
                    runbook="privacy-monitor-misses-data",
                    unit="percentunit",
                    width=12,
                    height=8,
                    steps=((None, "transparent"), (ask.MISSING, BAD)),
                ),
                query(_gauge("capture_loss_ratio"), NAMED),
                limit=True,
            ),
            lines(
                Card(
                    title="Connections seen from one side only",
                    about="Share of the TCP connections. Some are normal: attempts that nobody answers. The alert "
                    "comes at 50 %.",
                    runbook="privacy-monitor-one-sided",
                    unit="percentunit",
                    width=12,
                    height=8,
                    steps=((None, "transparent"), (ask.ONE_SIDED, BAD)),
                    empty="No TCP connections seen",
                ),
                query(ask.one_sided(), NAMED),
                limit=True,
            ),
            lines(
                Card(
                    title="Connections being followed",
                    about="Those whose content is looked at now. The others are merely counted.",
                    runbook="privacy-monitor-limit-hit",
                    unit="short",
                    width=8,
                    height=8,
                ),
                query(_gauge("flows"), NAMED),
            ),
            _counted(
                Card(
                    title="Where room ran out",
                    about="How often a table or buffer of the program was full. What found no room was not looked at.",
                    runbook="privacy-monitor-limit-hit",
                    unit="short",
                    width=8,
                    height=8,
                ),
                "limits_hit_total",
                "limit",
                "Never in ${seen}",
            ),
            _counted(
                Card(
                    title="Faults of the program",
                    about="Bugs that cost one connection each, by the part of the program. Please report them.",
                    runbook="privacy-monitor-parser-fault",
                    unit="short",
                    width=8,
                    height=8,
                ),
                "parser_faults_total",
                "protocol",
                "Never in ${seen}",
            ),
            timeline(
                Card(
                    title="Do findings get out?",
                    about="Whether the last delivery to each place worked. Red: nobody hears of findings there.",
                    runbook="privacy-monitor-sink-fails",
                    unit="none",
                    width=12,
                    height=7,
                    steps=((None, BAD), (1, GOOD)),
                ),
                query(f"min by ({WHO}, sink) ({metric('sink_success', where=HERE)})", "{{instance}} · {{sink}}"),
                mappings=(words({"0": ("No", BAD), "1": ("Yes", GOOD)}),),
            ),
            timeline(
                Card(
                    title="Is the configuration in use?",
                    about="Whether the configuration as it was last changed is the one in use. Red: it is wrong, "
                    "and the sensor goes on with the one before.",
                    runbook="privacy-monitor-config-rejected",
                    unit="none",
                    width=12,
                    height=7,
                    steps=((None, BAD), (1, GOOD)),
                ),
                query(f"min by ({WHO}) ({metric('config_last_reload_successful', where=HERE)})", NAMED),
                mappings=(words({"0": ("No", BAD), "1": ("Yes", GOOD)}),),
            ),
        ),
        zones=False,
    )
