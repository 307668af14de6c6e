"""The catalog of devices as it is asked: which signals fit what was seen on a channel?

Texts are never read further than to see whose words they are, and only names of signals leave. What a device says is
compared as bytes, as it stands in the message: a label in a message of mDNS (RFC 1035 4.1.4) stands there whole once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import TypeVar

from monitor.devices.hosts import Hosts, Names
from monitor.devices.openings import Opening, Openings, Pattern
from monitor.devices.reading import shipped_signals
from monitor.devices.scrambled import Scrambled
from monitor.devices.signal import Channel, Signal
from monitor.devices.words import Words
from monitor.model.opaque import Label

MAX_TEXT_BYTES = 4_096
"""Read of a message: longer than any that was met; bounds the work for one datagram."""

T = TypeVar("T")


class Catalog:
    """Every signal, ready to be asked; what a channel needs is made when it is first asked."""

    def __init__(self, read: Callable[[], Iterable[Signal]]) -> None:
        """Take how to read the signals, which is done when the first one is asked for."""
        self._read = read
        self._texts: dict[Channel, Words] = {}

    @cached_property
    def signals(self) -> Mapping[Label, Signal]:
        """Every signal by its name, in the order of the catalog."""
        return {signal.name: signal for signal in self._read()}

    @cached_property
    def udp(self) -> Openings:
        """How datagrams begin."""
        patterns: list[Pattern] = []
        for signal in self.signals.values():
            patterns += [Opening(text, signal) for text in signal.udp]
            patterns += [Scrambled(text, signal) for text in signal.scrambled]
        return Openings(patterns)

    @cached_property
    def tcp(self) -> Openings:
        """How connections begin."""
        return Openings(Opening(text, signal) for signal in self.signals.values() for text in signal.tcp)

    def said(self, channel: Channel, text: bytes) -> Names:
        """Signals whose words stand in what was said on a channel."""
        words = self._texts.get(channel)
        if words is None:
            words = self._texts[channel] = Words(one for one in self.signals.values() if one.channel is channel)
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
    def _parameters(self) -> Mapping[bytes, Names]:
        return _gather((bytes(map(int, text.split(","))), one.name) for one in self._all() for text in one.parameters)

    @cached_property
    def _paths(self) -> Sequence[tuple[bytes, Label]]:
        return [(text.encode(), signal.name) for signal in self._all() for text in signal.paths]

    @cached_property
    def _beginnings(self) -> tuple[bytes, ...]:
        return tuple(beginning for beginning, _ in self._paths)

    @cached_property
    def _hosts(self) -> Hosts:
        return Hosts((text, signal.name) for signal in self._all() for text in signal.hosts)

    def _all(self) -> Iterable[Signal]:
        return self.signals.values()


def _gather(pairs: Iterable[tuple[T, Label]]) -> Mapping[T, Names]:
    found: dict[T, Names] = {}
    for key, name in pairs:
        found[key] = (*found.get(key, ()), name)
    return found


@cache
def catalog() -> Catalog:
    """The shipped catalog."""
    return Catalog(shipped_signals)
