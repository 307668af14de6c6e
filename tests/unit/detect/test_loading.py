"""Folders of rules: which files count, what replaces what."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.detect import loading
from monitor.detect.loading import load_rules
from monitor.errors import RuleError
from tests.unit.detect.samples import EVENT_TYPES, mistakes_of, rule, write


def test_later_folder_replaces(tmp_path: Path) -> None:
    """A site's rule with the id of a shipped one takes its place; others stay."""
    shipped = write(tmp_path / "shipped", one=rule(1), two=rule(2))
    site = write(tmp_path / "site", ours=rule(2, title="Ours"))
    rules = load_rules([shipped, site], EVENT_TYPES).rules
    assert [(one.slug, one.title) for one in rules] == [("one", rule()["title"]), ("ours", "Ours")]


def test_same_id_in_one_folder(tmp_path: Path) -> None:
    """Within a folder an id belongs to one rule."""
    found = mistakes_of(write(tmp_path / "rules", one=rule(1), two=rule(1)))
    assert ["two.yaml:1: has the id of one.yaml (hint: every rule of a folder has an id of its own)"] == found


def test_same_name_in_two_folders(tmp_path: Path) -> None:
    """A name means one rule, or nobody could tell two findings apart."""
    first, second = write(tmp_path / "a", one=rule(1)), write(tmp_path / "b", one=rule(2))
    found = mistakes_of(first, second)
    assert len(found) == 1
    assert f"has the name of {first}/one.yaml" in found[0]


def test_family_counts_one_thing(tmp_path: Path) -> None:
    """Rules of a family that count different things would count one thing twice."""
    found = mistakes_of(write(tmp_path / "rules", one=rule(1), two=rule(2, counts="flows")))
    assert len(found) == 1
    assert "two.yaml:1: counts flows, one.yaml of the same family counts events" in found[0]


def test_other_files(tmp_path: Path) -> None:
    """Other files are left alone, but one that looks like a rule and would not be used is named."""
    folder = write(tmp_path / "rules", one=rule(1))
    (folder / "README.md").write_text("x", "utf-8")
    (folder / "two.yml").write_text("x", "utf-8")
    assert ["two.yml:1: rule files end in '.yaml' (hint: rename it, or it would not be used)"] == mistakes_of(folder)


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there is a mistake, not an empty set of rules."""
    with pytest.raises(RuleError, match="none:1: the rules folder cannot be read: No such file or directory"):
        load_rules([tmp_path / "none"], EVENT_TYPES)


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder full of other things is not read to its end."""
    monkeypatch.setattr(loading, "MAX_FILES", 1)
    folder = write(tmp_path / "rules", one=rule(1), two=rule(2))
    assert [f"{folder}:1: more than 1 rule files (hint: is this the right folder?)"] == mistakes_of(folder)


def test_name_of_file(tmp_path: Path) -> None:
    """The file's name is used in metrics and reports, so it has a shape."""
    folder = write(tmp_path / "rules")
    (folder / "My Rule.yaml").write_bytes(write(tmp_path / "other", one=rule()).joinpath("one.yaml").read_bytes())
    assert "My Rule.yaml:1: the file's name is the rule's short name" in mistakes_of(folder)[0]
