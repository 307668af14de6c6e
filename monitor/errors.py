"""The errors a person can meet, each with the exit status it leads to.

Rule: a message names types, reasons, offsets and places; it never quotes a byte that was read off the wire.
"""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the process says when it ends (see `docs/reference/cli.md`)."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    INPUT = 3
    INTERNAL = 70
    """A bug of ours; the number that sysexits.h gives to it."""
    INTERRUPTED = 130


class MonitorError(Exception):
    """Base of everything this package raises on purpose. Never raised itself."""

    status = ExitStatus.USAGE


class UsageError(MonitorError):
    """The command line asks for something that makes no sense."""

    status = ExitStatus.USAGE


class RuleError(MonitorError):
    """A rule file is wrong; the message lists every mistake as ``file:line: what (hint)``."""

    status = ExitStatus.USAGE


class ConfigError(MonitorError):
    """The configuration is wrong; the message lists every mistake as ``file:line: what (hint)``."""

    status = ExitStatus.USAGE


class CaptureError(MonitorError):
    """A capture cannot be read, or does not show what is asked for."""

    status = ExitStatus.INPUT


class StoreError(MonitorError):
    """The database of findings is missing, cannot be read or written, or is damaged."""

    status = ExitStatus.INPUT


class DeliveryError(MonitorError):
    """A sink cannot deliver at present; the message says where to, and why."""

    status = ExitStatus.INPUT
