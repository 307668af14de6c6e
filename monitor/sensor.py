"""Live: what leaks on this interface, now?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from monitor.build import Rooms, prepare
from monitor.capture.live.source import LiveCapture
from monitor.config.settings import Config
from monitor.decode.decoding import Decoding
from monitor.flow.telling import Learner
from monitor.model.contract import Sink, Source
from monitor.model.record import Record, field
from monitor.model.stats import Stats
from monitor.pipeline import Pipeline
from monitor.privacy.presence import Presence
from monitor.reload import Change, Reload, Rereading


class Request(Record):
    """What to listen to, where findings go, and until when."""

    interface: str
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
        UsageError: the interface cannot be read.
        RuleError: a rule is wrong.
    """
    stats = Stats()
    with LiveCapture(request.interface, stats, request.stopping, request.tell) as capture:
        config = request.config
        rooms = Rooms(
            prepare(config, request.rules, live=True, learner=request.learner),
            stats,
            separate_vlans=config.separate_vlans,
            presence=request.presence,
        )
        source: Source = Decoding(capture, stats)
        if request.rereading is not None:
            source = Reload(
                source,
                request.rereading,
                prepare=_preparing(rooms, request),
                config=config,
                stats=stats,
                tell=request.tell,
            )
        pipeline = Pipeline(source, rooms.flows, rooms.detector, request.sinks, stats)
        request.started()
        pipeline.run()
    request.ending()
    pipeline.finish()


def _preparing(rooms: Rooms, request: Request) -> Callable[[Config], Change]:
    def make_ready(config: Config) -> Change:
        return partial(rooms.adopt, prepare(config, request.rules, live=True))

    return make_ready
