"""Makes a parser that knows the shipped catalog, and the library's own cards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.numbers import Cards
from monitor.protocols.http.shortcut import Shortcut


@lru_cache(maxsize=2)
def catalog_of(cards: tuple[str, ...]) -> Catalog:
    """The shipped catalog for a library with such cards; a configuration that is read again may change them."""
    from monitor.protocols.http.products import shipped_entries  # noqa: PLC0415  (for runs with HTTP only)

    entries, tables = shipped_entries()
    return Catalog(entries, Cards(cards), tables)


def build_parser(options: Mapping[str, object], from_start: bool) -> Shortcut:  # noqa: FBT001  # the contract's
    """A parser that knows the shipped catalog, and the library's own cards (option ``cards``)."""
    cards = options.get("cards", ())
    return Shortcut(catalog_of(cards if isinstance(cards, tuple) else ()), from_start)
