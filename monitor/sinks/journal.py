"""A finding as an entry of the systemd journal, in the journal's own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL).

Rule: a datagram is one entry, a line of it one field; no value has a line break. Entries have less than 2 kB, so none
is too large for a datagram.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.sinks.lines import News, Told
from monitor.sinks.report.figures import make_legible
from monitor.sinks.sentence import compose_sentence, urgency

IDENTIFIER = "privacy-monitor"
MESSAGE_IDS = {
    News.NEW: "f4787d215cd6421cb99c9adb5efe3643",
    News.CHANGED: "e95eb370a3bd4bdb93cf7213f940342f",
    News.GONE: "f614e058493a4dd79116ed03b5922cb0",
}
"""What kind of entry it is (systemd.journal-fields(7)); they never change."""


def compose_journal_entry(told: Told) -> bytes:
    """One datagram."""
    return "".join(f"{name}={make_legible(value)}\n" for name, value in _fields(told)).encode()


def _fields(told: Told) -> Iterator[tuple[str, str]]:
    finding = told.finding
    yield "MESSAGE", compose_sentence(told)
    yield "PRIORITY", f"{urgency(told)}"
    yield "MESSAGE_ID", MESSAGE_IDS[told.news]
    yield "SYSLOG_IDENTIFIER", IDENTIFIER
    yield "PRIVACY_MONITOR_FINDING", finding.id
    yield "PRIVACY_MONITOR_NEWS", told.news.value
    yield "PRIVACY_MONITOR_RULE", finding.rule
    yield "PRIVACY_MONITOR_FAMILY", finding.family
    yield "PRIVACY_MONITOR_LEVEL", finding.level.word
    yield "PRIVACY_MONITOR_COUNT", f"{finding.count}"
    yield "PRIVACY_MONITOR_PATRONS", f"{finding.subjects}"
    if finding.about.zone:
        yield "PRIVACY_MONITOR_ZONE", finding.about.zone
    for data_class in finding.data_classes:
        yield "PRIVACY_MONITOR_DATA_CLASS", data_class.value
