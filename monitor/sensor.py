"""Live: what leaks on this interface, now?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from monitor.build import build
from monitor.capture.live.source import LiveCapture
from monitor.config.settings import Config
from monitor.model.contract import Sink
from monitor.model.stats import Stats
from monitor.privacy.presence import Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to listen to, where findings go, and until when."""

    interface: str
    sinks: tuple[Sink, ...]
    stopping: Callable[[], bool]
    """Asked several times a second; the run ends when it says yes."""
    started: Callable[[], None]
    """Called once, when everything is in place and packets are being received."""
    tell: Callable[[str], None]
    """Takes a line for people when something becomes of the interface."""
    config: Config = field(default_factory=Config)
    """What the operator said."""
    rules: tuple[Path, ...] = ()
    """Folders of the site's own rules."""
    presence: Presence = field(default_factory=Presence)
    """For a sink that asks which ends still show."""


def watch(request: Request) -> None:
    """Listen until the end is asked for; then deliver everything that is left to the sinks.

    Raises:
        UsageError: the interface cannot be read.
        RuleError: a rule is wrong.
    """
    stats = Stats()
    with LiveCapture(request.interface, stats, request.stopping, request.tell) as source:
        pipeline = build(
            source, request.sinks, stats, request.config, rules=request.rules, live=True, presence=request.presence
        )
        request.started()
        pipeline.run()
    pipeline.finish()
