"""How an end is called on one line."""

from __future__ import annotations

import pytest

from monitor.model.finding import About, Peer
from monitor.sinks.report.ends import name_end
from tests.unit.sinks.samples import CAMERA, LOGIN, PIN, peer


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (PIN.about, "10.1.0.10:6001/tcp  ils, zone servers"),
        (LOGIN.about, "[2001:db8::10]:80/tcp  catalog.example.org"),
        (CAMERA.about, "10.40.0.21  zone cameras"),
        (peer("203.0.113.7", 1, port=443, name="relay.example"), "203.0.113.7:443  relay.example"),
        (peer("", 1, zone="patron-wifi"), "zone patron-wifi"),
        (peer("", 1), "an end that is not named"),
        (peer("10.0.0.1", 1, asset="a\x1b[2J", name="a\x1b[2J"), "10.0.0.1  a?[2J"),
    ],
)
def test_names(end: About | Peer, expected: str) -> None:
    """Address and port, then each of its names once, legible."""
    assert expected == name_end(end)
