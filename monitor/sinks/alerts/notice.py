"""What is told of a finding or of the sensor: the labels and annotations of an alert, and the same as a message.

Rules: labels say what it is and stay the same as long as it lasts, so that a receiver knows it again; everything that
may change is in annotations. All text is labels of the finding, words of ours, or what the operator typed.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator

from monitor.config.settings import AlertSettings, Config, Urgency
from monitor.model.data import AboutKind
from monitor.model.finding import About, Finding, Peer
from monitor.model.named import NamedTuple
from monitor.model.record import Record, field
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.figures import count, make_legible, moment, volume
from monitor.sinks.report.verdict import tell_patrons, tell_unit
from monitor.sinks.report.words import KINDS, TRAITS

SHOWN_PEERS = 5
"""Enough to know which room they stand in."""
NO_ZONE = "none"
"""As metrics have it."""

Labels = dict[str, str]


class Sender(NamedTuple):
    """Who tells it."""

    site: str
    """May be empty."""
    sensor: str
    runbooks: str
    """What stands before the name of a page that says what to do; empty where nobody has put them anywhere."""

    def runbook(self, slug: str) -> str:
        """Where it is said what to do: a link where somebody has said to what, else a command that shows it."""
        return f"{self.runbooks.rstrip('/')}/{slug}.md" if self.runbooks else f"privacy-monitor runbook {slug}"


def introduce(config: Config) -> Sender:
    """Who tells it, as the configuration has it."""
    alerts = config.alerts or AlertSettings()
    return Sender(site=config.site, sensor=alerts.sensor or platform.node(), runbooks=alerts.runbooks or _pages(config))


def _pages(config: Config) -> str:
    """Where the sensor itself shows the pages; empty where that is nowhere beyond this machine."""
    metrics = config.metrics
    if metrics is None or metrics.listen.address.is_loopback or not metrics.listen.port:
        return ""
    every = metrics.listen.address.is_unspecified
    place = f"{platform.node()}:{metrics.listen.port}" if every else str(metrics.listen)
    return f"http{'s' if metrics.tls else ''}://{place}/runbooks"


class Delivery(Record, frozen=False):
    """What one receiver has accepted, in watched time."""

    fired_ns: int
    resolved_ns: int | None = None


class Notice(Record, frozen=False):
    """One alert, for as long as somebody has to hear of it."""

    key: str
    labels: Labels
    annotations: Labels
    starts_ns: int
    """Trace time."""
    until_ns: int | None = None
    """Watched time at which it ends by itself."""
    stands: bool = True
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    """By receiver."""


class Message(Record):
    """Something for people to read, to one outlet."""

    outlet: str
    title: str
    body: str
    is_urgent: bool


def alert_name(slug: str) -> str:
    """``sip2-patron-credential`` as Alertmanager's users write it: ``Sip2PatronCredential``."""
    return "".join(word.capitalize() for word in slug.split("-"))


def make_labels(sender: Sender, slug: str, severity: Urgency, **others: str) -> Labels:
    """Labels of an alert; those that are empty are left out, as a receiver would do."""
    labels = {
        "alertname": alert_name(slug),
        "severity": severity.value,
        "rule": slug,
        "site": make_legible(sender.site),
        "instance": make_legible(sender.sensor),
        **others,
    }
    return {name: value for name, value in labels.items() if value}


def describe_page(finding: Finding, sender: Sender) -> tuple[Labels, Labels]:
    """Labels and annotations of a finding that pages."""
    labels = make_labels(
        sender,
        str(finding.rule),
        Urgency.PAGE,
        finding=str(finding.id),
        level=finding.level.word,
        zone=make_legible(finding.about.zone) or NO_ZONE,
    )
    kind = finding.about.kind.value
    annotations = {
        "summary": f"{make_legible(finding.title)}: {_place(finding.about)}",
        "description": describe(finding),
        kind: _place(finding.about),
        "place": f"zone {make_legible(finding.about.zone)}" if finding.about.zone else "in no zone",
        "what_to_do": str(finding.remediation).strip(),
        "runbook_url": sender.runbook(str(finding.rule)),
    }
    return labels, annotations


def describe(finding: Finding) -> str:
    """In plain words: which service or device, who uses it, what kinds of data, how many, since when."""
    return " ".join(_sentences(finding))


def _sentences(finding: Finding) -> Iterator[str]:
    is_service = finding.about.kind is AboutKind.SERVICE
    yield f"{'Service' if is_service else 'Device'}: {_place(finding.about)}."
    if finding.peers_total:
        word = count(finding.peers_total, "device" if is_service else "destination")
        shown = [_place(peer) for peer in finding.peers[:SHOWN_PEERS]]
        more = finding.peers_total - len(shown)
        shown += [f"and {more} more"] if more else []
        yield f"{'Used by' if is_service else 'Talks to'} {word}: {'; '.join(shown)}."
    if finding.data_classes:
        kinds = ", ".join(KINDS[kind] for kind in finding.data_classes)
        yield f"Data: {kinds}."
    if finding.volume is not None:
        yield f"{volume(finding.volume.sent_bytes)} sent, {volume(finding.volume.received_bytes)} received."
    if finding.traits:
        noticed = "; ".join(f"{number} {TRAITS.get(trait, trait)}" for trait, number in finding.traits.items())
        yield f"Of the connections: {noticed}."
    patrons = tell_patrons([finding])
    whose = f" of {patrons}" if patrons else ""
    yield f"{count(finding.count, *tell_unit(finding))}{whose} since {moment(finding.first_seen_ns)} UTC."


def write_message(outlet: str, labels: Labels, annotations: Labels, *, is_urgent: bool) -> Message:
    """An alert as a message."""
    where = labels.get("site") or labels.get("instance", "")
    parts = [annotations["description"]]
    if "what_to_do" in annotations:
        parts += ["What to do:", annotations["what_to_do"]]
    parts += [f"More: {annotations['runbook_url']}"] if "runbook_url" in annotations else []
    parts.append(_signature(labels))
    title = f"{where}: {annotations['summary']}" if where else annotations["summary"]
    return Message(outlet=outlet, title=title, body="\n\n".join(parts), is_urgent=is_urgent)


def _signature(labels: Labels) -> str:
    words = {"finding": "finding", "rule": "rule", "instance": "sensor"}
    return ", ".join(f"{word} {labels[name]}" for name, word in words.items() if name in labels)


def _place(end: About | Peer) -> str:
    return name_end(end).replace("  ", ", ")
