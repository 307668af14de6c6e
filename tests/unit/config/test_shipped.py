"""Where the files that come along are found."""

from __future__ import annotations

from pathlib import Path

import pytest

import monitor.config.shipped as module
from monitor.config.shipped import shipped
from monitor.errors import ConfigError


def test_rules_beside_the_package(repository: Path) -> None:
    """In a checkout the rules lie beside the package."""
    assert shipped() in (repository / "rules", repository / "monitor" / "_rules")


def test_rules_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, they lie inside it, and a folder of somebody else beside it is not taken for them."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "monitor" / "_rules").mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "monitor")
    assert shipped() == tmp_path / "monitor" / "_rules"


def test_rules_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without rules would find nothing, so it does not start."""
    monkeypatch.setattr(module, "_PACKAGE", tmp_path / "monitor")
    with pytest.raises(ConfigError, match="is missing"):
        shipped()
