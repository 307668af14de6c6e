"""What a scrape shows of a made-up run, word for word; and that labels are few and harmless, whatever happens."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from monitor import __version__
from monitor.model.data import DataClass, Level
from monitor.model.finding import Finding, Peer
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.sinks.metrics import exposition as room
from monitor.sinks.metrics.catalog import METRICS, PREFIX
from monitor.sinks.metrics.exposition import registry
from monitor.sinks.metrics.snapshot import Snapshot, Standing, take_snapshot
from tests.unit.sinks.metrics.samples import FINDINGS, SIP2, stats
from tests.unit.sinks.samples import CAMERA, PIN

EXPECTED = Path(__file__).with_name("exposition.txt")
LABEL = re.compile(r'\w+="[^"]*"')
BEAT_NS = 1_778_260_000_500_000_000
TOP = Path(__file__).resolve().parents[4]


def shown(now: Snapshot) -> str:
    """A scrape in Prometheus' text format."""
    return generate_latest(registry(lambda: now)).decode()


def snapshot(findings: tuple[Finding, ...] = FINDINGS, figures: Stats | None = None) -> Snapshot:
    """A moment of a run."""
    standing = Standing()
    for finding in findings:
        standing.receive(finding)
    return take_snapshot(figures or stats(), standing, heartbeat_ns=BEAT_NS, loss_ratio=0.25)


def series(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Name, labels and value of every sample."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def test_word_for_word(request: pytest.FixtureRequest) -> None:
    """Every metric, with every label; ``--update`` writes the expected text again."""
    text = shown(snapshot()).replace(platform.python_version(), "PYTHON").replace(__version__, "VERSION")
    # Older versions of the library keep labels in the order of their declaration.
    text = re.sub(r"\{(.*)\}", lambda found: f"{{{','.join(sorted(LABEL.findall(found[1])))}}}", text)
    if request.config.getoption("--update", default=False):
        EXPECTED.write_text(text, "utf-8")
    assert EXPECTED.read_text("utf-8") == text


def test_before_the_first_second() -> None:
    """What has no labels is there from the start, and so is what is running."""
    told = {name.removeprefix(PREFIX): value for name, _, value in series(shown(Snapshot()))}
    unlabeled = {metric.name for metric in METRICS if not metric.labels}
    assert {*unlabeled, "build_info"} == set(told)
    assert {1.0} == {told.pop("build_info"), told.pop("config_last_reload_successful")}
    assert {0.0} == set(told.values())


@pytest.mark.parametrize("moment", [Snapshot(), snapshot()], ids=["nothing", "everything"])
def test_promtool_has_nothing_to_say(moment: Snapshot) -> None:
    """Prometheus' own check of names, types and help."""
    if shutil.which("promtool") is None:
        pytest.skip("the command promtool (package prometheus) is not here to check metrics")
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=shown(moment), capture_output=True, text=True, check=False
    )
    assert (0, "", "") == (checked.returncode, checked.stdout, checked.stderr)


def devices(count: int, rules: int, zones: int) -> Iterator[Finding]:
    """As many findings as devices times rules."""
    for device in range(count):
        address = Label(f"10.40.{device // 250}.{device % 250 + 1}")
        zone = Label(f"zone {device % zones}")
        about = replace(PIN.about, address=address, asset=Label(f"asset-{device}"), name=Label(f"n{device}"), zone=zone)
        for rule in range(rules):
            yield replace(
                PIN, id=Label(f"{device}/{rule}"), rule=Label(f"rule-{rule}"), level=Level(rule % 5), about=about
            )


def test_a_thousand_devices_and_fifty_rules() -> None:
    """How many series there are follows from rules and zones; how many devices there are does not matter."""
    text = shown(snapshot(tuple(devices(1_000, 50, zones=5))))
    told = [(name, value) for name, _, value in series(text) if "findings" in name]

    assert 2 * 50 * 5 == len(told)
    assert {200.0} == {value for _, value in told}
    assert len(list(series(text))) < 600


def test_zones_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the limit, zones share a name; sums stay right, and nothing that was told once falls."""
    monkeypatch.setattr(room, "MAX_SERIES", 100)
    standing, before = Standing(), {}
    for number, finding in enumerate(devices(1_000, 2, zones=1_000)):
        standing.receive(finding)
        if number % 500:
            continue
        text = shown(take_snapshot(Stats(), standing, heartbeat_ns=0, loss_ratio=0.0))
        told = {(name, *sorted(labels.items())): value for name, labels, value in series(text) if "findings" in name}
        assert all(told[key] >= value for key, value in before.items())
        assert 2 * (number + 1) == sum(told.values())
        assert len(told) <= 2 * (100 + 2)
        before = told
    assert any(("zone", "other") in key for key in before)


def test_every_metric_is_bounded() -> None:
    """More zones than can be configured, with everything in each: no metric grows over its limit."""
    figures = stats()
    for number in range(10_000):
        zone = Label(f"zone {number}")
        for one in DataClass:
            figures.exposures[SIP2, one, zone] += 1
        for flag in (True, False):
            figures.sessions[SIP2, flag, zone] += 1
            figures.camera_upload_bytes[zone, flag] += 1
    counted: dict[str, int] = {}
    for name, _, _ in series(shown(snapshot(figures=figures))):
        counted[name] = counted.get(name, 0) + 1

    assert max(counted.values()) <= room.MAX_SERIES + len(DataClass)
    assert 3 * room.MAX_SERIES < sum(counted.values())


def test_a_zone_may_have_any_name() -> None:
    """One that is called as we call what is in none is one with that: no series stands twice."""
    unnamed = replace(PIN, about=replace(PIN.about, zone=Label("")))
    named = replace(PIN, id=Label("x"), about=replace(PIN.about, zone=Label("none")))
    told = [(labels, value) for name, labels, value in series(shown(snapshot((unnamed, named)))) if "_total" in name]

    assert ({"rule": "sip2-patron-pin", "level": "critical", "zone": "none"}, 2.0) in told


def test_labels_hold_nothing_of_the_network() -> None:
    """Whatever a finding says of devices, people and hosts, no label has it."""
    secret = "MARK0123456789"  # noqa: S105 (no password)
    mark = Label(secret)
    peer = Peer(address=mark, port=9, name=mark, zone=mark, asset=mark, count=1)
    about = replace(CAMERA.about, address=mark, name=mark, asset=mark, transport=mark)
    finding = replace(
        CAMERA,
        id=mark,
        about=about,
        peers=(peer,),
        fields={mark: 1},
        title=mark,
        protocol=mark,
        family=mark,
        rule_id=mark,
        remediation=mark,
        references=(mark,),
        checklist=(mark,),
    )
    text = shown(snapshot((finding,)))

    assert secret not in text
    assert 'rule="camera-unexpected-destination",zone="cameras"' in text


def test_every_metric_is_documented() -> None:
    """Name, type and labels stand in the document as they are."""
    text = (TOP / "docs" / "concepts" / "metrics.md").read_text("utf-8")
    told = re.findall(r"^\| `([a-z_]+)(?:\{([a-z_,]+)\})?` \| (counter|gauge) \|", text, re.MULTILINE)
    expected = [(metric.name, ",".join(metric.labels), metric.kind.value) for metric in METRICS]
    assert sorted([*expected, ("build_info", "version,python", "gauge")]) == sorted(told)
