"""Sessions by protocol, encryption and zone."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from monitor.flow.encryption import EncryptedFlows
from monitor.flow.known import Known
from monitor.flow.sessions import Sessions
from monitor.model.data import Audience
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Zone
from monitor.protocols.http import SPEC as HTTP
from monitor.protocols.sip2 import SPEC as SIP2
from monitor.protocols.tls import SPEC as TLS

SERVERS = Zone(name=Label("servers"), audience=Audience.INFRASTRUCTURE, networks=(ip_network("10.1.0.0/24"),))
ILS, WEB = bytes([10, 1, 0, 10]), bytes([192, 0, 2, 1])


class Flows:
    """Sessions as the tracker keeps them."""

    def __init__(self) -> None:
        self.stats = Stats()
        self.known = {spec.name: Known(spec, self.stats) for spec in (SIP2, TLS, HTTP)}
        known = tuple(self.known.values())
        self.encrypted = EncryptedFlows(known, self.stats, {})
        self.sessions = Sessions(known, self.encrypted, self.stats, NamingPolicy([SERVERS]).zone)

    def note(self, name: str, responder: bytes, port: int) -> None:
        """A flow is recognized."""
        self.sessions.note(self.known[name], responder)
        self.encrypted.note(self.known[name], bytes(4), (responder, port), 0)

    def counted(self) -> dict[tuple[str, bool, str], int]:
        """The figures as they stand."""
        self.sessions.report()
        return {key: count for key, count in self.stats.sessions.items() if count}


@pytest.fixture
def flows() -> Flows:
    """Nothing seen yet."""
    return Flows()


def test_each_by_the_zone_of_the_end_that_answers(flows: Flows) -> None:
    """In clear or not is a matter of the protocol."""
    for name, responder in (("sip2", ILS), ("sip2", ILS), ("http", WEB), ("tls", WEB), ("tls", ILS)):
        flows.note(name, responder, 9)

    expected = {
        ("sip2", False, "servers"): 2,
        ("http", False, ""): 1,
        ("tls", True, ""): 1,
        ("tls", True, "servers"): 1,
    }
    assert expected | {("sip2", True, "servers"): 1} == flows.counted()


def test_no_figure_ever_falls(flows: Flows) -> None:
    """That TLS hid SIP2 may be known late, and then it counts for both."""
    flows.note("tls", ILS, 6443)
    before = flows.counted()
    flows.note("sip2", ILS, 6443)
    after = flows.counted()

    assert {("tls", True, "servers"): 1} == before
    assert before | {("sip2", False, "servers"): 1, ("sip2", True, "servers"): 1} == after
