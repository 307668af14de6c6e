"""An environment of its own for the service: a Python, this program as it runs now, and the packages that it needs.

Everything is copied from what runs this, so it takes no network, no compiler and no pip, and works alike from a
checkout and from an installed package. Rule: it is built aside and then put in place: there always is a whole one.
"""

from __future__ import annotations

import shutil
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace

import monitor
from monitor.config.shipped import shipped, shipped_example, shipped_runbooks, shipped_unit
from monitor.errors import UsageError
from monitor.model.lazy import lazy

NAME = "library-privacy-monitor"

_COMMAND = """\
#!{python}
import sys
from monitor.cli import main
sys.exit(main())
"""
_REQUIREMENT = lazy(r"([A-Za-z0-9._-]+)[^;]*(?:;(.*))?")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.c", "_rules", "_runbooks", "_systemd", "_examples")


class _Builder(venv.EnvBuilder):
    """Makes an environment without scripts that would name the place where it was built."""

    def setup_scripts(self, context: SimpleNamespace) -> None:
        """None are needed."""


def build_environment(target: Path, final: Path) -> None:
    """Make the environment.

    Args:
        target: where it is put; what was there is replaced.
        final: what that place is called where it runs.

    Raises:
        UsageError: what runs this is not whole, or cannot be reached by a service.
        OSError: it cannot be written.
    """
    packages = list(_packages())
    aside = target.with_name(f"{target.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    _Builder(symlinks=True).create(aside)
    (site,) = aside.glob("lib/python*/site-packages")
    for one in packages:
        _copy_distribution(one, site)
    _copy_program(site / "monitor")
    command = aside / "bin/privacy-monitor"
    command.write_text(_COMMAND.format(python=final / "bin/python"), "utf-8")
    command.chmod(0o755)
    before = target.with_name(f"{target.name}.old")
    shutil.rmtree(before, ignore_errors=True)
    if target.exists():
        target.rename(before)
    aside.rename(target)
    shutil.rmtree(before, ignore_errors=True)


def hidden_python() -> str:
    """The folder in which a service cannot see this Python, or nothing: no service looks into people's homes."""
    base = Path(sys.base_prefix).resolve()
    homes = [Path(path) for path in ("/home", "/root", "/run/user")]
    return next((str(home) for home in homes if base.is_relative_to(home)), "")


def _packages() -> Iterator[Distribution]:
    """What the program needs beside itself, and what that needs; none twice."""
    try:
        wanted = list(_required(distribution(NAME)))
    except PackageNotFoundError:
        raise UsageError(
            "this program is not installed, so nobody knows what it needs: make demo, or pip install ."
        ) from None
    seen = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:  # for another system or another Python
            continue
        yield found
        wanted += _required(found)


def _required(found: Distribution) -> Iterator[str]:
    for line in found.requires or ():
        match = _REQUIREMENT.match(line)
        if match and "extra" not in (match[2] or ""):
            yield match[1].lower()


def _copy_distribution(found: Distribution, site: Path) -> None:
    """Copy its modules and what is said of it; not its commands, nor what was compiled when it was used."""
    for file in found.files or ():
        if ".." in file.parts or file.is_absolute() or "__pycache__" in file.parts:
            continue
        source = Path(str(found.locate_file(file)))
        if source.is_file():
            target = site.joinpath(*file.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _copy_program(target: Path) -> None:
    shutil.copytree(Path(monitor.__file__).parent, target, ignore=_LEFT_OUT)
    for whole, folder in ((shipped(), "_rules"), (shipped_runbooks(), "_runbooks")):
        shutil.copytree(whole, target / folder, ignore=_LEFT_OUT)
    for source, folder in ((shipped_unit(), "_systemd"), (shipped_example(), "_examples")):
        (target / folder).mkdir()
        shutil.copy2(source, target / folder)
