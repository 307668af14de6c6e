"""Reads the catalog of library products: one YAML file a product in ``rules/catalog/products``.

Rule: a file is data that people maintain, so everything in it is checked: keys, words, types, and that what it calls
unconfirmed stands in it. It also says where its facts come from and when they were looked up, and has examples of
requests with what is to be found in them, which a test sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from monitor.config.curated import check_curated, choose, items, read_curated, texts, wrong
from monitor.config.prepared import prepared_data
from monitor.config.stored import Texts, shipped_texts, stored
from monitor.model.data import DataClass
from monitor.model.record import Record
from monitor.protocols.http.catalog import Entry, Meaning
from monitor.protocols.http.index import tabulate

FOLDER = "products"
_CLASSES: Mapping[str, Meaning] = {**{one.value: one for one in DataClass}, "nothing": None}
_COOKIES = {"own": False, "shared": True}
_YES = {"yes": True, "no": False}
_LISTS = frozenset(("paths", "hosts", "identifiers", "titles", "accounts"))
_PLACES = frozenset(("searches", "forms", "readings"))
"""Lists of paths, each with names of parameters."""
_TABLES: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("parameters", "headers", "shows"), _CLASSES),
    "cookies": _COOKIES,
}
"""Mappings, with what their words mean."""
_HELD = (*sorted(_LISTS), *sorted(_PLACES), *_TABLES, "fallback")
"""What makes an entry, beside its name."""


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


def shipped_entries() -> tuple[Mapping[str, Entry], Mapping[str, Any]]:
    """Every product of the shipped catalog by its name, and the tables by which they are told apart (see `index`).

    As the build stored them, or read anew where that is of other texts.

    Raises:
        ConfigError: a file is wrong or the catalog is missing.
    """
    files = shipped_texts(FOLDER)
    known = stored(FOLDER, files, make_entry)
    if known is not None:
        return known
    entries = {name: make_entry(data) for name, data in read_catalog(files).items()}
    return entries, tabulate(entries.values())


def read_catalog(files: Texts) -> Mapping[str, Mapping[str, Any]]:
    """What the files say of each product; see `make_entry`.

    Raises:
        ConfigError: a file is wrong; the message says what and where. One that came along was checked by the build.
    """
    read = {}
    for name, held in files.items():
        text = held.decode()
        data = prepared_data(text) or check_entry(name, text)
        read[data["product"]] = {key: data[key] for key in ("product", *_HELD) if key in data}
    return read


def make_entry(data: Mapping[str, Any]) -> Entry:
    """The product of which a file says this, once that was checked."""
    given: dict[str, Any] = {key: tuple(data[key]) for key in _LISTS & data.keys()}
    for key in _PLACES & data.keys():
        given[key] = tuple([(place["path"], tuple(place["parameters"])) for place in data[key]])
    for key, words in _TABLES.items():
        given[key] = {name: words[word] for name, word in data.get(key, {}).items()}
    return Entry(product=data["product"], fallback=_YES[data.get("fallback", "no")], **given)


def check_entry(name: str, text: str) -> Mapping[str, Any]:
    """What stands in a file, once it is sure that it is right.

    Raises:
        ConfigError: it is not; see `read_catalog`.
    """
    name = f"products/{name}"
    data = read_curated(name, text, "product")
    check_curated(name, data, "product", {*_HELD})
    choose(name, "fallback", data.get("fallback", "no"), _YES)
    names = {text for key in _LISTS for text in texts(name, data, key)}
    names.update(path for key in _PLACES for path in _places(name, data, key))
    for key, known in _TABLES.items():
        for held, word in _table(name, data, key):
            choose(name, key, word, known)
            names.add(held)
    for word in texts(name, data, "unconfirmed"):
        if word not in names:
            raise wrong(name, f"'unconfirmed' names '{word}', which stands nowhere else in the file")
    return data


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


def _places(name: str, data: Mapping[str, Any], key: str) -> Iterator[str]:
    """The paths of a list that has names of parameters for each."""
    for item in items(name, data, key):
        if not isinstance(item, dict) or item.keys() != {"path", "parameters"} or not isinstance(item["path"], str):
            raise wrong(name, f"each of '{key}' has 'path' and 'parameters'")
        texts(name, item, "parameters")
        yield item["path"]


def _table(name: str, data: Mapping[str, Any], key: str) -> Iterable[tuple[str, object]]:
    table = data.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(word, str) and word for word in table):
        raise wrong(name, f"'{key}' is a mapping")
    return table.items()
