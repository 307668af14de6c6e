"""The one message a day: what is new, what is back, what is over; worst first."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.config.settings import Urgency
from monitor.model.closed import Enum
from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.record import Record
from monitor.sinks.alerts.notice import Labels, Sender, describe, make_labels
from monitor.sinks.report.figures import count, make_legible

LISTED = 50
"""Lines of one digest; whoever has more reads the list of findings."""
SLUG = "privacy-digest"
FIRST_LOOK = "first-look"
"""The day of the digest that tells what was there before the sensor was."""

_LEVELS = {level.word: level for level in Level}


class News(Enum):
    """What the next digest says of a finding. Closed: the ledger holds these words."""

    NEW = "new"
    BACK = "back"
    OVER = "over"


_HEADS = {News.NEW: "New", News.BACK: "Back again", News.OVER: "Over"}


class Item(Record):
    """One finding in a digest, or the sensor itself."""

    news: News
    id: str
    """Of a finding; empty for what is none."""
    title: str
    level: str
    text: str
    """Where, what and how much."""
    is_urgent: bool = False
    """It pages, but for the first look."""


def item_of(finding: Finding, news: News, *, is_urgent: bool) -> Item:
    """A finding as it stands now."""
    return Item(
        news=news,
        id=str(finding.id),
        title=make_legible(finding.title),
        level=finding.level.word,
        text=describe(finding),
        is_urgent=is_urgent,
    )


def compose_digest(items: Sequence[Item], standing: int, day: str, sender: Sender) -> tuple[Labels, Labels]:
    """Labels and annotations of a digest.

    Args:
        items: everything that is news.
        standing: how many findings stand now, those of earlier digests included.
        day: ``YYYY-MM-DD``, or `FIRST_LOOK`. A label: two digests that are sent late stay two.
        sender: who tells it.
    """
    labels = make_labels(sender, SLUG, Urgency.TICKET, digest=day)
    del labels["rule"]
    numbers = {news: sum(one.news is news for one in items) for news in News}
    counted = ", ".join(f"{number} {_HEADS[news].lower()}" for news, number in numbers.items() if number)
    head = "First look at this network" if day == FIRST_LOOK else f"Daily digest of {day}"
    annotations = {
        "summary": f"{head}: {counted}",
        "description": "\n".join(_lines(items, standing)),
        "what_to_do": "Look at each finding: sudo privacy-monitor findings show ID. It says what to do. Say who looks"
        " after it: sudo privacy-monitor findings ack ID --owner NAME --reason WHY; then nobody else is told.",
        "runbook_url": sender.runbook(SLUG),
    }
    return labels, annotations


def _lines(items: Sequence[Item], standing: int) -> list[str]:
    lines: list[str] = []
    listed = sorted(items, key=_worst_first)[:LISTED]
    for news in News:
        some = [one for one in listed if one.news is news]
        if some:
            lines += ["", f"{_HEADS[news]}:"] if lines else [f"{_HEADS[news]}:"]
        for one in some:
            urgent = ", URGENT" if one.is_urgent and news is not News.OVER else ""
            which = f" (finding {one.id})" if one.id else ""
            lines.append(f"- [{one.level}{urgent}] {one.title}{which}. {one.text}")
    left_out = len(items) - len(listed)
    lines += ["", f"And {left_out} more, see privacy-monitor findings list."] if left_out else []
    return [*lines, "", f"{count(standing, 'finding')} {'stands' if standing == 1 else 'stand'} now."]


def _worst_first(item: Item) -> tuple[int, int, str]:
    return list(News).index(item.news), -_LEVELS.get(item.level, Level.INFORMATIONAL), item.id
