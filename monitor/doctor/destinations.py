"""Where findings go as they come, and who is told: is everybody there whom the configuration names?

Rule: nothing is written, sent or made; servers are connected to as by the sensor, and Alertmanagers are asked whether
they are ready.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.config.settings import (
    Alertmanager,
    AlertSettings,
    Carrier,
    JournalSettings,
    LinesSettings,
    SinkSettings,
    SyslogSettings,
)
from monitor.doctor.check import Check, bad, good, unknown
from monitor.errors import MonitorError
from monitor.outlets import name_sinks, open_destination
from monitor.privacy.labels import file_label
from monitor.sinks.report.figures import count

_FILES = "see that the file is there, is what it should be, and may be read by the user of the sensor"
_PEER = "is it running there, is the address right, and does a firewall let it pass?"


def check_sinks(settings: Sequence[SinkSettings] | None) -> Iterator[Check]:
    """Each of the list ``sinks``; None where the configuration says nothing of it."""
    if settings is None:
        yield good("sinks.stdout", "findings go to standard output, as nothing else is said")
        return
    for name, one in name_sinks(settings):
        key = f"sinks.{name}"
        match one:
            case LinesSettings():
                yield good(key, "to standard output") if one.path is None else _file(key, one.path)
            case JournalSettings():
                yield _reach(key, one, f"to {file_label(str(one.path))}, which listens")
            case SyslogSettings():
                yield _syslog(key, one)


def check_alerts(settings: AlertSettings | None) -> Iterator[Check]:
    """Everybody who is told of findings."""
    if settings is None or not settings.tells_anybody:
        return
    for number, manager in enumerate(settings.alertmanagers, 1):
        yield _manager(_numbered("alerts.alertmanager", number), manager)
    for number, path in enumerate(settings.notify, 1):
        yield _outlet(_numbered("alerts.outlet", number), path)
    named = len(settings.alertmanagers) + len(settings.notify)
    yield good("alerts.named", f"{count(named, 'receiver')} of alerts", "do they arrive? privacy-monitor test-alert")


def _numbered(key: str, number: int) -> str:
    return key if number == 1 else f"{key}-{number}"


def _file(key: str, path: Path) -> Check:
    shown, folder = file_label(str(path)), path.parent
    if not folder.is_dir():
        return bad(key, f"the folder of {shown} is not there", f"make it: mkdir -p {file_label(str(folder))}")
    if path.exists() and not path.is_file():
        return bad(key, f"{shown} is no file", "name another one in the configuration")
    # A new file begins beside it when it is full.
    if not os.access(folder, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return bad(
            key,
            f"{shown} or its folder may not be written by this user",
            "see who owns them, or try again with sudo; the service may write below its own folders only",
        )
    return good(key, f"{shown} can be written")


def _syslog(key: str, settings: SyslogSettings) -> Check:
    shown = file_label(str(settings.to))
    if settings.to.carrier is not Carrier.UDP:
        return _reach(key, settings, f"to {shown}, which listens")
    check = _reach(key, settings, "")
    if check.advice:
        return check
    return unknown(key, f"to {shown}, and over UDP nobody says whether anything arrives", "look for it at the server")


def _reach(key: str, settings: SinkSettings, seen: str) -> Check:
    """Whether somebody is there to connect to."""
    try:
        destination = open_destination(settings)
    except MonitorError as error:
        return bad(key, str(error), _FILES)
    try:
        destination.check()
    except MonitorError as error:
        return bad(key, str(error), _PEER)
    finally:
        destination.close()
    return good(key, seen)


def _manager(key: str, settings: Alertmanager) -> Check:
    from monitor.sinks.alerts.alertmanager import AlertmanagerPush  # noqa: PLC0415  (TLS takes a while to load)

    try:
        push = AlertmanagerPush(settings)
    except MonitorError as error:
        return bad(key, str(error), _FILES)
    try:
        push.ask()
    except MonitorError as error:
        return bad(key, str(error), _PEER)
    return good(key, f"{file_label(settings.url)} is ready")


def _outlet(key: str, path: Path) -> Check:
    from monitor.sinks.alerts.messenger import Messenger  # noqa: PLC0415  (the library takes a while)

    try:
        Messenger(path)
    except MonitorError as error:
        return bad(key, str(error), _FILES)
    return good(key, f"{file_label(str(path))} holds an address that can be used")
