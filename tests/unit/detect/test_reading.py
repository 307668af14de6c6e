"""Metadata of a rule file: every key, and every way to write it wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.detect.rule import Counts, Pages
from monitor.model.data import AboutKind, DataClass, Level, Status
from tests.unit.detect.samples import load, mistakes_of, rule, write


def test_whole_rule(tmp_path: Path) -> None:
    """Every key arrives where it belongs."""
    content = rule(
        references=["https://www.example.org/guideline"],
        checklist=["Encrypt."],
        reports=["name", "email"],
        counts="flows",
        pages="internet",
        about="device",
        status="test",
        tags=["privacy.identity"],
        author="Somebody",
        date="2026-01-31",
    )
    one = load(tmp_path / "rules", talk_names=content).rules[0]
    assert one.slug == "talk-names"
    assert one.id == "00000000-0000-4000-8000-000000000001"
    assert one.title == "Names cross the network readable"
    assert one.level is Level.HIGH
    assert one.status is Status.TEST
    assert one.family == "talk-data"
    assert one.about is AboutKind.DEVICE
    assert one.counts is Counts.FLOWS
    assert one.pages is Pages.INTERNET
    assert one.reports == DataClass.NAME.bit | DataClass.EMAIL.bit
    assert one.remediation == "Encrypt it."
    assert one.references == ("https://www.example.org/guideline",)
    assert one.checklist == ("Encrypt.",)
    assert (len(one.match), len(one.no_match)) == (1, 1)


def test_defaults(tmp_path: Path) -> None:
    """A rule counts events and reports everything of patrons unless it says otherwise."""
    one = load(tmp_path / "rules", one=rule()).rules[0]
    assert one.counts is Counts.EVENTS
    assert one.pages is Pages.NEVER
    assert one.reports == sum(kind.bit for kind in DataClass) - DataClass.STAFF_CREDENTIAL.bit
    assert one.references == one.checklist == ()


@pytest.mark.parametrize("missing", sorted(rule()))
def test_missing_key(tmp_path: Path, missing: str) -> None:
    """Every key of a plain rule is needed, and its absence is one mistake."""
    found = mistakes_of(write(tmp_path / "rules", one=rule(**{missing: None})))
    assert [f"one.yaml:1: '{missing}' is missing (hint: docs/concepts/rules.md explains every key)"] == found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lvel": "high"}, "unknown key 'lvel' (hint: did you mean 'level'?)"),
        ({"level": "hihg"}, "'level' is never 'hihg' (hint: did you mean 'high'?)"),
        ({"status": "unsupported"}, "'status' is never 'unsupported'"),
        ({"about": "servce"}, "'about' is never 'servce' (hint: did you mean 'service'?)"),
        ({"counts": "bytes"}, "'counts' is never 'bytes'"),
        ({"id": "1"}, "'id' is a random UUID (version 4) in lower case"),
        ({"id": "00000000-0000-1000-8000-000000000001"}, "'id' is a random UUID (version 4) in lower case"),
        ({"title": "x" * 101}, "'title' is longer than 100 characters"),
        ({"title": "  "}, "'title' is text that is not empty"),
        ({"title": ["x"]}, "'title' is text that is not empty"),
        ({"description": {"a": "b"}}, "'description' is text that is not empty"),
        ({"family": "Talk Data"}, "'family' is lower-case words joined by '-'"),
        ({"remediation": ""}, "'remediation' is text that is not empty"),
        ({"falsepositives": "none"}, "'falsepositives' is a list"),
        ({"references": ["example.org"]}, "each of 'references' is a web address"),
        ({"references": [""]}, "'references' is text that is not empty"),
        ({"checklist": "one"}, "'checklist' is a list"),
        ({"tags": ["Privacy"]}, "each of 'tags' is a tag as Sigma writes it, 'space.name'"),
        ({"date": "31.1.2026"}, "'date' is a day, YYYY-MM-DD"),
        ({"modified": "2026-13-01"}, "'modified' is a day, YYYY-MM-DD"),
        ({"logsource": "library"}, "'logsource' is a mapping"),
        ({"reports": ["nam"]}, "there is no data class 'nam' (hint: did you mean 'name'?)"),
        ({"reports": "name"}, "'reports' is a list"),
        ({"event": "talk.sad"}, "there is no event 'talk.sad' (hint: did you mean 'talk.said'?)"),
        ({"pages": "often"}, "'pages' is never 'often'"),
        ({"event": []}, "'event' names no event"),
        ({"event": {"talk": "said"}}, "'event' is text that is not empty"),
        ({"examples": {"match": []}}, "'examples' has two lists, 'match' and 'no_match'"),
        ({"examples": []}, "'examples' has two lists, 'match' and 'no_match'"),
        ({"examples": {"match": [], "no_match": [{"event": "talk.cut"}]}}, "at least one"),
        ({"examples": {"match": [{"sort": 1}], "no_match": [{"event": "talk.cut"}]}}, "names its 'event'"),
    ],
)
def test_one_mistake(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    """Each mistake is told once, with a hint where one helps."""
    found = mistakes_of(write(tmp_path / "rules", one=rule(**changes)))
    assert len(found) == 1
    assert expected in found[0]


def test_line_of_a_mistake(tmp_path: Path) -> None:
    """The line is the one to look at."""
    folder = write(tmp_path / "rules", one=rule(level="hgh"))
    lines = (folder / "one.yaml").read_text("utf-8").splitlines()
    expected = f"one.yaml:{lines.index('level: hgh') + 1}: "
    assert mistakes_of(folder)[0].startswith(expected)


def test_many_mistakes_at_once(tmp_path: Path) -> None:
    """One run shows everything that is wrong, in metadata and detection, in every file."""
    broken = rule(
        level="hgh",
        status=None,
        colour="red",
        detection={"a": {"exposd": 1}, "b": {"exposed|contains": ["nam", "emial"]}, "condition": "a"},
    )
    found = mistakes_of(write(tmp_path / "rules", one=broken, two=rule(2, about="x"), Three=rule(3)))
    expected = [
        "hgh",
        "'status'",
        "'colour'",
        "said has no field 'exposd'",
        "cut has no field 'exposd'",
        "nam",
        "emial",
    ]
    assert sorted({line.split(":")[0] for line in found}) == ["Three.yaml", "one.yaml", "two.yaml"]
    assert [word for word in expected if not any(word in line for line in found)] == []
    assert len(found) == len(expected) + 2
