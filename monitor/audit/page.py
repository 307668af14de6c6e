"""What the audit shows, for people and for programs.

Rule: says which mark left, by protocol and field, and how it was spelled; never the mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.audit.auditing import Audit, Output
from monitor.sinks.report.figures import count, make_legible, volume

SCHEMA = "privacy-monitor/self-audit/1"
SHOWN_TRACES = 20
"""Of one output; more say no more."""

REPLACED = (
    "Every destination was replaced by a private one: files and databases by a folder that is gone again, sockets, "
    "servers and whoever is told of alerts by receivers on this machine, without TLS and passwords. Alerts went out "
    "without first look, quiet hours and policy, and a day passed for the digest."
)
TRIED = "Ways out that your configuration does not name were tried all the same."
UNTOUCHED = (
    "Nothing of yours was touched: your files, your database, your metrics and whoever is told of findings know "
    "nothing of it, and nothing left this machine."
)


def compose(audit: Audit) -> Iterator[RenderableType]:
    """The page: the verdict, what was planted and read, what left, and how the search was tried."""
    yield Text()
    yield _block(Text(state(audit), _style(audit)))
    yield _block(Text(_figures(audit)))
    yield Text()
    yield _block(_readings(audit))
    yield Text()
    yield _block(_outputs(audit))
    yield Text()
    for output in audit.outputs:
        if output.traces:
            yield _block(_traces(output))
            yield Text()
    for remark in _remarks(audit):
        yield _block(Text(remark))
    yield Text()


def state(audit: Audit) -> str:
    """The verdict in one sentence."""
    if audit.leaks:
        return (
            "VALUES LEAVE THIS PROGRAM. Stop the sensor, and report this page: it names places, not values. "
            "See SECURITY.md."
        )
    if not audit.findings:
        return "This proves nothing: nothing of what was planted was found. Do your rules or zones leave all of it out?"
    if not audit.is_seeing:
        return "This proves nothing: the search does not find what it is shown. Please report this page."
    if audit.doubts:
        return (
            f"Not proven: no value was found in what left, but of {count(audit.doubts, 'way')} out that says nothing. "
            "See below. Do your rules find anything that goes there?"
        )
    return "Nothing that was planted left."


def to_json(audit: Audit) -> str:
    """One document, ASCII only."""
    document = {
        "schema": SCHEMA,
        "clean": audit.is_proof and not audit.leaks,
        "planted": [
            {
                "protocol": one.protocol,
                "values": one.values,
                "conversations": one.conversations,
                "recognized": one.flows,
                "exposures": one.exposures,
                "findings": one.findings,
            }
            for one in audit.readings
        ],
        "outputs": [
            {
                "output": one.name,
                "bytes": one.size_bytes,
                "doubt": one.doubt,
                "found": [{"value_of": trace.place, "spelling": trace.spelling} for trace in one.traces],
            }
            for one in audit.outputs
        ],
        "packets": audit.packets,
        "excluded_packets": audit.excluded_packets,
        "addresses_of_patrons": audit.addresses,
        "search": {"shown": audit.tried, "found": audit.noticed},
        "faults": audit.faults,
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _figures(audit: Audit) -> str:
    values = sum(one.values for one in audit.readings)
    protocols = sum(one.values > 0 for one in audit.readings)
    left = volume(sum(output.size_bytes for output in audit.outputs))
    return (
        f"{count(values, 'invented value')} in {count(protocols, 'protocol')} went through the program in "
        f"{count(audit.packets, 'packet')}; it made {count(audit.findings, 'finding')} of them. "
        f"Of what it let out, {left} were searched for each value in every spelling."
    )


def _readings(audit: Audit) -> Table:
    table = _table("planted in", "values", "conversations", "recognized", "patron data seen", "findings")
    for one in audit.readings:
        if one.values:
            figures = (one.values, one.conversations, one.flows, one.exposures, one.findings)
            table.add_row(make_legible(one.protocol), *(f"{figure:,}" for figure in figures))
    return table


def _outputs(audit: Audit) -> Table:
    table = _table("what left", "bytes searched", "values found")
    for output in audit.outputs:
        is_clean = not output.traces and not output.doubt
        found = Text(output.doubt or f"{len(output.traces):,}", "green" if is_clean else "bold red")
        table.add_row(make_legible(output.name), f"{output.size_bytes:,}", found)
    return table


def _traces(output: Output) -> Text:
    lines = [f"{make_legible(output.name)}:"]
    lines += [f"  value of {make_legible(one.place)}, {one.spelling}" for one in output.traces[:SHOWN_TRACES]]
    if len(output.traces) > SHOWN_TRACES:
        lines.append(f"  and {len(output.traces) - SHOWN_TRACES:,} more")
    return Text("\n".join(lines), "red")


def _remarks(audit: Audit) -> Iterator[str]:
    shown = f"{count(audit.tried, 'spelling')} of values on purpose"
    yield f"The search itself was tried: it was shown {shown}, and found {audit.noticed:,}."
    unplanted = ", ".join(make_legible(one.protocol) for one in audit.readings if not one.values)
    if unplanted:
        yield f"Nobody has written what to plant in: {unplanted}. This says nothing of that."
    if audit.addresses:
        yield f"Searched for, too: {count(audit.addresses, 'address', 'addresses')} of devices in your public zones."
    else:
        yield "Your configuration has no public zone, so addresses of patrons' devices were not searched for."
    if audit.excluded_packets:
        yield f"{count(audit.excluded_packets, 'packet')} of it your configuration leaves out: they were not looked at."
    if audit.faults:
        met = count(audit.faults, "bug of this program was", "bugs of this program were")
        yield f"{met} met and guarded; please report that, too."
    yield REPLACED
    yield TRIED
    yield UNTOUCHED


def _style(audit: Audit) -> str:
    return "bold green" if audit.is_proof and not audit.leaks else "bold red"


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left")
    return table


def _block(part: RenderableType) -> Padding:
    return Padding(part, (0, 1))
