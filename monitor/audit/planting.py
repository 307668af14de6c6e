"""Makes the packets in which marks travel: every conversation of every protocol, in every scene."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from monitor.audit.marks import Marks, Script
from monitor.audit.plants import known_plants
from monitor.audit.plants.names import patron_names
from monitor.audit.scenes import Scene
from monitor.capture.conversation import Conversation, Host, Packet, datagram, woven
from monitor.model.contract import ProtocolSpec
from monitor.model.flow import Transport
from monitor.model.record import Record, field
from monitor.protocols.registry import specs

APART_NS = 10_000_000
"""Between the beginnings of two conversations."""
FIRST_PORT = 20_000
PORTS = 40_000
ANY_PORT = 6_001
"""Where a protocol is served that has no port of its own: protocols are recognized by content."""


class Planted(Record, frozen=False):
    """What travels."""

    packets: list[Packet] = field(default_factory=list)
    conversations: dict[str, int] = field(default_factory=dict)
    """By protocol."""
    marks: dict[str, Marks] = field(default_factory=dict)
    """By protocol."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Of patrons' devices."""

    def values(self) -> dict[str, bytes]:
        """Every mark, by protocol and place."""
        return {
            f"{protocol} {place.rpartition('/')[0]}": mark
            for protocol, marks in self.marks.items()
            for place, mark in marks.drawn.items()
        }


def plant(scenes: Sequence[Scene], random: Random, start_ns: int, *, most: int | None = None) -> Planted:
    """Everything that all plants say, in all scenes; patrons ask for names that nobody may see, in addition.

    Args:
        scenes: between whom.
        random: draws the marks.
        start_ns: when the first packet passes.
        most: conversations of a protocol that are said, if not all.
    """
    planted = Planted()
    talks: list[list[Packet]] = []
    plants = known_plants()
    for spec in specs():
        if spec.name not in plants:
            continue
        marks = planted.marks[spec.name] = Marks(random)
        scripts = list(islice(plants[spec.name](marks), most))
        private = list(patron_names(spec.name, marks))
        for scene in scenes:
            for script in (*scripts, *private) if scene.is_patron else scripts:
                at_ns = start_ns + len(talks) * APART_NS
                talks.append(list(_tell(spec, scene, script, FIRST_PORT + len(talks) % PORTS, at_ns)))
        private_scenes = sum(scene.is_patron for scene in scenes)
        planted.conversations[spec.name] = len(scripts) * len(scenes) + len(private) * private_scenes
    planted.packets = woven(*talks)
    patrons = dict.fromkeys(scene.client for scene in scenes if scene.is_patron)
    planted.addresses = {f"address of patron's device {number}": one for number, one in enumerate(patrons, 1)}
    return planted


def _tell(spec: ProtocolSpec, scene: Scene, script: Script, port: int, at_ns: int) -> Iterator[Packet]:
    ends = Host(scene.client, port), Host(scene.server, spec.ports[0] if spec.ports else ANY_PORT)
    if spec.transport is Transport.TCP:
        talk = Conversation(*ends, at_ns=at_ns).open()
        for side, data in script:
            talk.say(side, data)
        yield from talk.close().packets
        return
    for number, (side, data) in enumerate(script):
        yield Packet(at_ns + number * 1_000_000, datagram(ends[side], ends[side.other], data))
