"""Puts the files of the service into place, and takes all of them away.

Rules: a configuration that is there is never changed; folders that were not there before go with the installation, and
no others do; the service manager is another module's business.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from monitor.config.shipped import shipped_unit
from monitor.errors import UsageError
from monitor.installation.environment import build_environment
from monitor.installation.example import first_configuration
from monitor.installation.places import Places
from monitor.privacy.labels import file_label

_EVERYBODY_READS = 0o022
_ROOT_ONLY = 0o700


def install(places: Places, interface: str | None) -> bool:
    """Put everything into place.

    Args:
        places: where.
        interface: for the configuration; None where there is a configuration.

    Returns:
        whether a configuration was written.

    Raises:
        UsageError: it cannot be written.
    """
    mask = os.umask(_EVERYBODY_READS)
    try:
        return _install(places, interface)
    except OSError as error:
        raise _unwritable(error) from None
    finally:
        os.umask(mask)


def _install(places: Places, interface: str | None) -> bool:
    made = _read_made(places)
    for folder in (places.environment.parent, places.command.parent, places.unit.parent, places.settings.parent):
        made += _make_folder(folder)
    build_environment(places.environment, places.final_environment)
    places.made.write_text("".join(f"{folder}\n" for folder in made), "utf-8")
    if not places.command.exists() and not places.command.is_symlink():
        places.command.symlink_to(places.final_environment / "bin/privacy-monitor")
    shutil.copyfile(shipped_unit(), places.unit)
    places.settings.mkdir(exist_ok=True)
    places.secrets.mkdir(mode=_ROOT_ONLY, exist_ok=True)
    if places.configuration.exists() or interface is None:
        return False
    places.configuration.write_text(first_configuration(interface), "utf-8")
    return True


def uninstall(places: Places, *, keep_data: bool = False) -> bool:
    """Take everything away.

    Args:
        places: where.
        keep_data: leave configuration, secrets and findings.

    Returns:
        whether there was anything.

    Raises:
        UsageError: something cannot be removed.
    """
    try:
        made = _read_made(places)
        found = [_remove(path) for path in _all_of(places, keep_data=keep_data)]
        for folder in reversed(made):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    except OSError as error:
        raise _unwritable(error) from None
    return any(found)


def _all_of(places: Places, *, keep_data: bool) -> list[Path]:
    ours = [places.unit, places.changes, places.wanted, places.environment]
    if places.command.is_symlink() and places.command.readlink().is_relative_to(places.final_environment):
        ours.append(places.command)
    return ours if keep_data else [*ours, places.settings, *places.state, *places.logs]


def _remove(path: Path) -> bool:
    if path.is_symlink() or path.is_file():
        path.unlink()
        return True
    if path.is_dir():
        shutil.rmtree(path)
        return True
    return False


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder and those around it; returns those that were not there, the outermost first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _read_made(places: Places) -> list[Path]:
    if not places.made.exists():
        return []
    return [Path(line) for line in places.made.read_text("utf-8").splitlines()]


def _unwritable(error: OSError) -> UsageError:
    place = f"{file_label(str(error.filename))}: " if error.filename else ""
    return UsageError(f"{place}{os.strerror(error.errno or 0)}")
