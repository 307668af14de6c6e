"""Finds the files that come with this package beside its code: rules and catalogs.

They lie in the checkout's `rules/` folder, where people look for them; a wheel carries that folder as `monitor/_rules`.
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
    for top in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if top.is_dir():
            path = top.joinpath(*parts)
            if path.exists():
                return path
            break
    missing = _PACKAGE.joinpath("_rules", *parts)
    raise ConfigError(f"{missing}:1: this part of the package is missing (hint: install the package again)")
