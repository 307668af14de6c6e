"""What the address of a request says, whatever its parameters: whose it is, and what its path shows.

Rule: an address that came before is known by a digest under the secret key of this process, as heads are (`recall`),
and not at all if it says who a patron is or holds a session.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.lazy import lazy
from monitor.privacy.labels import typed
from monitor.protocols.http.numbers import is_mail

if TYPE_CHECKING:
    from monitor.protocols.http.catalog import Catalog, Names, Product
    from monitor.protocols.http.patterns import Pattern

MAX_ADDRESSES = 4_096
"""What some dozens of programs and pages are asked at. About 1 MB when full; then all are forgotten, which costs time
only."""
MAX_HOSTS = 4_096
"""Kept by their digests; a library visits some thousands a day. About 500 KB when full; then all are forgotten."""

_OF_PATRON = lazy(
    rb"/(?:patron|borrower|member|user|account|card|barcode|reader|customer)s?/([0-9A-Za-z][^/?#;]{3,63})",
    re.IGNORECASE,
)
"""Where services put a patron's number into a path."""
_PATH_SESSION = lazy(rb";(?:jsessionid|phpsessid|sid|session_?id)=[0-9A-Za-z.!_:-]{12,}", re.IGNORECASE)
"""A session that a server writes into each link, as those in Java do where cookies are off."""
_AT, _SEMICOLON = b"@;"  # to look for a number in bytes takes a fifth of the time that looking for bytes does
_PATH = typed("path")
_MAIL, _PATRON = Exposed(DataClass.EMAIL, _PATH), Exposed(DataClass.PATRON_IDENTIFIER, _PATH)
_TITLE, _SESSION = Exposed(DataClass.CIRCULATION, _PATH), Exposed(DataClass.SESSION, _PATH)


class Address:
    """What one address says."""

    __slots__ = ("_is_account", "names", "product", "shown", "who")

    def __init__(self, product: Product | None, names: Names | None, who: bytes, shown: tuple[Exposed, ...]) -> None:
        self.product = product
        self.names = names
        """What names of parameters mean there."""
        self.who = who
        """Who a patron is; empty if it does not say so."""
        self.shown = shown
        """What its path says."""
        self._is_account: bool | None = None

    def is_account(self, path: bytes) -> bool:
        """Whether its page is about one patron, or the way to log in; `path` is its own each time."""
        if self._is_account is None:
            self._is_account = self.product is not None and self.product.has_account(path)
        return self._is_account


class Addresses:
    """All addresses that are known."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[tuple[int, int], Address] = {}
        """By the digests of path and host."""

    def find(self, path: bytes, host: bytes) -> Address:
        """Look an address up, its host in lower case."""
        digest = (hash(path), hash(host))
        known = self._known.get(digest)
        if known is not None:
            return known
        product = self._catalog.product(path, host)
        who = self._identifier(path, product)
        address = Address(product, product.names(path) if product else None, who, shown_by(path, product, who))
        if not who and _SESSION not in address.shown:
            if len(self._known) >= MAX_ADDRESSES:
                self._known.clear()
            self._known[digest] = address
        return address

    def _identifier(self, path: bytes, product: Product | None) -> bytes:
        """Who a patron is, as far as the path says it; empty if it does not."""
        if product is not None:
            found = product.identifier(path)
            if found:
                return found
        match = _OF_PATRON.search(path)
        if match is None:
            return b""
        return match[1] if self._catalog.cards.named(match[1]) or is_mail(match[1]) else b""


class Hosts:
    """Whose hosts are; one that came before is known by its digest."""

    def __init__(self, patterns: Sequence[tuple[int, Pattern]]) -> None:
        self._patterns = patterns
        self._known: dict[int, int | None] = {}

    def find(self, host: bytes) -> int | None:
        """Whose a host is, by numbers; None if it is nobody's."""
        digest = hash(host)
        if digest not in self._known:
            if len(self._known) >= MAX_HOSTS:
                self._known.clear()
            self._known[digest] = next((number for number, pattern in self._patterns if pattern.is_host(host)), None)
        return self._known[digest]


def shown_by(path: bytes, product: Product | None, who: bytes) -> tuple[Exposed, ...]:
    """What a path says, at which a product is asked; `who` as of `Address`."""
    found = []
    if who:
        found.append(_MAIL if _AT in who else _PATRON)
    if product is not None and product.has_title(path):
        found.append(_TITLE)
    if _SEMICOLON in path and _PATH_SESSION.search(path) is not None:
        found.append(_SESSION)
    return tuple(found)
