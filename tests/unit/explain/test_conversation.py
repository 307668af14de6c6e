"""The conversation behind a finding, as tshark reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor.analyze import Request, analyze
from monitor.config.settings import Config
from monitor.errors import CaptureError, UsageError
from monitor.explain import conversation
from monitor.explain.conversation import Conversation, among, read_conversation
from monitor.explain.explanation import Explanation
from monitor.explain.sought import FlowPlaces, seek
from monitor.model.finding import Finding
from monitor.model.flow import Side
from tests.protocols.sip2.samples import CONVERSATIONS, REQUESTS, sealed
from tests.support.captures import pcapng
from tests.support.conversation import Conversation as Talk
from tests.support.conversation import Host
from tests.support.shark import need_tshark
from tests.unit.explain.conftest import CAPTURE, Kept


def read(path: Path, flows: tuple[FlowPlaces, ...], number: int = 1, messages: int = 2_000) -> Conversation:
    """One conversation."""
    need_tshark()
    return read_conversation(path, flows, number=number, messages=messages, timeout_seconds=300)


def test_the_demo(pin: Explanation) -> None:
    """Who said what, with what it answers; the context stands ahead of the first message that counts."""
    lines = pin.conversation.lines
    assert ["93", "94", "99", "98", "99", "98", "63", "64", "11", "12", "11", "12"] == [
        one.reading.code for one in lines
    ]
    assert [Side.ORIGINATOR, Side.RESPONDER] * 6 == [one.sender for one in lines]
    assert [6] == [number for number, one in enumerate(lines) if one.counts]
    assert lines[6].frame == lines[7].reading.answers == pin.finding.evidence[0].frame
    assert ("AA", "AD") == tuple(part.key for part in lines[6].reading.parts if part.data_class)
    assert pin.finding.first_seen_ns // 1_000 == lines[6].at_ns // 1_000
    assert pin.conversation.cut
    assert (2, "tcp.stream == 0") == (pin.conversation.total, pin.conversation.filter)


def test_http(hidden: Explanation) -> None:
    """What the engine saw in a form stands beside what tshark saw in the head."""
    (counted,) = [line for line in hidden.conversation.lines if line.counts]
    assert "POST" == counted.reading.code
    keys = [part.key for part in counted.reading.parts]
    assert {"userid", "password", "Content-Type"} <= set(keys)
    assert "" == hidden.conversation.flow.originator.address
    assert not hidden.conversation.cut


@pytest.mark.slow
@pytest.mark.parametrize(
    "rule",
    [
        "sip2-patron-credential",
        "http-search-terms",
        pytest.param("sip2-patron-identity", marks=pytest.mark.e2e),
        pytest.param("sip2-staff-login", marks=pytest.mark.e2e),
    ],
)
def test_what_counts_is_marked(findings: dict[str, Finding], rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all conversations of a finding, as many messages are marked as the report counts."""
    need_tshark()
    found = seek(CAPTURE, findings[rule].id, Config())
    filters = conversation._look_up(CAPTURE, found.flows, 300)  # once: each time is a start of tshark
    monkeypatch.setattr(conversation, "_look_up", lambda *_: filters)
    read_ones = [read(CAPTURE, found.flows, number) for number in range(1, len(found.flows) + 1)]
    assert findings[rule].count == sum(line.counts for one in read_ones for line in one.lines)
    assert {one.filter for one in read_ones} == {*filters}


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["camera-unexpected-internet", "rtsp-password", "http-session-cookie"])
def test_other_protocols(findings: dict[str, Finding], rule: str) -> None:
    """Something sensible of each: what counts is in it; of what is encrypted, no more than when and how much."""
    found = seek(CAPTURE, findings[rule].id, Config())
    lines = read(CAPTURE, found.flows, messages=8).lines
    assert 1 <= len(lines) <= 8
    assert [line for line in lines if line.counts]
    if rule.startswith("camera"):
        assert {"", "TLS"} >= {line.reading.code for line in lines}


def made(folder: Path, name: str, *, near: int = 40_000, far: int = 6001) -> Path:
    """A capture with one of the sample conversations of SIP2."""
    talk = Talk(Host("10.30.0.11", near), Host("10.1.0.10", far)).open()
    for side, data in CONVERSATIONS[name]:
        talk.say(side, data)
    path = folder / "talk.pcapng"
    path.write_bytes(pcapng(talk.packets))
    return path


def only(path: Path, rule: str) -> tuple[FlowPlaces, ...]:
    """The flows of the finding of a rule."""
    kept = Kept()
    analyze(Request(paths=(str(path),), sinks=(kept,)))
    (ident,) = [finding.id for finding in kept.findings() if finding.rule == rule]
    return seek(path, ident, Config()).flows


def test_several_messages_in_one_packet(tmp_path: Path) -> None:
    """Only those that count are marked."""
    path = made(tmp_path, "several messages in one piece")
    lines = read(path, only(path, "sip2-patron-credential")).lines
    assert [("93", False), ("99", False), ("63", True)] == [(one.reading.code, one.counts) for one in lines][:3]


def test_a_login_ahead_of_the_first_message(tmp_path: Path) -> None:
    """What is no message of SIP2 stands where the engine told of it."""
    path = made(tmp_path, "telnet login", far=8023)
    lines = read(path, only(path, "sip2-staff-login")).lines
    (counted,) = [line for line in lines if line.counts]
    assert "in what was sent up to here" == counted.reading.title
    assert ["login", "password"] == [part.key for part in counted.reading.parts]


def test_what_the_fixed_part_says_belongs_to_its_message(tmp_path: Path) -> None:
    """It stands ahead of the fields of the message that counts, which is there once."""
    path = made(tmp_path, "every message, with checksums")
    lines = [line for line in read(path, only(path, "sip2-patron-identity"), messages=99).lines if line.counts]
    (counted,) = [line for line in lines if line.reading.code == "64"]
    assert ["patron_status", "hold_items_count"] == [part.key for part in counted.reading.parts][:2]
    assert [] == [line.reading.title for line in lines if not line.reading.code]


def test_an_answer_that_exposes_nothing_counts(tmp_path: Path) -> None:
    """A login that is refused is the answer, not something beside it."""
    talk = Talk(Host("10.30.0.11", 50_000), Host("10.1.0.10", 6001)).open()
    for _ in range(10):
        talk.say(Side.ORIGINATOR, sealed(REQUESTS["93"]))
        talk.say(Side.RESPONDER, sealed("940"))
    path = tmp_path / "talk.pcapng"
    path.write_bytes(pcapng(talk.packets))
    lines = read(path, only(path, "sip2-login-failures"), messages=4).lines
    assert [("93", False), ("94", True)] * 2 == [(line.reading.code, line.counts) for line in lines]


@pytest.mark.parametrize("number", [0, 3])
def test_there_is_no_such_conversation(number: int) -> None:
    """Said before tshark is asked."""
    flows = seek(CAPTURE, "5e5aad509a", Config()).flows
    with pytest.raises(UsageError, match=f"^there is no conversation {number}: this finding has 2$"):
        read_conversation(CAPTURE, flows, number=number, messages=1, timeout_seconds=1)


def test_tshark_must_see_what_we_saw() -> None:
    """Frames that it does not have are named as that."""
    flows = seek(CAPTURE, "5e5aad509a", Config()).flows
    beyond = tuple(
        FlowPlaces(flow=one.flow, places=[replace(one.places[0], frame=10**6 + number)])
        for number, one in enumerate(flows)
    )
    with pytest.raises(CaptureError, match=r"^tshark cannot read the capture as far as the finding$"):
        read(CAPTURE, beyond)


@pytest.mark.parametrize(
    ("ports", "source", "expected"),
    [
        ((40_000, 6001), "10.0.0.9", Side.ORIGINATOR),
        ((6001, 40_000), "10.0.0.9", Side.RESPONDER),
        ((123, 123), "10.1.0.10", Side.RESPONDER),
        ((123, 123), "10.30.0.11", Side.ORIGINATOR),
    ],
)
def test_who_sent(pin: Explanation, ports: tuple[int, int], source: str, expected: Side) -> None:
    """Ports tell; where they are the same, the addresses that may be shown do."""
    flow = pin.conversation.flow
    packet: Any = _Packet(ports, source)
    near, far = (40_000, 6001) if ports[0] != ports[1] else ports
    flow = replace(flow, originator=replace(flow.originator, port=near), responder=replace(flow.responder, port=far))
    assert expected is conversation._sender(packet, flow)


class _Packet:
    """The part of a packet that says who sent it."""

    def __init__(self, ports: tuple[int, int], source: str) -> None:
        self.udp = SimpleNamespace(srcport=str(ports[0]), dstport=str(ports[1]))
        self.ip = SimpleNamespace(src=source)

    def __contains__(self, name: str) -> bool:
        return name in {"udp", "ip"}


def test_frames_in_a_filter() -> None:
    """In order, each once, parted as all versions take it."""
    assert "frame.number in {2, 3, 10}" == among([10, 3, 2, 3])
