"""Sends everybody one alert that is clearly a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from monitor.config.settings import Urgency
from monitor.errors import DeliveryError
from monitor.sinks.alerts.alertmanager import AlertmanagerPush
from monitor.sinks.alerts.messenger import Messenger
from monitor.sinks.alerts.notice import Notice, Sender, make_labels, write_message
from monitor.sinks.alerts.request import Outcome

SLUG = "privacy-monitor-test"
TRIAL_SECONDS = 300
"""How long Alertmanager holds it: longer than it waits before it tells anybody."""


def try_all(
    pushers: Iterable[AlertmanagerPush], messengers: Iterable[Messenger], sender: Sender, severity: str, at_ns: int
) -> Outcome:
    """Send it to each in turn; gives why each of them, by its name, did not accept it."""
    labels = make_labels(sender, SLUG, Urgency(severity))
    annotations = {
        "summary": "TEST: nothing has happened",
        "description": "Somebody has run privacy-monitor test-alert to see whether alerts arrive. This one has.",
        "what_to_do": "Nothing.",
        "runbook_url": sender.runbook(SLUG),
    }
    notice = Notice(key=SLUG, labels=labels, annotations=annotations, starts_ns=at_ns)
    message = partial(write_message, labels=labels, annotations=annotations, is_urgent=severity == Urgency.PAGE.value)
    attempts: dict[str, Callable[[], None]] = {}
    for pusher in pushers:
        attempts[pusher.name] = partial(pusher.push, [notice], at_ns, hold_seconds=TRIAL_SECONDS)
    for messenger in messengers:
        attempts[messenger.name] = partial(messenger.send, message(messenger.name))
    return {name: _trouble(attempt) for name, attempt in attempts.items()}


def _trouble(attempt: Callable[[], None]) -> str:
    try:
        attempt()
    except DeliveryError as error:
        return str(error)
    return ""
