"""The contracts between rooms: source, parser, protocol specification, sink."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from monitor.model.closed import Enum
from monitor.model.data import Role
from monitor.model.events import Event, Output
from monitor.model.finding import Again, Finding, Observation
from monitor.model.flow import Close, Side, Transport
from monitor.model.frames import Frames, Tick
from monitor.model.named import NamedTuple
from monitor.model.opaque import HostName, Label
from monitor.model.record import Record, field
from monitor.model.stats import SinkStats, Stats


class Source(Protocol):
    """Where frames come from. `Frames` are valid until the next item is asked for."""

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches and ticks in trace time until the capture ends."""
        ...


class Answer(Enum):
    """What a probe says of a flow's first bytes."""

    YES = "yes"
    NO = "no"
    MORE = "more"


class Verdict(NamedTuple):
    """A probe's answer. `originator` is the index of the head whose sender acts as the client, if it can tell.

    A tuple, as `Head` is, because every flow of the network costs some: made four times faster than a frozen dataclass.
    """

    answer: Answer
    originator: int | None = None


class Head(NamedTuple):
    """The first bytes one end of a flow sent, as far as they are known."""

    data: bytes
    """Of datagrams, the first one."""
    from_start: bool
    """True when nothing was sent before (the SYN was seen and no byte is missing)."""
    datagrams: tuple[bytes, ...] = ()
    """Each datagram by itself, in the order of their arrival; empty for TCP."""


Probe = Callable[[tuple[Head, Head], bool], Verdict]
"""``probe(heads, final)``: heads in either order; `final` is True when no more bytes will come, so MORE means NO."""


Octets = bytes | memoryview
"""What a parser is fed: its own to keep only if it makes a copy."""


class Snapped(int):
    """Bytes of a packet that the snap length kept out of the capture; they were on the wire, so they are no loss."""


class Parser(Protocol):
    """A sans-I/O protocol parser: bytes in, facts out. Never raises on wire input; no clock, no logger, no address."""

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`, in order. `data` is valid during the call only."""
        ...

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """`size_bytes` of `side` were lost, or `Snapped`; what follows may start anywhere in a message."""
        ...

    def finish(self, side: Side, how: Close) -> Iterable[Output]:
        """`side` ended. Called at most once a side."""
        ...


OPENING_BYTES = 4
"""By as many the beginning of a message is known, where a flow was met in the middle (`ProtocolSpec.openings`)."""


class Lookup(NamedTuple):
    """A name that somebody asked for."""

    name: HostName
    addresses: tuple[bytes, ...] = ()
    """That it was given, 4 or 16 bytes each; none where it was merely asked for."""


class ProtocolSpec(Record):
    """One protocol, found by the registry as ``SPEC`` in its folder's ``__init__``."""

    name: str
    transport: Transport
    ports: tuple[int, ...]
    """Hints for orientation when nothing else tells; never a filter."""
    probe: Probe
    parser: Callable[[Mapping[str, object], bool], Parser]
    """``parser(options, from_start)``: `from_start` is False when the first byte fed may lie inside a message.

    Of a flow that was announced with `Expect.carries`, `options` holds that under ``carries`` too.
    """
    events: tuple[type[Event], ...]
    limits: Mapping[str, int]
    """Name of each bound to its size, as documented in the folder."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Configurable keys with their defaults."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """How texts of an option are written, by key: a regular expression."""
    report: Mapping[str, type[Event]] = field(default_factory=dict)
    """Counters of the report's ``protocols`` section beside ``flows``: name to the event type that is counted."""
    encrypted_by: str = ""
    """Name of the protocol in which this one is carried when it is encrypted. Flows of that protocol to an endpoint of
    this one are counted as ``encrypted_flows``."""
    openings: frozenset[bytes] = frozenset()
    """With which `OPENING_BYTES` its messages begin. A flow that was met in the middle, and told nothing of what it
    speaks in all that is kept of one, is looked at again where a segment begins so. For TCP only."""
    server: Role | None = None
    """What the operator calls the device that serves this protocol: its ports are endpoints of it."""
    of_library: Callable[[Any], bool] | None = None
    """Whether one of its events belongs to a library's service wherever that stands; None where all are of interest."""
    watched_only: bool = False
    """True where only what watched devices say is of interest; everybody else's flows over its ports are merely
    counted. For UDP only."""
    opens: Callable[[bytes], bool] | None = None
    """Whether the probe would be sure of a flow that begins with these bytes, and of their sender as its originator. On
    the protocol's own ports this is asked first; it is quick, and may say no to what is unusual."""
    unordered: bool = False
    """True for datagrams, which are fed one by one as they come."""
    names: Mapping[type[Event], Callable[[Any], HostName | None]] = field(default_factory=dict)
    """Events in which the originator says what it calls the responder, each with how to read that from it."""
    logins: Mapping[type[Event], Callable[[Any], HostName | None]] = field(default_factory=dict)
    """Events in which a password goes to the responder in clear, each with how to read what that is called. They are
    judged only where nobody sent it one before."""
    lookups: Mapping[type[Event], Callable[[Any], Lookup]] = field(default_factory=dict)
    """Events in which the originator asks for a name or is given addresses, each with how to read that from it."""
    devices: Mapping[type[Event], Callable[[Any], Sequence[tuple[Side, Label]]]] = field(default_factory=dict)
    """Events in which an end tells what kind of device it is, each with how to read which ends do, and by which signal
    of the catalog of devices."""
    parties: tuple[Label | None, Label | None] = (None, None)
    """What taking part in a flow of it tells of the originator and of the responder, by signals of that catalog."""
    shows_server: bool = False
    """True where servers show who they are. Its parser is told under the option ``server`` whether one is a ``device``
    of the library of which one may learn what it is, or a ``host`` elsewhere; it is absent where neither matters."""
    glance: Callable[[bytes], tuple[Label, ...] | None] | None = None
    """What the first datagram or segment of a flow tells of the originator, by signals of that catalog; of flows that
    are otherwise merely counted. None where it takes the parser to tell."""
    cameras: Mapping[type[Event], Callable[[Any], Side | None]] = field(default_factory=dict)
    """Events in which an end says that it is a camera, each with how to read which end; None where neither does."""


class Detector(Protocol):
    """Judges observations."""

    def observe(self, observation: Observation) -> Again | None:
        """Take one fact.

        Returns:
            what may be told instead if the same event comes up again in a flow of the same view; both the same objects.
            It keeps them alive, and holds until the detector's rules change.
        """
        ...

    def tick(self, at_ns: int) -> Iterable[Finding]:
        """Findings that are new or have changed since the last call."""
        ...

    def finish(self) -> Iterable[Finding]:
        """All findings, at the end of the trace."""
        ...


class Sink(Protocol):
    """Where findings and statistics go, and nothing else."""

    def receive(self, finding: Finding) -> None:
        """A finding is new or has changed; the same `id` replaces what was received before."""
        ...

    def finish(self, stats: Stats) -> None:
        """The trace has ended; deliver what is left."""
        ...


@runtime_checkable
class TimedSink(Sink, Protocol):
    """A sink that cannot wait for the end. Where no sink is one, nothing is told before."""

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Trace time passes, at most once a second; whatever was found until then has been received."""
        ...


class Outlet(TimedSink, Protocol):
    """A sink that may be slow or fail: it works in a thread of its own, behind a queue (`monitor.sinks.queue`).

    All its methods are called from one thread at a time. It never changes the `Stats` it is given, which other threads
    read; what it has to say of itself stands in its own figures. A method that cannot deliver raises, whatever it is; a
    `MonitorError` is told to people as it stands, of everything else only the type and the place. What it could not
    deliver it keeps, and tries again with the next tick.
    """

    name: str
    """In figures and messages; no other outlet has it."""
    figures: SinkStats

    def close(self) -> None:
        """Let go of files and connections; after `finish`, or instead of it where the run ended early."""
        ...
