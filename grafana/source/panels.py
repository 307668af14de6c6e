"""The house style: calm panels of a few kinds, each with a title that asks or says something, and where to read on.

Rule: nothing is drawn that needs no looking at. Color means better or worse, or one kind of data, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grafana_foundation_sdk.builders import common as make
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.statetimeline import Panel as StateTimeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries
from grafana_foundation_sdk.models import common as kind
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.source.runbooks import link_to

GOOD, FAIR, BAD, PLAIN, GRAY = "#5F9E7F", "#C79A4B", "#B5544F", "#6F86A6", "#8C8C96"
DATASOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
NOBODY = "No sensor reports here"
"""What a panel says where no sensor is; where one is and found nothing, its second query says so."""
NOTHING = "Nothing found in ${seen}"

Steps = Sequence[tuple[float | None, str]]
Words = Mapping[str, tuple[str, str]]
"""Values to what they are called, and the color."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """What every panel has."""

    title: str
    about: str
    """In plain words, for whoever has never seen it."""
    runbook: str
    """The page to read when it looks bad."""
    unit: str
    width: int
    """Of 24 columns."""
    height: int
    steps: Steps = field(default=((None, PLAIN),))
    """From which value on which color."""
    empty: str = NOBODY


def query(expression: str, legend: str = "", ref: str = "A", *, table: bool = False) -> Dataquery:
    """What is asked over the range."""
    asked = Dataquery().ref_id(ref).expr(expression).legend_format(legend).datasource(DATASOURCE)
    return asked.format(PromQueryFormat.TABLE if table else PromQueryFormat.TIME_SERIES)


def instant(expression: str, legend: str = "", ref: str = "A", *, table: bool = False) -> Dataquery:
    """What is asked of the end of the range."""
    return query(expression, legend, ref, table=table).instant()


def _thresholds(steps: Steps) -> build.ThresholdsConfig:
    made = [model.Threshold(value, color) for value, color in steps]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(made)


def _dress(panel: Any, card: Card) -> Any:
    panel.title(card.title).description(card.about).datasource(DATASOURCE).unit(card.unit)
    panel.span(card.width).height(card.height).no_value(card.empty).thresholds(_thresholds(card.steps))
    return panel.links(
        [build.DashboardLink("What to do").url(link_to(card.runbook)).type(model.DashboardLinkType.LINK)]
    )


def words(values: Words) -> model.ValueMap:
    """Values as words."""
    results = {
        value: model.ValueMappingResult(text=text, color=color, index=index)
        for index, (value, (text, color)) in enumerate(values.items())
    }
    return model.ValueMap(results)


def from_value(low: float, text: str, color: str) -> model.RangeMap:
    """A word for all numbers from one on."""
    result = model.ValueMappingResult(text=text, color=color, index=1)
    return model.RangeMap(model.DashboardRangeMapOptions(from_val=low, to=None, result=result))


def _color(mode: model.FieldColorModeId, fixed: str | None = None) -> build.FieldColor:
    color = build.FieldColor().mode(mode)
    return color.fixed_color(fixed) if fixed else color


def stat(
    card: Card, *asked: Dataquery, mappings: Iterable[Any] = (), decimals: int | None = 0, filled: bool = False
) -> Stat:
    """One figure, or one for each sensor; `filled` for the few that answer a question."""
    panel: Stat = _dress(Stat(), card)
    reduce = make.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(values=False)
    if decimals is not None:
        panel.decimals(decimals)
    mode = kind.BigValueColorMode.BACKGROUND_SOLID if filled else kind.BigValueColorMode.VALUE
    # Without an answer the color would be that of the lowest value, which is the good one.
    missing = model.ValueMappingResult(text=card.empty, color=GRAY, index=9)
    absent = model.SpecialValueMap(
        model.DashboardSpecialValueMapOptions(match=model.SpecialValueMatch.NULL_AND_NAN, result=missing)
    )
    panel.targets(list(asked)).mappings([*mappings, absent]).reduce_options(reduce)
    panel.color_mode(mode).graph_mode(kind.BigValueGraphMode.NONE).text_mode(kind.BigValueTextMode.AUTO)
    panel.justify_mode(kind.BigValueJustifyMode.CENTER).orientation(kind.VizOrientation.AUTO)
    panel.text(make.VizTextDisplayOptions().value_size(30).title_size(13))
    return panel.color_scheme(_color(model.FieldColorModeId.THRESHOLDS))


def _named(panel: Any, series: Words) -> Any:
    for name, (text, color) in series.items():
        fixed = {"mode": "fixed", "fixedColor": color}
        panel.override_by_name(
            name, [model.DynamicConfigValue("displayName", text), model.DynamicConfigValue("color", fixed)]
        )
    return panel


def _series(card: Card, asked: Sequence[Dataquery], series: Words) -> TimeSeries:
    panel: TimeSeries = _dress(TimeSeries(), card)
    legend = make.VizLegendOptions().display_mode(kind.LegendDisplayMode.LIST).show_legend(show_legend=True)
    tooltip = make.VizTooltipOptions().mode(kind.TooltipDisplayMode.MULTI).sort(kind.SortOrder.DESCENDING)
    panel.targets(list(asked)).tooltip(tooltip).show_points(kind.VisibilityMode.NEVER).min(0)
    panel.legend(legend.placement(kind.LegendPlacement.BOTTOM).calcs([])).color_scheme(
        _color(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME)
    )
    _named(panel, series)
    green = model.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": GOOD})
    return panel.override_by_regexp("(Nothing|Never|No) .*", [green])


def lines(
    card: Card, *asked: Dataquery, series: Words | None = None, top: float | None = None, limit: bool = False
) -> TimeSeries:
    """How something changes; with `limit`, the last threshold as a line to stay below."""
    panel = _series(card, asked, series or {})
    panel.line_width(2).fill_opacity(0).line_interpolation(kind.LineInterpolation.LINEAR).axis_soft_max(top or 0)
    if limit:
        style = make.GraphThresholdsStyleConfig().mode(kind.GraphTresholdsStyleMode.DASHED)
        panel.thresholds_style(style).axis_soft_max((card.steps[-1][0] or 0) * 1.2)
    return panel


def bars(card: Card, *asked: Dataquery, series: Words | None = None) -> TimeSeries:
    """How much there was in each step of at least a quarter of an hour."""
    panel = _series(card, asked, series or {})
    panel.draw_style(kind.GraphDrawStyle.BARS).fill_opacity(85).line_width(0).bar_alignment(kind.BarAlignment.BEFORE)
    panel.stacking(make.StackingConfig().mode(kind.StackingMode.NORMAL).group("A"))
    return panel.interval("15m").max_data_points(100).axis_soft_max(1e6 if card.unit == "decbytes" else 1)


def shaded(panel: TimeSeries, color: str) -> TimeSeries:
    """Series whose names nobody knows before, and which all mean the same: in shades of one color."""
    return panel.color_scheme(_color(model.FieldColorModeId.SHADES, color))


def timeline(card: Card, *asked: Dataquery, mappings: Iterable[Any] = ()) -> StateTimeline:
    """Which state each of several things was in."""
    panel: StateTimeline = _dress(StateTimeline(), card)
    panel.targets(list(asked)).mappings(list(mappings)).show_value(kind.VisibilityMode.NEVER).row_height(0.7)
    panel.line_width(0).fill_opacity(80).merge_values(merge_values=True).max_data_points(200)
    legend = make.VizLegendOptions().display_mode(kind.LegendDisplayMode.LIST).show_legend(show_legend=True)
    panel.legend(legend.placement(kind.LegendPlacement.BOTTOM).calcs([]))
    return panel.color_scheme(_color(model.FieldColorModeId.FIXED, PLAIN))


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table, by the label or the query that it shows."""

    source: str
    title: str
    width: int | None = None
    unit: str | None = None
    decimals: int | None = None
    words: Words | None = None
    colored: bool = False
    steps: Steps | None = None
    empty: str | None = None
    hidden: bool = False
    link: str | None = None

    def properties(self) -> list[model.DynamicConfigValue]:
        """How Grafana is told."""
        told: list[tuple[str, object]] = [("displayName", self.title)]
        told += [("custom.width", self.width)] if self.width else []
        told += [("unit", self.unit)] if self.unit else []
        told += [("decimals", self.decimals)] if self.decimals is not None else []
        told += [("mappings", [words(self.words)])] if self.words else []
        told += [("noValue", self.empty)] if self.empty else []
        told += [("custom.hidden", True)] if self.hidden else []
        if self.link:
            told += [("links", [{"title": "What to do about it", "url": self.link}])]
        told += [("custom.cellOptions", {"type": "color-text"})] if self.colored else []
        if self.steps:
            told += [("thresholds", _thresholds(self.steps).build())]
            told += [("color", {"mode": "thresholds"})]
        return [model.DynamicConfigValue(name, value) for name, value in told]


def table(card: Card, columns: Sequence[Column], *asked: Dataquery, sort: str, rising: bool = False) -> Table:
    """Rows of labels and figures; what no column names is left out."""
    panel: Table = _dress(Table(), card)
    panel.targets(list(asked)).show_header(show_header=True).cell_height(kind.TableCellHeight.SM)
    panel.sort_by([make.TableSortByFieldState().display_name(sort).desc(desc=not rising)])
    panel.with_transformation(model.DataTransformerConfig("merge", options={}))
    order = {column.source: place for place, column in enumerate(columns)}
    keep = {"include": {"names": list(order)}}
    panel.with_transformation(model.DataTransformerConfig("filterFieldsByName", options=keep))
    panel.with_transformation(model.DataTransformerConfig("organize", options={"indexByName": order}))
    for column in columns:
        panel.override_by_name(column.source, column.properties())
    return panel
