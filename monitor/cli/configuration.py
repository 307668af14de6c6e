"""Reads the configuration that a command was given."""

from __future__ import annotations

from pathlib import Path

from monitor.config.settings import Config


def read_config(path: Path | None) -> Config:
    """What the operator said in a file; without one, what holds where nothing was said.

    Raises:
        ConfigError: naming every mistake of the file.
    """
    if path is None:
        return Config()
    from monitor.config.loading import load_config  # noqa: PLC0415  (most runs have no configuration)
    from monitor.protocols.registry import specs  # noqa: PLC0415  (the same)

    return load_config(path, specs())
