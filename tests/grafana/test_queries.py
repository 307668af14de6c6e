"""A real Prometheus that scrapes a real sensor answers every question of every panel and every rule."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grafana.source.generate import FOLDER
from tests.grafana.test_dashboards import FOUR
from tests.grafana.test_rules import FILES
from tests.support.scrape import Prometheus, prometheus
from tests.support.wire import Observer, Sensor, ip, replay, virtual_wire, wait_for

pytestmark = pytest.mark.slow

JOB = {
    "job_name": "privacy-monitor",
    "static_configs": [
        {"targets": ["127.0.0.1:9477"], "labels": {"site": "Maple Street Library", "instance": "lobby"}}
    ],
}
WINDOWS = {"$__range": "1h", "$__rate_interval": "10s", "$__interval": "1h"}
"""What Grafana would put there; a step as long as the range, so that it holds all that the short run has to say."""
ARRIVED = "sum(privacy_monitor_capture_packets_total) + sum(privacy_monitor_capture_excluded_packets)"
"""Packets that came, and those that the kernel left out because they are not to be inspected."""
NEVER = {"Where room ran out", "Faults of the program"}
"""Panels of what does not happen here: their second question is the one that has an answer."""
ZERO = {
    "Sensors see well?": "0 means that they do",
    "SIP2 encrypted": "none of it is",
}
"""Figures that are 0 for a reason; all others count something that the invented day has."""


@pytest.fixture
def _wire() -> Iterator[None]:
    """A wire, and a loopback interface, of the test's own."""
    if shutil.which("prometheus") is None:
        pytest.skip("the command prometheus is not here to ask what dashboards ask")
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


def hurried(folder: Path) -> list[Path]:
    """The rules, evaluated every second instead of every five minutes."""
    copies = []
    for path in FILES:
        copies.append(folder / f"rules-{path.name}")
        copies[-1].write_text(re.sub(r"interval: \w+", "interval: 1s", path.read_text("utf-8")), "utf-8")
    return copies


def filled_in(text: str, values: dict[str, str]) -> str:
    """A question with every variable filled in."""
    for name, value in values.items():
        text = text.replace(f"${{{name.removeprefix('$')}}}", value).replace(name, value)
    assert "$" not in re.sub(r'"\$1[^"]*"', "", text), text
    return text


def chosen(server: Prometheus, board: dict[str, Any], values: dict[str, str]) -> dict[str, list[str]]:
    """What the dashboard offers to choose from, as Grafana finds it out."""
    offered = {}
    for variable in board["templating"]["list"]:
        if variable["type"] != "query":
            continue
        asked = filled_in(variable["query"], values)
        if found := re.fullmatch(r"label_values\((.*), (\w+)\)", asked):
            offered[variable["name"]] = server.ask(f"label/{found[2]}/values", **{"match[]": found[1]})
        else:
            result = server.ask("query", query=asked.removeprefix("query_result(").removesuffix(")"))["result"]
            offered[variable["name"]] = [one["metric"]["seen"] for one in result]
    return offered


@pytest.mark.usefixtures("_wire")
def test_every_question_has_its_answer(repository: Path, tmp_path: Path) -> None:
    """During one invented day with everything in it, no panel is empty, and no rule fails."""
    demo = repository / "demo" / "maple-street-library.pcapng"
    options = ("--config", str(demo.with_suffix(".yaml")), "--store", str(tmp_path / "findings.db"), "--metrics")
    with (
        Observer() as observer,
        Sensor(tmp_path, *options) as sensor,
        prometheus(tmp_path, JOB, hurried(tmp_path)) as server,
    ):
        wait_for(lambda: server.query("privacy_monitor_config_last_reload_successful") == 1)
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        wait_for(lambda: server.query(ARRIVED) == sent)
        # Cameras' flows wait for their names, and a rate wants figures of before and after.
        wait_for(
            lambda: server.query("count(count by (expected) (privacy_monitor_camera_upload_bytes_total > 0))") == 2
        )
        wait_for(lambda: server.query("sum(rate(privacy_monitor_camera_upload_bytes_total[10s]))") is not None)
        wait_for(lambda: server.query("count(zone:privacy_monitor_exposures:increase1d)") is not None)
        check_panels(server)
        check_rules(server)
        assert 0 == sensor.end(signal.SIGTERM)


def check_panels(server: Prometheus) -> None:
    """Each question has an answer; of two where the second asks whether there was nothing, exactly one has."""
    everything = {"$site": ".*", "$sensor": ".*", "$zone": ".*", **WINDOWS}
    for name, board in FOUR.items():
        offered = chosen(server, board, everything)
        assert ["lobby"] == offered["sensor"]
        assert ["Maple Street Library"] == offered["site"]
        assert name == "sensor-health" or {"cameras", "servers"} <= set(offered["zone"])
        (seen,) = offered["seen"]
        assert re.fullmatch(r"\d+ packets", seen)
        for panel in board["panels"]:
            where = f"{name}: {panel['title']}"
            asked = [filled_in(target["expr"], {**everything, "$seen": seen}) for target in panel["targets"]]
            results = [server.ask("query", query=one)["result"] for one in asked]
            if "{{nothing}}" == panel["targets"][-1]["legendFormat"]:
                never = panel["title"] in NEVER
                assert [not never, never] == [bool(result) for result in results], where
                continue
            assert all(results), where
            if panel["type"] == "table":
                said = {word for one in results[0] for word in one["metric"].values()}
                assert not any(word.startswith("Nothing found") for word in said), where
            if panel["type"] == "stat":
                ((one,),) = results
                assert (float(one["value"][1]) == 0) == (panel["title"] in ZERO), where


def open_findings(server: Prometheus) -> set[str]:
    """Rules with a finding."""
    return {one["metric"]["rule"] for one in server.ask("query", query="privacy_monitor_findings_open > 0")["result"]}


def told_rules(server: Prometheus) -> set[str | None]:
    """What fires, by the rule of the monitor that it is about; None where it is about none."""
    rules = [rule for group in server.ask("rules")["groups"] for rule in group["rules"]]
    firing = [rule["alerts"] for rule in rules if rule.get("state") == "firing"]
    return {alert["labels"].get("rule") for alerts in firing for alert in alerts}


def check_rules(server: Prometheus) -> None:
    """Each rule was evaluated without complaint; what was found and what always fires does fire, and nothing else."""
    wait_for(lambda: set() != open_findings(server) == {name for name in told_rules(server) if name})
    rules = [rule for group in server.ask("rules")["groups"] for rule in group["rules"]]
    assert sum("recording" == rule["type"] for rule in rules) == 3
    assert {("ok", "")} == {(rule["health"], rule.get("lastError", "")) for rule in rules}
    firing = {rule["name"]: rule["alerts"] for rule in rules if rule.get("state") == "firing"}
    assert len(open_findings(server)) > 5
    assert "PrivacyMonitorWatchdog" in firing
    assert {"PrivacyMonitorWatchdog"} == {name for name in firing if name.startswith("PrivacyMonitor")}
    for alerts in firing.values():
        for alert in alerts:
            words = " ".join(alert["annotations"].values())
            assert "<no value>" not in words
            assert "error expanding" not in words
    for name in ("zone:privacy_monitor_sessions:increase1d", "instance:privacy_monitor_sip2_encrypted:ratio1d"):
        assert server.ask("query", query=name)["result"], name


def test_the_sensor_is_the_one_in_the_example() -> None:
    """What is asked here goes by the labels of the example that people copy."""
    text = (FOLDER / "prometheus" / "prometheus.yml").read_text("utf-8")
    assert f"job_name: {JOB['job_name']}" in text
    assert "labels: {site: Main Library, instance: lobby}" in text
