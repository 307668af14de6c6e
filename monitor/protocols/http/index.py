"""By what the products of a catalog are told apart, all together: addresses, session cookies, names in forms.

Products stand here by their numbers in the catalog. Each part is made when it is first asked for, of tables of plain
data that the build writes down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from monitor.model.opaque import Label
from monitor.privacy.labels import typed
from monitor.protocols.http.addresses import Hosts
from monitor.protocols.http.patterns import Beginnings, Pattern

if TYPE_CHECKING:
    from monitor.protocols.http.catalog import Entry

_NEVER = rb"(?!)"


def tabulate(entries: Iterable[Entry]) -> Mapping[str, Any]:
    """The tables of some products in their order."""
    known = list(enumerate(entries))
    asked = [[(number, entry) for number, entry in known if entry.fallback is last] for last in (False, True)]
    return {
        "paths": [[[number, text] for number, entry in some for text in entry.paths] for some in asked],
        "hosts": [[[number, text] for number, entry in some for text in entry.hosts] for some in asked],
        "cookies": [[name, entry.product, shared] for _, entry in known for name, shared in entry.cookies.items()],
        "forms": [[number, path, list(words)] for number, entry in known for path, words in entry.forms],
    }


class Index:
    """Where to look a request up."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """Take what `tabulate` gives."""
        self._tables = tables

    @cached_property
    def addresses(self) -> Sequence[tuple[Beginnings, Hosts]]:
        """Paths and hosts, each with the number of their product; those of products that are asked last behind."""
        return [
            (Beginnings(map(tuple, paths)), Hosts([(number, Pattern(text)) for number, text in hosts]))
            for paths, hosts in zip(self._tables["paths"], self._tables["hosts"], strict=True)
        ]

    @cached_property
    def cookies(self) -> Mapping[bytes, tuple[Label, frozenset[Label] | None]]:
        """Key of each cookie, and the products whose requests it counts for; None for all requests."""
        found: dict[bytes, tuple[Label, frozenset[Label] | None]] = {}
        for text, product, shared in self._tables["cookies"]:
            name = text.encode()
            key, owners = found.get(name, (typed(text), frozenset() if shared else None))
            found[name] = (key, None if owners is None or not shared else owners | {typed(product)})
        return found

    @cached_property
    def cookie(self) -> re.Pattern[bytes]:
        """Name and value of such a cookie."""
        names = b"|".join(re.escape(name) for name in sorted(self.cookies, reverse=True))
        return re.compile(rb"(?:^|[;,\s])(" + (names or _NEVER) + rb')="?([^;,\s"]+)')

    @cached_property
    def telling(self) -> Mapping[bytes, Sequence[tuple[Pattern, frozenset[bytes], int]]]:
        """By the longest name, as it is the rarest: where in the path's terms, what else is needed, whose it is."""
        found: dict[bytes, list[tuple[Pattern, frozenset[bytes], int]]] = {}
        for number, path, words in self._tables["forms"]:
            needed = frozenset(word.encode() for word in words)
            found.setdefault(max(needed, key=len), []).append((Pattern(path), needed, number))
        return found
