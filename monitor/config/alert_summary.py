"""Says back who is told of findings, of which, and when; part of `summary`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.config.settings import CONDITIONS, AlertSettings
from monitor.config.shipped import shipped


def alert_lines(alerts: AlertSettings) -> Iterator[str]:
    """What was understood."""
    told = [f"Alertmanager {one.url}" for one in alerts.alertmanagers]
    told += [f"the address in {one}" for one in alerts.notify]
    if told:
        yield f"alerts go to {', '.join(told)}"
    yield f"one digest a day at {_clock(alerts.digest_at)}, local time; the first after {alerts.first_look_hours} hours"
    if alerts.quiet:
        begin, end = map(_clock, alerts.quiet)
        yield f"from {begin} to {end} only what pages is told"
    for one in alerts.policy:
        where = f" in zone {one.zone}" if one.zone else ""
        yield f"alert policy: {one.rule}{where}: {one.alert.value}"


def alert_notes(alerts: AlertSettings) -> Iterator[str]:
    """What is allowed but may not be meant of who is told."""
    if not alerts.alertmanagers and not alerts.notify:
        yield "'alerts' names nobody: add 'alertmanagers' or 'notify'"
    for one in alerts.alertmanagers:
        url = urlsplit(one.url)
        if url.scheme == "http" and not _is_this_machine(url.hostname or ""):
            yield f"alerts cross the network readable ({one.url}): use https"
    slugs = [path.stem for path in shipped().glob("*.yaml")]
    for policy in alerts.policy:
        if not any(fnmatchcase(slug, policy.rule) for slug in (*slugs, *(() if policy.zone else CONDITIONS))):
            yield f"no rule that comes along fits '{policy.rule}' of the alert policy; is it one of your own?"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
