"""Writes dashboards/*.json, and the alert rules that follow from others.

    make dashboards

Rule: whoever changes a page or a panel runs it; a test compares.
"""

from __future__ import annotations

from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.source.alerts import ABOUT_FINDINGS, finding_rules, grafana_rules
from grafana.source.boards import SCHEMA, TAG
from grafana.source.cameras import cameras
from grafana.source.overview import overview
from grafana.source.runbooks import UID, runbooks
from grafana.source.sensors import sensors
from grafana.source.services import services
from grafana.source.words import TOP

FOLDER = TOP / "grafana"


def as_json(made: Dashboard) -> str:
    """A dashboard as Grafana imports it."""
    dashboard = made.build()
    dashboard.schema_version = SCHEMA
    return JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False).encode(dashboard) + "\n"


def generated() -> dict[Path, str]:
    """Every file with what belongs into it."""
    boards = {
        "overview": overview(),
        "sip2-and-web": services(),
        "cameras-and-devices": cameras(),
        "sensor-health": sensors(),
        "runbooks": runbooks().uid(UID).tags([TAG]).readonly().time("now-24h", "now"),
    }
    files = {FOLDER / "dashboards" / f"{name}.json": as_json(board) for name, board in boards.items()}
    findings = finding_rules()
    files[FOLDER / "prometheus" / "optional" / "findings.yaml"] = findings
    sensor = (FOLDER / "prometheus" / "sensor.yaml").read_text("utf-8")
    files[FOLDER / "provisioning" / "alerting" / "rules.yaml"] = grafana_rules(sensor)
    files[FOLDER / "provisioning" / "optional" / "findings.yaml"] = grafana_rules(findings, ABOUT_FINDINGS)
    return files


def main() -> None:
    """Write every file."""
    for path, text in generated().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
