"""Addresses that came before are known by their digests, with the same result as if they were looked up again."""

from __future__ import annotations

import pytest

from monitor.protocols.http import addresses
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.events import Method
from monitor.protocols.http.patterns import Pattern
from monitor.protocols.http.products import shipped_entries

ENTRIES, _ = shipped_entries()
HOST = b"opac.example.org"


def test_an_address_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the page is asked for anew; another host or path is another address."""
    known = Catalog(ENTRIES)
    first = known.addresses.find(b"/cgi-bin/koha/opac-user.pl", HOST)
    assert first.product is not None
    assert known.addresses.find(b"/cgi-bin/koha/opac-search.pl", HOST) is not first
    assert known.addresses.find(b"/cgi-bin/koha/opac-user.pl", b"192.0.2.1") is not first
    monkeypatch.setattr(Catalog, "product", None)
    assert known.addresses.find(b"/cgi-bin/koha/opac-user.pl", HOST) is first


@pytest.mark.parametrize(
    "path", [b"/api/patrons/29999000000000", b"/user/ask@example.org", b"/a;jsessionid=0123456789abcd"]
)
def test_no_address_is_kept_that_says_who_somebody_is(path: bytes) -> None:
    """Or what stands for a login; it says the same each time."""
    known = Catalog(ENTRIES)
    first, second = (known.addresses.find(path, HOST) for _ in range(2))
    assert first is not second
    assert first.shown == second.shown != ()


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full, it begins anew."""
    monkeypatch.setattr(addresses, "MAX_ADDRESSES", 3)
    known = Catalog(ENTRIES)
    found = [known.addresses.find(b"/page-%d" % number, HOST) for number in range(4)]
    assert known.addresses.find(b"/page-3", HOST) is found[3]
    assert known.addresses.find(b"/page-0", HOST) is not found[0]


def test_a_product_told_by_a_form_has_pages_of_its_own() -> None:
    """Whether a page is an account's is asked of the product whose request it is in the end."""
    known = Catalog(ENTRIES)
    path = b"/cgi-bin/koha/opac-user.pl"
    asked = Asked(Method.GET, None, path, HOST)
    asked.address = known.addresses.find(path, HOST)
    assert not asked.is_account
    asked.product = asked.address.product
    assert asked.is_account


def test_a_host_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the patterns of all products; the memory is bounded."""
    monkeypatch.setattr(addresses, "MAX_HOSTS", 2)
    hosts = addresses.Hosts([(7, Pattern("*.example.org"))])
    assert [7, None, 7] == [hosts.find(host) for host in (b"opac.example.org", b"192.0.2.1", b"www.example.org")]
    hosts._patterns = ()
    assert [7, None] == [hosts.find(host) for host in (b"www.example.org", b"opac.example.org")]
