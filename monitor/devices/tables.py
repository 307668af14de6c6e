"""The tables by which the catalog of devices finds its signals: plain data, which the build writes down.

Whatever takes thought is done here, so a run that is given the tables does none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from monitor.devices.needs import needed
from monitor.devices.openings import Opening, Pattern
from monitor.devices.scrambled import Scrambled
from monitor.devices.signal import Channel, Signal


def tabulate(signals: Iterable[Signal]) -> Mapping[str, Any]:
    """All tables for signals in the order in which they are to be found; those of words by channel."""
    known = tuple(signals)
    udp: list[tuple[Pattern, str]] = []
    for signal in known:
        udp += [(Opening(text, signal), text) for text in signal.udp]
        udp += [(Scrambled(text, signal), text) for text in signal.scrambled]
    return {
        "udp": list_openings(udp),
        "tcp": list_openings((Opening(text, signal), text) for signal in known for text in signal.tcp),
        **{channel.word: list_words(one for one in known if one.channel is channel) for channel in Channel},
        **{
            key: [[text, str(signal.name)] for signal in known for text in getattr(signal, key)]
            for key in ("parameters", "paths", "hosts")
        },
    }


def list_openings(patterns: Iterable[tuple[Pattern, str]]) -> dict[str, list[Any]]:
    """Which openings there are, whose, and whether they are scrambled; and for each first byte their places."""
    table: dict[str, list[Any]] = {"openings": [], "by_byte": [[] for _ in range(256)]}
    for place, (pattern, text) in enumerate(patterns):
        table["openings"].append([text, str(pattern.signal.name), isinstance(pattern, Scrambled)])
        for byte in pattern.first():
            table["by_byte"][byte].append(place)
    return table


def list_words(signals: Iterable[Signal]) -> dict[str, list[Any]]:
    """The words and services of some signals, as `words.Words` takes them."""
    table: dict[str, list[Any]] = {"first": [], "words": [], "unsure": []}

    def add(pattern: str | None, signal: Signal, texts: tuple[bytes, ...]) -> None:
        place = len(table["words"])
        table["words"].append([pattern, str(signal.name)])
        table["first"] += [[text.decode("latin-1"), place] for text in texts]
        if not texts:
            table["unsure"].append(place)

    for signal in signals:
        for text in signal.services:
            add(None, signal, (b"".join(bytes((len(part),)) + part.encode() for part in text.lower().split(".")),))
        for word in signal.words:
            add(word, signal, needed(word))
    return table
