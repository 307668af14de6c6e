"""Finds the files that come with this package beside its code: rules, the unit file, pages for on-call ...

They lie in the checkout's own folders, where people look for them; a wheel carries each inside the package, `rules/` as
`monitor/_rules`.
"""

from __future__ import annotations

from pathlib import Path

from monitor.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """The file or folder `parts`, counted from the shipped rules.

    Raises:
        ConfigError: the installation has lost it.
    """
    return _find("_rules", "rules", parts)


def shipped_unit() -> Path:
    """The unit file of the service.

    Raises:
        ConfigError: the installation has lost it.
    """
    return _find("_systemd", "systemd", ("privacy-monitor.service",))


def shipped_example() -> Path:
    """The commented example of a configuration.

    Raises:
        ConfigError: the installation has lost it.
    """
    return _find("_examples", "docs/examples", ("config.yaml",))


def shipped_runbooks() -> Path:
    """The folder of the pages that say what an alert means and what to do.

    Raises:
        ConfigError: the installation has lost it.
    """
    return _find("_runbooks", "docs/runbooks", ())


def _find(carried: str, source: str, parts: tuple[str, ...]) -> Path:
    for top in (_PACKAGE / carried, _PACKAGE.parent / source):
        if top.is_dir():
            path = top.joinpath(*parts)
            if path.exists():
                return path
            break
    missing = _PACKAGE.joinpath(carried, *parts)
    raise ConfigError(f"{missing}:1: this part of the package is missing (hint: install the package again)")
