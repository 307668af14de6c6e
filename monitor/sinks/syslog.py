"""A finding as a message of syslog: RFC 5424 for servers, and what syslog(3) writes for the socket of this machine.

The daemons that listen at /dev/log (journald, rsyslog, BusyBox) do not know RFC 5424 there and would take its header
for text, so structured data goes to servers only.
"""

from __future__ import annotations

import os
import socket
import time

from monitor.sinks.lines import Told
from monitor.sinks.report.document import format_time
from monitor.sinks.report.figures import make_legible
from monitor.sinks.sentence import compose_sentence, urgency

FACILITY = 3
"""System daemons (RFC 5424 6.2.1)."""
APPLICATION = "privacy-monitor"
STRUCTURE = "finding@32473"
"""SD-ID; the number is the one that RFC 5612 keeps for those who have none."""
_SECOND_NS = 10**9
_MAX_HOST_CHARS = 255
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Before text that is not ASCII (RFC 5424 6.4)."""


class SyslogMessages:
    """Composes messages of this machine and this process."""

    def __init__(self) -> None:
        name = socket.gethostname()[:_MAX_HOST_CHARS]
        self._host = name if name and name.isascii() and name.isprintable() and " " not in name else "-"
        self._process = os.getpid()

    def compose(self, told: Told) -> bytes:
        """For a server (RFC 5424 6)."""
        text = compose_sentence(told)
        header = f"<{_priority(told)}>1 {format_time(told.at_ns)} {self._host} {APPLICATION} {self._process}"
        message = text if text.isascii() else f"{_MARK}{text}"
        return f"{header} {told.news.value} {_structure(told)} {message}".encode()

    def compose_locally(self, told: Told) -> bytes:
        """For the socket of this machine, whose daemon knows the name of it: local time, without the year."""
        at = time.localtime(told.at_ns // _SECOND_NS)
        stamp = f"{_MONTHS[at.tm_mon - 1]} {at.tm_mday:>2} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}"
        return f"<{_priority(told)}>{stamp} {APPLICATION}[{self._process}]: {compose_sentence(told)}".encode()


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""In English, whatever the locale says."""


def _priority(told: Told) -> int:
    return FACILITY * 8 + urgency(told)


def _structure(told: Told) -> str:
    finding = told.finding
    told_of = {
        "id": finding.id,
        "rule": finding.rule,
        "level": finding.level.word,
        "zone": finding.about.zone,
        "count": f"{finding.count}",
        "patrons": f"{finding.subjects}",
        "data": " ".join(one.value for one in finding.data_classes),
    }
    parameters = " ".join(f'{name}="{_escape(value)}"' for name, value in told_of.items() if value)
    return f"[{STRUCTURE} {parameters}]"


def _escape(value: str) -> str:
    """RFC 5424 6.3.3."""
    return "".join(f"\\{one}" if one in '"\\]' else one for one in make_legible(value))
