"""Panels that stand on several dashboards."""

from __future__ import annotations

from grafana_foundation_sdk.builders.statetimeline import Panel as StateTimeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries

from grafana.source import queries as ask
from grafana.source.panels import (
    BAD,
    FAIR,
    GOOD,
    GRAY,
    NOTHING,
    Card,
    Column,
    Words,
    bars,
    instant,
    query,
    table,
    timeline,
    words,
)
from grafana.source.runbooks import UID
from grafana.source.words import DATA, LEVELS, SHORT, shipped_rules
from monitor.model.data import Level

LEVEL_WORDS = {level.word: look for level, look in LEVELS.items()}
PLACES = {"none": ("in no zone", GRAY), "other": ("other zones", GRAY)}
"""Zones that are words of the program, not of the library."""
STATES = {
    "0": ("Sees well", GOOD),
    "1": ("Misses some", FAIR),
    "2": ("Hears nothing", BAD),
    "3": ("Hangs", BAD),
    "4": ("Does not answer", BAD),
}
STATE_STEPS = ((None, GOOD), (1, FAIR), (2, BAD))
SITE = Column(source="site", title="Site", width=130)
SENSOR = Column(source="instance", title="Sensor", width=105)


def open_findings(card: Card, prefixes: tuple[str, ...]) -> Table:
    """What stands, worst first, of all rules whose names begin so."""
    rules = f'rule=~"({"|".join(prefixes)}).*"'
    ranks = []
    for level in LEVELS:
        standing = ask.metric("findings_open", rules, f'level="{level.word}"')
        ranked = f"{ask.total(standing, f'{ask.WHO}, zone, rule, level')} > 0"
        ranks.append(ask.labeled(ranked, "rank", str(Level.CRITICAL - level)))
    none = ask.unless(f"{ask.metric('findings_open', rules)} > 0")
    ranks.append(ask.labeled(none, "rule", NOTHING))
    columns = (
        Column(source="rank", title="Rank", hidden=True),
        Column(source="level", title="How bad", width=90, words=LEVEL_WORDS, colored=True),
        Column(source="rule", title="What was found", words=rule_titles(prefixes), link=f"/d/{UID}"),
        Column(source="zone", title="Zone", width=120, words=PLACES),
        SITE,
        SENSOR,
        Column(source="Value", title="Findings", width=85, unit="none", decimals=0),
    )
    return table(card, columns, instant(" or ".join(ranks), table=True), sort="Rank", rising=True)


def rule_titles(prefixes: tuple[str, ...]) -> Words:
    """What findings are called."""
    rules = (rule for rule in shipped_rules() if rule.slug.startswith(prefixes))
    return {rule.slug: (SHORT.get(rule.slug, rule.title), LEVELS[rule.level][1]) for rule in rules}


def exposures_by_kind(card: Card, protocols: str) -> TimeSeries:
    """How often each kind of patron data could be read."""
    selector = ask.metric("exposures_total", f'protocol=~"{protocols}"')
    return counted_bars(card, selector, "data_class", {kind.value: look for kind, look in DATA.items()})


def counted_bars(card: Card, selector: str, label: str, series: Words) -> TimeSeries:
    """A counter as bars by one label, what did not grow left out."""
    shown = query(ask.grown(selector, label), f"{{{{{label}}}}}")
    return bars(card, shown, query(ask.uncounted(selector, NOTHING), "{{nothing}}", "B"), series=series)


def how_well(card: Card) -> StateTimeline:
    """The state of each sensor over time."""
    return timeline(card, query(ask.state(), "{{site}} · {{instance}}"), mappings=[words(STATES)])
