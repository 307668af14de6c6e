"""Listening for real: mirrors that work and mirrors that do not, on a virtual wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from monitor.config.settings import Config
from monitor.doctor.check import Check, Grade
from monitor.doctor.device import hardware_address
from monitor.doctor.listening import Heard, listen
from monitor.doctor.mirror import judge_traffic
from monitor.errors import UsageError
from monitor.model.flow import Side
from tests.support.conversation import Conversation, Host, datagram, who_has
from tests.support.wire import NEAR, send, virtual_wire

pytestmark = pytest.mark.slow

KIOSK, ILS = "10.30.0.11", "10.1.0.10"


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire of its own."""
    with virtual_wire():
        yield


def talks(count: int, *, vlans: tuple[int, ...] = ()) -> list[tuple[Side, bytes]]:
    """Frames of so many connections, each with its sender."""
    frames = []
    for number in range(count):
        talk = Conversation(Host(KIOSK, 49_152 + number), Host(ILS, 6001), vlans=vlans).open()
        talk.originator(b"9900302.00\r").responder(b"98YYYYYN06000320260105    1015002.00AO|AM|BXYYYYYYYYYYYNYYYY|\r")
        talk.originator(b"63001" + b" " * 28 + b"AO|AA29990000000017|AC|AD4711|\r").close()
        near = Host(KIOSK).hardware
        frames += [(Side(packet.data[6:12] != near), packet.data) for packet in talk.packets]
    return frames


def heard(frames: Sequence[bytes]) -> Heard:
    """What comes of listening while the frames are sent."""
    waiting = list(frames)

    def progress(_seconds: float, _packets: int) -> None:
        send(waiting)
        waiting.clear()

    return listen(NEAR, 0.5, Config(), (), progress)


def judged(frames: Sequence[bytes]) -> dict[str, Check]:
    """What is said of that, by key."""
    return {check.key: check for check in judge_traffic(heard(frames))}


def test_a_mirror_that_works() -> None:
    """Both directions are heard, nothing is bad, and what leaks is counted without being kept."""
    frames = [data for _, data in talks(8)]
    result = heard(frames)
    checks = {check.key: check for check in judge_traffic(result)}
    assert {Grade.GOOD} == {check.grade for check in checks.values()}
    assert len(frames) == result.stats.coverage.packets
    assert "of 8 connections both ends are heard in 8" == checks["traffic.both-directions"].seen
    assert "connections: sip2 8; 1 finding in it, which is not kept" == checks["traffic.recognized"].seen
    assert 0 == result.card_losses


@pytest.mark.parametrize("side", list(Side))
def test_one_direction(side: Side) -> None:
    """A mirror of one direction is bad, and what to do is said; one output of a tap may be right."""
    result = heard([data for who, data in talks(8) if who is side])
    check, beside = (
        next(one for one in judge_traffic(result, alone=alone) if one.key == "traffic.both-directions")
        for alone in (True, False)
    )
    assert (Grade.BAD, True) == (check.grade, "both" in check.advice)
    assert check.seen.startswith("of 8 connections both ends are heard in 0")
    assert (Grade.ATTENTION, True) == (beside.grade, "tap" in beside.advice)


def test_some_go_past() -> None:
    """Half of the connections with both ends is neither good nor bad."""
    frames = [data for _, data in talks(4)]
    others = Conversation(Host("10.30.0.12", 50_000), Host(ILS, 6001))
    for number in range(4):
        others.near = Host("10.30.0.12", 50_000 + number)
        others.originator(b"a").originator(b"b").originator(b"c")
    check = judged([*frames, *(packet.data for packet in others.packets)])["traffic.both-directions"]
    assert Grade.ATTENTION is check.grade


def test_broadcast_only() -> None:
    """What every port of a switch sees is no mirror."""
    frames = [who_has(Host(KIOSK), Host(f"10.30.0.{number}")) for number in range(20, 60)]
    check = judged(frames)["traffic.of-others"]
    assert Grade.BAD is check.grade
    assert "only broadcast and multicast (100%)" in check.seen


def test_own_traffic_only() -> None:
    """What this machine says and is told itself is no mirror."""
    own = hardware_address(NEAR)
    frames = [datagram(Host(ILS, 53), Host(KIOSK, 5000 + number, mac=own), b"x") for number in range(20)]
    check = judged(frames)["traffic.of-others"]
    assert (Grade.BAD, "all of it is this machine's own: nothing of a mirror") == (check.grade, check.seen)


def test_vlans() -> None:
    """The VLANs of a trunk are named."""
    frames = [data for vlan in (10, 20) for _, data in talks(4, vlans=(vlan,))]
    assert "VLAN 10, 20; without a tag 0.0%" == judged(frames)["traffic.vlans"].seen


def test_duplicates() -> None:
    """A mirror that shows everything twice is told so."""
    check = judged([data for _, data in talks(8) for _ in range(2)])["traffic.duplicates"]
    assert (Grade.ATTENTION, True) == (check.grade, check.seen.startswith("50% comes twice"))


def test_silence() -> None:
    """Nothing at all is bad."""
    checks = judged([])
    assert (Grade.BAD, "nothing came in 0.5 s") == (checks["traffic.packets"].grade, checks["traffic.packets"].seen)


def test_no_interface() -> None:
    """An interface that is not there cannot be listened to."""
    with pytest.raises(UsageError, match="there is no interface nowhere0"):
        listen("nowhere0", 1, Config(), ())
