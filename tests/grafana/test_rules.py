"""Rules for Prometheus: each alert fires when it should and not otherwise, and its words are right."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana.source.alerts import RUNBOOK, camel, slug_of
from grafana.source.words import LOADER, shipped_rules
from monitor.sinks.metrics.catalog import METRICS, PREFIX

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "grafana" / "prometheus"
FILES = sorted([*FOLDER.glob("*.yaml"), *FOLDER.glob("optional/*.yaml")])
SENSOR = {"job": "privacy-monitor", "site": "Main Library", "instance": "lobby"}

Series = dict[str, str]
"""Selectors without what every sensor has, and their values, as promtool writes them: one a minute, or one an hour."""

CASES: dict[str, tuple[str, dict[str, str], Series, Series]] = {
    "PrivacyMonitorDown": ("10m", {}, {"up": "0x60"}, {"up": "1 0 1 0 1 0 1 0 1 0 1"}),
    "PrivacyMonitorStuck": (
        "10m",
        {},
        {"heartbeat_timestamp_seconds": "0x60"},
        {"heartbeat_timestamp_seconds": "-59+60x60"},
    ),
    "PrivacyMonitorBlind": (
        "20m",
        {},
        {"last_packet_timestamp_seconds": "0x60", "heartbeat_timestamp_seconds": "0+60x60"},
        {"last_packet_timestamp_seconds": "-599+60x60", "heartbeat_timestamp_seconds": "0+60x60"},
    ),
    "PrivacyMonitorDropsPackets": (
        "40m",
        {},
        {"capture_packets_total{interface=a}": "0+980x60", "capture_drops_total{interface=a}": "0+20x60"},
        {"capture_packets_total{interface=a}": "0+991x60", "capture_drops_total{interface=a}": "0+9x60"},
    ),
    "PrivacyMonitorMissesData": (
        "20m",
        {},
        {"capture_loss_ratio": "0.06x60"},
        {"capture_loss_ratio": "0.9x10 0.05x50"},
    ),
    "PrivacyMonitorOneSided": (
        "70m",
        {},
        {"tcp_flows_total": "0+10x90", "tcp_flows_two_sided_total": "0+4x90"},
        {"tcp_flows_total": "0+3x90", "tcp_flows_two_sided_total": "0+1x90"},
    ),
    "PrivacyMonitorRestarts": (
        "50m",
        {},
        {"capture_packets_total{interface=a}": "0 5 2 9 1 9 3 7x60"},
        {"capture_packets_total{interface=a}": "0 5 2 9 1 9 10 11x60"},
    ),
    "PrivacyMonitorParserFault": (
        "20m",
        {"protocol": "sip2"},
        {"parser_faults_total{protocol=sip2}": "0 0 1x60"},
        {"parser_faults_total{protocol=sip2}": "7x60"},
    ),
    "PrivacyMonitorLimitHit": (
        "150m",
        {"limit": "flow.table"},
        {"limits_hit_total{limit=flow.table}": "0+1x200"},
        {"limits_hit_total{limit=flow.table}": "0x80 1x120"},
    ),
    "PrivacyMonitorSinkFails": (
        "20m",
        {"sink": "store"},
        {"sink_success{sink=store}": "1 0x60"},
        {"sink_success{sink=store}": "0x10 1 0x60"},
    ),
    "PrivacyMonitorSinkDrops": (
        "20m",
        {"sink": "store"},
        {"sink_dropped_total{sink=store}": "0 0 3x60"},
        {"sink_dropped_total{sink=store}": "3x60"},
    ),
    "PrivacyMonitorConfigRejected": (
        "20m",
        {},
        {"config_last_reload_successful": "1 0x60"},
        {"config_last_reload_successful": "0x10 1x60"},
    ),
    "PrivacyMonitorLessEncryption": (
        "190h",
        {},
        {"instance:privacy_monitor_sip2_encrypted:ratio1d": "1x170 0.5x30"},
        {"instance:privacy_monitor_sip2_encrypted:ratio1d": "1x170 0.95x30"},
    ),
}
"""Each alert: when to look, its own labels, what makes it fire, and what comes close and does not."""


@pytest.fixture(autouse=True)
def _promtool() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("the command promtool (package prometheus) is not here to check rules")


def promtool(*arguments: str) -> str:
    """Run it; returns what it says, which ends the test if it is a complaint."""
    ran = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout


def alerts() -> dict[str, dict[str, Any]]:
    """All alerts of all files by name."""
    files = (yaml.load(path.read_text("utf-8"), Loader=LOADER) for path in FILES)  # noqa: S506  (a safe one)
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    named = {rule["alert"]: rule for rule in rules if "alert" in rule}
    assert len(named) == sum("alert" in rule for rule in rules)
    return named


def without_words(folder: Path) -> list[str]:
    """The rules without annotations, so that a test can say what fires and leave out in which words."""
    copies = []
    for path in FILES:
        rules = yaml.safe_load(path.read_text("utf-8"))
        for group in rules["groups"]:
            for rule in group["rules"]:
                rule.pop("annotations", None)
        copies.append(str(folder / path.name))
        Path(copies[-1]).write_text(yaml.safe_dump(rules), "utf-8")
    return copies


def series(given: Series, instance: str = "lobby") -> list[dict[str, str]]:
    """As promtool wants them, all of one sensor."""
    made = []
    for selector, values in given.items():
        name, _, rest = selector.partition("{")
        own = dict(pair.split("=") for pair in rest.rstrip("}").replace('"', "").split(",") if pair)
        labels = ",".join(f'{label}="{value}"' for label, value in {**SENSOR, "instance": instance, **own}.items())
        whole = name if name == "up" or ":" in name else PREFIX + name
        made.append({"series": f"{whole}{{{labels}}}", "values": values})
    return made


def expectation(name: str, at: str, *labels: dict[str, str]) -> dict[str, Any]:
    """One question to promtool: with these labels an alert fires then, each once, and with no others."""
    return {"alertname": name, "eval_time": at, "exp_alerts": [{"exp_labels": one} for one in labels]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_promtool_has_nothing_to_say(path: Path) -> None:
    """Prometheus reads every file."""
    assert "SUCCESS" in promtool("check", "rules", str(path))


def test_the_example_is_right() -> None:
    """Prometheus starts with the example of a configuration."""
    assert "SUCCESS" in promtool("check", "config", str(FOLDER / "prometheus.yml"))


def test_findings_wait_until_asked() -> None:
    """Alerts about findings are not among the files that are loaded by default."""
    loaded = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["rule_files"]
    assert sorted(path.name for path in FOLDER.glob("*.yaml")) == sorted(loaded)
    assert not any("findings_open" in (FOLDER / name).read_text("utf-8") for name in loaded)


@pytest.mark.slow
def test_each_alert_fires_when_it_should(tmp_path: Path) -> None:
    """Each fires for the sensor that has the trouble, and not for the one that comes close to it."""
    rules = alerts()
    cases = dict(CASES)
    for rule in shipped_rules():
        own = {"rule": rule.slug, "level": rule.level.word, "zone": "servers"}
        selector = f"findings_open{{{','.join(f'{label}={value}' for label, value in own.items())}}}"
        cases[camel(rule.slug)] = ("2m", own, {selector: "0 1 2"}, {selector: "1 1 0"})
    assert set(rules) == {*cases, "PrivacyMonitorWatchdog", "PrivacyMonitorAbsent"}
    groups: dict[str, dict[str, Any]] = {
        interval: {"interval": interval, "input_series": [], "alert_rule_test": []} for interval in ("1m", "1h")
    }
    copies = without_words(tmp_path)
    for name, (at, own, fires, quiet) in cases.items():
        group = groups["1h" if at.endswith("h") else "1m"]
        labels = {**SENSOR, "instance": f"{name} fires", **own, **rules[name]["labels"]}
        group["input_series"] += series(fires, f"{name} fires") + series(quiet, f"{name} is quiet")
        group["alert_rule_test"].append(expectation(name, at, labels))
    always = expectation("PrivacyMonitorWatchdog", "3m", rules["PrivacyMonitorWatchdog"]["labels"])
    present = expectation("PrivacyMonitorAbsent", "20m")
    groups["1m"]["alert_rule_test"] += [always, present]
    absent = expectation("PrivacyMonitorAbsent", "20m", {"job": "privacy-monitor", "severity": "ticket"})
    others = series({'up{job="other"}': "1x60"})
    groups["none"] = {"interval": "1m", "input_series": others, "alert_rule_test": [absent]}
    for interval, tests in {"1m": [groups["1m"], groups["none"]], "1h": [groups["1h"]]}.items():
        path = tmp_path / f"{interval}.yaml"
        whole = {"rule_files": copies, "evaluation_interval": interval, "tests": tests}
        path.write_text(yaml.safe_dump(whole), "utf-8")
        promtool("test", "rules", str(path))


@pytest.mark.parametrize(
    ("wiki", "folder"), [("", "privacy-monitor runbook "), ("https://wiki.example.org/", "https://wiki.example.org/")]
)
def test_words(wiki: str, folder: str, tmp_path: Path) -> None:
    """What people read: places and figures filled in, and the page: a command, or a link where that is known."""
    at, _, fires, _ = CASES["PrivacyMonitorDropsPackets"]
    asked = expectation("PrivacyMonitorDropsPackets", at, {**SENSOR, "severity": "ticket"})
    asked["exp_alerts"][0]["exp_annotations"] = {
        "summary": "The sensor lobby at Main Library cannot keep up",
        "description": "2% of the packets are dropped because the machine is too slow for them. "
        "What is in those is not seen.",
        "runbook_url": f"{folder}privacy-monitor-drops-packets.md",
    }
    test: dict[str, Any] = {"interval": "1m", "input_series": series(fires), "alert_rule_test": [asked]}
    if wiki:
        test["external_labels"] = {"runbooks": wiki}
    path = tmp_path / "tests.yaml"
    path.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "sensor.yaml")], "tests": [test]}), "utf-8")
    promtool("test", "rules", str(path))


def test_figures_that_are_kept(tmp_path: Path) -> None:
    """What is seen for the first time counts, what was there before does not, and a share is of all."""
    labels = {**SENSOR, "zone": "servers"}
    given = {
        "exposures_total{protocol=sip2,data_class=name,zone=servers}": "_x400 5x200",
        "exposures_total{protocol=sip2,data_class=fees,zone=servers}": "7x600",
        "sessions_total{protocol=sip2,encrypted=false,zone=servers}": "_x400 1x200",
        "sessions_total{protocol=sip2,encrypted=true,zone=servers}": "_x400 3x200",
    }

    def sample(name: str, value: float, **own: str) -> dict[str, Any]:
        pairs = ",".join(f'{label}="{word}"' for label, word in {**labels, **own}.items())
        return {"labels": f"{name}{{{pairs}}}", "value": value}

    exposures, share = "zone:privacy_monitor_exposures:increase1d", "instance:privacy_monitor_sip2_encrypted:ratio1d"
    found = [
        sample(exposures, 5, protocol="sip2", data_class="name"),
        sample(exposures, 0, protocol="sip2", data_class="fees"),
    ]
    del labels["zone"]
    questions = [
        {"expr": exposures, "eval_time": "2500m", "exp_samples": found},
        {"expr": share, "eval_time": "2500m", "exp_samples": [sample(share, 0.75)]},
    ]
    test = {"interval": "5m", "input_series": series(given), "promql_expr_test": questions}
    path = tmp_path / "tests.yaml"
    path.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "recording.yaml")], "tests": [test]}), "utf-8")
    promtool("test", "rules", str(path))


@pytest.mark.parametrize(("name", "rule"), alerts().items(), ids=alerts())
def test_conventions(name: str, rule: dict[str, Any]) -> None:
    """How bad, in plain words, and where to read on."""
    assert rule["labels"]["severity"] in ({"none"} if name.endswith("Watchdog") else {"page", "ticket"})
    assert {"summary", "description", "runbook_url"} == set(rule["annotations"])
    assert f"{RUNBOOK}{slug_of(name)}.md" == rule["annotations"]["runbook_url"]
    assert (TOP / "docs" / "runbooks" / f"{slug_of(name)}.md").is_file()
    assert rule["annotations"]["description"].endswith(".")


def test_metrics_exist() -> None:
    """Rules ask for metrics that the sensor has, and for labels that those have."""
    known = {PREFIX + metric.name: set(metric.labels) for metric in METRICS}
    asked = re.compile(rf"(?<![:\w])({PREFIX}\w+)(?:\{{([^}}]*)\}})?")
    for name, rule in alerts().items():
        for metric, matchers in asked.findall(rule["expr"]):
            labels = set(re.findall(r"(\w+)(?:=~|!~|!=|=)", matchers))
            assert labels <= known[metric], name
