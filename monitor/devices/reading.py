"""Reads the catalog of devices: one YAML file a maker or standard in ``rules/catalog/devices``.

Rule: a file is data that people maintain, so everything in it is checked: keys, words, patterns; of the files that come
along, by the build. It says where its facts come from and when they were looked up, and has examples of what is to be
found in what, which a test tries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from monitor.config.curated import SLUG, check_curated, choose, items, read_curated, texts, wrong
from monitor.config.prepared import prepared_data
from monitor.config.stored import Texts
from monitor.devices.openings import is_opening
from monitor.devices.scrambled import is_header
from monitor.devices.signal import CHANNELS, LISTS, ROUTES, SAYS
from monitor.model.lazy import lazy
from monitor.model.record import Record

_SIGNAL = LISTS | {"name", "says", "channel", "of", "length", "protocol", "route"}
_HOST = lazy(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_SERVICE = lazy(r"_[a-z0-9-]{1,15}(?:\._(?:tcp|udp))?")
_PARAMETERS = lazy(r"[0-9]{1,3}(?:,[0-9]{1,3})*")
_LENGTH = 3


class Example(Record):
    """Something that is seen, and the signals that it is found to be."""

    channel: str
    """``udp``, ``tcp``, ``parameters``, ``path``, ``host``, or the word of a `Channel`."""
    data: bytes
    finds: tuple[str, ...]


def read_catalog(files: Texts) -> Mapping[str, Mapping[str, Any]]:
    """What the files say of each signal, in the order of files and of what stands in them; see `make_signal`.

    Raises:
        ConfigError: a file is wrong, or a name is given twice.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for file, text in files.items():
        for item in read_signals(file, text.decode()):
            name = item["name"]
            if name in found:
                raise wrong(f"devices/{file}", f"the signal '{name}' stands elsewhere, too")
            found[name] = item
    return found


def read_signals(name: str, text: str) -> tuple[Mapping[str, Any], ...]:
    """What a file says of each signal.

    Args:
        name: of the file, for messages; the device's short name with ``.yaml`` behind it.
        text: what is in it.

    Raises:
        ConfigError: the file is wrong; the message says what and where. One that came along was checked by the build.
    """
    data = prepared_data(text) or check_signals(name, text)
    return tuple(_each(data.get("signals", ())))


def check_signals(name: str, text: str) -> Mapping[str, Any]:
    """What stands in a file, once it is sure that it is right.

    Raises:
        ConfigError: it is not; see `read_signals`.
    """
    name = f"devices/{name}"
    data = read_curated(name, text, "device")
    check_curated(name, data, "device", {"signals"})
    known = set()
    for item in _each(items(name, data, "signals")):
        _check_signal(name, item)
        known.add(item["name"])
    for word in texts(name, data, "unconfirmed"):
        if word not in known:
            raise wrong(name, f"'unconfirmed' names '{word}', which is no signal of this file")
    return data


def read_examples(name: str, text: str) -> tuple[Example, ...]:
    """The examples in a file; for tests, because no run needs them.

    Raises:
        ConfigError: the file is wrong.
    """
    name = f"devices/{name}"
    data = read_curated(name, text, "device")
    return tuple(_example(name, item) for item in items(name, data, "examples"))


def _each(signals: Iterable[Any]) -> Iterator[Any]:
    """The signals of a file; where the same is said on several channels, one of each, named after it."""
    for item in signals:
        channels = item.get("channel") if isinstance(item, dict) else None
        if isinstance(channels, list):
            for one in channels:
                yield {**item, "name": f"{item.get('name')}-{one}", "channel": one}
        else:
            yield item


def _check_signal(name: str, item: object) -> None:
    if not isinstance(item, dict) or not {"name", "says", "channel"} <= item.keys() <= _SIGNAL:
        raise wrong(name, f"each of 'signals' has name, says, channel, and any of {', '.join(sorted(_SIGNAL))}")
    lists = {key: texts(name, item, key) for key in LISTS}
    if not SLUG.fullmatch(str(item["name"])):
        raise wrong(name, "a signal's name has lower-case words joined by '-'")
    _check_patterns(name, lists, length="length" in item)
    length = texts(name, item, "length")
    if len(length) not in (0, _LENGTH) or not all(re.fullmatch(r"-?[0-9]{1,5}", text) for text in length):
        raise wrong(name, "'length' is three numbers: where it stands, its bytes, and what is added to it")
    if not isinstance(item.get("protocol", ""), str):
        raise wrong(name, "'protocol' is a text")
    choose(name, "says", item["says"], SAYS)
    choose(name, "channel", item["channel"], CHANNELS)
    choose(name, "of", item.get("of", "sender"), {"sender": "sender", "receiver": "receiver"})
    choose(name, "route", item.get("route", "none"), ROUTES)


def _check_patterns(name: str, lists: Mapping[str, tuple[str, ...]], *, length: bool) -> None:
    for text in (*lists["udp"], *lists["tcp"]):
        if not is_opening(text, length=length):
            raise wrong(name, "an opening is bytes in hexadecimal, at least three of them fixed, the first one too")
    if not all(map(is_header, lists["scrambled"])):
        raise wrong(name, "a scrambled header is 16 bytes in hexadecimal, six halves of them fixed, dots for the rest")
    for text in lists["words"]:
        try:
            pattern = re.compile(text.encode())
        except re.error:
            raise wrong(name, "one of 'words' is no regular expression") from None
        if pattern.search(b""):
            raise wrong(name, "one of 'words' fits everything")
    for key, form in (("services", _SERVICE), ("parameters", _PARAMETERS), ("hosts", _HOST)):
        if not all(map(form.fullmatch, lists[key])):
            raise wrong(name, f"one of '{key}' is not written as it should be")


def _example(name: str, item: object) -> Example:
    known = {"udp", "tcp", "parameters", "path", "host", *CHANNELS}
    if not isinstance(item, dict) or len(item) != 2 or "finds" not in item:  # noqa: PLR2004 (what is seen, what is found)
        raise wrong(name, "each of 'examples' has 'finds' and what is seen")
    channel = next(key for key in item if key != "finds")
    if channel not in known:
        raise wrong(name, f"an example is of one of {', '.join(sorted(known))}")
    text = str(item[channel])
    data = (
        bytes.fromhex(text) if channel in ("udp", "tcp") else text.encode().decode("unicode_escape").encode("latin-1")
    )
    return Example(channel=channel, data=data, finds=texts(name, item, "finds"))
