"""Reads the catalog of library products: one YAML file a product in ``rules/catalog/products``.

Rule: a file is data that people maintain, so everything in it is checked: keys, words, types, and that what it calls
unconfirmed stands in it. It also says where its facts come from and when they were looked up, and has examples of
requests with what is to be found in them, which a test sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from monitor.config.prepared import prepared
from monitor.config.shipped import shipped
from monitor.config.tree import plain
from monitor.errors import ConfigError
from monitor.model.data import DataClass
from monitor.model.record import Record
from monitor.protocols.http.catalog import Entry, Meaning

T = TypeVar("T")

MAX_FILES = 200
"""Products; the market has about a hundred, the shipped catalog some dozens."""

_KEYS = {"product", "title", "sources", "paths", "hosts", "forms", "parameters", "searches"}
_KEYS |= {"identifiers", "readings", "titles", "accounts", "shows", "cookies", "headers", "fallback"}
_KEYS |= {"unconfirmed", "examples"}
_NEEDED = {"product", "title", "sources", "examples"}
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLASSES: Mapping[str, Meaning] = {**{one.value: one for one in DataClass}, "nothing": None}
_COOKIES = {"own": False, "shared": True}
_YES = {"yes": True, "no": False}


class Example(Record):
    """A request to a product, and what is found in it."""

    request: str
    """Method and target."""
    product: str
    """Whose it is found to be; empty where the request does not tell."""
    finds: Mapping[str, DataClass]
    """By key."""
    host: str = ""
    form: str = ""
    cookie: str = ""
    header: str = ""
    """One more field of its head."""
    answer: str = ""
    """The page that answers it."""


def shipped_entries() -> tuple[Entry, ...]:
    """Every product of the shipped catalog.

    Raises:
        ConfigError: a file is wrong or the catalog is missing.
    """
    files = sorted(shipped("catalog", "products").glob("*.yaml"))[:MAX_FILES]
    return tuple(read_entry(path.name, path.read_text("utf-8")) for path in files)


def read_entry(name: str, text: str) -> Entry:
    """The product that a file describes.

    Args:
        name: of the file, for messages; the product's short name with ``.yaml`` behind it.
        text: what is in it.

    Raises:
        ConfigError: the file is wrong; the message says what and where.
    """
    tree = prepared(text)
    data = _parse(name, text) if tree is None else plain(tree)
    if not isinstance(data, dict):
        raise _wrong(name, "is a mapping that begins with 'product:'")
    _check(name, data)
    return Entry(
        product=data["product"],
        paths=_texts(name, data, "paths"),
        hosts=_texts(name, data, "hosts"),
        parameters={key: _word(name, "parameters", word, _CLASSES) for key, word in _table(name, data, "parameters")},
        searches=_places(name, data, "searches"),
        forms=_places(name, data, "forms"),
        identifiers=_texts(name, data, "identifiers"),
        readings=_places(name, data, "readings"),
        titles=_texts(name, data, "titles"),
        accounts=_texts(name, data, "accounts"),
        shows={key: _word(name, "shows", word, _CLASSES) for key, word in _table(name, data, "shows")},
        fallback=_word(name, "fallback", data.get("fallback", "no"), _YES),
        headers={key: _word(name, "headers", word, _CLASSES) for key, word in _table(name, data, "headers")},
        cookies={key: _word(name, "cookies", word, _COOKIES) for key, word in _table(name, data, "cookies")},
    )


def _parse(name: str, text: str) -> object:
    """What stands in a file that the build did not parse; all scalars are text, whatever they look like."""
    import yaml  # noqa: PLC0415  (takes a while)

    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  (makes only text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _wrong(name, f"line {mark.line + 1 if mark else 1} is not YAML") from None


def _check(name: str, data: Mapping[str, Any]) -> None:
    for key in sorted(_NEEDED - data.keys()):
        raise _wrong(name, f"'{key}' is missing")
    for key in sorted(data.keys() - _KEYS):
        raise _wrong(name, f"unknown key '{key}'")
    product = data["product"]
    if not (isinstance(product, str) and _SLUG.fullmatch(product) and name == f"{product}.yaml"):
        raise _wrong(name, "'product' is the file's name: lower-case words joined by '-'")
    sources = list(_items(name, data, "sources"))
    for source in sources:
        if not isinstance(source, dict) or source.keys() != {"what", "date"} or not _DAY.fullmatch(str(source["date"])):
            raise _wrong(name, "each of 'sources' has 'what' and 'date', a day as in 2026-01-31")
    if not sources:
        raise _wrong(name, "'sources' says where the facts come from")
    names = {key for part in ("parameters", "cookies", "headers", "shows") for key, _ in _table(name, data, part)}
    for part in ("paths", "hosts", "identifiers", "titles", "accounts"):
        names.update(_texts(name, data, part))
    names.update(path for part in ("searches", "forms", "readings") for path, _ in _places(name, data, part))
    for word in _texts(name, data, "unconfirmed"):
        if word not in names:
            raise _wrong(name, f"'unconfirmed' names '{word}', which stands nowhere else in the file")


def read_examples(name: str, text: str) -> tuple[Example, ...]:
    """The examples in the file of a product; for tests, because no run needs them.

    Raises:
        ConfigError: the file is wrong.
    """
    data = _parse(name, text)
    if not isinstance(data, dict):
        raise _wrong(name, "is a mapping that begins with 'product:'")
    return tuple(_example(name, data, item) for item in _items(name, data, "examples"))


def _example(name: str, data: Mapping[str, Any], item: object) -> Example:
    texts = {"request", "host", "form", "cookie", "header", "answer", "product"}
    if not isinstance(item, dict) or not {"request", "finds"} <= item.keys() <= texts | {"finds"}:
        raise _wrong(name, "each of 'examples' has 'request' and 'finds'; host, form, cookie, header, answer")
    finds = {key: _word(name, "finds", word, _CLASSES) for key, word in _table(name, item, "finds")}
    said = {key: str(item[key]) for key in texts & item.keys()}
    return Example(**{"product": data["product"], **said}, finds={key: one for key, one in finds.items() if one})


def _places(name: str, data: Mapping[str, Any], key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Paths, each with names of parameters."""
    places = []
    for item in _items(name, data, key):
        if not isinstance(item, dict) or item.keys() != {"path", "parameters"} or not isinstance(item["path"], str):
            raise _wrong(name, f"each of '{key}' has 'path' and 'parameters'")
        places.append((item["path"], _texts(name, item, "parameters")))
    return tuple(places)


def _items(name: str, data: Mapping[str, Any], key: str) -> Iterable[object]:
    items = data.get(key, [])
    if not isinstance(items, list):
        raise _wrong(name, f"'{key}' is a list")
    return items


def _texts(name: str, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = tuple(_items(name, data, key))
    if not all(isinstance(text, str) and text for text in texts):
        raise _wrong(name, f"each of '{key}' is a text")
    return tuple(map(str, texts))


def _table(name: str, data: Mapping[str, Any], key: str) -> Iterable[tuple[str, object]]:
    table = data.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(word, str) and word for word in table):
        raise _wrong(name, f"'{key}' is a mapping")
    return table.items()


def _word(name: str, key: str, word: object, known: Mapping[str, T]) -> T:
    if not isinstance(word, str) or word not in known:
        raise _wrong(name, f"'{key}' has a word that is not one of {', '.join(sorted(known))}")
    return known[word]


def _wrong(name: str, what: str) -> ConfigError:
    return ConfigError(f"rules/catalog/products/{name}: {what}")
