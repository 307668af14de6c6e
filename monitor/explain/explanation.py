"""Explains one finding: finds it, reads its conversation, and says how to see the same in Wireshark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.capture.files import Progress
from monitor.capture.trouble import Trouble
from monitor.config.settings import Config
from monitor.errors import CaptureError
from monitor.explain.conversation import Conversation, read_conversation
from monitor.explain.filters import Filters, make_commands, make_filters
from monitor.explain.shark import TIMEOUT_SECONDS
from monitor.explain.sought import seek
from monitor.model.finding import Finding
from monitor.model.record import Record, field

SHOWN_MESSAGES = 40
"""A visit to a self-check has twenty or so."""


class Request(Record):
    """What is to be explained."""

    path: Path
    """One capture."""
    finding: str
    """The beginning of a finding's id."""
    conversation: int = 1
    """Which of the finding's, from 1."""
    messages: int = SHOWN_MESSAGES
    """How many of them to show."""
    timeout_seconds: float = TIMEOUT_SECONDS
    config: Config = field(default_factory=Config)
    rules: tuple[Path, ...] = ()
    progress: Callable[[Progress], None] | None = None


class Explanation(Record):
    """What there is to show."""

    path: Path
    finding: Finding
    conversation: Conversation
    filters: Filters
    commands: dict[str, str]
    limited: bool
    """Whether more counts in the finding than there was room to note."""
    troubles: tuple[Trouble, ...]


def explain(request: Request) -> Explanation:
    """Explain a finding.

    Raises:
        CaptureError: the capture cannot be read, or does not show the finding.
        RuleError: a rule is wrong.
        UsageError: the request makes no sense, or pyshark or tshark is not here or takes too long.
    """
    sought = seek(request.path, request.finding, request.config, request.rules, request.progress)
    if not sought.flows:
        raise CaptureError("more was found in this capture than there is room to note: cut it first")
    conversation = read_conversation(
        request.path,
        sought.flows,
        number=request.conversation,
        messages=request.messages,
        timeout_seconds=request.timeout_seconds,
    )
    filters = make_filters(sought.finding, conversation)
    return Explanation(
        path=request.path,
        finding=sought.finding,
        conversation=conversation,
        filters=filters,
        commands=make_commands(request.path, filters),
        limited=sought.limited,
        troubles=sought.troubles,
    )
