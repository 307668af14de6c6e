"""The catalog of devices as it is asked: which signals fit what was seen on a channel?

Texts are never read further than to see whose words they are, and only names of signals leave. What a device says is
compared as bytes, as it stands in the message: a label in a message of mDNS (RFC 1035 4.1.4) stands there whole once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from monitor.devices.hosts import Hosts, Names
from monitor.devices.openings import Opening, Openings, Pattern
from monitor.devices.scrambled import Scrambled
from monitor.devices.signal import Channel, Signal, make_signal
from monitor.devices.words import Words
from monitor.model.opaque import Label
from monitor.privacy.labels import typed

FOLDER = "devices"
MAX_TEXT_BYTES = 4_096
"""Read of a message: longer than any that was met; bounds the work for one datagram."""

Signals = Mapping[str, Signal]
Tables = Mapping[str, Any]
"""See `tables`."""


class Catalog:
    """Every signal, ready to be asked; what a channel needs is made when it is first asked."""

    def __init__(self, read: Callable[[], tuple[Signals, Tables]]) -> None:
        """Take how to read the signals and their tables, which is done when either is asked for."""
        self._read = read
        self._texts: dict[Channel, Words] = {}

    @cached_property
    def signals(self) -> Signals:
        """Every signal by its name, in the order of the catalog."""
        return self._all[0]

    @cached_property
    def udp(self) -> Openings:
        """How datagrams begin."""
        return Openings(self._tables["udp"], self._pattern)

    @cached_property
    def tcp(self) -> Openings:
        """How connections begin."""
        return Openings(self._tables["tcp"], self._pattern)

    def said(self, channel: Channel, text: bytes) -> Names:
        """Signals whose words stand in what was said on a channel."""
        words = self._texts.get(channel)
        if words is None:
            words = self._texts[channel] = Words(self._tables[channel.word])
        return words.find(text[:MAX_TEXT_BYTES])

    def parameters(self, codes: bytes) -> Names:
        """Signals by a DHCP parameter list."""
        return self._parameters.get(codes, ())

    def answers(self, path: bytes) -> Names:
        """Signals by the path of a request that was answered."""
        if not path.startswith(self._beginnings):  # hardly any is in the catalog
            return ()
        return tuple(dict.fromkeys(name for beginning, name in self._paths if path.startswith(beginning)))

    @cached_property
    def host(self) -> Callable[[str], Names]:
        """Signals by a host name in lower case, without a dot at its end."""
        return self._hosts.find

    @cached_property
    def asked(self) -> Callable[..., Names]:
        """Signals by the host name that stands in a message of DNS (RFC 1035 3.1), at its start or any place."""
        return self._hosts.find_asked

    @cached_property
    def _all(self) -> tuple[Signals, Tables]:
        return self._read()

    @property
    def _tables(self) -> Tables:
        return self._all[1]

    def _pattern(self, told: tuple[str, str, bool]) -> Pattern:
        text, name, is_scrambled = told
        return (Scrambled if is_scrambled else Opening)(text, self.signals[name])

    @cached_property
    def _parameters(self) -> Mapping[bytes, Names]:
        found: dict[bytes, Names] = {}
        for text, name in self._tables["parameters"]:
            codes = bytes(map(int, text.split(",")))
            found[codes] = (*found.get(codes, ()), typed(name))
        return found

    @cached_property
    def _paths(self) -> Sequence[tuple[bytes, Label]]:
        return [(text.encode(), typed(name)) for text, name in self._tables["paths"]]

    @cached_property
    def _beginnings(self) -> tuple[bytes, ...]:
        return tuple(beginning for beginning, _ in self._paths)

    @cached_property
    def _hosts(self) -> Hosts:
        return Hosts((text, typed(name)) for text, name in self._tables["hosts"])


@cache
def catalog() -> Catalog:
    """The shipped catalog."""
    return Catalog(_shipped)


def _shipped() -> tuple[Signals, Tables]:
    """The shipped signals: as the build stored them, or read anew where that is of other texts."""
    from monitor.config.stored import shipped_texts, stored  # noqa: PLC0415  (runs without a device ask for nothing)

    texts = shipped_texts(FOLDER)
    known = stored(FOLDER, texts, make_signal)
    if known is not None:
        return known
    from monitor.devices.reading import read_catalog  # noqa: PLC0415  (checks, which most runs need not)
    from monitor.devices.tables import tabulate  # noqa: PLC0415  (the same)

    signals = {name: make_signal(item) for name, item in read_catalog(texts).items()}
    return signals, tabulate(signals.values())
