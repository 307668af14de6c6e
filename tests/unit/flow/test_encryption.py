"""Tests of `monitor.flow.encryption`."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from monitor.flow import encryption
from monitor.flow.encryption import FALLBACK_NS, EncryptedFlows
from monitor.flow.known import Known
from monitor.model.data import Audience, Role
from monitor.model.events import EncryptionBefore, FlowCarried
from monitor.model.flow import Leg
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Asset, Party, Tunnel, TunnelEnd, Zone
from monitor.privacy.tunnels import Tunnels
from monitor.protocols.http import SPEC as HTTP
from monitor.protocols.sip2 import SPEC as SIP2
from monitor.protocols.tls import SPEC as TLS

ILS, OTHER, WEB = (b"\x0a\x01\x00\x0a", 6443), (b"\x0a\x01\x00\x0b", 6443), (b"\xc0\x00\x02\x01", 443)
PLAIN = (ILS[0], 6001)
KIOSK, DESK = b"\x0a\x1e\x00\x05", b"\x0a\x1e\x00\x06"
S = 10**9
NEVER, EARLIER, JUST_NOW = EncryptionBefore.NEVER, EncryptionBefore.EARLIER, EncryptionBefore.JUST_NOW


class Flows:
    """Notes flows by the names of their protocols."""

    def __init__(self, tunnels: Tunnels | None = None, **served: list[tuple[bytes, int]]) -> None:
        self.stats = Stats()
        self.known = {spec.name: Known(spec, self.stats) for spec in (SIP2, TLS, HTTP)}
        self.flows = EncryptedFlows(tuple(self.known.values()), self.stats, served, tunnels)

    def note(self, name: str, endpoint: tuple[bytes, int], at_s: int = 0, client: bytes = KIOSK) -> FlowCarried | None:
        """What is told of a flow."""
        told = self.flows.note(self.known[name], client, endpoint, at_s * S)
        if told is None:
            return None
        known, event = told
        assert self.known["sip2"] is known
        assert isinstance(event, FlowCarried)
        return event

    def before(self, endpoint: tuple[bytes, int], at_s: int, client: bytes = KIOSK) -> EncryptionBefore:
        """What is told of a client that speaks SIP2 in clear."""
        event = self.note("sip2", endpoint, at_s, client)
        assert event is None or not event.encrypted
        return NEVER if event is None else event.before

    def counted(self) -> int:
        """The figure as the report has it."""
        self.flows.report()
        return self.stats.protocol("sip2")["encrypted_flows"]

    def uses(self, naming: NamingPolicy | None = None) -> dict[tuple[str, int], tuple[int, int, int, float]]:
        """Plain, encrypted and given up flows, and the share, by address and port."""
        return {
            (one.endpoint.address or one.endpoint.zone, one.endpoint.port): (
                one.plain_flows,
                one.encrypted_flows,
                one.given_up_flows,
                one.encrypted_share,
            )
            for one in self.flows.services(naming or NamingPolicy())
        }


def test_an_endpoint_that_speaks_both() -> None:
    """Flows of TLS count where SIP2 was seen in clear, before or after, and nowhere else."""
    flows = Flows()
    for name, endpoint in (("tls", ILS), ("sip2", ILS), ("tls", ILS), ("tls", WEB), ("sip2", OTHER)):
        flows.note(name, endpoint)
    assert 2 == flows.counted()
    flows.note("tls", ILS)
    assert 3 == flows.counted()


def test_an_endpoint_of_the_configuration() -> None:
    """Where the operator says that SIP2 is served, TLS is taken for SIP2 without any in clear."""
    flows = Flows(sip2=[ILS])
    flows.note("tls", ILS)
    flows.note("tls", OTHER)
    assert 1 == flows.counted()
    flows.flows.adopt({"sip2": [OTHER]})
    assert 2 == flows.counted()


def test_other_protocols_do_not_matter() -> None:
    """What is neither hidden nor hides is not noted."""
    flows = Flows()
    assert flows.note("http", ILS) is None
    assert 0 == flows.counted()
    assert {} == flows.uses()


def test_endpoints_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no room is counted; what is known goes on."""
    monkeypatch.setattr(encryption, "MAX_ENDPOINTS", 1)
    flows = Flows()
    for name, endpoint in (("sip2", ILS), ("tls", ILS), ("tls", OTHER), ("sip2", OTHER), ("tls", ILS)):
        flows.note(name, endpoint)
    assert 2 == flows.counted()
    assert {"flow.endpoints": 2} == dict(flows.stats.limits)


def test_a_client_that_gives_up() -> None:
    """TLS, then SIP2 in clear within half a minute, is a fallback; of the first one everywhere, of all at once."""
    flows = Flows()
    flows.note("tls", ILS, 0)
    flows.note("tls", ILS, 1)
    assert JUST_NOW is flows.before(ILS, 2)
    assert JUST_NOW is flows.before(ILS, 3), "two connections in clear after one attempt"
    assert {("10.1.0.10", 6443): (2, 2, 1, pytest.approx(1 / 3))} == flows.uses(), "of the first only the last is known"
    flows.note("tls", ILS, 100)
    flows.note("tls", ILS, 101)
    assert JUST_NOW is flows.before(ILS, 102)
    assert {("10.1.0.10", 6443): (3, 4, 3, 0.25)} == flows.uses()


def test_a_client_that_never_encrypted_after_all() -> None:
    """After a fallback, later flows in clear are no downgrade: nothing was ever kept."""
    flows = Flows()
    flows.note("tls", ILS, 0)
    assert JUST_NOW is flows.before(ILS, 1)
    assert NEVER is flows.before(ILS, 1_000)


def test_a_client_that_is_set_back() -> None:
    """TLS that nothing in clear followed was kept; in clear after that is a downgrade, however long after."""
    flows = Flows(sip2=[ILS])
    flows.note("tls", ILS, 0)
    flows.note("tls", ILS, 100)
    assert EARLIER is flows.before(ILS, 131)
    assert EARLIER is flows.before(ILS, 100_000)
    flows.note("tls", ILS, 100_010)
    assert JUST_NOW is flows.before(ILS, 100_020)
    assert EARLIER is flows.before(ILS, 100_100)


@pytest.mark.parametrize(("after_ns", "expected"), [(FALLBACK_NS, JUST_NOW), (FALLBACK_NS + 1, EARLIER)])
def test_half_a_minute(after_ns: int, expected: EncryptionBefore) -> None:
    """The moment at which giving up becomes setting back."""
    flows = Flows(sip2=[ILS])
    flows.flows.note(flows.known["tls"], KIOSK, ILS, 0)
    told = flows.flows.note(flows.known["sip2"], KIOSK, ILS, after_ns)
    assert told is not None
    assert isinstance(told[1], FlowCarried)
    assert expected is told[1].before


def test_another_client_or_service_is_not_meant() -> None:
    """What one client did says nothing of another, nor what it did elsewhere."""
    flows = Flows(sip2=[ILS])
    flows.note("tls", ILS, 0, DESK)
    flows.note("tls", WEB, 0)
    flows.note("tls", (ILS[0], 443), 0)
    assert NEVER is flows.before(ILS, 1)
    assert JUST_NOW is flows.before(ILS, 2, DESK)


def test_ports_of_one_library_system_are_one_service() -> None:
    """TLS on one configured port and SIP2 in clear on the other is a fallback; it counts where it was given up."""
    flows = Flows(sip2=[ILS, PLAIN])
    flows.note("tls", ILS, 0)
    assert JUST_NOW is flows.before(PLAIN, 1)
    assert {("10.1.0.10", 6443): (0, 1, 1, 0.0), ("10.1.0.10", 6001): (1, 0, 0, 0.0)} == flows.uses()


def test_of_unknown_endpoints_the_last_client_is_known() -> None:
    """Nobody keeps a list of who visits which web server; the last one is enough to see a first fallback."""
    flows = Flows()
    flows.note("tls", ILS, 0, DESK)
    flows.note("tls", ILS, 0)
    assert JUST_NOW is flows.before(ILS, 1)
    assert NEVER is flows.before(ILS, 1, DESK)


def test_clients_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds no room is counted, and not known later."""
    monkeypatch.setattr(encryption, "MAX_CLIENTS", 1)
    flows = Flows(sip2=[ILS])
    flows.note("tls", ILS, 0)
    flows.note("tls", ILS, 0, DESK)
    assert NEVER is flows.before(ILS, 1, DESK)
    assert JUST_NOW is flows.before(ILS, 1)
    assert {"flow.clients": 1} == dict(flows.stats.limits)


def test_services_that_may_not_be_shown_are_one() -> None:
    """Of services in a public zone only the zone's name and the port come out, whatever their number."""
    zone = Zone(
        name=Label("wifi"), audience=Audience.PUBLIC, networks=(ip_network("10.1.0.0/24"),), show_addresses=False
    )
    flows = Flows()
    for endpoint in (ILS, OTHER):
        flows.note("sip2", endpoint)
        flows.note("tls", endpoint, 100)
    assert {("wifi", 6443): (2, 2, 0, 0.5)} == flows.uses(NamingPolicy([zone]))


def test_a_service_nobody_spoke_to_is_not_listed() -> None:
    """What is only configured has no share."""
    assert {} == Flows(sip2=[ILS]).uses()


def test_tunnels_are_told_of_every_flow() -> None:
    """With a tunnel stated, flows to a known service are told, encrypted ones too, each with its leg."""
    ils = Asset(name=Label("ils"), addresses=(ip_address(ILS[0]),), role=Role.ILS)
    kiosk = Asset(name=Label("kiosk"), addresses=(ip_address(KIOSK),), role=Role.SELF_CHECK)
    ends = tuple(TunnelEnd(party=Party(one.name, is_asset=True)) for one in (ils, kiosk))
    tunnels = Tunnels([Tunnel(name=Label("one"), ends=ends)], (), (ils, kiosk))
    flows = Flows(tunnels, sip2=[ILS])

    told = [flows.note(name, ILS, client=client) for name in ("tls", "sip2") for client in (KIOSK, DESK)]

    assert [(True, Leg.INSIDE), (True, Leg.OUTSIDE), (False, Leg.OUTSIDE), (False, Leg.OUTSIDE)] == [
        (one.encrypted, one.leg) for one in told if one is not None
    ]
    assert flows.note("tls", WEB) is None
    assert told[2] is told[3], "the same fact is the same object"
    assert told[1] is flows.note("tls", ILS, client=DESK)
