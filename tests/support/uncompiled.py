"""Loads the Python source of modules that the build compiles, so that both can be held against each other."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def load_source(name: str) -> ModuleType:
    """The module `name` run from its ``.py`` file, whatever was compiled beside it."""
    path = ROOT / Path(*name.split(".")).with_suffix(".py")
    spec = importlib.util.spec_from_file_location(f"uncompiled_{name.replace('.', '_')}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Sources:
    """Finds modules of the package by their sources only, whatever was compiled beside them."""

    def __init__(self, *names: str) -> None:
        """Of all modules, or of those that are named."""
        self._names = names

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002  # Python's
        """Say where a module is (`importlib.abc.MetaPathFinder`)."""
        if name.partition(".")[0] != "monitor" or (self._names and name not in self._names):
            return None
        found = (FileFinder(folder, (SourceFileLoader, [".py"])).find_spec(name) for folder in path or [str(ROOT)])
        return next((spec for spec in found if spec is not None), None)


def run_sources(*names: str) -> None:
    """Have this process import the named modules, or all, from their sources; it must not have imported them yet."""
    sys.meta_path.insert(0, Sources(*names))
