"""A tree that was built before is built again from what it is now."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest


def test_what_is_old_is_forgotten(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was compiled goes before its source, also where it says what that said before."""
    for name in ("flow/table", "flow/lane", "flow/sweep"):
        source = tmp_path / "monitor" / f"{name}.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text("")
        built = source.with_name(f"{source.stem}.cpython-311-x86_64-linux-gnu.so")
        built.write_text("")
        os.utime(source, (1000, 2000 if name == "flow/lane" else 1000))
        os.utime(built, (1000, 1000))
    (tmp_path / "monitor" / "_shared.abi3.so").write_text("")

    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(repository / "setup.py"))["forget_what_is_old"]()

    assert ["_shared", "table"] == sorted(path.name.partition(".")[0] for path in tmp_path.rglob("*.so"))
