"""The package carries what it needs, and make knows what it is built from."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def compiled(repository: Path) -> tuple[str, ...]:
    """The modules that setup.py compiles."""
    names: tuple[str, ...] = ()
    for node in ast.parse((repository / "setup.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"OF_BYTES", "OF_SEGMENTS", "OF_MESSAGES"}:
            names += ast.literal_eval(node.value)
    assert names
    return names


def test_everything_is_carried(repository: Path, tmp_path: Path) -> None:
    """An installed monitor finds every shipped rule, the unit file, the example, the pages and the dissector."""
    command = [sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", str(tmp_path)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    folders = {"rules": "_rules", "systemd": "_systemd", "docs/examples": "_examples", "docs/runbooks": "_runbooks"}
    for source, target in folders.items():
        shipped, carried = (
            {path.relative_to(top): path.read_bytes() for path in top.rglob("*.*") if path.is_file()}
            for top in (repository / source, tmp_path / "monitor" / target)
        )
        assert len(shipped) > 0
        assert shipped == carried
    parsed = (tmp_path / "monitor" / "config" / "prepared.jsonl").read_text("ascii").splitlines()
    assert 2 * len(list((repository / "rules").rglob("*.yaml"))) == len(parsed)
    for catalog in ("devices", "products"):
        stored = tmp_path / "monitor" / "config" / f"{catalog}.jsonl"
        assert int(stored.read_text("ascii").partition("\n")[0]) >= 25
    read = (tmp_path / "monitor" / "detect" / "ready.jsonl").read_text("ascii").splitlines()
    assert 3 * len(list((repository / "rules").glob("*.yaml"))) == len(read)
    dissector = Path("monitor", "dissectors", "sip2.lua")
    assert (repository / dissector).read_bytes() == (tmp_path / dissector).read_bytes()


def test_make_knows_what_is_compiled(repository: Path) -> None:
    """A changed module is compiled again if, and only if, it is compiled at all."""
    if not shutil.which("make"):
        pytest.skip("make is not here")
    command = ["make", "--silent", "--eval", "show: ; @echo $(COMPILED)", "show"]
    shown = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    assert [f"{name.replace('.', '/')}.py" for name in compiled(repository)] == shown.split()
