"""Every way out of the program, with what has left by it so far.

To audit a way out that no configuration names, add it to `own_ways`; for a new kind of sink, see `redirection`.
"""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from io import StringIO
from pathlib import Path

from monitor.audit.receivers import HOST, Mailbox, short_name
from monitor.model.contract import Sink
from monitor.model.record import Record
from monitor.sinks.report.json import JsonReport
from monitor.sinks.report.text import Appearance, TextReport
from monitor.sinks.service.notifier import Notifier
from monitor.sinks.service.sink import ServiceNotices

PATIENCE_SECONDS = 10.0
"""For a scrape on this machine."""


class Way(Record):
    """One way out."""

    name: str
    left: Callable[[], bytes]
    """Everything that has left by it so far; asked several times."""
    names_findings: bool = True
    """Whether findings can be recognized in what leaves, so that without one nothing of them has arrived."""


def own_ways(folder: Path, stack: ExitStack) -> list[tuple[Way, Sink]]:
    """Ways out that no configuration names, each with its sink: the reports, and what a service manager is told."""
    text, document = StringIO(), StringIO()
    ways: list[tuple[Way, Sink]] = [
        (Way(name="report for people", left=_written(text)), TextReport(text, Appearance())),
        (Way(name="report for programs", left=_written(document)), JsonReport(document)),
    ]
    if hasattr(socket, "AF_UNIX"):
        path = f"{short_name(folder, stack)}/service"
        manager = stack.enter_context(Mailbox.at(path))
        notifier = stack.enter_context(closing(Notifier({"NOTIFY_SOCKET": path})))
        notifier.ready()
        told = Way(name="notices to the service manager", left=manager.arrived, names_findings=False)
        ways.append((told, ServiceNotices(notifier)))
    return ways


def scraped(name: str, port: int) -> Way:
    """The metrics that are offered at a port of this machine."""

    def left() -> bytes:
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            return answer.read() + str(answer.headers).encode()
        finally:
            connection.close()

    return Way(name=name, left=left)


def kept_in(folder: Path, *, without: str = "") -> Callable[[], bytes]:
    """Gives what all files below a folder hold, and how they are named; but for files of the name `without`."""

    def left() -> bytes:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != without]
        return b"\n".join(
            part for path in files for part in (path.name.encode(errors="surrogateescape"), path.read_bytes())
        )

    return left


def _written(sheet: StringIO) -> Callable[[], bytes]:
    return lambda: sheet.getvalue().encode()
