"""Tests of `monitor.protocols.registry`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.protocols import registry
from monitor.protocols.registry import distinct, specs


def test_finds_every_folder(repository: Path) -> None:
    """Each folder of protocols is a protocol by that name, sorted."""
    folders = sorted(path.parent.name for path in (repository / "monitor" / "protocols").glob("*/__init__.py"))
    assert folders == [spec.name for spec in specs()]


def test_refuses_a_name_twice() -> None:
    """Two protocols of one name would share their counters."""
    spec = specs()[0]
    with pytest.raises(ValueError, match=f"two protocols are named {spec.name}"):
        list(distinct([spec, replace(spec, ports=())]))


def test_refuses_a_folder_without_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A protocol that is not offered would be silently unwatched."""
    (tmp_path / "unoffered").mkdir()
    (tmp_path / "unoffered" / "__init__.py").write_text("SPEC = None\n", "utf-8")
    monkeypatch.setattr("monitor.protocols.__path__", [str(tmp_path)])
    specs.cache_clear()
    try:
        with pytest.raises(TypeError, match=r"monitor\.protocols\.unoffered offers no ProtocolSpec named SPEC"):
            specs()
    finally:
        specs.cache_clear()
        sys.modules.pop("monitor.protocols.unoffered", None)
        vars(registry.monitor.protocols).pop("unoffered", None)
