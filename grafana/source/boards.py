"""What every dashboard has: variables, ways to the others, time; and its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard as model

from grafana.source.panels import DATASOURCE
from grafana.source.queries import HERE, metric, seen

TAG = "library-privacy"
SCHEMA = 38
"""Of classic dashboards, as Grafana 10 writes it. Later ones raise it themselves when they read it."""
ALL = model.VariableOption(selected=True, text="All", value="$__all")


def _choice(name: str, label: str, source: str) -> build.QueryVariable:
    """One of the things to choose from, several or all."""
    made = build.QueryVariable(name).label(label).query(source).datasource(DATASOURCE)
    made.multi(multi=True).include_all(include_all=True).all_value(".*").current(ALL)
    return made.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(model.VariableSort.ALPHABETICAL_ASC)


def _seen() -> build.QueryVariable:
    """How much was looked at, as words for panels that found nothing: "1.2 million packets"."""
    packets = seen()

    def scaled(divisor: str, word: str) -> str:
        figure = f"round(({packets}) / {divisor}, 0.1) >= 1"
        return f'label_replace(count_values("n", {figure}), "seen", "$1 {word}", "n", "(.*)")'

    plain = f'label_replace(count_values("n", round({packets})), "seen", "$1 packets", "n", "(.*)")'
    asked = " or on() ".join((scaled("1e9", "billion packets"), scaled("1e6", "million packets"), plain))
    made = build.QueryVariable("seen").query(f"query_result({asked})").datasource(DATASOURCE)
    made.regex('/seen="([^"]*)"/').hide(model.VariableHide.HIDE_VARIABLE)
    return made.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)


def board(uid: str, title: str, about: str, panels: Iterable[Any], *, zones: bool = True) -> build.Dashboard:
    """A dashboard of these panels, from left to right and from top to bottom."""
    info, exposed = metric("build_info", where=""), "{__name__=~'privacy_monitor_.+'"
    made = build.Dashboard(title).uid(uid).description(about).tags([TAG]).time("now-24h", "now").refresh("5m")
    made.timezone("browser").tooltip(model.DashboardCursorSync.CROSSHAIR).readonly()
    made.with_variable(build.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    made.with_variable(_choice("site", "Site", f"label_values({info}, site)"))
    within = metric("build_info", where='site=~"$site"')
    made.with_variable(_choice("sensor", "Sensor", f"label_values({within}, instance)"))
    if zones:
        made.with_variable(_choice("zone", "Zone", f"label_values({exposed},{HERE}}}, zone)"))
    made.with_variable(_seen())
    others = build.DashboardLink("").type(model.DashboardLinkType.DASHBOARDS).tags([TAG])
    made.link(others.as_dropdown(as_dropdown=False).include_vars(include_vars=True).keep_time(keep_time=True))
    for number, panel in enumerate(panels, 1):
        made.with_panel(panel.id(number))
    return made
