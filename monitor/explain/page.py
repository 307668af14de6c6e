"""An explanation for people: the conversation as a table, then what to paste into Wireshark.

Rules: a value is a bar and a length; filters and commands are never wrapped, so that they can be copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.explain.conversation import Line
from monitor.explain.explanation import Explanation
from monitor.explain.layers import Part
from monitor.model.finding import Peer
from monitor.model.flow import Endpoint, Side
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.entry import badge
from monitor.sinks.report.figures import count, make_legible, moment
from monitor.sinks.report.text import Appearance, draw
from monitor.sinks.report.words import KINDS, name_field

_FIELD_COLUMNS = 32
_VALUE_COLUMNS = 20
_MILLION = 1_000_000
_ARROWS = {Side.ORIGINATOR: ("\u2192", "->"), Side.RESPONDER: ("\u2190", "<-")}
_MARK = ("\u25cf", "*")
_BAR = ("\u2592" * 4, "####")


def to_text(explanation: Explanation, looks: Appearance) -> str:
    """The page, as wide as the terminal, and below it lines to be copied, as long as they are."""
    page = draw(lambda ascii_only: _compose(explanation, ascii_only=ascii_only), looks)
    lines = "".join(f"   {line}\n" if line else "\n" for line in _copied(explanation))
    return page + make_legible_lines(lines).encode(looks.encoding, "replace").decode(looks.encoding)


def make_legible_lines(text: str) -> str:
    """Text of several lines, each made legible."""
    return "".join(f"{make_legible(line)}\n" for line in text.splitlines())


def _compose(explanation: Explanation, *, ascii_only: bool) -> Iterator[RenderableType]:
    finding, conversation = explanation.finding, explanation.conversation
    head = Table.grid(padding=(0, 2, 0, 0))
    head.add_column(no_wrap=True)
    head.add_column(overflow="fold")
    head.add_row(Text(*badge(finding.level)), Text(make_legible(finding.title), style="bold"))
    yield Text()
    yield Padding(head, (0, 1))
    yield Text()
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(width=12, no_wrap=True)
    facts.add_column(overflow="fold")
    first, last = (moment(line.at_ns) for line in (conversation.lines[0], conversation.lines[-1]))
    arrow = _pick(_ARROWS[Side.ORIGINATOR], ascii_only=ascii_only)
    flow = conversation.flow
    facts.add_row(Text("Rule", style="dim"), Text(make_legible(f"{finding.rule}, finding {finding.id}")))
    facts.add_row(
        Text("Conversation", style="dim"), Text(f"{conversation.number} of {conversation.total} of this finding")
    )
    facts.add_row(Text("Between", style="dim"), Text(_name(flow.originator)))
    facts.add_row(Text(f"and {arrow}", style="dim"), Text(_name(flow.responder)))
    facts.add_row(Text("Shown", style="dim"), Text(f"{first} to {last} UTC"))
    yield Padding(facts, (0, 1))
    yield Text()
    yield Padding(_transcript(conversation.lines, finding.protocol, ascii_only=ascii_only), (0, 1))
    yield Text()
    mark = _pick(_MARK, ascii_only=ascii_only)
    yield Padding(
        Text(f"{mark} counts in this finding. Values are left out: only their lengths are known here."), (0, 1)
    )
    if conversation.cut:
        yield Padding(Text("More was said than is shown; --messages N shows more."), (0, 1))
    if explanation.limited:
        yield Padding(Text("More counts in this finding than there was room to note."), (0, 1))


def _transcript(lines: Sequence[Line], protocol: str, *, ascii_only: bool) -> RenderableType:
    """A row for each message; below it, what could be read in it."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for right in (False, False, True, False):
        table.add_column(no_wrap=True, justify="right" if right else "left")
    table.add_column(overflow="fold")
    table.add_row(*(Text(head, style="dim") for head in ("", "time", "frame", "", "message, and what could be read")))
    for line in lines:
        table.add_row(
            Text(_pick(_MARK, ascii_only=ascii_only) if line.counts else "", style="bold red"),
            Text(_clock(line.at_ns)),
            Text(str(line.frame)),
            Text(_pick(_ARROWS[line.sender], ascii_only=ascii_only), style="cyan"),
            Group(
                Text(_message(line), style="bold"),
                *_parts(line.reading.parts, line.reading.protocol or protocol, ascii_only=ascii_only),
            ),
        )
    return table


def _message(line: Line) -> str:
    reading = line.reading
    words = " ".join(part for part in (reading.code, reading.title) if part)
    after = [f"answers {reading.answers} after {reading.after_ns / _MILLION:,.1f} ms"] if reading.answers else []
    return make_legible(", ".join((words, *reading.remarks, *after)))


def _parts(parts: Sequence[Part], protocol: str, *, ascii_only: bool) -> Iterator[RenderableType]:
    """A line for each value that says something of a patron or opens a door, and how many others there were."""
    bar = _pick(_BAR, ascii_only=ascii_only)
    told = [(part, part.data_class) for part in parts if part.data_class is not None]
    if told:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=_FIELD_COLUMNS, overflow="fold")
        table.add_column(width=_VALUE_COLUMNS, overflow="fold")
        table.add_column(overflow="fold")
        for part, kind in told:
            words = make_legible(name_field(protocol, part.key))
            size = "" if part.length is None else f" ({count(part.length, 'character')})"
            table.add_row(Text(words, style="yellow"), Text(f"{bar}{size}"), Text(KINDS[kind], style="dim"))
        yield table
    if others := len(parts) - len(told):
        yield Text(count(others, "other field"), style="dim")


def _copied(explanation: Explanation) -> Iterator[str]:
    filters = explanation.filters
    named = (
        ("this conversation", filters.conversation),
        ("what counts in it", filters.counted),
        ("all conversations of this finding", filters.finding if explanation.conversation.total > 1 else ""),
        ("everything with this service or device", filters.service),
        ("every SIP2 message with the same kinds of data", filters.kinds),
    )
    yield ""
    yield "To paste into Wireshark's display filter:"
    for what, text in named:
        if text:
            yield ""
            yield f"  {what}:"
            yield f"    {text}"
    yield ""
    yield "Or on the command line (Wireshark shows values; keep the screen to yourself):"
    yield ""
    for command in explanation.commands.values():
        yield f"    {command}"


def _name(end: Endpoint) -> str:
    peer = Peer(address=end.address, port=end.port, name=end.name, zone=end.zone, asset=end.asset, count=0)
    return name_end(peer)


def _clock(at_ns: int) -> str:
    """Time of day in UTC, to the millisecond."""
    return f"{moment(at_ns)[11:]}.{at_ns // _MILLION % 1000:03d}"


def _pick(signs: tuple[str, str], *, ascii_only: bool) -> str:
    return signs[ascii_only]
