"""What to paste into Wireshark."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from monitor.explain.explanation import Explanation
from monitor.explain.filters import MAX_FRAMES, make_commands, make_filters
from tests.unit.explain.test_shark import numbers


def test_filters_show_what_they_say(pin: Explanation) -> None:
    """Tshark takes each of them, and what counts is in all of them."""
    path, filters = pin.path, pin.filters
    counted = numbers(path, filters.counted)
    assert list(pin.conversation.frames) == counted
    preferences = {"sip2.mask_values": "TRUE"}
    together = " && ".join(
        f"({one})" for one in (filters.conversation, filters.finding, filters.service, filters.kinds)
    )
    assert {*counted} <= {*numbers(path, together, preferences=preferences)}


def test_an_address_that_is_hidden_is_in_no_filter(hidden: Explanation) -> None:
    """The service may be shown; the patron's computer is not named."""
    assert "ip.addr == 10.1.0.20 && tcp.port == 80" == hidden.filters.service
    assert "10.50." not in "".join((*hidden.commands.values(), repr(hidden.filters)))
    about = replace(hidden.finding.about, address=type(hidden.finding.id)(""))
    assert "" == make_filters(replace(hidden.finding, about=about), hidden.conversation).service


def test_other_networks_and_transports(pin: Explanation) -> None:
    """IPv6 has filters of its own, and conversations of two transports share none."""
    label = type(pin.finding.id)
    about = replace(pin.finding.about, address=label("fd00:1::10"), port=0)
    mixed = replace(pin.conversation, filters=("tcp.stream == 3", "udp.stream == 3"), number=2)
    filters = make_filters(replace(pin.finding, about=about, protocol=label("rtp")), mixed)
    assert ("ipv6.addr == fd00:1::10", "") == (filters.service, filters.kinds)
    assert ("udp.stream == 3", "tcp.stream == 3 || udp.stream == 3") == (filters.conversation, filters.finding)


def test_filters_are_not_too_long(pin: Explanation) -> None:
    """Of very many frames, the first."""
    many = replace(pin.conversation, frames=tuple(range(1, 1_000)))
    assert f"{MAX_FRAMES}}}" == make_filters(pin.finding, many).counted.rpartition(" ")[2]


def test_commands_can_be_pasted(pin: Explanation) -> None:
    """A shell takes them apart as they are meant, whatever the capture is called."""
    path = Path("a day's work; rm *.pcap")
    for program, command in make_commands(path, pin.filters).items():
        words = shlex.split(command)
        assert (program, str(path)) == (words[0], words[words.index("-r") + 1])
        assert pin.filters.conversation in words
    assert "sip2.mask_values:TRUE" in make_commands(path, pin.filters)["tshark"]
