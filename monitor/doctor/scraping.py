"""Does a sensor offer metrics, is it alive, and does anybody come for them?

Rule: no password is sent and no metrics are asked for: the paths of health need neither, and asking for the metrics
would look like a scrape.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from ipaddress import ip_address

from monitor.config.settings import MetricsSettings
from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.sinks.report.figures import duration

PATIENCE_SECONDS = 3.0
"""The sensor is on this machine."""
RARE_SECONDS = 300
"""Prometheus shows no figure that is older than that."""
MAX_ANSWER_BYTES = 64

_OFFER = "ask for metrics in the configuration (metrics: {}), so that somebody learns when the sensor stops"


def check_scraping(settings: MetricsSettings | None) -> Iterator[Check]:
    """Everything about metrics; without `settings`, at the place where they are offered by default."""
    place = settings or MetricsSettings()
    answer = _ask(place, "/-/healthy")
    if answer is None:
        if settings is None:
            yield attention("metrics.offered", "no metrics are asked for", _OFFER)
        else:
            yield attention(
                "metrics.offered",
                f"nobody answers at {place.listen}",
                "start the sensor with this configuration (privacy-monitor run), then try again",
            )
        return
    if answer[0] not in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}:
        yield bad("metrics.offered", f"something else answers at {place.listen}", "let metrics listen at another port")
        return
    yield good("metrics.offered", f"a sensor answers at {place.listen}")
    yield from _alive(place, answer[0])
    yield _scraped(place)


def _alive(place: MetricsSettings, health: int) -> Iterator[Check]:
    if health != HTTPStatus.OK:
        yield bad(
            "metrics.heartbeat",
            "the sensor hangs: no time has passed in it for a minute",
            "start it again, and report it with what its log says",
        )
        return
    ready = _ask(place, "/-/ready")
    if ready is None or ready[0] != HTTPStatus.OK:
        yield bad(
            "metrics.heartbeat", "the sensor runs and receives nothing", "see what its log says, and start it again"
        )
        return
    yield good("metrics.heartbeat", "it is alive and receives packets")


def _scraped(place: MetricsSettings) -> Check:
    key = "metrics.scraped"
    how = (
        "in prometheus.yml, below scrape_configs: {job_name: privacy-monitor, static_configs: "
        f"[{{targets: ['{place.listen}']}}]{', scheme: https' if place.tls else ''}"
        f"{', basic_auth: {...}' if place.basic_auth else ''}}}; see Prometheus, Status, Targets"
    )
    answer = _ask(place, "/-/scraped")
    if answer is None or answer[0] == HTTPStatus.NOT_FOUND:
        return unknown(key, "this sensor does not say whether anybody asks", how)
    if answer[0] != HTTPStatus.OK or not answer[1].strip().isdigit():
        return attention(key, "nobody has asked for the metrics since the sensor started", how)
    seconds = int(answer[1])
    asked = f"somebody asked for the metrics {duration(seconds * 10**9)} ago"
    return attention(key, asked, how) if seconds > RARE_SECONDS else good(key, asked)


def _ask(place: MetricsSettings, path: str) -> tuple[int, bytes] | None:
    """Status and beginning of the answer; None if there is none."""
    address = place.listen.address
    if address.is_unspecified:
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")  # noqa: PLR2004 (IP's number)
    host, port = str(address), place.listen.port
    if place.tls is None:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
    else:
        # The certificate is for another name than this address, and nothing secret is said.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, port, timeout=PATIENCE_SECONDS, context=context)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(MAX_ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
