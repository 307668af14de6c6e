"""``privacy-monitor self-audit``: the real command, clean and not.

Only SIP2 is planted: that nothing else leaves, either, is shown of the audit itself.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from monitor.audit import auditing, planting
from monitor.audit.auditing import Output
from monitor.audit.plants import known_plants
from monitor.audit.search import Trace
from monitor.cli import main
from monitor.config.settings import Config
from monitor.errors import ExitStatus

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planting, "known_plants", lambda: {"sip2": known_plants()["sip2"]})


def test_page(capfd: pytest.CaptureFixture[str]) -> None:
    """Status 0 and a page that says what was not touched."""
    assert ExitStatus.DONE == main(["self-audit"])
    shown = capfd.readouterr()
    assert "Nothing that was planted left." in shown.out
    assert "Nothing of yours was touched" in shown.out
    assert "" == shown.err


def test_json(capfd: pytest.CaptureFixture[str], repository: Path) -> None:
    """With a configuration, for programs."""
    config = repository / "demo" / "maple-street-library.yaml"
    assert ExitStatus.DONE == main(["self-audit", "--config", str(config), "--format", "json"])
    document = json.loads(capfd.readouterr().out)
    assert (True, 1) == (document["clean"], document["addresses_of_patrons"])


def test_a_leak(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Status 1, and the place."""
    clean = auditing.audit(Config(), random=Random(1))
    leak = Output(name="syslog", size_bytes=9, traces=(Trace("sip2 AA", "hex"),))
    monkeypatch.setattr(auditing, "audit", lambda *_: replace(clean, outputs=(leak,)))
    assert ExitStatus.FINDINGS == main(["self-audit"])
    assert "value of sip2 AA, hex" in capfd.readouterr().out
    silent = replace(leak, traces=(), doubt=auditing.NOTHING)
    monkeypatch.setattr(auditing, "audit", lambda *_: replace(clean, outputs=(silent,)))
    assert ExitStatus.FINDINGS == main(["self-audit"])
    assert "Not proven" in capfd.readouterr().out


def test_mistakes(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A configuration that cannot be used is not audited."""
    path = tmp_path / "library.yaml"
    path.write_text("zones: none\n", "utf-8")
    assert ExitStatus.USAGE == main(["self-audit", "--config", str(path)])
    assert "library.yaml:1:" in capfd.readouterr().err
