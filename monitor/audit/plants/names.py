"""Whom patrons ask for: names of hosts that are marks themselves, which may be shown of nobody in a public zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from monitor.audit.marks import Marks, Script
from monitor.audit.plants import dns, http, tls
from monitor.model.flow import Side

_PLACE = "host that a patron asks for"


def patron_names(protocol: str, marks: Marks) -> Iterator[Script]:
    """What patrons say in a protocol that names hosts; nothing in others."""
    tell = _TOLD.get(protocol)
    if tell is not None:
        yield tell(f"{marks.mark(_PLACE).decode('ascii')}.example")


def _dns(name: str) -> Script:
    asked = dns.question(name)
    answer = dns.message(dns.ANSWER, asked, answers=(dns.address("203.0.113.9"),))
    return [(dns.CLIENT, dns.message(dns.QUERY, asked)), (dns.SERVER, answer)]


def _http(name: str) -> Script:
    return [(Side.ORIGINATOR, http.ask("GET /", Host=name)), (Side.RESPONDER, http.answer())]


def _tls(name: str) -> Script:
    hello = tls.client_hello(tls.server_name(name.encode("ascii")))
    return [(tls.CLIENT, tls.record(hello)), (tls.SERVER, tls.record(tls.server_hello()))]


_TOLD: dict[str, Callable[[str], Script]] = {"dns": _dns, "http": _http, "tls": _tls}
