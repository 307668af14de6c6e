"""What all tests share: how hard Hypothesis tries, material beside the repository, a summary of what was skipped."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent
MATERIAL = REPOSITORY.parent / "shared"

# The program is started hundreds of times: what is compiled once is kept for all, wherever the user wants none kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = str(REPOSITORY / ".pytest_cache" / "bytecode")

# No deadline: a test says what is right, never how long it takes on a busy machine. `make test` says the same of the
# same code each time; `make fuzz` looks further, and elsewhere each time.
settings.register_profile("default", deadline=None, max_examples=40, derandomize=True)
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "5000")),
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def _rules_are_read_once() -> None:
    """Most of what a short run does is to read the same shipped rules again; any other folder is read each time."""
    from monitor import build  # noqa: PLC0415  (who hands out tests to others runs none)

    load, event_types = build.load_rules, build.name_events(build.specs())

    @cache
    def shipped() -> build.RuleSet:
        return load([REPOSITORY / "rules"], event_types)

    def load_once(folders: Sequence[Path], types: Mapping[str, object], *, at_leisure: bool) -> build.RuleSet:
        if folders == [REPOSITORY / "rules"] and types == event_types:
            return shipped()
        return load(folders, types, at_leisure=at_leisure)

    build.load_rules = load_once


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one flag of this suite."""
    parser.addoption("--update", action="store_true", help="write the expected output of golden tests anew")


@pytest.fixture
def repository() -> Path:
    """The top folder of the repository."""
    return REPOSITORY


@pytest.fixture
def material() -> Path:
    """Captures of other projects, which lie beside the repository where the maintainers work and are not part of it."""
    if not MATERIAL.is_dir():
        pytest.skip("the collection of public captures is not beside the repository")
    return MATERIAL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End with what was skipped, one line a reason."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    terminalreporter.section("what was skipped")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} because {reason}")
    if not reasons:
        terminalreporter.line("nothing")
