"""Sends everybody one alert that is clearly a test."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.config.settings import AlertSettings, Urgency
from monitor.errors import DeliveryError
from monitor.model.record import replace
from monitor.sinks.alerts.alertmanager import AlertmanagerPush
from monitor.sinks.alerts.messenger import Messenger
from monitor.sinks.alerts.notice import Notice, Sender, make_labels, write_message

SLUG = "privacy-monitor-test"
TRIAL_SECONDS = 300
"""How long Alertmanager holds it: longer than it waits before it tells anybody."""


def try_all(
    settings: AlertSettings, sender: Sender, severity: str, at_ns: int
) -> Iterator[tuple[str, DeliveryError | None]]:
    """Send it to each in turn; gives the name of each, and why it did not accept it.

    Raises:
        UsageError: a file that `settings` names is not what it should be.
    """
    pushers = [AlertmanagerPush(one, hold_seconds=TRIAL_SECONDS) for one in settings.alertmanagers]
    messengers = [Messenger(one) for one in settings.notify]
    labels = make_labels(sender, SLUG, Urgency(severity))
    annotations = {
        "summary": "TEST: nothing has happened",
        "description": "Somebody has run privacy-monitor test-alert to see whether alerts arrive. This one has.",
        "what_to_do": "Nothing.",
        "runbook_url": sender.runbook(SLUG),
    }
    notice = Notice(key=SLUG, labels=labels, annotations=annotations, starts_ns=at_ns)
    for pusher in pushers:
        try:
            pusher.push([replace(notice)], at_ns)
        except DeliveryError as error:
            yield pusher.name, error
        else:
            yield pusher.name, None
    for messenger in messengers:
        message = write_message(messenger.name, labels, annotations, is_urgent=severity == Urgency.PAGE.value)
        try:
            messenger.send(message)
        except DeliveryError as error:
            yield messenger.name, error
        else:
            yield messenger.name, None
