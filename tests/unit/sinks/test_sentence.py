"""A finding as one line of plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.data import Level
from monitor.model.opaque import Label
from monitor.sinks.lines import News, Told
from monitor.sinks.sentence import compose_sentence, urgency
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Told(PIN, News.NEW, NINE_NS),
            (
                "critical: Self-checks send patron PINs without encryption: 10.1.0.10:6001/tcp  ils, zone servers;"
                " 17 devices; 8,120 messages; 840 patrons; finding a1b2c3d4"
            ),
        ),
        (
            Told(CAMERA, News.CHANGED, NINE_NS),
            (
                "goes on: high: A camera sends video to a host nobody expects: 10.40.0.21  zone cameras;"
                " 1 destination; 41 connections; finding 0badcafe"
            ),
        ),
        (
            Told(replace(CAMERA, count=0), News.GONE, NINE_NS),
            (
                "no longer stands: high: A camera sends video to a host nobody expects: 10.40.0.21  zone cameras;"
                " finding 0badcafe"
            ),
        ),
    ],
)
def test_sentences(told: Told, said: str) -> None:
    """How bad, what, where, how much, and where to look."""
    assert said == compose_sentence(told)


def test_a_sentence_is_one_line() -> None:
    """Whatever the author of a rule wrote."""
    title = Label("Two\nlines.\x1b[31m")
    assert "critical: Two lines.?[31m: " in compose_sentence(Told(replace(PIN, title=title), News.NEW, NINE_NS))


def test_urgencies() -> None:
    """As system logs count: 2 is critical. What no longer stands wakes up nobody."""
    for news, numbers in ((News.NEW, [6, 5, 4, 3, 2]), (News.CHANGED, [6, 5, 4, 3, 2]), (News.GONE, [6, 5, 5, 5, 5])):
        assert numbers == [urgency(Told(replace(PIN, level=level), news, NINE_NS)) for level in sorted(Level)]
