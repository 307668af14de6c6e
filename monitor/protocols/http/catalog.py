"""The catalog of library products, as it is asked about each request: whose is it, and what do its names mean?

Paths and hosts are patterns in which ``*`` stands for anything. A path's pattern fits where the path begins so and no
word goes on behind it; a host's fits the whole host. Names of parameters are compared as `names.normal` writes them,
but for those by which a form tells whose it is, where the address does not: they count as they are written.

Paths and hosts are compared in lower case: that is several times faster than to ignore case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from monitor.model.data import DataClass
from monitor.model.events import Exposed
from monitor.model.opaque import Label
from monitor.model.record import Record, field
from monitor.privacy.labels import typed
from monitor.protocols.http.names import components
from monitor.protocols.http.numbers import Cards
from monitor.protocols.http.recall import Recall

MAX_PATH_BYTES = 1_024
"""Of a path that is compared with patterns; no product's own paths are half as long."""

_ACCOUNT = (
    rb"/(?:(?:my|user|patron|reader)?[-_]?account|patrons?|borrowers?|members?|users?|profile|me|patroninfo|loans?"
    rb"|check-?outs?|checked-?out|holds?|fines|charges|history|reading-?history|myresearch|myopac"
    rb"|log-?in|log-?on|sign-?in)(?:[/.?;~]|\Z)"
)
"""What any product may call a page about one patron, and the way there."""
_NEVER = rb"(?!)"
_FLAGS = re.DOTALL
_ANYWHERE = re.compile(rb"")

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
        self._explained: list[tuple[re.Pattern[bytes], Names]] = []
        """By pattern of a path what names mean there, the last one everywhere; made when the first request comes."""

    @cached_property
    def _headers(self) -> dict[bytes, Exposed]:
        return {name.lower().encode(): Exposed(held, typed(name)) for name, held in self._entry.headers.items() if held}

    @cached_property
    def _header(self) -> re.Pattern[bytes]:
        return _fields(self._headers)

    @cached_property
    def _identifier(self) -> re.Pattern[bytes] | None:
        return _segment(self._entry.identifiers, 4) if self._entry.identifiers else None

    @cached_property
    def _title(self) -> re.Pattern[bytes] | None:
        return _segment(self._entry.titles, 1) if self._entry.titles else None

    @cached_property
    def _account(self) -> re.Pattern[bytes]:
        own = rb"\A(?:" + _paths(self._entry.accounts) + rb")|" if self._entry.accounts else b""
        return re.compile(own + _ACCOUNT, re.IGNORECASE | _FLAGS)

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
        lower = path.lower()
        for pattern, names in self._explained or self._explain():
            if pattern.match(lower):
                return names
        return {}

    def _explain(self) -> list[tuple[re.Pattern[bytes], Names]]:
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
            self._explained.append((re.compile(_paths([path]), _FLAGS), meanings | found))
        self._explained.append((_ANYWHERE, meanings))
        return self._explained

    def identifier(self, path: bytes) -> bytes:
        """A patron's number that stands in `path`; empty if none does."""
        if self._identifier is None:
            return b""
        found = self._identifier.match(path[:MAX_PATH_BYTES])
        return found[1] if found else b""

    def has_title(self, path: bytes) -> bool:
        """Whether the number of a title stands in `path`."""
        return self._title is not None and self._title.match(path[:MAX_PATH_BYTES]) is not None

    def has_account(self, path: bytes) -> bool:
        """Whether a patron's account, or the way into it, is shown at `path`."""
        return self._account.search(path) is not None

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


def _spellings(name: str) -> tuple[bytes, bytes]:
    """A name as it is mostly written, which is found at once, and as it is compared."""
    return name.encode(), components(name.encode())[0]


def _holding(names: Iterable[str], held: DataClass) -> Names:
    return {spelled: (typed(name), held.bit) for name in names for spelled in _spellings(name)}


class Catalog:
    """All products, and what the numbers of the library's cards look like."""

    def __init__(self, entries: Iterable[Entry], cards: Cards | None = None) -> None:
        self._entries = tuple(entries)
        self.cards = cards or Cards()
        self.recall = Recall()
        """What became of requests and answers that came before."""

    def product(self, path: bytes, host: bytes) -> Product | None:
        """Whose request it is: by its path, else by its host (in lower case)."""
        index = self._index
        lower = path[:MAX_PATH_BYTES].lower()
        found = index.paths.match(lower) or index.hosts.match(host) or index.fallbacks.match(lower + b" " + host)
        return index.products[found.lastindex - 1] if found is not None and found.lastindex else None

    def by_form(self, path: bytes, names: Sequence[bytes]) -> Product | None:
        """Whose request it is by the names of its parameters, where the address does not tell."""
        telling = self._index.telling
        if telling.keys().isdisjoint(names) and not any(b"$" in name for name in names):
            return None
        last = {name.rpartition(b"$")[2] for name in names}
        for name in last & telling.keys():
            for pattern, needed, product in telling[name]:
                if needed <= last and pattern.match(path[:MAX_PATH_BYTES].lower()):
                    return product
        return None

    def sessions(self, cookies: bytes, product: Product | None) -> list[Label]:
        """Keys of session cookies of known products among `cookies`.

        Args:
            cookies: value of a ``Cookie`` field, or of ``Set-Cookie`` up to its first attribute.
            product: whose request it is; a name that several products use counts for them only.
        """
        found: list[Label] = []
        for match in self._index.cookie.finditer(cookies):
            key, owners = self._index.cookies[match[1]]
            if (owners is None or (product is not None and product.label in owners)) and match[2] != b"deleted":
                found.append(key)
        return found

    @cached_property
    def _index(self) -> _Index:
        """Built when the first request comes: most runs of the program begin, and many end, without one."""
        return _Index(self._entries)


class _Index:
    """What all entries say together."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.products = [Product(entry) for entry in entries]
        self.paths = _choice([_paths(entry.paths) if not entry.fallback else b"" for entry in entries])
        self.hosts = _choice([_hosts(entry.hosts) if not entry.fallback else b"" for entry in entries])
        self.fallbacks = _choice([_addresses(entry) if entry.fallback else b"" for entry in entries])
        """Matched with path and host, a blank between."""
        self.cookies: dict[bytes, tuple[Label, frozenset[Label] | None]] = {}
        """Key of each cookie, and the products whose requests it counts for; None for all requests."""
        for entry in entries:
            for name, shared in entry.cookies.items():
                self._add_cookie(name, typed(entry.product), shared=shared)
        self.telling: dict[bytes, list[tuple[re.Pattern[bytes], frozenset[bytes], Product]]] = {}
        """By the longest name, as it is the rarest: where in the path's terms, and what else is needed."""
        for entry, product in zip(entries, self.products, strict=True):
            for path, words in entry.forms:
                needed = frozenset(word.encode() for word in words)
                told = (_ANYWHERE if path == "*" else re.compile(_paths([path]), _FLAGS), needed, product)
                self.telling.setdefault(max(needed, key=len), []).append(told)
        names = b"|".join(re.escape(name) for name in sorted(self.cookies, reverse=True))
        self.cookie = re.compile(rb"(?:^|[;,\s])(" + (names or _NEVER) + rb')="?([^;,\s"]+)')

    def _add_cookie(self, text: str, product: Label, *, shared: bool) -> None:
        name = text.encode()
        key, owners = self.cookies.get(name, (typed(text), frozenset() if shared else None))
        self.cookies[name] = (key, None if owners is None or not shared else owners | {product})


def _pattern(text: str) -> bytes:
    return b".*".join(re.escape(part) for part in text.lower().encode().split(b"*"))


def _fields(names: Iterable[bytes]) -> re.Pattern[bytes]:
    """Names of fields that hold something, at the beginning of a line."""
    return re.compile(rb"(?im)^(" + b"|".join(map(re.escape, names)) + rb"):[ \t]*+[^\s]")


def _segment(patterns: Iterable[str], digits: int) -> re.Pattern[bytes]:
    """What stands behind one of the paths and has so many digits in a row; a verb of the service has none."""
    return re.compile(
        rb"(?:" + b"|".join(map(_pattern, patterns)) + rb")((?=[^/]*[0-9]{%d})[^/?#;]{%d,64})" % (digits, digits),
        re.IGNORECASE,
    )


def _paths(patterns: Sequence[str]) -> bytes:
    return b"|".join(_pattern(text) + (rb"(?![0-9a-z])" if text[-1:].isalnum() else b"") for text in patterns)


def _hosts(patterns: Sequence[str]) -> bytes:
    return b"(?:" + b"|".join(map(_pattern, patterns)) + rb")\.?(?::[0-9]*)?\Z" if patterns else b""


def _addresses(entry: Entry) -> bytes:
    """Paths and hosts in one, for a path with a host behind a blank."""
    hosts = _hosts(entry.hosts)
    return b"|".join(part for part in (_paths(entry.paths), hosts and b"[^ ]* " + hosts) if part)


def _choice(patterns: Sequence[bytes]) -> re.Pattern[bytes]:
    """All patterns in one, as groups numbered from 1; the first that fits is taken. An empty one never fits."""
    return re.compile(b"|".join(b"(" + (pattern or _NEVER) + b")" for pattern in patterns) or _NEVER, _FLAGS)
