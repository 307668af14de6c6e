"""Does the installed pipeline find what it should? An invented login of a self-check goes through it, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from monitor.build import build
from monitor.capture.conversation import Conversation, Host
from monitor.capture.memory import MemoryCapture
from monitor.config.settings import Config
from monitor.doctor.check import Check, bad, good
from monitor.errors import MonitorError
from monitor.model.data import Inspect, Role
from monitor.model.stats import Stats
from monitor.privacy.places import Places
from monitor.sinks.report.ledger import Ledger

FAMILIES = frozenset({"sip2-staff-login", "sip2-patron-data"})
"""What is to be found: the self-check's own login, and a patron's card number and PIN."""

_KEY = "pipeline.finds"
_PORT = 6001
_KIOSKS = ("192.168.254.11", "172.31.254.11", "10.254.254.11")
_ILS = ("192.168.254.10", "172.31.254.10", "10.254.254.10")
"""Places of invented devices; one that is in no zone is taken first."""


class _Findings(Ledger):
    """A sink that keeps what was found."""

    def finish(self, stats: Stats) -> None:
        """Nobody is told."""


def check_pipeline(config: Config, rules: Sequence[Path] = ()) -> Check:
    """Whether the invented login is found, with the rules and the configuration of this site."""
    stats, sink = Stats(), _Findings()
    source = MemoryCapture("an invented login", _login(config).packets, stats)
    try:
        pipeline = build(source, (sink,), stats, config, rules=rules, live=True)
    except MonitorError:
        return bad(_KEY, "the rules cannot be used", "see configuration, rules")
    pipeline.run()
    pipeline.finish()
    found = {str(finding.family) for finding in sink.findings()}
    if found >= FAMILIES:
        return good(_KEY, "an invented login of a self-check, made in memory, was found")
    if stats.coverage.excluded_packets:
        return bad(
            _KEY,
            "an invented login of a self-check was not looked at: the configuration leaves its place out",
            "see 'inspect' of the zone of your library system: privacy-monitor check FILE",
        )
    return bad(
        _KEY,
        "an invented login of a self-check was not found",
        "do rules of your own replace sip2-patron-credential or sip2-staff-login? Else install the program again",
    )


def _login(config: Config) -> Conversation:
    places = Places(config.zones, config.assets)
    ils = next((asset for asset in config.assets if asset.role is Role.ILS), None)
    server = Host(_free(_ILS, places), _PORT)
    if ils is not None:
        server = Host(str(ils.addresses[0]), ils.ports[0].number if ils.ports else _PORT)
    talk = Conversation(Host(_free(_KIOSKS, places), 49_152), server).open()
    talk.originator(b"9300CNinvented-kiosk|COinvented-word|CPnowhere|\r").responder(b"941\r")
    talk.originator(b"23000" + _DATE + b"AO|AA29990000000017|AC|AD4711|\r")
    talk.responder(b"24" + b" " * 14 + b"000" + _DATE + b"AO|AA29990000000017|AEInvented Name|BLY|CQY|\r")
    return talk.close()


_DATE = b"20260105    101500"


def _free(addresses: Sequence[str], places: Places) -> str:
    """The first that is in no zone, or in one that is looked at as a whole."""
    zones = {address: places.zone(ip_address(address).packed) for address in addresses}
    whole = [address for address, zone in zones.items() if zone is not None and zone.inspect is Inspect.ALL]
    return next((address for address, zone in zones.items() if zone is None), next(iter(whole), addresses[0]))
