"""The list of devices: what each one is, and by which signals of the catalog; for a terminal, for pipes, and as JSON.

Rule: of a device nothing stands here but addresses and names that the naming policy shows, and words of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from monitor.model.closed import Enum
from monitor.model.finding import Finding
from monitor.model.record import replace
from monitor.model.stats import DeviceSeen, Link, Stats
from monitor.sinks.report.document import format_time
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.figures import make_legible
from monitor.sinks.report.text import Appearance, draw

if TYPE_CHECKING:
    from rich.console import RenderableType

SCHEMA = "privacy-monitor/devices/1"

_HEADS = ("device", "role", "score", "link", "signals")
_SHOWN = ((100, (0, 1, 2, 3, 4)), (70, (0, 1, 4)), (0, (0, 1)))
"""From how many columns of the terminal on which columns of the table can be read."""
_LINKS = {
    Link.UNSEEN: "not seen",
    Link.OWN: "own address",
    Link.RANDOM: "random address",
    Link.ROUTED: "behind a router",
}
_ADDRESSES = 3
"""Shown of one device; the rest is counted. JSON has them all."""


class Style(Enum):
    """For whom it is written."""

    TABLE = "table"
    PLAIN = "plain"
    """A line for each device, as long as it has to be."""
    JSON = "json"


class DevicesReport:
    """A sink that writes the list when the trace ends."""

    def __init__(self, stream: TextIO, style: Style, appearance: Appearance) -> None:
        self._stream = stream
        self._style = style
        self._appearance = appearance

    def receive(self, finding: Finding) -> None:
        """Findings are no matter of this list."""

    def finish(self, stats: Stats) -> None:
        """Write it."""
        devices = sorted(stats.devices, key=lambda one: (one.role is None, one.role.value if one.role else ""))
        if self._style is Style.JSON:
            document = {"schema": SCHEMA, "devices": [_entry(device) for device in devices]}
            self._stream.write(json.dumps(document, ensure_ascii=True, indent=2) + "\n")
        elif self._style is Style.PLAIN:
            self._stream.write(_list_plainly(devices))
        else:
            self._stream.write(draw(lambda _: _compose(devices, self._appearance.width), self._appearance))


def _entry(device: DeviceSeen) -> dict[str, Any]:
    zones = [str(end.zone) for end in device.ends if end.zone]
    assets = [str(end.asset) for end in device.ends if end.asset]
    return {
        "addresses": [str(end.address) for end in device.ends if end.address],
        "asset": assets[0] if assets else "",
        "zone": zones[0] if zones else "",
        "role": device.role.value if device.role else None,
        "stated": device.stated,
        "score": device.score,
        "likely": str(device.likely),
        "link": device.link.value,
        "signals": [str(signal) for signal in device.signals],
        "first_seen": format_time(device.first_ns),
        "last_seen": format_time(device.last_ns),
    }


def _row(device: DeviceSeen) -> tuple[str, ...]:
    return (
        _name(device),
        _role(device),
        f"{device.score}",
        _LINKS[device.link],
        ", ".join(make_legible(signal) for signal in device.signals),
    )


def _name(device: DeviceSeen) -> str:
    if not device.ends:
        return "a device without an address yet"
    shown = [name_end(replace(end, name=end.asset)) for end in device.ends[:_ADDRESSES]]
    more = len(device.ends) - _ADDRESSES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _role(device: DeviceSeen) -> str:
    if device.role is not None:
        return f"{device.role.value} (stated)" if device.stated else device.role.value
    return f"unknown (like a {device.likely})" if device.score else "unknown"


def _list_plainly(devices: Sequence[DeviceSeen]) -> str:
    rows = [_HEADS, *map(_row, devices)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _compose(devices: Sequence[DeviceSeen], width: int) -> Iterator[RenderableType]:
    """The table for a terminal."""
    from rich.table import Table  # noqa: PLC0415  (pipes and JSON stay fast)
    from rich.text import Text  # noqa: PLC0415  (the same)

    if not devices:
        yield Text("No device showed what it is.")
        return
    shown = next(columns for least, columns in _SHOWN if width >= least)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    for column in shown:
        right = _HEADS[column] == "score"
        table.add_column(_HEADS[column], overflow="fold", justify="right" if right else "left")
    for device in devices:
        row = _row(device)
        table.add_row(*(Text(row[column]) for column in shown), style="" if device.role else "dim")
    yield table
