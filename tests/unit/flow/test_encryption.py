"""Tests of `monitor.flow.encryption`."""

from __future__ import annotations

import pytest

from monitor.flow import encryption
from monitor.flow.encryption import EncryptedFlows
from monitor.flow.known import Known
from monitor.model.stats import Stats
from monitor.protocols.sip2 import SPEC as SIP2
from monitor.protocols.tls import SPEC as TLS

ILS, OTHER, WEB = (b"\x0a\x01\x00\x0a", 6443), (b"\x0a\x01\x00\x0b", 6443), (b"\xc0\x00\x02\x01", 443)


@pytest.fixture
def stats() -> Stats:
    """The figures of one test."""
    return Stats()


def made(stats: Stats, **served: list[tuple[bytes, int]]) -> EncryptedFlows:
    """What counts flows of both protocols."""
    return EncryptedFlows([Known(SIP2, stats), Known(TLS, stats)], stats, served)


def counted(flows: EncryptedFlows, stats: Stats) -> int:
    """The figure as the report has it."""
    flows.report()
    return stats.protocol("sip2")["encrypted_flows"]


def test_an_endpoint_that_speaks_both(stats: Stats) -> None:
    """Flows of TLS count where SIP2 was seen in clear, before or after, and nowhere else."""
    flows = made(stats)
    for name, endpoint in (("tls", ILS), ("sip2", ILS), ("tls", ILS), ("tls", WEB), ("sip2", OTHER)):
        flows.note(name, endpoint)
    assert 2 == counted(flows, stats)
    flows.note("tls", ILS)
    assert 3 == counted(flows, stats)


def test_an_endpoint_of_the_configuration(stats: Stats) -> None:
    """Where the operator says that SIP2 is served, TLS is taken for SIP2 without any in clear."""
    flows = made(stats, sip2=[ILS])
    flows.note("tls", ILS)
    flows.note("tls", OTHER)
    assert 1 == counted(flows, stats)


def test_other_protocols_do_not_matter(stats: Stats) -> None:
    """What is neither hidden nor hides is not noted."""
    flows = made(stats)
    flows.note("http", ILS)
    assert 0 == counted(flows, stats)


def test_endpoints_are_bounded(stats: Stats, monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no room is counted; what is known goes on."""
    monkeypatch.setattr(encryption, "MAX_ENDPOINTS", 1)
    flows = made(stats)
    for name, endpoint in (("sip2", ILS), ("tls", ILS), ("tls", OTHER), ("sip2", OTHER), ("tls", ILS)):
        flows.note(name, endpoint)
    assert 2 == counted(flows, stats)
    assert {"flow.endpoints": 2} == dict(stats.limits)
