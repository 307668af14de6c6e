"""What a command is told about the site: its configuration and its own rules."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from monitor.config.settings import Config


def add_site_options(parser: ArgumentParser) -> None:
    """Add ``--config`` and ``--rules``."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="what you said about your network, in YAML")
    parser.add_argument(
        "--rules",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="a folder of rules of your own, in addition to those that come along; may be repeated",
    )


def installed_config() -> Path | None:
    """The configuration of the service on this machine, if there is one: whoever says nothing else means that."""
    from monitor.installation.places import Places  # noqa: PLC0415  (only where nothing was said)

    path = Places().configuration
    try:
        return path if path.is_file() else None
    except PermissionError:  # it is there, and whoever reads it will hear why that does not work
        return path


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
