"""``privacy-monitor runbook``: the page of an alert in a terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config.shipped import shipped_runbooks
from monitor.errors import ExitStatus

PAGES = sorted(path.stem for path in shipped_runbooks().glob("*.md") if path.stem != "README")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is shown."""
    assert ExitStatus.DONE == main(["runbook", *arguments])
    out, err = capsys.readouterr()
    assert "" == err
    return out


@pytest.mark.parametrize(
    "name", ["sip2-patron-credential", "Sip2PatronCredential", "docs/runbooks/sip2-patron-credential.md"]
)
def test_however_it_is_called(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By the name of the rule, of the alert, or what a link ends with."""
    text = shown(capsys, name)
    assert text.startswith("# Patrons' PINs cross the network readable (SIP2)\n")
    assert 5 == text.count("\n## ")


@pytest.mark.parametrize("slug", PAGES)
def test_links_lead_somewhere(slug: str, capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    """To a page that the command shows, or to a file of the project; no address of a link is left as it was."""
    text = shown(capsys, slug)
    assert "](" not in text
    for name in re.findall(r" \[([a-z0-9-]+)\]", text):
        assert name in {*PAGES, "README"}, name
    for place in re.findall(r"\((docs/[^)]+)\)", text):
        assert (repository / place).is_file()


def test_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name, the list."""
    text = shown(capsys)
    assert [] == [slug for slug in PAGES if f" [{slug}]" not in text]


def test_headings_stand_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is color."""
    assert "\x1b[1mHow bad it is\x1b[0m\n" in shown(capsys, "sensor-blind", "--color", "always")


def test_no_such_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest one is named, and what to do about a rule of one's own."""
    assert ExitStatus.USAGE == main(["runbook", "sensor-blnd"])
    said = capsys.readouterr().err
    assert "did you mean 'sensor-blind'?" in said
    assert "findings show ID" in said
