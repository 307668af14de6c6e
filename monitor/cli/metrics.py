"""What a run offers to Prometheus, if it is asked to."""

from __future__ import annotations

from argparse import ArgumentParser

from monitor.cli import terminal
from monitor.config.settings import METRICS_AT, Config, MetricsSettings
from monitor.errors import UsageError
from monitor.model.record import replace


def add_metrics_option(parser: ArgumentParser) -> None:
    """Add ``--metrics``."""
    parser.add_argument(
        "--metrics",
        nargs="?",
        const=str(METRICS_AT),
        metavar="ADDRESS:PORT",
        help=f"offer metrics to Prometheus there, or at {METRICS_AT}; a configuration can ask for them, too",
    )


def ask_for_metrics(config: Config, place: str | None) -> Config:
    """What the command line asks for goes before the configuration, whose certificate and password still hold.

    Raises:
        UsageError: `place` is not an address with a port.
    """
    if place is None:
        return config
    from monitor.config.notation import parse_listen  # noqa: PLC0415  (most commands read no configuration)
    from monitor.config.shapes import UnfitError  # noqa: PLC0415  (the same)

    try:
        listen = parse_listen(place)
    except UnfitError as unfit:
        raise UsageError(f"--metrics: {unfit.what} ({unfit.hint})") from None
    return replace(config, metrics=replace(config.metrics or MetricsSettings(), listen=listen))


def tell_where(settings: MetricsSettings) -> None:
    """Say where they are, and what may not be meant."""
    from monitor.config.summary import metrics_notes  # noqa: PLC0415  (most runs have none)

    for line in (f"metrics at {settings.url}", *(f"note: {note}" for note in metrics_notes(settings))):
        terminal.complain(line)
