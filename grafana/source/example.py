"""An invented county with three sensors, as Prometheus would have it after two days, for pictures of the dashboards.

    python -m grafana.source.example [--quiet] > past.om
    promtool tsdb create-blocks-from openmetrics past.om FOLDER

It is always the same days, so that pictures repeat. With ``--quiet``, nothing was found anywhere.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

STEP = 60
TIMES = range(1_795_021_200, 1_795_194_000 + STEP, STEP)
"""Two days until 2026-11-20, 17:00 UTC."""
OPENS, CLOSES = 9, 20
"""Hours of a day, UTC."""
BLIND = range(1_795_194_000 - 12_600, 1_795_194_000 - 10_200)
"""While a switch was being replaced at one site, half past one until ten past two."""


class Sensor(NamedTuple):
    """One sensor and how busy its site is."""

    site: str
    instance: str
    busy: float

    def labels(self, **more: str) -> str:
        """Its labels and others, as they stand behind a metric's name."""
        pairs = {"instance": self.instance, "job": "privacy-monitor", "site": self.site, **more}
        return "{" + ",".join(f'{name}="{value}"' for name, value in sorted(pairs.items())) + "}"


MAIN = Sensor("Main Library", "lobby", 1.0)
CAMERA = Sensor("Main Library", "cameras", 0.6)
RIVER = Sensor("Riverside Branch", "riverside", 0.35)
SENSORS = (MAIN, CAMERA, RIVER)
FINDINGS = (
    (RIVER, "sip2-patron-credential", "critical", "servers", 1),
    (RIVER, "sip2-patron-identity", "high", "servers", 1),
    (RIVER, "sip2-staff-login", "high", "servers", 1),
    (MAIN, "http-session-cookie", "high", "servers", 1),
    (MAIN, "http-search-terms", "medium", "servers", 1),
    (CAMERA, "camera-unexpected-internet", "high", "cameras", 2),
    (CAMERA, "camera-rtsp-leaves-zone", "high", "cameras", 1),
    (CAMERA, "camera-internet-time-or-names", "low", "cameras", 4),
    (RIVER, "sip2-circulation-data", "medium", "servers", 1),
)
EXPOSURES = (
    (RIVER, "sip2", "credential", "servers", 22.0),
    (RIVER, "sip2", "patron_identifier", "servers", 61.0),
    (RIVER, "sip2", "name", "servers", 34.0),
    (RIVER, "sip2", "circulation", "servers", 48.0),
    (RIVER, "sip2", "staff_credential", "servers", 2.0),
    (MAIN, "http", "search", "servers", 75.0),
    (MAIN, "http", "session", "servers", 42.0),
    (CAMERA, "rtsp", "video", "cameras", 1.4),
    (CAMERA, "rtsp", "staff_credential", "cameras", 1.4),
)
"""A busy hour's worth."""
SESSIONS = (
    (MAIN, "sip2", "true", "servers", 26.0),
    (RIVER, "sip2", "false", "servers", 9.0),
    (RIVER, "sip2", "true", "servers", 3.0),
    (MAIN, "http", "false", "servers", 110.0),
    (MAIN, "tls", "true", "servers", 420.0),
    (RIVER, "tls", "true", "servers", 150.0),
    (CAMERA, "rtsp", "false", "cameras", 2.0),
    (CAMERA, "rtp", "false", "cameras", 2.0),
    (CAMERA, "dns", "false", "cameras", 30.0),
)
UPLOADS = ((CAMERA, "cameras", "true", 2.4e9), (CAMERA, "cameras", "false", 9e7))


def opened(at: float) -> float:
    """How busy a library is, 0 to 1."""
    hour = at / 3600 % 24
    if not OPENS <= hour <= CLOSES:
        return 0.02
    return 0.35 + 0.65 * math.sin(math.pi * (hour - OPENS) / (CLOSES - OPENS)) * (0.85 + 0.15 * math.sin(hour * 9))


class Grown:
    """What rises with the opening hours, in steps of a minute from the start."""

    def __init__(self, times: range) -> None:
        self._sums: list[float] = []
        hours = 0.0
        for at in times:
            self._sums.append(hours)
            hours += opened(at) * STEP / 3600

    def counter(self, number: int, an_hour: float) -> float:
        """What something that happens so often in a busy hour has come to."""
        return float(math.floor(self._sums[number] * an_hour))


Value = Callable[[int, int], float | None]


def families(times: range, *, quiet: bool) -> Iterator[tuple[str, str, list[tuple[str, Value]]]]:
    """Each metric with its type and series; a value is asked for by number and time."""
    grown = Grown(times)

    def blind(sensor: Sensor, at: int) -> bool:
        return sensor is RIVER and not quiet and at in BLIND

    def rising(an_hour: float, sensor: Sensor) -> Value:
        return lambda number, _: grown.counter(number, an_hour * sensor.busy)

    def constant(value: float) -> Value:
        return lambda _, __: value

    def busy_share(sensor: Sensor, top: float) -> Value:
        return lambda _, at: round(top * opened(at) ** 3 * (1 + 0.3 * math.sin(at / 900)), 5) if sensor is MAIN else 0.0

    def followed(sensor: Sensor) -> Value:
        return lambda _, at: round(240 * sensor.busy * opened(at) + 6)

    def packet_time(sensor: Sensor) -> Value:
        return lambda _, at: BLIND.start if blind(sensor, at) else at - 1

    yield "up", "gauge", [(sensor.labels(), constant(1)) for sensor in SENSORS]
    prefix = "privacy_monitor_"
    yield f"{prefix}build_info", "gauge", [(s.labels(version="1.0.0", python="3.13.1"), constant(1)) for s in SENSORS]
    packets = [(s.labels(interface="eth1"), rising(9e6, s)) for s in SENSORS]
    yield f"{prefix}capture_packets", "counter", packets
    drops = [(s.labels(interface="eth1"), rising(0 if quiet or s is not MAIN else 9_000, s)) for s in SENSORS]
    yield f"{prefix}capture_drops", "counter", drops
    yield f"{prefix}capture_loss_ratio", "gauge", [(s.labels(), busy_share(s, 0 if quiet else 0.012)) for s in SENSORS]
    yield f"{prefix}last_packet_timestamp_seconds", "gauge", [(s.labels(), packet_time(s)) for s in SENSORS]
    yield f"{prefix}heartbeat_timestamp_seconds", "gauge", [(s.labels(), lambda _, at: at - 1) for s in SENSORS]
    yield f"{prefix}config_last_reload_successful", "gauge", [(s.labels(), constant(1)) for s in SENSORS]
    yield (
        f"{prefix}flows",
        "gauge",
        [(s.labels(), followed(s)) for s in SENSORS],
    )
    yield f"{prefix}tcp_flows", "counter", [(s.labels(), rising(24_000, s)) for s in SENSORS]
    yield f"{prefix}tcp_flows_two_sided", "counter", [(s.labels(), rising(22_800, s)) for s in SENSORS]
    sinks = [(s.labels(sink=sink), constant(1)) for s in SENSORS for sink in ("stdout", "store")]
    yield f"{prefix}sink_success", "gauge", sinks
    yield f"{prefix}sink_dropped", "counter", [(labels, constant(0)) for labels, _ in sinks]
    faults = [(s.labels(protocol=name), constant(0)) for s in SENSORS for name in ("sip2", "http", "tls")]
    yield f"{prefix}parser_faults", "counter", faults
    if not quiet:
        yield f"{prefix}limits_hit", "counter", [(MAIN.labels(limit="capture.ring"), rising(0.4, MAIN))]
    uploads = [row for row in UPLOADS if not quiet or row[2] == "true"]
    yield (
        f"{prefix}camera_upload_bytes",
        "counter",
        [(s.labels(zone=zone, expected=word), rising(size, s)) for s, zone, word, size in uploads],
    )
    yield (
        f"{prefix}sessions",
        "counter",
        [
            (s.labels(protocol=protocol, encrypted=word, zone=zone), rising(rate, s))
            for s, protocol, word, zone, rate in SESSIONS
            if not quiet or word == "true"
        ],
    )
    if quiet:
        return
    yield (
        f"{prefix}exposures",
        "counter",
        [
            (s.labels(protocol=protocol, data_class=kind, zone=zone), rising(rate, s))
            for s, protocol, kind, zone, rate in EXPOSURES
        ],
    )
    standing = [(s.labels(rule=rule, level=level, zone=zone), constant(n)) for s, rule, level, zone, n in FINDINGS]
    yield f"{prefix}findings_open", "gauge", standing
    yield f"{prefix}findings", "counter", standing


def exposition(times: range, *, quiet: bool) -> Iterator[str]:
    """All of it in the OpenMetrics format, with times."""
    for name, kind, series in families(times, quiet=quiet):
        yield f"# TYPE {name} {kind}"
        shown = f"{name}_total" if kind == "counter" else name
        for labels, value in series:
            for number, at in enumerate(times):
                yield f"{shown}{labels} {value(number, at)} {at}"
    yield "# EOF"


def main() -> None:
    """Write both days."""
    sys.stdout.writelines(f"{line}\n" for line in exposition(TIMES, quiet="--quiet" in sys.argv))


if __name__ == "__main__":
    main()
