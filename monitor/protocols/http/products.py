"""Reads the catalog of library products: one YAML file a product in ``rules/catalog/products``.

Rule: a file is data that people maintain, so everything in it is checked: keys, words, types, and that what it calls
unconfirmed stands in it. It also says where its facts come from and when they were looked up, and has examples of
requests with what is to be found in them, which a test sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from monitor.config.curated import check_curated, choose, items, read_curated, texts, wrong
from monitor.config.shipped import shipped
from monitor.model.data import DataClass
from monitor.model.record import Record
from monitor.protocols.http.catalog import Entry, Meaning

MAX_FILES = 200
"""Products; the market has about a hundred, the shipped catalog some dozens."""

_KEYS = {"paths", "hosts", "forms", "parameters", "searches", "identifiers", "readings", "titles", "accounts"}
_KEYS |= {"shows", "cookies", "headers", "fallback"}
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
    name = f"products/{name}"
    data = read_curated(name, text, "product")
    _check(name, data)
    return Entry(
        product=data["product"],
        paths=texts(name, data, "paths"),
        hosts=texts(name, data, "hosts"),
        parameters={key: choose(name, "parameters", word, _CLASSES) for key, word in _table(name, data, "parameters")},
        searches=_places(name, data, "searches"),
        forms=_places(name, data, "forms"),
        identifiers=texts(name, data, "identifiers"),
        readings=_places(name, data, "readings"),
        titles=texts(name, data, "titles"),
        accounts=texts(name, data, "accounts"),
        shows={key: choose(name, "shows", word, _CLASSES) for key, word in _table(name, data, "shows")},
        fallback=choose(name, "fallback", data.get("fallback", "no"), _YES),
        headers={key: choose(name, "headers", word, _CLASSES) for key, word in _table(name, data, "headers")},
        cookies={key: choose(name, "cookies", word, _COOKIES) for key, word in _table(name, data, "cookies")},
    )


def _check(name: str, data: Mapping[str, Any]) -> None:
    check_curated(name, data, "product", _KEYS)
    names = {key for part in ("parameters", "cookies", "headers", "shows") for key, _ in _table(name, data, part)}
    for part in ("paths", "hosts", "identifiers", "titles", "accounts"):
        names.update(texts(name, data, part))
    names.update(path for part in ("searches", "forms", "readings") for path, _ in _places(name, data, part))
    for word in texts(name, data, "unconfirmed"):
        if word not in names:
            raise wrong(name, f"'unconfirmed' names '{word}', which stands nowhere else in the file")


def read_examples(name: str, text: str) -> tuple[Example, ...]:
    """The examples in the file of a product; for tests, because no run needs them.

    Raises:
        ConfigError: the file is wrong.
    """
    name = f"products/{name}"
    data = read_curated(name, text, "product")
    return tuple(_example(name, data, item) for item in items(name, data, "examples"))


def _example(name: str, data: Mapping[str, Any], item: object) -> Example:
    said = {"request", "host", "form", "cookie", "header", "answer", "product"}
    if not isinstance(item, dict) or not {"request", "finds"} <= item.keys() <= said | {"finds"}:
        raise wrong(name, "each of 'examples' has 'request' and 'finds'; host, form, cookie, header, answer")
    finds = {key: choose(name, "finds", word, _CLASSES) for key, word in _table(name, item, "finds")}
    given = {key: str(item[key]) for key in said & item.keys()}
    return Example(**{"product": data["product"], **given}, finds={key: one for key, one in finds.items() if one})


def _places(name: str, data: Mapping[str, Any], key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Paths, each with names of parameters."""
    places = []
    for item in items(name, data, key):
        if not isinstance(item, dict) or item.keys() != {"path", "parameters"} or not isinstance(item["path"], str):
            raise wrong(name, f"each of '{key}' has 'path' and 'parameters'")
        places.append((item["path"], texts(name, item, "parameters")))
    return tuple(places)


def _table(name: str, data: Mapping[str, Any], key: str) -> Iterable[tuple[str, object]]:
    table = data.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(word, str) and word for word in table):
        raise wrong(name, f"'{key}' is a mapping")
    return table.items()
