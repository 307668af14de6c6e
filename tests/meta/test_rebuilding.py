"""A tree that was built before is built again from what it is now."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from pathlib import Path

import pytest

BUILT = ".cpython-311-x86_64-linux-gnu.so"


@pytest.fixture
def setup(repository: Path) -> Mapping[str, object]:
    """What setup.py names."""
    return runpy.run_path(str(repository / "setup.py"))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in which a module is compiled that still is to be, and one that is not any more."""
    package = tmp_path / "monitor" / "flow"
    package.mkdir(parents=True)
    for name in ("table", "sweep"):
        (package / f"{name}.py").write_text("")
        (package / f"{name}{BUILT}").write_text("")
    monkeypatch.chdir(tmp_path)
    return package


def test_modules_are_found_by_their_sources(setup: Mapping[str, object], package: Path) -> None:
    """Only those of this package."""
    find = setup["read_sources"]
    assert callable(find)
    assert str(package / "table.py") == find(str(package)).find_spec("table").origin
    with pytest.raises(ImportError):
        find(str(package.parent.parent))


def test_orphans_are_forgotten(setup: Mapping[str, object], package: Path) -> None:
    """What was compiled goes before its source."""
    forget = setup["forget_orphans"]
    assert callable(forget)
    forget()
    assert [f"table{BUILT}"] == [path.name for path in package.rglob("*.so")]
