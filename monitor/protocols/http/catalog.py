"""The catalog of library products, as it is asked about each request: whose is it, and what do its names mean?

Paths and hosts are patterns (`patterns`), compared in lower case. A path's fits where the path begins so and no word
goes on behind it; a host's fits the whole host. Names of parameters are compared as `names.normal` writes them, but for
those by which a form tells whose it is, where the address does not: they count as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.opaque import Label
from monitor.model.record import Record, field
from monitor.privacy.labels import typed
from monitor.protocols.http.addresses import Addresses
from monitor.protocols.http.index import Index, tabulate
from monitor.protocols.http.names import components
from monitor.protocols.http.numbers import Cards
from monitor.protocols.http.patterns import Pattern, first
from monitor.protocols.http.recall import Recall

MAX_PATH_BYTES = 1_024
"""Of a path that is compared with patterns; no product's own paths are half as long."""

_ACCOUNT = (
    rb"/(?:(?:my|user|patron|reader)?[-_]?account|patrons?|borrowers?|members?|users?|profile|me|patroninfo|loans?"
    rb"|check-?outs?|checked-?out|holds?|fines|charges|history|reading-?history|myresearch|myopac"
    rb"|log-?in|log-?on|sign-?in)(?:[/.?;~]|\Z)"
)
"""What any product may call a page about one patron, and the way there; in lower case."""

Meaning = DataClass | None
"""What a parameter of a product holds; None for what says nothing of a patron, whatever the general list thinks."""


Names = dict[bytes, tuple[Label, int]]
"""By the name: key, and `DataClass.bit` of what it holds, 0 for nothing of a patron."""


class Entry(Record):
    """One product as its file in the catalog states it."""

    product: str
    paths: Sequence[str] = ()
    hosts: Sequence[str] = ()
    parameters: Mapping[str, Meaning]
    searches: Sequence[tuple[str, Sequence[str]]] = ()
    """Patterns of paths, each with the names of parameters that hold what was searched for."""
    cookies: Mapping[str, bool]
    """Names of session cookies; True where other products use the name too."""
    forms: Sequence[tuple[str, Sequence[str]]] = ()
    """Patterns of paths, each with the names of parameters that together tell the product there."""
    identifiers: Sequence[str] = ()
    """Patterns of paths behind which a patron's number stands."""
    readings: Sequence[tuple[str, Sequence[str]]] = ()
    """Patterns of paths, each with the names of parameters that say which title is looked at, held or lent."""
    titles: Sequence[str] = ()
    """Patterns of paths behind which a title's number stands."""
    accounts: Sequence[str] = ()
    """Patterns of paths of pages that show a patron's account, beside those that any product has."""
    shows: Mapping[str, Meaning] = field(default_factory=dict)
    """What answers call what they show: keys, elements, classes, labels."""
    fallback: bool = False
    """It is of no certain make: others are asked first, by the names of parameters as well."""
    headers: Mapping[str, Meaning] = field(default_factory=dict)
    """Names of its own fields of a head, and what they hold."""


class Product:
    """One product, ready to be asked. Patterns are made when they are first asked for: few products are met."""

    def __init__(self, entry: Entry) -> None:
        self.label = typed(entry.product)
        self._entry = entry
        self._explained: list[tuple[Names, Pattern]] = []
        """By pattern of a path what names mean there, the last one everywhere; made when the first request comes."""

    @cached_property
    def _headers(self) -> dict[bytes, Exposed]:
        return {name.lower().encode(): Exposed(held, typed(name)) for name, held in self._entry.headers.items() if held}

    @cached_property
    def _header(self) -> re.Pattern[bytes]:
        return _fields(self._headers)

    @cached_property
    def _identifier(self) -> _Number:
        return _Number(self._entry.identifiers, 4)

    @cached_property
    def _title(self) -> _Number:
        return _Number(self._entry.titles, 1)

    @cached_property
    def _accounts(self) -> Sequence[tuple[bool, Pattern]]:
        return [(True, Pattern(text)) for text in self._entry.accounts]

    @property
    def is_fallback(self) -> bool:
        """Whether others are to be asked first."""
        return self._entry.fallback

    @property
    def shows(self) -> Mapping[str, Meaning]:
        """What its answers call what they show."""
        return self._entry.shows

    def names(self, path: bytes) -> Names:
        """What names of parameters mean at `path`; ask with `meaning`."""
        return first(self._explained or self._explain(), path.lower()) or {}

    def _explain(self) -> list[tuple[Names, Pattern]]:
        meanings = {
            spelled: (typed(name), meaning.bit if meaning else 0)
            for name, meaning in self._entry.parameters.items()
            for spelled in _spellings(name)
        }
        places: dict[str, Names] = {}
        for given, held in ((self._entry.searches, DataClass.SEARCH), (self._entry.readings, DataClass.CIRCULATION)):
            for path, names in given:
                places[path] = places.get(path, {}) | _holding(names, held)
        for path, found in places.items():
            self._explained.append((meanings | found, Pattern(path)))
        self._explained.append((meanings, Pattern("*")))
        return self._explained

    def identifier(self, path: bytes) -> bytes:
        """A patron's number that stands in `path`; empty if none does."""
        return self._identifier.find(path) if self._entry.identifiers else b""

    def has_title(self, path: bytes) -> bool:
        """Whether the number of a title stands in `path`."""
        return bool(self._entry.titles) and self._title.find(path) != b""

    def has_account(self, path: bytes) -> bool:
        """Whether a patron's account, or the way into it, is shown at `path`."""
        lower = path.lower()
        return first(self._accounts, lower) is True or _account().search(lower) is not None

    def headers(self, head: bytes) -> list[Exposed]:
        """What fields of its own in `head` expose."""
        if not self._entry.headers:
            return []
        return [self._headers[name.lower()] for name in self._header.findall(head)]


def meaning(names: Names, name: bytes) -> tuple[Label, int] | None:
    """Key of a parameter and what it holds, or None where the names do not have it."""
    found = names.get(name)
    if found is None:
        for written in components(name):
            found = found or names.get(written)
    return found


@cache
def _account() -> re.Pattern[bytes]:
    return re.compile(_ACCOUNT)


def _spellings(name: str) -> tuple[bytes, bytes]:
    """A name as it is mostly written, which is found at once, and as it is compared."""
    return name.encode(), components(name.encode())[0]


def _holding(names: Iterable[str], held: DataClass) -> Names:
    return {spelled: (typed(name), held.bit) for name in names for spelled in _spellings(name)}


class Catalog:
    """All products, and what the numbers of the library's cards look like."""

    def __init__(
        self, entries: Mapping[str, Entry], cards: Cards | None = None, tables: Mapping[str, Any] | None = None
    ) -> None:
        """Take products by their names, the library's cards, and what `tabulate` gives for the products, if known."""
        self._entries = entries
        self._names = tuple(entries)
        self._products: dict[int, Product] = {}
        self._index = Index(tables or tabulate(entries.values()))
        self.cards = cards or Cards()
        self.addresses = Addresses(self)
        self.recall = Recall()
        """What became of requests and answers that came before."""

    def product(self, path: bytes, host: bytes) -> Product | None:
        """Whose request it is: by its path, else by its host (in lower case)."""
        lower = path[:MAX_PATH_BYTES].lower()
        for paths, hosts in self._index.addresses:
            found = paths.find(lower)
            if found is None:
                found = hosts.find(host)
            if found is not None:
                return self._product(found)
        return None

    def by_form(self, path: bytes, names: Sequence[bytes]) -> Product | None:
        """Whose request it is by the names of its parameters, where the address does not tell."""
        telling = self._index.telling
        if telling.keys().isdisjoint(names) and not any(b"$" in name for name in names):
            return None
        last = {name.rpartition(b"$")[2] for name in names}
        for name in last & telling.keys():
            for pattern, needed, number in telling[name]:
                if needed <= last and pattern.begins(path[:MAX_PATH_BYTES].lower()):
                    return self._product(number)
        return None

    def sessions(self, cookies: bytes, product: Product | None) -> list[Label]:
        """Keys of session cookies of known products among `cookies`.

        Args:
            cookies: value of a ``Cookie`` field, or of ``Set-Cookie`` up to its first attribute.
            product: whose request it is; a name that several products use counts for them only.
        """
        found: list[Label] = []
        if not any(map(cookies.count, self._index.cookies)):  # mostly none; `in` takes three times as long
            return found
        for match in self._index.cookie.finditer(cookies):
            key, owners = self._index.cookies[match[1]]
            if (owners is None or (product is not None and product.label in owners)) and match[2] != b"deleted":
                found.append(key)
        return found

    def _product(self, number: int) -> Product:
        """Made when it is first met: most runs of the program meet few, and many none."""
        made = self._products.get(number)
        if made is None:
            made = self._products[number] = Product(self._entries[self._names[number]])
        return made


def _fields(names: Iterable[bytes]) -> re.Pattern[bytes]:
    """Names of fields that hold something, at the beginning of a line."""
    return re.compile(rb"(?im)^(" + b"|".join(map(re.escape, names)) + rb"):[ \t]*+[^\s]")


class _Number:
    """What stands behind one of some paths and has so many digits in a row; a verb of the service has none."""

    def __init__(self, patterns: Sequence[str], digits: int) -> None:
        self._starts = tuple(Pattern(text).start for text in patterns)
        self._patterns = patterns
        self._digits = digits

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        paths = b"|".join(b".*".join(map(re.escape, text.lower().encode().split(b"*"))) for text in self._patterns)
        number = rb"((?=[^/]*[0-9]{%d})[^/?#;]{%d,64})" % (self._digits, self._digits)
        return re.compile(rb"(?:" + paths + rb")" + number, re.IGNORECASE)

    def find(self, path: bytes) -> bytes:
        """It, as it stands in `path`; empty if none does."""
        if not path.lower().startswith(self._starts):
            return b""
        found = self._pattern.match(path[:MAX_PATH_BYTES])
        return found[1] if found else b""
