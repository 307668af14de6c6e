"""Reads the catalog of devices: one YAML file a maker or standard in ``rules/catalog/devices``.

Rule: a file is data that people maintain, so everything in it is checked: keys, words, patterns. It says where its
facts come from and when they were looked up, and has examples of what is to be found in what, which a test tries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.config.prepared import prepared
from monitor.config.shipped import shipped
from monitor.config.tree import plain
from monitor.devices.openings import is_opening
from monitor.devices.scrambled import is_header
from monitor.devices.signal import Channel, Says, Signal
from monitor.errors import ConfigError
from monitor.model.events import Route
from monitor.model.record import Record
from monitor.privacy.labels import typed

MAX_FILES = 200
"""Makers and standards; the shipped catalog has some dozens."""

_KEYS = {"device", "title", "sources", "signals", "unconfirmed", "examples"}
_NEEDED = {"device", "title", "sources", "signals", "examples"}
_LISTS = {"udp", "tcp", "scrambled", "services", "words", "paths", "parameters", "hosts"}
_SIGNAL = _LISTS | {"name", "says", "channel", "of", "length", "protocol", "route"}
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_SERVICE = re.compile(r"_[a-z0-9-]{1,15}(?:\._(?:tcp|udp))?")
_PARAMETERS = re.compile(r"[0-9]{1,3}(?:,[0-9]{1,3})*")
_LENGTH = 3
_SAYS: Mapping[str, Says] = {one.value: one for one in Says}
_CHANNELS: Mapping[str, Channel] = {one.word: one for one in Channel}
_ROUTES: Mapping[str, Route] = {one.value: one for one in Route}


class Example(Record):
    """Something that is seen, and the signals that it is found to be."""

    channel: str
    """``udp``, ``tcp``, ``parameters``, ``path``, ``host``, or the word of a `Channel`."""
    data: bytes
    finds: tuple[str, ...]


def shipped_signals() -> tuple[Signal, ...]:
    """Every signal of the shipped catalog, in the order of files and of what stands in them.

    Raises:
        ConfigError: a file is wrong, a name is given twice, or the catalog is missing.
    """
    found: dict[str, Signal] = {}
    for path in sorted(shipped("catalog", "devices").glob("*.yaml"))[:MAX_FILES]:
        for signal in read_signals(path.name, path.read_text("utf-8")):
            if signal.name in found:
                raise _wrong(path.name, f"the signal '{signal.name}' stands elsewhere, too")
            found[signal.name] = signal
    return tuple(found.values())


def read_signals(name: str, text: str) -> tuple[Signal, ...]:
    """The signals that a file describes.

    Args:
        name: of the file, for messages; the device's short name with ``.yaml`` behind it.
        text: what is in it.

    Raises:
        ConfigError: the file is wrong; the message says what and where.
    """
    tree = prepared(text)
    data = _parse(name, text) if tree is None else plain(tree)
    if not isinstance(data, dict):
        raise _wrong(name, "is a mapping that begins with 'device:'")
    _check(name, data)
    signals = tuple(signal for item in _items(name, data, "signals") for signal in _signals(name, item))
    known = {signal.name for signal in signals}
    for word in _texts(name, data, "unconfirmed"):
        if word not in known:
            raise _wrong(name, f"'unconfirmed' names '{word}', which is no signal of this file")
    return signals


def read_examples(name: str, text: str) -> tuple[Example, ...]:
    """The examples in a file; for tests, because no run needs them.

    Raises:
        ConfigError: the file is wrong.
    """
    data = _parse(name, text)
    if not isinstance(data, dict):
        raise _wrong(name, "is a mapping that begins with 'device:'")
    return tuple(_example(name, item) for item in _items(name, data, "examples"))


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
    device = data["device"]
    if not (isinstance(device, str) and _SLUG.fullmatch(device) and name == f"{device}.yaml"):
        raise _wrong(name, "'device' is the file's name: lower-case words joined by '-'")
    sources = list(_items(name, data, "sources"))
    for source in sources:
        if not isinstance(source, dict) or source.keys() != {"what", "date"} or not _DAY.fullmatch(str(source["date"])):
            raise _wrong(name, "each of 'sources' has 'what' and 'date', a day as in 2026-01-31")
    if not sources:
        raise _wrong(name, "'sources' says where the facts come from")


def _signals(name: str, item: object) -> Iterable[Signal]:
    """One signal, or where the same is said on several channels, one of each, named after it."""
    channels = item.get("channel") if isinstance(item, dict) else None
    if isinstance(item, dict) and isinstance(channels, list):
        return [_signal(name, {**item, "name": f"{item.get('name')}-{one}", "channel": one}) for one in channels]
    return [_signal(name, item)]


def _signal(name: str, item: object) -> Signal:
    if not isinstance(item, dict) or not {"name", "says", "channel"} <= item.keys() <= _SIGNAL:
        raise _wrong(name, f"each of 'signals' has name, says, channel, and any of {', '.join(sorted(_SIGNAL))}")
    lists = {key: _texts(name, item, key) for key in _LISTS}
    slug = str(item["name"])
    if not _SLUG.fullmatch(slug):
        raise _wrong(name, "a signal's name has lower-case words joined by '-'")
    _check_patterns(name, lists, length="length" in item)
    length = tuple(int(text) for text in _texts(name, item, "length") if re.fullmatch(r"-?[0-9]{1,5}", text))
    if len(length) not in (0, _LENGTH) or len(length) != len(_texts(name, item, "length")):
        raise _wrong(name, "'length' is three numbers: where it stands, its bytes, and what is added to it")
    return Signal(
        name=typed(slug),
        says=_word(name, "says", item["says"], _SAYS),
        channel=_word(name, "channel", item["channel"], _CHANNELS),
        of=_word(name, "of", item.get("of", "sender"), {"sender": "sender", "receiver": "receiver"}),
        length=length,
        protocol=typed(str(item["protocol"])) if "protocol" in item else None,
        route=_word(name, "route", item.get("route", "none"), _ROUTES),
        **lists,
    )


def _check_patterns(name: str, lists: Mapping[str, tuple[str, ...]], *, length: bool) -> None:
    for text in (*lists["udp"], *lists["tcp"]):
        if not is_opening(text, length=length):
            raise _wrong(name, "an opening is bytes in hexadecimal, at least three of them fixed, the first one too")
    if not all(map(is_header, lists["scrambled"])):
        raise _wrong(name, "a scrambled header is 16 bytes in hexadecimal, six halves of them fixed, dots for the rest")
    for text in lists["words"]:
        try:
            pattern = re.compile(text.encode())
        except re.error:
            raise _wrong(name, "one of 'words' is no regular expression") from None
        if pattern.search(b""):
            raise _wrong(name, "one of 'words' fits everything")
    for key, form in (("services", _SERVICE), ("parameters", _PARAMETERS), ("hosts", _HOST)):
        if not all(map(form.fullmatch, lists[key])):
            raise _wrong(name, f"one of '{key}' is not written as it should be")


def _example(name: str, item: object) -> Example:
    known = {"udp", "tcp", "parameters", "path", "host", *_CHANNELS}
    if not isinstance(item, dict) or len(item) != 2 or "finds" not in item:  # noqa: PLR2004 (what is seen, what is found)
        raise _wrong(name, "each of 'examples' has 'finds' and what is seen")
    channel = next(key for key in item if key != "finds")
    if channel not in known:
        raise _wrong(name, f"an example is of one of {', '.join(sorted(known))}")
    text = str(item[channel])
    data = (
        bytes.fromhex(text) if channel in ("udp", "tcp") else text.encode().decode("unicode_escape").encode("latin-1")
    )
    return Example(channel=channel, data=data, finds=_texts(name, item, "finds"))


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


def _word(name: str, key: str, word: object, known: Mapping[str, Any]) -> Any:
    if not isinstance(word, str) or word not in known:
        raise _wrong(name, f"'{key}' has a word that is not one of {', '.join(sorted(known))}")
    return known[word]


def _wrong(name: str, what: str) -> ConfigError:
    return ConfigError(f"rules/catalog/devices/{name}: {what}")
