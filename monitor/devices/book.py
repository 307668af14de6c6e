"""The device book: who is behind an address, and which kind of device that is by all that it showed.

A device is known by its hardware address where the capture shows that, and by its IP address where it does not. What is
seen is noted by IP address and joined when it is judged: a hardware address behind which there are many IP addresses is
a router's, and joins nothing. Rules: what the operator says of a device decides, whatever it shows; of patrons' devices
(zones for the public) nothing is noted at all; nothing that was read is kept, only names of signals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.devices.catalog import Catalog
from monitor.devices.curiosity import Curiosity
from monitor.devices.judgement import Judgement, judge, lacks_one
from monitor.devices.makers import is_device, is_random, maker
from monitor.devices.signal import Channel, Says, Signal
from monitor.model.data import Audience, Role
from monitor.model.flow import Endpoint
from monitor.model.opaque import Label
from monitor.model.record import Record, field
from monitor.model.stats import DeviceSeen, Link, Stats
from monitor.privacy.labels import typed
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import unmap

MAX_SOURCES = 20_000
"""Addresses with signals: the devices of a large consortium, several addresses each; about 15 MB when full."""
NAMES = 8
"""Names that are looked at for each address: a device calls home with its first ones."""
SHOWS = 16
"""Connections with a server that are looked at for its certificate, which those that are resumed do not show."""
MAX_IPV4 = 4
"""Addresses of one device: before and after it was given one, in two networks. A router has hundreds behind it."""
MAX_IPV6 = 16
"""Privacy extensions (RFC 8981) make a new one a day, which are used side by side for a week."""

_NOWHERE = bytes(4)
"""What a device calls itself before it has an address (RFC 2131)."""
_HARDWARE_BYTES = 6
_RANDOM = typed("random-address")


class Source(Record, frozen=False):
    """What was seen of one address."""

    signals: dict[Label, None] = field(default_factory=dict)
    """In the order in which they were first seen."""
    hardware: int = 0
    """0 where the capture does not show it."""
    first_ns: int = 0
    last_ns: int = 0


class DeviceBook:
    """Every device that showed something."""

    def __init__(self, naming: NamingPolicy, catalog: Catalog, stats: Stats) -> None:
        self._naming = naming
        self._catalog = catalog
        self._stats = stats
        self._sources: dict[bytes, Source] = {}
        self._behind: dict[int, set[bytes]] = {}
        """Addresses behind each hardware address, no more than tell that it is a router's."""
        self.curious = Curiosity(NAMES, naming.is_own, stats).look
        """Whether the next name that an address asks for is to be looked at."""
        self.wonders = Curiosity(SHOWS, self._is_unknown, stats).look
        """Whether what a server at an address shows of itself is to be looked at."""

    def note(self, address: bytes, signals: Iterable[Label], hardware: int, at_ns: int) -> bool:
        """Note what was seen of an address.

        Args:
            address: 4 or 16 bytes; all zero for a device that has none yet.
            signals: by their names in the catalog; any others are passed over.
            hardware: its hardware address, 0 where that is not known.
            at_ns: trace time.

        Returns:
            whether that is news of which kind of device it is.
        """
        plain = unmap(address)
        if plain == _NOWHERE:
            if not is_device(hardware) or self._naming.patrons:  # it might be a patron's, and nothing tells
                return False
            plain = hardware.to_bytes(_HARDWARE_BYTES)
        elif not self._naming.is_own(plain):
            return False
        source = self._sources.get(plain)
        if source is None:
            if len(self._sources) >= MAX_SOURCES:
                self._stats.limits["devices.sources"] += 1
                return False
            source = self._sources[plain] = Source(first_ns=at_ns)
        source.last_ns = at_ns
        news = self._place(plain, source, hardware)
        for name in signals:
            if name in self._catalog.signals and name not in source.signals:
                source.signals[name] = None
                news = True
        return news

    def judge(self, address: bytes) -> Judgement:
        """What is made of an address of 4 or 16 bytes by all that was seen of its device."""
        return self._judge(self._keys(unmap(address)), self._naming.audience(address))

    def role(self, address: bytes) -> Role | None:
        """What the device with an address of 4 or 16 bytes is: the operator's word, else what was recognized."""
        stated = self._naming.role(address)
        return stated if stated is not None or unmap(address) not in self._sources else self.judge(address).role

    def addresses(self, address: bytes) -> tuple[bytes, ...]:
        """All addresses, 4 or 16 bytes each, of the device that has this one or, where it has none, lies behind it."""
        return tuple(key for key in self._keys(unmap(address)) if len(key) != _HARDWARE_BYTES)

    def undecided(self) -> frozenset[bytes]:
        """Addresses of devices that would be cameras if their traffic looked like it."""
        found = set()
        for address, source in self._sources.items():
            if len(address) != _HARDWARE_BYTES and source.signals and self._naming.role(address) is None:
                judgement = self.judge(address)
                if judgement.role is None and judgement.likely is Says.CAMERA:
                    found.add(address)
        return frozenset(found)

    def devices(self) -> Iterator[DeviceSeen]:
        """Every device that showed a signal, in the order in which they were first seen."""
        told: set[bytes] = set()
        for address in self._sources:
            if address in told:
                continue
            keys = self._keys(address)
            told.update(keys)
            ends = tuple(self._naming.endpoint(key, 0) for key in keys if len(key) != _HARDWARE_BYTES)
            judgement = self._judge(keys, ends[0].audience if ends else Audience.UNASSIGNED)
            if judgement.signals:
                yield self._describe(keys, ends, judgement)

    def _is_unknown(self, address: bytes) -> bool:
        """Whether an address is the library's, and the operator does not say what is there."""
        return self._naming.is_own(address) and self._naming.role(address) is None

    def _describe(self, keys: tuple[bytes, ...], ends: tuple[Endpoint, ...], judgement: Judgement) -> DeviceSeen:
        sources = [self._sources[key] for key in keys]
        hardware = next((source.hardware for source in sources if source.hardware), 0)
        stated = next((end.role for end in ends if end.role is not None), None)
        return DeviceSeen(
            ends=ends,
            role=judgement.role if stated is None else stated,
            stated=stated is not None,
            score=judgement.score,
            likely=typed(judgement.likely.value),
            signals=judgement.signals,
            link=self._link(hardware),
            first_ns=min(source.first_ns for source in sources),
            last_ns=max(source.last_ns for source in sources),
        )

    def _link(self, hardware: int) -> Link:
        if not hardware:
            return Link.UNSEEN
        if self._is_routed(hardware):
            return Link.ROUTED
        return Link.RANDOM if is_random(hardware) else Link.OWN

    def _place(self, key: bytes, source: Source, hardware: int) -> bool:
        """Note behind which hardware address an address is; True if that joins it to others."""
        if not is_device(hardware) or source.hardware == hardware:
            return False
        if source.hardware:
            self._behind[source.hardware].discard(key)
        source.hardware = hardware
        behind = self._behind.setdefault(hardware, set())
        if len(behind) <= MAX_IPV4 + MAX_IPV6:
            behind.add(key)
        return True

    def _is_routed(self, hardware: int) -> bool:
        sizes = [len(key) for key in self._behind[hardware]]
        return sizes.count(4) > MAX_IPV4 or sizes.count(16) > MAX_IPV6

    def _keys(self, key: bytes) -> tuple[bytes, ...]:
        """The addresses of one device, oldest first; a hardware address stands for the time when it had none."""
        source = self._sources.get(key)
        if source is None:
            return ()
        if not source.hardware or self._is_routed(source.hardware):
            return (key,)
        return tuple(sorted(self._behind[source.hardware], key=lambda one: (self._sources[one].first_ns, one)))

    def _judge(self, keys: tuple[bytes, ...], audience: Audience) -> Judgement:
        """Weigh what was seen; the maker is looked up only where it could matter."""
        signals = self._signals(keys)
        hardware = next((self._sources[key].hardware for key in keys if self._sources[key].hardware), 0)
        if hardware and not self._is_routed(hardware) and lacks_one(signals):
            signals += self._made(hardware)
        return judge(tuple(signals), audience)

    def _signals(self, keys: tuple[bytes, ...]) -> list[Signal]:
        names = dict.fromkeys(name for key in keys for name in self._sources[key].signals)
        return [self._catalog.signals[name] for name in names]

    def _made(self, hardware: int) -> list[Signal]:
        """What the hardware address says."""
        names = (_RANDOM,) if is_random(hardware) else self._catalog.said(Channel.MAKER, maker(hardware))
        return [self._catalog.signals[name] for name in names if name in self._catalog.signals]
