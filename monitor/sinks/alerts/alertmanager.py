"""Pushes alerts to one Alertmanager over its API (version 2): what fires is repeated, what is over is said to be.

Rules: the receiver's clock counts, which its answers tell, so that a sensor whose clock is wrong is believed all the
same; nothing is accepted until the receiver has said so; no proxy but one that the operator names as the receiver.
Source: Alertmanager's OpenAPI specification, ``POST /api/v2/alerts``; RFC 9110 6.6.1 (Date).
"""

from __future__ import annotations

import json
import os
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from monitor import __version__
from monitor.config.settings import Alertmanager, BasicAuth
from monitor.errors import DeliveryError, UsageError
from monitor.privacy.labels import file_label
from monitor.sinks.alerts.notice import Notice
from monitor.sinks.report.document import format_time
from monitor.sinks.secrets import read_secret

TIMEOUT_SECONDS = 5.0
"""For each step of a conversation with a machine that is near."""
AT_ONCE = 100
"""Alerts of one request; about 300 kB."""
HOLD_SECONDS = 24 * 3_600
"""How long Alertmanager takes for true what it was told last. A sensor that restarts, or is off for a night, has not
made anything better; `SensorDown` of the rules for Prometheus tells of that."""
SKEW_NS = 60 * 10**9
"""Clocks that are less apart than that are the same: answers take a while and tell whole seconds."""
OVER_NS = 10**9
"""How long ago what is over ended: an end that is still to come, by a breath, is no news to Alertmanager, for it keeps
the later one that it knows."""
MAX_ANSWER_BYTES = 65_536
"""Of an answer only its status and date are of interest; the rest is read so that the connection can end well."""


class AlertmanagerPush:
    """One instance."""

    def __init__(self, settings: Alertmanager) -> None:
        """Read what it needs to trust and to say.

        Raises:
            UsageError: a file cannot be read, or is not what it should be.
        """
        self.name = settings.url
        self._at = urlsplit(settings.url)
        self._headers = {"User-Agent": f"privacy-monitor/{__version__}", "Content-Type": "application/json"}
        if settings.basic_auth is not None:
            self._headers["Authorization"] = _authorization(settings.basic_auth)
        self._context = _trust(settings) if self._at.scheme == "https" else None
        self._ahead_ns: int | None = None
        """How far its clock is ahead of trace time; None before it was asked."""
        self._asked_ns = 0
        """When it was asked, in trace time."""

    def push(self, notices: Iterable[Notice], at_ns: int, *, hold_seconds: int = HOLD_SECONDS) -> None:
        """Tell it of these; `at_ns` is trace time. What stands is true to it for so many seconds, unless told again.

        Raises:
            DeliveryError: it has not accepted all of them.
        """
        told = list(notices)
        is_any_over = not all(one.stands for one in told)
        if self._ahead_ns is None or is_any_over or abs(at_ns - self._asked_ns) >= SKEW_NS:
            self._request("GET", "/-/healthy", b"", at_ns)
        now_ns = at_ns + (self._ahead_ns or 0)
        alerts = [self._alert(notice, now_ns, hold_seconds * 10**9) for notice in told]
        for start in range(0, len(alerts), AT_ONCE):
            self._post(alerts[start : start + AT_ONCE], at_ns)

    def ask(self) -> None:
        """Ask whether it is ready; nothing is told.

        Raises:
            DeliveryError: it is not, or nobody answers.
        """
        status = self._request("GET", "/-/ready", b"", 0)
        if status // 100 != HTTPStatus.OK // 100:
            raise DeliveryError(f"{self.name}: answered {status}{_meaning(status)}")

    def _post(self, alerts: list[dict[str, Any]], at_ns: int) -> None:
        status = self._request("POST", "/api/v2/alerts", json.dumps(alerts).encode("ascii"), at_ns)
        if status == HTTPStatus.BAD_REQUEST and len(alerts) > 1:  # one that it dislikes must not hold up the others
            refused = 0
            for alert in alerts:
                one = self._request("POST", "/api/v2/alerts", json.dumps([alert]).encode("ascii"), at_ns)
                refused += one // 100 != HTTPStatus.OK // 100
            if refused:
                raise DeliveryError(f"{self.name}: refused {refused} of {len(alerts)} alerts")
        elif status // 100 != HTTPStatus.OK // 100:
            raise DeliveryError(f"{self.name}: answered {status}{_meaning(status)}")

    def _alert(self, notice: Notice, now_ns: int, hold_ns: int) -> dict[str, Any]:
        ahead_ns = self._ahead_ns or 0
        starts_ns = notice.starts_ns + (ahead_ns if abs(ahead_ns) >= SKEW_NS else 0)
        ends_ns = now_ns + hold_ns if notice.stands else now_ns - OVER_NS
        return {
            "labels": notice.labels,
            "annotations": notice.annotations,
            "startsAt": format_time(min(starts_ns, now_ns, ends_ns)),
            "endsAt": format_time(ends_ns),
        }

    def _request(self, method: str, path: str, body: bytes, at_ns: int) -> int:
        """The status of an answer; sets how far the receiver's clock is ahead."""
        host, port = self._at.hostname or "", self._at.port
        if self._context is not None:
            connection: HTTPConnection = HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=self._context)
        else:
            connection = HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, self._at.path + path, body or None, self._headers)
            answer = connection.getresponse()
            answer.read(MAX_ANSWER_BYTES)
            self._ahead_ns, self._asked_ns = _date_ns(answer.headers.get("Date", ""), at_ns) - at_ns, at_ns
        except (OSError, HTTPException) as error:
            raise DeliveryError(f"{self.name}: {_reason(error)}") from None
        finally:
            connection.close()
        return answer.status


def _authorization(auth: BasicAuth) -> str:
    pair = auth.user.encode() + b":" + read_secret(auth.password_file, "password")
    return "Basic " + b64encode(pair).decode("ascii")


def _trust(settings: Alertmanager) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError:
        raise UsageError(f"{file_label(str(settings.ca_file))} holds no certificates in PEM") from None
    except OSError as error:
        raise UsageError(f"cannot read {file_label(str(settings.ca_file))}: {os.strerror(error.errno or 0)}") from None


def _date_ns(text: str, fallback_ns: int) -> int:
    """The time an answer was made, to the second; `fallback_ns` where it does not say."""
    try:
        return round(parsedate_to_datetime(text).timestamp()) * 10**9
    except (ValueError, TypeError, OverflowError):
        return fallback_ns


def _meaning(status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ": it wants another user or password"
    if status == HTTPStatus.NOT_FOUND:
        return ": there is no Alertmanager of version 0.16 or later at this address"
    return ""


def _reason(error: Exception) -> str:
    """What went wrong, in plain words; a message of the library may quote what the other side said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted, or is another machine's: name who made it in 'ca_file'"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS there"
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS:.0f} seconds"
    if isinstance(error, socket.gaierror):
        return "the name of the machine is not known"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return f"what answers there is no web server ({type(error).__name__})"
