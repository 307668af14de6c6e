"""``privacy-monitor learn``: writes down whom watched devices talk to, for a person to say what of it is right."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.captures import tell_troubles
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.progress import show_progress
from monitor.cli.stop import stop_on_signals
from monitor.config.settings import Config
from monitor.errors import ExitStatus, UsageError
from monitor.model.finding import Finding
from monitor.model.lazy import lazy
from monitor.model.stats import Stats
from monitor.privacy.labels import file_label, typed

if TYPE_CHECKING:
    from monitor.learning.notebook import Notebook

EXPECTATIONS = "expectations.yaml"
SAVE_NS = 3_600 * 10**9
"""How often a live run writes what it has, so that a power cut costs an hour."""

_TIME = lazy(r"([1-9][0-9]{0,3})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_EXAMPLES = f"""\
examples:
  privacy-monitor learn monday.pcap tuesday.pcap --config library.yaml --output learned
      write learned/{EXPECTATIONS}, and a MUD file for each group of devices
  sudo privacy-monitor learn --live --for 14d --config library.yaml --output learned
      the same of two weeks at the sensor's interface; Ctrl-C ends it sooner
  privacy-monitor check library.yaml --against wednesday.pcap
      what would your configuration say of another day?

Nothing is approved by this: read the file, and copy what is right into your
configuration. Relays, ways past the firewall and connections from the internet
are never proposed.

exit status:
  0    done
  2    wrong usage or configuration, nothing given is a capture, or the files
       cannot be written
  3    something given could not be read, or not whole; the rest was learned from
  70   a bug of this program
  130  interrupted with Ctrl-C while captures were read
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="FILE", help="a capture, a folder of captures, or - for stdin")
    parser.add_argument("--live", action="store_true", help="listen to the interface instead of reading captures")
    parser.add_argument("--interface", metavar="NAME", help="which, with --live; else what the configuration names")
    parser.add_argument("--for", dest="duration", metavar="TIME", help="how long, with --live: 90s, 30m, 12h, 14d")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", default=Path("learned"), help="the folder to write to (default: learned)"
    )
    parser.add_argument("--no-progress", action="store_true", help="no progress line on stderr")
    add_site_options(parser)


def _run(options: Namespace) -> ExitStatus:
    from monitor.learning.notebook import Notebook  # noqa: PLC0415  (help and complaints need none)

    if options.live == bool(options.paths):
        raise UsageError("learn wants captures, or else --live (try: privacy-monitor learn --help)")
    if not options.live and (options.duration or options.interface):
        raise UsageError("--for and --interface go with --live")
    seconds = _seconds(options.duration)
    config = read_config(options.config)
    notebook = Notebook()
    output = _Output(options.output, notebook, config)
    status = _listen(options, config, output, seconds) if options.live else _read(options, config, output)
    output.write()
    terminal.complain(f"written: {file_label(str(options.output / EXPECTATIONS))}; read it before you use it")
    return status


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise UsageError("--for is a number with a unit: 30m, 12h or 14d")
    return int(found[1]) * _UNITS[found[2]]


class _Output:
    """The files, as a sink that writes them now and then. They are new: what a person has worked on is not replaced."""

    def __init__(self, folder: Path, notebook: Notebook, config: Config) -> None:
        self.notebook = notebook
        self._folder = folder
        self._config = config
        self._saved_ns = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f"{EXPECTATIONS}.part"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise UsageError(f"cannot write to {file_label(str(folder))}: {error.strerror}") from None
        if (folder / EXPECTATIONS).exists():
            shown = file_label(str(folder / EXPECTATIONS))
            raise UsageError(f"{shown} is there already (move it away, or name another folder)")

    def write(self) -> None:
        """Replace what was written before."""
        from monitor.learning.expectations import write_expectations  # noqa: PLC0415  (at the end of a run)
        from monitor.learning.mud import slug, write_mud  # noqa: PLC0415  (the same)

        texts = {EXPECTATIONS: write_expectations(self.notebook, self._config)}
        for group, entries in self.notebook.groups.items():
            texts[f"{slug(group)}.mud.json"] = write_mud(group, entries, self._config)
        try:
            for name, text in texts.items():
                part = self._folder / f"{name}.part"
                part.write_text(text, "utf-8")
                part.replace(self._folder / name)
        except OSError as error:
            raise UsageError(f"cannot write to {file_label(str(self._folder))}: {error.strerror}") from None

    def receive(self, finding: Finding) -> None:
        """Findings are for `analyze` and `run`."""

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Write what there is, once an hour."""
        self.notebook.report(stats)
        if at_ns - self._saved_ns >= SAVE_NS:
            if self._saved_ns:
                self.write()
            self._saved_ns = at_ns

    def finish(self, stats: Stats) -> None:
        """Everything is written at the end anyway."""
        self.notebook.report(stats)


def _read(options: Namespace, config: Config, output: _Output) -> ExitStatus:
    from monitor import analyze  # noqa: PLC0415  (help and complaints need no engine)

    with show_progress(wanted=not options.no_progress) as progress:
        outcome = analyze.analyze(
            analyze.Request(
                paths=tuple(options.paths),
                config=config,
                rules=tuple(options.rules),
                sinks=(output,),
                progress=progress,
                learner=output.notebook.note,
            )
        )
    tell_troubles(outcome)
    if outcome.interrupted:
        return ExitStatus.INTERRUPTED
    return ExitStatus.INPUT if outcome.troubles else ExitStatus.DONE


def _listen(options: Namespace, config: Config, output: _Output, seconds: int | None) -> ExitStatus:
    if sys.platform != "linux":
        raise UsageError("listening to an interface needs Linux; learn from recorded captures instead")
    from monitor import sensor  # noqa: PLC0415  (Linux only)

    interfaces = (typed(options.interface),) if options.interface else config.sensor.interfaces
    if not interfaces:
        raise UsageError("nothing says what to listen to: --interface NAME, or sensor: {interfaces: [NAME]}")
    with stop_on_signals() as stop:
        sensor.watch(
            sensor.Request(
                interfaces=interfaces,
                sinks=(output,),
                stopping=_until(seconds, stop.asked),
                started=lambda: terminal.complain(f"listening to {interfaces[0]}; Ctrl-C ends it"),
                ending=lambda: None,
                tell=terminal.complain,
                config=config,
                rules=tuple(options.rules),
                learner=output.notebook.note,
            )
        )
    return ExitStatus.DONE


def _until(seconds: int | None, asked: Callable[[], bool]) -> Callable[[], bool]:
    """Whether the time is over, or somebody asked."""
    if seconds is None:
        return asked
    end = monotonic() + seconds
    return lambda: asked() or monotonic() >= end


COMMAND = Command(
    name="learn",
    summary="write down whom devices talk to, for you to approve",
    description=(
        "Reads captures, or listens, and writes whom cameras, printers and other devices\n"
        "of the configuration were seen to talk to: as expectations for the configuration\n"
        "and as MUD files (RFC 8520). It proposes; you decide."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
