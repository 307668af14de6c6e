"""What a device is, by all that it showed: scored, and unknown where that is not enough.

Rules: two channels at least have to agree, and one of them has to be the device's own: its word, or its network card.
Neither whom it talks to nor how its traffic looks makes anything of it: its viewers talk to the same hosts. What the
operator says is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from monitor.devices.signal import Channel, Says, Signal
from monitor.model.data import Audience, Role
from monitor.model.opaque import Label
from monitor.model.record import Record

ENOUGH = 45
"""The lowest score that is believed: a maker of cameras, and the names of a camera's cloud."""
LEAD = 15
"""How far it must be ahead of anything else that the device might be."""
CHANNELS = 2

_COMPUTERS = {Audience.STAFF: Role.STAFF_PC, Audience.PUBLIC: Role.PUBLIC_PC}


class Judgement(Record):
    """What is made of a device."""

    role: Role | None
    """None where it is unknown."""
    score: int
    """What speaks for the role, or else for what is most likely."""
    likely: Says
    """What most speaks for, whether that is enough or not; `Says.NOTHING` where nothing does."""
    signals: tuple[Label, ...]
    """All that was seen of it, by the names in the catalog."""


@lru_cache(maxsize=1_024)  # of one site, whose devices show some dozens of combinations
def judge(seen: tuple[Signal, ...], audience: Audience) -> Judgement:
    """Weigh what a device showed.

    Args:
        seen: signals, each once, in the order in which they were first seen.
        audience: of the zone it is in; tells whose a computer is.
    """
    weights = {says: _weigh(signal for signal in seen if signal.says is says) for says in Says}
    del weights[Says.NOTHING]
    scores = {says: sum(channel.trust for channel in channels) for says, channels in weights.items()}
    likely = max(scores, key=lambda says: scores[says])
    if likely is Says.CAMERA and any(channel.own_word for channel in weights[Says.RECORDER]):
        # A recorder shows the video of its cameras, so it says all that they do, and what it is.
        weights[Says.RECORDER] |= weights[Says.CAMERA]
        scores[Says.RECORDER] = scores.pop(Says.CAMERA) + scores[Says.RECORDER]
        likely = Says.RECORDER
    score = scores.pop(likely)
    sure = _is_enough(weights[likely], score) and score - max(scores.values()) >= LEAD
    return Judgement(
        role=_role(likely, audience) if sure else None,
        score=score,
        likely=likely if score else Says.NOTHING,
        signals=tuple(signal.name for signal in seen),
    )


def lacks_one(signals: Iterable[Signal]) -> bool:
    """Whether one more channel could make a device known that is not."""
    by_kind: dict[Says, set[Channel]] = {}
    for signal in signals:
        by_kind.setdefault(signal.says, set()).add(signal.channel)
    return any(
        len(channels) == 1 and next(iter(channels)).trust + Channel.MAKER.trust >= ENOUGH
        for says, channels in by_kind.items()
        if says not in (Says.NOTHING, Says.COMPUTER)
    )


def _weigh(signals: Iterable[Signal]) -> set[Channel]:
    return {signal.channel for signal in signals}


def _is_enough(channels: Iterable[Channel], score: int) -> bool:
    found = tuple(channels)
    return len(found) >= CHANNELS and score >= ENOUGH and any(channel.own for channel in found)


def _role(says: Says, audience: Audience) -> Role | None:
    return _COMPUTERS.get(audience) if says is Says.COMPUTER else says.role
