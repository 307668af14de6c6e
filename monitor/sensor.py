"""Live: what leaks on these interfaces, now?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from monitor.build import Policy, Rooms, prepare
from monitor.capture.live.readiness import ring_blocks, take_precedence
from monitor.capture.live.several import LiveCaptures
from monitor.capture.live.source import LiveCapture
from monitor.config.settings import Config
from monitor.decode.decoding import Decoding
from monitor.flow.encounters import Learner
from monitor.model.contract import Sink, Source
from monitor.model.frames import Frames
from monitor.model.record import Record, field
from monitor.model.stats import Stats
from monitor.pipeline import Pipeline
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.presence import Presence
from monitor.reload import Reload, Rereading


class Request(Record):
    """What to listen to, where findings go, and until when."""

    interfaces: tuple[str, ...]
    sinks: tuple[Sink, ...]
    stopping: Callable[[], bool]
    """Asked several times a second; the run ends when it says yes."""
    started: Callable[[], None]
    """Called once, when everything is in place and packets are being received."""
    ending: Callable[[], None]
    """Called once, when no more packets are received, before what is left is delivered."""
    tell: Callable[[str], None]
    """Takes a line for people when something becomes of the interface."""
    config: Config = field(default_factory=Config)
    """What the operator said."""
    rules: tuple[Path, ...] = ()
    """Folders of the site's own rules."""
    rereading: Rereading | None = None
    """How the configuration is read again; never without it."""
    learner: Learner | None = None
    """Is told of every flow of a watched device."""
    presence: Presence = field(default_factory=Presence)
    """For a sink that asks which ends still show."""


def watch(request: Request) -> None:
    """Listen until the end is asked for; then deliver everything that is left to the sinks.

    Raises:
        UsageError: an interface cannot be read.
        RuleError: a rule is wrong.
    """
    stats = Stats()
    config = request.config
    policy = prepare(config, request.rules, live=True, learner=request.learner)
    take_precedence()
    with _listen(request, stats, policy.exclusion) as capture:
        rooms = Rooms(
            policy,
            stats,
            separate_vlans=config.separate_vlans,
            presence=request.presence,
        )
        decoding = Decoding(capture, stats, policy.bars)
        source: Source = decoding

        def adopt(policy: Policy) -> None:
            capture.screen(policy.exclusion)
            decoding.adopt(policy.bars)
            rooms.adopt(policy)

        if request.rereading is not None:
            source = Reload(
                source,
                request.rereading,
                prepare=lambda config: partial(adopt, prepare(config, request.rules, live=True)),
                config=config,
                stats=stats,
                tell=request.tell,
            )
        pipeline = Pipeline(source, rooms.flows, rooms.detector, request.sinks, stats)
        request.started()
        pipeline.run()
    request.ending()
    pipeline.finish()


def _listen(request: Request, stats: Stats, exclusion: Exclusion) -> LiveCapture | LiveCaptures:
    """Begin to receive from all interfaces; from one in the simplest way."""
    outgoing, beside = request.config.sensor.outgoing, len(request.interfaces) - 1
    kinds = Frames(data=bytearray(), capacity=0) if beside else None
    with ExitStack() as stack:
        captures = [
            stack.enter_context(
                LiveCapture(
                    interface,
                    stats,
                    request.stopping,
                    request.tell,
                    exclusion=exclusion,
                    outgoing=outgoing,
                    beside=beside,
                    kinds=kinds,
                    blocks=ring_blocks(beside + 1),
                )
            )
            for interface in request.interfaces
        ]
        stack.pop_all()  # all of them could be opened: they are closed by whoever has them
    return captures[0] if kinds is None else LiveCaptures(captures, kinds)
