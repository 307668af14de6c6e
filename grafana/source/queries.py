"""The questions that panels ask Prometheus.

Rules: everything goes by site, sensor (the label ``instance``) and, where a metric has it, zone. An empty answer can
have two meanings, which must not look the same: nothing was found, or nobody looked. So where there is a sensor and no
finding, the answer is 0, and where there is no sensor, there is none.
"""

from __future__ import annotations

HERE = 'site=~"$site",instance=~"$sensor"'
PLACE = f'{HERE},zone=~"$zone"'
WHO = "site, instance"
"""What tells sensors apart."""

LATE_SECONDS = 60
SILENT_SECONDS = 600
DROPPED = 0.01
MISSING = 0.05
ONE_SIDED = 0.5
"""The thresholds of the alerts in prometheus/sensor.yaml."""


def metric(name: str, *matchers: str, where: str = PLACE) -> str:
    """A selector."""
    return f"privacy_monitor_{name}{{{','.join((where, *matchers))}}}"


def total(expression: str, by: str = "") -> str:
    """A sum."""
    return f"sum by ({by}) ({expression})" if by else f"sum({expression})"


def counted(selector: str, window: str, by: str = "", at: str = "") -> str:
    """How much a counter grew within a window; `at` is a modifier that says when the window ends.

    `increase` begins with the first value and does not see how that came about. A kind of data that is seen for the
    first time is what matters here, so the first value counts, unless the series was there during the day before.
    """
    begun = f"min_over_time({selector}[{window}]{at}) unless last_over_time({selector}[1d]{at} offset {window})"
    both = (
        f'label_replace(increase({selector}[{window}]{at}), "part", "grown", "", "") '
        f'or label_replace({begun}, "part", "begun", "", "")'
    )
    return total(both, by)


def seen() -> str:
    """Packets that were read within the range of the dashboard."""
    return counted(metric("capture_packets_total", where=HERE), "$__range")


def or_none(expression: str) -> str:
    """An expression without labels that is 0 where a sensor is there and has nothing to say."""
    return f"({expression}) or ({total(metric('capture_packets_total', where=HERE))} * 0)"


def unless(condition: str) -> str:
    """0 where a sensor is there and the condition has no answer; else empty."""
    return f"({total(metric('capture_packets_total', where=HERE))} * 0) unless on() ({condition})"


def uncounted(selector: str, words: str) -> str:
    """0 where a sensor is there and a counter stood still over the whole range of the dashboard; else empty.

    The words become the label ``nothing``, because Grafana puts variables into queries wherever queries go.
    """
    return labeled(unless(f"{counted(selector, '$__range', at=' @ end()')} > 0"), "nothing", words)


def labeled(expression: str, name: str, words: str) -> str:
    """An expression with one more label."""
    return f'label_replace({expression}, "{name}", "{words}", "", "")'


def grown(selector: str, label: str) -> str:
    """How much a counter grew in each step, by one label, for what grew at all within the range of the dashboard."""
    ever = counted(selector, "$__range", label, at=" @ end()")
    return f"{counted(selector, '$__interval', label)} and on({label.rsplit(', ', maxsplit=1)[-1]}) ({ever} > 0)"


def share(part: str, whole: str) -> str:
    """A ratio; empty where there is no whole. Both by the same labels."""
    return f"(({part}) or ({whole}) * 0) / (({whole}) > 0)"


def dropped(window: str = "10m") -> str:
    """Of each sensor, the share of packets that it was too slow for."""
    drops, packets = (
        total(f"rate({metric(name, where=HERE)}[{window}])", WHO)
        for name in ("capture_drops_total", "capture_packets_total")
    )
    return f"{drops} / ({drops} + {packets} > 0)"


def one_sided(window: str = "30m") -> str:
    """Of each sensor, the share of TCP flows of which one side is seen."""
    two, all_ = (
        total(f"rate({metric(name, where=HERE)}[{window}])", WHO)
        for name in ("tcp_flows_two_sided_total", "tcp_flows_total")
    )
    return f"1 - {two} / ({all_} > 0)"


def age(name: str) -> str:
    """Of each sensor, the seconds since a time stamp."""
    return f"time() - max by ({WHO}) ({metric(name, where=HERE)})"


def state() -> str:
    """Of each sensor, how well it sees: 0 well, 1 misses some, 2 hears nothing, 3 hangs, 4 does not answer."""
    checks = (
        f"max by ({WHO}) ({metric('build_info', where=HERE)}) * 0",
        f"({dropped()} > bool {DROPPED})",
        f"(max by ({WHO}) ({metric('capture_loss_ratio', where=HERE)}) > bool {MISSING})",
        f"({one_sided()} > bool {ONE_SIDED})",
        f"({age('last_packet_timestamp_seconds')} > bool {SILENT_SECONDS}) * 2",
        f"({age('heartbeat_timestamp_seconds')} > bool {LATE_SECONDS}) * 3",
        f'(max by ({WHO}) (up{{job="privacy-monitor",{HERE}}}) == bool 0) * 4',
    )
    named = (f'label_replace({check}, "check", "{number}", "", "")' for number, check in enumerate(checks))
    return f"max by ({WHO}) ({' or '.join(named)})"
