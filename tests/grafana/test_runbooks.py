"""A page for each alert and each rule, with the same five questions answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from grafana.source.alerts import slug_of
from grafana.source.runbooks import FOLDER, INDEX
from grafana.source.words import shipped_rules

TOP = Path(__file__).resolve().parents[2]
PUSHED = {"sensor-blind", "privacy-digest", "privacy-monitor-test"}
"""What the sensor itself tells beside findings, without Prometheus."""
HEADINGS = ["What it means", "How bad it is", "What to check", "How to fix it", "How to except it"]
PAGES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.md")) if path.stem != INDEX}
MAX_WORDS = 400
"""Somebody reads this at ten in the evening."""


def alerts() -> set[str]:
    """The pages that alerts about the sensor lead to."""
    files = (TOP / "grafana" / "prometheus").rglob("*.yaml")
    groups = [group for path in files for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    named = (rule.get("alert", "") for group in groups for rule in group["rules"])
    return {slug_of(name) for name in named if name.startswith("PrivacyMonitor")}


def test_each_has_its_page_and_no_page_is_left_over() -> None:
    """Alerts about the sensor, what it tells itself, and every shipped rule."""
    assert alerts() | PUSHED | {rule.slug for rule in shipped_rules()} == set(PAGES)


@pytest.mark.parametrize("slug", PAGES)
def test_five_questions(slug: str) -> None:
    """Each page answers all of them, in their order, and soon."""
    text = PAGES[slug]
    assert HEADINGS == re.findall(r"^## (.*)$", text, re.MULTILINE)
    parts = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    assert all(part.strip() for part in parts)
    assert len(text.split()) <= MAX_WORDS
    assert [] == [line for line in text.splitlines() if len(line) > 120]


@pytest.mark.parametrize("slug", [*PAGES, INDEX])
def test_commands_can_be_typed(slug: str) -> None:
    """As they stand: findings and the service are root's, and nobody knows a file library.yaml on a sensor."""
    text = (FOLDER / f"{slug}.md").read_text("utf-8")
    assert [] == re.findall(r"`(?:privacy-monitor\s+(?:findings|test-alert|doctor)\b|systemctl re)[^`]*", text)
    assert "library.yaml" not in text


def test_the_list_is_complete() -> None:
    """The first page leads to all others."""
    listed = re.findall(r"\(([a-z0-9-]+)\.md\)", (FOLDER / f"{INDEX}.md").read_text("utf-8"))
    assert sorted(PAGES) == sorted(listed)
