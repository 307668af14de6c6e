"""Reads a file of a catalog that people maintain: one thing a file, named after it, with its sources and examples.

Rule: everything in such a file is checked; it says where its facts come from and when they were looked up. What is
wrong is said with the file's name, which ``name`` is in all of these, from the catalog's folder on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from monitor.config.prepared import prepared_data
from monitor.errors import ConfigError
from monitor.model.lazy import lazy

T = TypeVar("T")

SLUG = lazy(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""A short name: lower-case words joined by ``-``."""
ALWAYS = frozenset({"title", "sources", "examples"})
"""What every file has beside its name, which is the first key."""

_DAY = lazy(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_curated(name: str, text: str, key: str) -> Mapping[str, Any]:
    """What stands in a file as lists and mappings of texts; all scalars are text, whatever they look like.

    Args:
        name: of the file, from the catalog's folder on.
        text: what is in it.
        key: the one that it begins with.

    Raises:
        ConfigError: it is no such file; the message says what and where. So do all others here.
    """
    data = prepared_data(text) or _parse(name, text)
    if not isinstance(data, dict):
        raise wrong(name, f"is a mapping that begins with '{key}:'")
    return data


def check_curated(name: str, data: Mapping[str, Any], key: str, also: set[str]) -> None:
    """Check what all files have: the keys, the name behind the first `key`, the sources. `also`: its other keys."""
    for missing in sorted((ALWAYS | {key}) - data.keys()):
        raise wrong(name, f"'{missing}' is missing")
    for unknown in sorted(data.keys() - ALWAYS - also - {key, "unconfirmed"}):
        raise wrong(name, f"unknown key '{unknown}'")
    slug = data[key]
    if not (isinstance(slug, str) and SLUG.fullmatch(slug) and name.endswith(f"/{slug}.yaml")):
        raise wrong(name, f"'{key}' is the file's name: lower-case words joined by '-'")
    sources = items(name, data, "sources")
    for source in sources:
        if not isinstance(source, dict) or source.keys() != {"what", "date"} or not _DAY.fullmatch(str(source["date"])):
            raise wrong(name, "each of 'sources' has 'what' and 'date', a day as in 2026-01-31")
    if not sources:
        raise wrong(name, "'sources' says where the facts come from")


def items(name: str, data: Mapping[str, Any], key: str) -> Sequence[object]:
    """The list behind a key; empty where there is none."""
    found = data.get(key, [])
    if not isinstance(found, list):
        raise wrong(name, f"'{key}' is a list")
    return found


def texts(name: str, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The list of texts behind a key; empty where there is none."""
    found = items(name, data, key)
    if not all(isinstance(text, str) and text for text in found):
        raise wrong(name, f"each of '{key}' is a text")
    return tuple(map(str, found))


def choose(name: str, key: str, word: object, known: Mapping[str, T]) -> T:
    """What a word of a closed list means."""
    if not isinstance(word, str) or word not in known:
        raise wrong(name, f"'{key}' has a word that is not one of {', '.join(sorted(known))}")
    return known[word]


def wrong(name: str, what: str) -> ConfigError:
    """What to raise when a file is wrong."""
    return ConfigError(f"rules/catalog/{name}: {what}")


def _parse(name: str, text: str) -> object:
    """What stands in a file that the build did not parse."""
    import yaml  # noqa: PLC0415  (takes a while)

    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  (makes only text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise wrong(name, f"line {mark.line + 1 if mark else 1} is not YAML") from None
