"""Compiles the modules a second time, below ``.fuzz/``, so that gcc counts the edges that each input takes."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / ".fuzz"
COUNTERS = BUILD / "coverage.so"
SOURCE = Path(__file__).with_name("coverage.c")


def compile_modules() -> None:
    """Compile with counters; nothing is done where that was done for the same sources."""
    modules = (REPOSITORY / "monitor").rglob("*.py"), (REPOSITORY / "monitor").rglob("*.pxd")
    sources = [*chain(*modules), REPOSITORY / "setup.py", SOURCE]
    newest = max(file.stat().st_mtime for file in sources)
    if COUNTERS.exists() and COUNTERS.stat().st_mtime > newest:
        return
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(REPOSITORY / "monitor", BUILD / "monitor", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for name in ("rules", "systemd", "docs", "LICENSE", "LICENSES"):
        (BUILD / name).symlink_to(REPOSITORY / name)
    for name in ("setup.py", "pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, BUILD)
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", COUNTERS, SOURCE], check=True)
    flags = {
        "CFLAGS": "-O1 -fsanitize-coverage=trace-pc",
        "LD_PRELOAD": str(COUNTERS),  # the build imports some of what it compiled, to parse the rules
    }
    command = [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"]
    try:
        subprocess.run(command, check=True, cwd=BUILD, env=os.environ | flags, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        COUNTERS.unlink()  # it stands for a build that is whole
        raise


def load_counters() -> Any:
    """The functions of ``coverage.c``; from here on this process imports what was compiled with counters."""
    counters: Any = ctypes.CDLL(str(COUNTERS), mode=ctypes.RTLD_GLOBAL)
    counters.cost.restype = ctypes.c_uint64
    counters.remember_in.argtypes = [ctypes.c_void_p]
    sys.path.insert(0, str(BUILD))
    return counters
