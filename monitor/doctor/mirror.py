"""Is the mirror really mirroring? Judges what was heard.

Sources of the thresholds: a mirror of both directions shows both ends of nearly every connection, one of one direction
of none; a switch floods frames to unknown devices for a moment, so a few foreign frames are no proof.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.doctor.listening import Heard
from monitor.sinks.alerts.blindness import Sums
from monitor.sinks.report.figures import count, volume

MOST = 0.8
"""Share of connections from which on both directions are mirrored: some are scans and attempts without an answer."""
FEW = 0.2
"""Share below which only one direction is: what is answered within the mirror's own port makes some."""
ENOUGH_CONNECTIONS = 5
"""Fewer say nothing."""
FLOODED = 0.02
"""Share of packets between others that a switch floods without any mirror."""
TWICE = 0.05
"""Share of duplicates from which on they are made by the mirror: retransmissions are told apart, so few are left."""
LOST = 0.01
"""Share of lost packets or bytes from which on findings are missing."""
SHOWN_VLANS = 12

_BOTH = (
    "set the mirror to both directions: 'both' on Cisco and Aruba, 'ingress and egress' or 'RX and TX' elsewhere; "
    "with a tap, use both of its outputs"
)
_IS_MIRROR = "see on the switch that this cable ends at the mirror's destination port, and that the session is active"
_LONGER = "listen while the library is open, or longer: --for 5m"


def judge_traffic(heard: Heard, *, alone: bool = True) -> Iterator[Check]:
    """Everything that what was heard says of the mirror."""
    packets = heard.stats.coverage.packets
    seconds = f"{heard.seconds:g} s"
    if heard.promiscuous is False:
        yield bad(
            "traffic.promiscuous",
            "the interface does not hand over frames for others",
            "in a virtual machine, allow promiscuous mode for this port of the virtual switch; else use another card",
        )
    if not packets:
        yield bad("traffic.packets", f"nothing came in {seconds}", f"{_IS_MIRROR}; {_LONGER}")
        yield from _losses(heard)
        return
    size = volume(heard.stats.coverage.bytes)
    yield good("traffic.packets", f"{count(packets, 'packet')} ({size}) in {seconds}")
    yield _others(heard)
    yield _directions(heard, alone=alone)
    yield _vlans(heard)
    yield _duplicates(heard)
    yield from _losses(heard)
    yield _glued(heard)
    yield _decoded(heard)
    yield _recognized(heard)


def _others(heard: Heard) -> Check:
    key, tally = "traffic.of-others", heard.tally
    group = _percent(tally.group, tally.looked)
    if tally.own == tally.looked:
        return bad(key, "all of it is this machine's own: nothing of a mirror", _IS_MIRROR)
    if not tally.others:
        return bad(
            key,
            f"only broadcast and multicast ({group}) and what this machine says itself: an ordinary port, no mirror",
            _IS_MIRROR,
        )
    seen = f"{_percent(tally.others, tally.looked)} is between other devices, {group} is broadcast and multicast"
    if tally.others <= tally.looked * FLOODED:
        return attention(key, f"only {seen}: that little comes to ordinary ports, too", f"{_IS_MIRROR}; {_LONGER}")
    return good(key, seen)


def _directions(heard: Heard, *, alone: bool) -> Check:
    key = "traffic.both-directions"
    both, all_ = heard.tally.connections
    if all_ < ENOUGH_CONNECTIONS:
        return unknown(key, f"too few connections to tell ({all_})", _LONGER)
    seen = f"of {count(all_, 'connection')} both ends are heard in {both:,}"
    if both <= all_ * FEW and not alone:
        return attention(
            key,
            f"{seen}: this interface shows one direction only",
            f"right, if another one shows the other, as with a tap; else: {_BOTH}",
        )
    if both <= all_ * FEW:
        return bad(key, f"{seen}: the mirror shows one direction only, so most findings are missing", _BOTH)
    if both < all_ * MOST:
        return attention(
            key,
            f"{seen}: of the rest, one direction goes past the mirror",
            f"{_BOTH}; mirror both ends' ports or VLANs",
        )
    return good(key, seen)


def _vlans(heard: Heard) -> Check:
    vlans = heard.tally.vlans
    untagged = _percent(vlans[-1], heard.tally.looked)
    ids = sorted(vlan for vlan in vlans if vlan >= 0)
    if not ids:
        return good(
            "traffic.vlans",
            "no VLAN tags: one VLAN is mirrored, or the mirror takes the tags off",
            "if you mirror several VLANs, have the switch keep the tags ('encapsulation replicate', 'tagged')",
        )
    shown = ", ".join(map(str, ids[:SHOWN_VLANS])) + (
        f" and {len(ids) - SHOWN_VLANS} more" if ids[SHOWN_VLANS:] else ""
    )
    return good("traffic.vlans", f"VLAN {shown}; without a tag {untagged}", "is one missing? Add it to the mirror")


def _duplicates(heard: Heard) -> Check:
    seen = heard.stats.coverage
    share = _percent(seen.duplicate_packets, seen.packets)
    if seen.duplicate_packets > seen.packets * TWICE:
        return attention(
            "traffic.duplicates",
            f"{share} comes twice. Nothing is counted twice, but the port and this machine do the work twice",
            "mirror each packet once: the VLANs, or the uplink, instead of all ports in both directions",
        )
    return good("traffic.duplicates", f"{share} comes twice" if seen.duplicate_packets else "no packet comes twice")


def _losses(heard: Heard) -> Iterator[Check]:
    figures = heard.stats.captures[0]
    share = _percent(figures.dropped, figures.arrived)
    if figures.dropped > figures.arrived * LOST:
        yield bad("traffic.kernel-drops", f"{share} was dropped: this machine is too slow for it", _TOO_MUCH)
    elif figures.dropped:
        yield attention("traffic.kernel-drops", f"{count(figures.dropped, 'packet')} dropped ({share})", _TOO_MUCH)
    else:
        yield good("traffic.kernel-drops", "the kernel dropped nothing")
    if heard.card_losses:
        yield attention(
            "traffic.card-drops",
            f"the network card dropped {count(heard.card_losses, 'packet')}: too many, damaged, or too long for it",
            "use a good cable; for long frames: ip link set dev NAME mtu 9000; for many: ethtool -G NAME rx 4096",
        )
    sums = Sums.of(heard.stats)
    missing = f"{sums.lost_share:.0%}" if sums.lost_share else "nothing"
    if sums.lost_share > LOST:
        yield attention(
            "traffic.mirror-loss",
            f"{missing} of what connections carried is missing, though nothing was dropped here",
            "the mirror drops what does not fit through its port: mirror fewer ports, or use a faster port",
        )
    elif sums.wanted_bytes:
        yield good("traffic.mirror-loss", f"{missing} of what connections carried is missing")


_TOO_MUCH = "give it a second core, stop other programs, or mirror less: the VLANs of the self-checks first"


def _glued(heard: Heard) -> Check:
    giants = heard.tally.giants
    if giants:
        return attention(
            "traffic.glued",
            f"{_percent(giants, heard.tally.looked)} is longer than packets can be: glued together on the way",
            "turn offloads off (see interface, offloads), also on the virtual switch if there is one",
        )
    return good("traffic.glued", "no packet is longer than packets can be")


def _decoded(heard: Heard) -> Check:
    seen = heard.stats.coverage
    share = _percent(seen.undecoded_packets, seen.packets)
    if seen.undecoded_packets > seen.packets * LOST:
        return attention(
            "traffic.readable",
            f"{share} is wrapped in a way that is not understood",
            "does the mirror cut packets off or wrap them? Turn that off there; GRE, ERSPAN and VXLAN are understood",
        )
    seen_all = f"{share} could not be decoded" if seen.undecoded_packets else "every packet could be decoded"
    return good("traffic.readable", seen_all)


def _recognized(heard: Heard) -> Check:
    names = {name: figures["flows"] for name, figures in sorted(heard.stats.protocols.items()) if figures["flows"]}
    findings = f"{count(heard.findings, 'finding')} in it, which {'is' if heard.findings == 1 else 'are'} not kept"
    if not names:
        return unknown("traffic.recognized", "no protocol that is judged was recognized", _LONGER)
    listed = ", ".join(f"{name} {number:,}" for name, number in names.items())
    return good("traffic.recognized", f"connections: {listed}; {findings}")


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    if 0 < share < 0.1:  # noqa: PLR2004  (what is rounded away is still there)
        return "less than 0.1%"
    return f"{share:.1f}%" if share < 10 else f"{share:.0f}%"  # noqa: PLR2004  (two digits are enough)
