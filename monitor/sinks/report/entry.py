"""Composes one finding: how bad, what, where, who, how much, since when, what to do, where to look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.model.data import AboutKind, Level
from monitor.model.finding import Evidence, Finding, Volume
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.figures import count, make_legible, moment, rate, span, split_paragraphs, volume
from monitor.sinks.report.layout import Block, Run, inset, rows, stack, words
from monitor.sinks.report.verdict import tell_patrons, tell_unit
from monitor.sinks.report.words import KINDS, TRAITS, name_field

_SHOWN_PEERS = 5
"""Enough to know which room they stand in; the JSON report lists more."""
_SHOWN_FIELDS = 8
"""Enough to see what kind of record it is; the JSON report lists all."""
_SHOWN_VLANS = 12
"""One line of VLAN ids."""

_BADGES = {
    Level.CRITICAL: ("CRITICAL", "bold bright_white on red"),
    Level.HIGH: ("HIGH", "bold black on yellow"),
    Level.MEDIUM: ("MEDIUM", "black on cyan"),
    Level.LOW: ("LOW", "black on white"),
    Level.INFORMATIONAL: ("INFO", "black on white"),
}
"""Word and colors of each level; colors of both ground and letters, so that dark and light terminals show the same."""


def badge(level: Level) -> Run:
    """A level as a mark of fixed width."""
    word, style = _BADGES[level]
    return f"{word:^10}", style


def compose_finding(finding: Finding, paths: Sequence[str], advised_at: str = "") -> Block:
    """One finding: its title, then what is the case, what to do, where to look.

    Args:
        finding: what to show.
        paths: legible path of each capture, as `Evidence.capture` counts them.
        advised_at: id of the finding above that gives the same advice already, or an empty string.
    """
    parts = [rows([(badge(finding.level), words(make_legible(finding.title), "bold"))])]
    for facts in (_facts(finding), _advice(finding, advised_at), _places(finding, paths)):
        labeled = [((label, "dim"), value) for label, value in facts]
        if labeled:
            parts += (words(), rows(labeled, width=10))
    return inset(*parts)


def _facts(finding: Finding) -> Iterator[tuple[str, Block]]:
    service = finding.about.kind is AboutKind.SERVICE
    yield "Service" if service else "Device", words(name_end(finding.about))
    if finding.peers_total:
        yield "Used by" if service else "Talks to", _peers(finding, "device" if service else "destination")
    if finding.data_classes:
        kinds = ", ".join(KINDS[kind] for kind in finding.data_classes)
        yield "Data", words(kinds[0].upper() + kinds[1:])
    if finding.fields:
        yield "Fields", _fields(finding)
    yield "How often", words(count(finding.count, *tell_unit(finding)))
    if finding.volume is not None:
        yield "Volume", _volume(finding.volume)
    if finding.traits:
        yield "Noticed", _tally([(number, TRAITS.get(trait, trait)) for trait, number in finding.traits.items()], 0)
    patrons = tell_patrons([finding])
    if patrons:
        yield "Patrons", words(patrons[0].upper() + patrons[1:])
    yield "Seen", words(span(finding.first_seen_ns, finding.last_seen_ns))
    if finding.vlan:
        yield "VLANs", words(_name_vlans(finding.vlan))


def _advice(finding: Finding, advised_at: str) -> Iterator[tuple[str, Block]]:
    if advised_at:
        yield "What to do", words(f"The same as for finding {make_legible(advised_at)} above.")
        return
    if finding.remediation:
        yield "What to do", _prose(finding.remediation)
    if finding.references:
        yield "Read more", stack(words(make_legible(one)) for one in finding.references)


def _places(finding: Finding, paths: Sequence[str]) -> Iterator[tuple[str, Block]]:
    if finding.evidence:
        yield "Where", words(_name_evidence(finding.evidence, paths))
    yield "Rule", words(make_legible(f"{finding.rule}, finding {finding.id}"), "dim")


def _peers(finding: Finding, word: str) -> Block:
    shown = finding.peers[:_SHOWN_PEERS]
    if finding.peers_total == 1 and shown:
        return words(name_end(shown[0]))
    headed = words(f"{count(finding.peers_total, word)}, by {tell_unit(finding)[1]}")
    listed = _tally([(peer.count, name_end(peer)) for peer in shown], finding.peers_total - len(shown))
    return stack((headed, listed))


def _fields(finding: Finding) -> Block:
    ordered = sorted(finding.fields.items(), key=lambda entry: (-entry[1], entry[0]))
    named = [(number, make_legible(name_field(finding.protocol, key))) for key, number in ordered]
    return _tally(named[:_SHOWN_FIELDS], len(named) - _SHOWN_FIELDS)


def _volume(exchanged: Volume) -> Block:
    """What was sent and received, and how fast where it lasted."""
    told = f"{volume(exchanged.sent_bytes)} sent, {volume(exchanged.received_bytes)} received"
    if exchanged.upload_since_ns:
        told += f"; sending {rate(exchanged.upload_bits_per_second)} since {moment(exchanged.upload_since_ns)} UTC"
    return words(told)


def _tally(counted: Sequence[tuple[int, str]], left_out: int) -> Block:
    """Counts in a column of their own, what they count beside them."""
    lines = [((f"{number:,}", ""), words(text)) for number, text in counted]
    if left_out > 0:
        lines.append(((f"+ {left_out:,}", ""), words("more")))
    return rows(lines, right=True)


def _prose(text: str) -> Block:
    """Paragraphs one below the other, lists hanging from their marks."""
    parts: list[Block] = []
    for mark, paragraph in split_paragraphs(text):
        if not mark:
            parts += (words(), words(paragraph)) if parts else (words(paragraph),)
            continue
        parts.append(rows([((mark, ""), words(paragraph))], gap=1))
    return stack(parts)


def _name_vlans(vlans: Sequence[int]) -> str:
    named = ", ".join(str(vlan) for vlan in vlans[:_SHOWN_VLANS])
    return f"{named}, + {len(vlans) - _SHOWN_VLANS} more" if len(vlans) > _SHOWN_VLANS else named


def _name_evidence(evidence: Sequence[Evidence], paths: Sequence[str]) -> str:
    """Frame numbers as capture tools take them: without thousands separators."""
    frames: dict[int, list[str]] = {}
    for place in evidence:
        frames.setdefault(place.capture, []).append(str(place.frame))
    parts = []
    for capture, numbers in frames.items():
        unique = list(dict.fromkeys(numbers))
        path = paths[capture] if capture < len(paths) else f"capture {capture + 1}"
        named = f"first frame {unique[0]}, last frame {unique[-1]}" if len(unique) > 1 else f"frame {unique[0]}"
        parts.append(f"{path}, {named}")
    return "; ".join(parts)
