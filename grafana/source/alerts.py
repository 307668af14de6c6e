"""Alert rules that follow from others: those about findings from the rule files, those of Grafana from Prometheus'.

Rule: what an alert says is written once: about the sensor in prometheus/sensor.yaml, about a finding in its rule file.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from grafana.source.runbooks import UID, link_to, number
from grafana.source.words import LOADER, TOP, Rule, shipped_rules
from monitor.model.data import Level

FOLDER = TOP / "grafana" / "prometheus"
DATASOURCE = "privacy-monitor-prometheus"
"""As provisioning/datasources/prometheus.yaml calls it."""
RUNBOOK = "{{ with $externalLabels.runbooks }}{{ . }}{{ else }}privacy-monitor runbook {{ end }}"
GENERATED = "# Written by `make dashboards`; changes to it are lost.\n"
ABOUT_FINDINGS = """\
# Findings as alerts, for sites where the sensor does not push them to Alertmanager itself. Not both: each would come
# twice. They know of rule, level and zone. Which device it is, only the finding says.
# An alert ends when the sensor no longer has the finding, which may be as late as its next start.
"""


def camel(slug: str) -> str:
    """The alert of a rule or of a page."""
    return "".join(word.capitalize() for word in slug.split("-"))


def slug_of(alert: str) -> str:
    """The page of an alert."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", alert).lower()


def _finding(rule: Rule) -> dict[str, Any]:
    where = "{{ with $labels.site }}{{ . }}, {{ end }}zone {{ $labels.zone }}"
    by = "job, site, instance, zone, level"
    return {
        "alert": camel(rule.slug),
        "expr": f'sum by ({by}) (privacy_monitor_findings_open{{rule="{rule.slug}"}}) > 0',
        "labels": {"severity": "page" if rule.level is Level.CRITICAL else "ticket", "rule": rule.slug},
        "annotations": {
            "summary": f"{rule.title} ({where})",
            "description": rule.description,
            "runbook_url": f"{RUNBOOK}{rule.slug}.md",
        },
    }


def finding_rules() -> str:
    """An alert for each shipped rule, as Prometheus reads it."""
    group = {"name": "privacy-monitor-findings", "rules": [_finding(rule) for rule in shipped_rules()]}
    return GENERATED + ABOUT_FINDINGS + _dump({"groups": [group]})


def grafana_rules(rules: str, about: str = "") -> str:
    """The alerts of a file for Prometheus as those that Grafana evaluates itself."""
    groups = [
        {
            "orgId": 1,
            "name": group["name"],
            "folder": "Library privacy",
            "interval": "1m",
            "rules": [_for_grafana(rule) for rule in group["rules"]],
        }
        for group in yaml.load(rules, Loader=LOADER)["groups"]  # noqa: S506  (a safe one)
    ]
    return GENERATED + about + _dump({"apiVersion": 1, "groups": groups})


def _for_grafana(rule: dict[str, Any]) -> dict[str, Any]:
    slug = rule["labels"].get("rule") or slug_of(rule["alert"])
    annotations = {name: text.replace("$value ", "$values.A.Value ") for name, text in rule["annotations"].items()}
    annotations["runbook_url"] = '{{ reReplaceAll "/$" "" externalURL }}' + link_to(slug)
    annotations["__dashboardUid__"], annotations["__panelId__"] = UID, str(number(slug))
    asked = {"refId": "A", "expr": rule["expr"], "instant": True, "range": False, "editorMode": "code"}
    # The expression already says when; any answer at all is an alert. `$` alone would be a variable of the environment.
    judged = {"refId": "B", "type": "math", "expression": "is_number($$A)"}
    return {
        "uid": slug,
        "title": rule["alert"],
        "condition": "B",
        "for": rule.get("for", "0s"),
        "noDataState": "OK",
        "execErrState": "Error",
        "labels": rule["labels"],
        "annotations": annotations,
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": 600, "to": 0},
                "datasourceUid": DATASOURCE,
                "model": asked,
            },
            {"refId": "B", "datasourceUid": "__expr__", "model": judged},
        ],
    }


def _dump(value: object) -> str:
    text: str = yaml.safe_dump(value, sort_keys=False, width=116, allow_unicode=True)
    return text
