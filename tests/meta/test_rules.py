"""Every shipped rule: its examples hold, other Sigma tools read it, and together the rules miss nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from sigma.collection import SigmaCollection

from monitor.build import name_events
from monitor.config.mistakes import Mistakes
from monitor.config.shipped import shipped
from monitor.detect.engine import Engine
from monitor.detect.examples import ANY_FLOW, check_examples
from monitor.detect.fields import FLOW_FIELDS
from monitor.detect.loading import load_rules
from monitor.detect.reading import OPTIONAL, REQUIRED
from monitor.detect.rule import Pages, Rule, RuleSet
from monitor.model.data import DataClass, Level
from monitor.model.events import Event, Exposed
from monitor.model.finding import Observation
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.subjects import SubjectCounter
from monitor.protocols.registry import specs

FILES = sorted((Path(__file__).resolve().parents[2] / "rules").glob("*.yaml"))
NOTHING = Label("")


def event_types() -> Mapping[str, type[Event]]:
    """Every event by the name that rules use."""
    return name_events(specs())


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The shipped rules."""
    return load_rules([shipped()], event_types())


def by_slug(rules: RuleSet, slug: str) -> Rule:
    """One of them."""
    return next(rule for rule in rules.rules if rule.slug == slug)


def test_all_are_loaded(rules: RuleSet) -> None:
    """Every file is a rule that runs."""
    assert [path.stem for path in FILES] == sorted(rule.slug for rule in rules.active)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples(path: Path, rules: RuleSet) -> None:
    """A rule does what its examples say."""
    mistakes = Mistakes()
    rule = by_slug(rules, path.stem)
    check_examples(rule, event_types(), mistakes)
    mistakes.raise_any()
    assert rule.match
    assert rule.no_match


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_other_sigma_tools_read_it(path: Path, rules: RuleSet) -> None:
    """The file parses with pySigma, conditions included, and says the same there as here."""
    collection = SigmaCollection.from_yaml(path.read_text("utf-8"), collect_errors=True)
    assert collection.errors == []
    (sigma,) = collection.rules
    assert all(condition.parsed is not None for condition in sigma.detection.parsed_condition)
    ours = by_slug(rules, path.stem)
    theirs = (str(sigma.id), sigma.title, sigma.level.name, sigma.status.name, tuple(sigma.references))
    assert (ours.id, ours.title, ours.level.name, ours.status.name, ours.references) == theirs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_texts_are_for_people(path: Path, rules: RuleSet) -> None:
    """A rule says what to do and where to read more, in lines that fit a terminal."""
    rule = by_slug(rules, path.stem)
    assert rule.references
    assert rule.checklist
    assert [] == [line for line in rule.remediation.splitlines() if len(line) > 120]


def findings(rules: RuleSet, *events: Event) -> dict[str, tuple[int, dict[str, int]]]:
    """Count and fields by rule, when these events were seen in one flow."""
    engine = Engine(rules, SubjectCounter(), Stats())
    for event in events:
        engine.observe(Observation(0, ANY_FLOW, 1, event, 0, 1, -1))
    return {one.rule: (one.count, dict(one.fields)) for one in engine.finish()}


def sip2(message: str, **classes: str) -> Event:
    """One SIP2 message."""
    from monitor.protocols.sip2.events import Checksum, MessageId, Role, Sip2Message  # noqa: PLC0415 (one of many)

    return Sip2Message(
        message=MessageId(message),
        sender=Role.SC,
        checksum=Checksum.OK,
        exposed=tuple(Exposed(DataClass(word), Label(key)) for key, word in classes.items()),
    )


def test_a_request_with_everything(rules: RuleSet) -> None:
    """A 63 with card, PIN and terminal password counts once in each of the two families."""
    found = findings(rules, sip2("63", AA="patron_identifier", AC="staff_credential", AD="credential"))
    expected = {"sip2-patron-credential": (1, {"AA": 1, "AD": 1}), "sip2-staff-login": (1, {"AC": 1})}
    assert expected == found


def test_a_login(rules: RuleSet) -> None:
    """A 93 is about staff only."""
    found = findings(rules, sip2("93", CN="staff_credential", CO="staff_credential"))
    assert {"sip2-staff-login": (1, {"CN": 1, "CO": 1})} == found


@pytest.mark.parametrize("kind", DataClass)
@pytest.mark.parametrize("name", ["sip2.message", "sip2.fragment", "sip2.login"])
def test_no_class_goes_unnoticed(name: str, kind: DataClass, rules: RuleSet) -> None:
    """Whatever SIP2 exposes, alone, is a finding of one family."""
    event_type = event_types()[name]
    classes = kind.bit
    matching = [
        rule
        for rule in rules.active
        if event_type in rule.matchers
        if rule.matchers[event_type](classes, sip2("98"), ANY_FLOW)
    ]
    assert Counter(rule.family for rule in matching) == {
        "sip2-staff-login" if kind is DataClass.STAFF_CREDENTIAL else "sip2-patron-data": 1
    }
    assert matching[0].reports & classes


def test_levels(rules: RuleSet) -> None:
    """PINs are worst, and a port open to everybody; then who a patron is, what they read, and the rest.

    What might be an attack is high; what is sloppy, or policy, is low.
    """
    expected = {
        "sip2-patron-credential": Level.CRITICAL,
        "sip2-from-internet": Level.CRITICAL,
        "sip2-login-failures": Level.MEDIUM,
        "sip2-patron-harvesting": Level.HIGH,
        "sip2-patron-identity": Level.HIGH,
        "sip2-patron-without-pin": Level.INFORMATIONAL,
        "sip2-pin-guessing": Level.HIGH,
        "sip2-shared-account": Level.LOW,
        "sip2-staff-login": Level.HIGH,
        "sip2-circulation-data": Level.MEDIUM,
        "sip2-other-data": Level.LOW,
        "sip2-to-internet": Level.HIGH,
        "sip2-unexpected-zone": Level.HIGH,
        "sip2-tls-fallback": Level.HIGH,
        "sip2-tls-downgrade": Level.HIGH,
        "sip2-outside-tunnel": Level.HIGH,
        "sip2-tunnel-end": Level.MEDIUM,
        "sip2-tunnel-leg": Level.INFORMATIONAL,
    }
    assert expected == {rule.slug: rule.level for rule in rules.rules if rule.slug.startswith("sip2-")}


def test_what_pages(rules: RuleSet) -> None:
    """Patron data and passwords on the internet, and cameras that talk to strangers there; nothing else does.

    How accounts are kept can wait for the day: data that crosses the internet pages by the rule about that data.
    """
    flows = {
        "camera-destination",
        "camera-lookup",
        "device-destination",
        "ncip-encryption",
        "sip2-encryption",
        "sip2-tunnel",
        "sip2-exposure",
        "sip2-patron-without-pin",
    }
    calm = {rule.slug for rule in rules.rules if rule.counting or rule.family in flows}
    outside = {"camera-rtsp-internet", "camera-unexpected-internet", "camera-p2p-relay", "camera-from-internet"}
    outside |= {
        "camera-upload",
        "camera-password-internet",
        "camera-port-mapping",
        "camera-scan",
        "camera-rtmp-internet",
    }
    outside |= {"device-from-internet"}
    expected = {
        rule.slug: Pages.ALWAYS if rule.slug in outside else Pages.NEVER if rule.slug in calm else Pages.INTERNET
        for rule in rules.rules
    }
    assert outside < calm
    assert expected == {rule.slug: rule.pages for rule in rules.rules}


def test_documents_name_everything(repository: Path) -> None:
    """Each key, data class, field of a flow and limit stands in the page about rules."""
    page = (repository / "docs/concepts/rules.md").read_text("utf-8")
    ends = {name for name in FLOW_FIELDS if "." in name}
    words = REQUIRED | OPTIONAL | {kind.value for kind in DataClass} | (FLOW_FIELDS.keys() - ends)
    words |= {name.partition(".")[2] for name in ends}
    for path in (repository / "monitor/detect").glob("*.py"):
        words |= set(re.findall(r'limits\["([a-z.]+)"\]', path.read_text("utf-8")))
    assert "detect.findings" in words
    assert [] == sorted(word for word in words if not re.search(rf"[`.]{re.escape(word)}`", page))


def test_documents_show_rules_that_load(repository: Path, tmp_path: Path) -> None:
    """The detection and the examples on the page about rules are right."""
    page = (repository / "docs/concepts/rules.md").read_text("utf-8")
    detection, examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    text = shipped("sip2-patron-credential.yaml").read_text("utf-8")
    head, rest = text.split("detection:\n")
    middle, _ = rest[rest.index("falsepositives:") :].split("examples:\n")
    (tmp_path / "shown.yaml").write_text(head + detection + middle + examples, "utf-8")
    (shown,) = load_rules([tmp_path], event_types()).rules
    assert len(shown.match) == len(shown.no_match) == 1
