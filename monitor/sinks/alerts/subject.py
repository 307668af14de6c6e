"""What people may have to hear of: a finding, or that the sensor itself does not see what it should.

Rule: both are judged alike; where they differ, `Subject.is_sensor` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from monitor.config.settings import Urgency
from monitor.model.data import Level
from monitor.model.named import NamedTuple
from monitor.sinks.alerts.digest import Item, News
from monitor.sinks.alerts.notice import Labels, Sender, make_labels

BLIND = "sensor-blind"
_TITLE = "The sensor does not see what it should"


class _Itemize(Protocol):
    def __call__(self, news: News, *, is_urgent: bool) -> Item: ...


class Subject(NamedTuple):
    """One of them, as far as it matters to whoever decides."""

    ident: str
    """By which the ledger knows it."""
    wanted: Urgency
    page: Callable[[], tuple[Labels, Labels]]
    """Gives labels and annotations of its alert."""
    item: _Itemize
    """Gives its line in a digest."""
    first_ns: int
    """Trace time at which it was seen first."""
    last_ns: int
    """And last."""
    is_sensor: bool = False
    """It pages each time that it comes back, during the first look, and where there is no room for findings."""


def page_of_sensor(reason: str, sender: Sender) -> tuple[Labels, Labels]:
    """Labels and annotations of the alert that the sensor does not see what it should."""
    annotations = {
        "summary": _TITLE,
        "description": reason,
        "what_to_do": "Look at the mirror port and its cable, and at what else this machine does. Until then"
        " nothing is found, and no finding is resolved.",
        "runbook_url": sender.runbook(BLIND),
    }
    return make_labels(sender, BLIND, Urgency.PAGE), annotations


def item_of_sensor(reason: str, news: News, *, is_urgent: bool) -> Item:
    """The same as a line in a digest."""
    return Item(news=news, id="", title=_TITLE, level=Level.HIGH.word, text=reason, is_urgent=is_urgent)
