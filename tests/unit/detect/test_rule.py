"""The set of rules."""

from __future__ import annotations

from pathlib import Path

from tests.unit.detect.samples import load, rule


def test_worst_first(tmp_path: Path) -> None:
    """Rules stand in the order in which they are tried: the worst level, then the name."""
    rules = load(tmp_path / "rules", b=rule(1, level="low"), c=rule(2, level="critical"), a=rule(3, level="low"))
    assert [one.slug for one in rules.rules] == ["c", "a", "b"]


def test_deprecated_rules_do_not_run(tmp_path: Path) -> None:
    """A deprecated rule is checked like any other and then left out."""
    rules = load(tmp_path / "rules", old=rule(1, status="deprecated"), new=rule(2))
    assert [one.slug for one in rules.active] == ["new"]
    assert len(rules.rules) == 2
