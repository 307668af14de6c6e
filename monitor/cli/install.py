"""``privacy-monitor install`` and ``uninstall``: make a service of the sensor, and take it away again."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.errors import ExitStatus, UsageError

_INSTALL_EXAMPLES = """\
examples:
  sudo privacy-monitor install
      shows the network interfaces, asks which one to listen to, and starts the service
  sudo privacy-monitor install --interface eth1 --yes
      asks nothing

what it makes:
  /opt/library-privacy-monitor                     an environment of its own
  /usr/local/bin/privacy-monitor                   a link to the command in it
  /etc/systemd/system/privacy-monitor.service      the service; its user exists while it runs
  /etc/privacy-monitor/config.yaml                 a commented configuration, if there is none
  /etc/privacy-monitor/secrets/                    for passwords and keys

Run again, it brings the service to the version that runs it; the configuration stays.

exit status:
  0    done
  2    wrong usage, or something cannot be written or started
  70   a bug of this program
"""

_UNINSTALL_EXAMPLES = """\
examples:
  sudo privacy-monitor uninstall
      asks once, then removes everything: the service, its configuration, and all that it found
  sudo privacy-monitor uninstall --keep-data
      leaves the configuration and what was found

exit status:
  0    done, or there was nothing
  2    wrong usage, nobody said yes, or something cannot be removed
  70   a bug of this program
"""


def _configure_install(parser: ArgumentParser) -> None:
    parser.add_argument("--interface", metavar="NAME", help="the network interface to listen to; asked for without it")
    _configure(parser)


def _configure_uninstall(parser: ArgumentParser) -> None:
    parser.add_argument("--keep-data", action="store_true", help="leave the configuration and what was found")
    _configure(parser)


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="put everything below this folder and start nothing; for packages"
    )


def _install(options: Namespace) -> ExitStatus:
    root = _root(options)
    from monitor.installation import manager  # noqa: PLC0415  (help and complaints need none)
    from monitor.installation.environment import hidden_python  # noqa: PLC0415  (the same)
    from monitor.installation.installing import install  # noqa: PLC0415  (the same)
    from monitor.installation.places import Places  # noqa: PLC0415  (the same)

    home = hidden_python()
    if home and options.root is None:
        raise UsageError(
            f"this Python lies below {home}, where no service can see it: install the program with the system's own "
            "Python, and run this again from there"
        )
    places = Places(root)
    has_configuration = places.configuration.exists()
    interface = None if has_configuration else _interface(options)
    install(places, interface)
    said = "kept as it was" if has_configuration else f"written; it listens to {interface}"
    terminal.deliver(f"{places.configuration}: {said}\n{places.unit}: written\n{places.environment}: written\n")
    if options.root is not None or not manager.is_running():
        why = "nothing was started" if options.root is not None else "systemd does not run here"
        terminal.deliver(f"{why}; where it runs: systemctl daemon-reload && systemctl enable --now privacy-monitor\n")
        return ExitStatus.DONE
    manager.start()
    terminal.deliver("the sensor runs: systemctl status privacy-monitor, journalctl --follow --unit privacy-monitor\n")
    return ExitStatus.DONE


def _uninstall(options: Namespace) -> ExitStatus:
    root = _root(options)
    from monitor.installation import manager  # noqa: PLC0415  (help and complaints need none)
    from monitor.installation.installing import uninstall  # noqa: PLC0415  (the same)
    from monitor.installation.places import Places  # noqa: PLC0415  (the same)

    what = "the sensor" if options.keep_data else "the sensor, its configuration and secrets, and everything it found"
    if not options.yes and _ask(f"This removes {what}. Type yes to go on: ") != "yes":
        raise UsageError("nothing was removed")
    on_duty = options.root is None and manager.is_running()
    if on_duty:
        manager.stop()
    found = uninstall(Places(root), keep_data=options.keep_data)
    if on_duty:
        manager.forget()
    terminal.deliver(f"{what} is gone\n" if found else "there was nothing to remove\n")
    return ExitStatus.DONE


def _root(options: Namespace) -> Path:
    """Below which folder everything goes."""
    if sys.platform != "linux":
        raise UsageError("the service needs Linux; recorded captures can be analyzed anywhere (analyze)")
    root: Path | None = options.root
    if root is not None:
        return root.resolve()
    if os.geteuid():
        raise UsageError("this takes the rights of root: run it with sudo")
    return Path("/")


def _interface(options: Namespace) -> str:
    """The interface that was named, or is chosen now."""
    from monitor.config.notation import parse_interface  # noqa: PLC0415  (most commands read no configuration)
    from monitor.config.shapes import UnfitError  # noqa: PLC0415  (the same)

    try:
        return parse_interface(options.interface if options.interface is not None else _choose(options))
    except UnfitError as unfit:
        raise UsageError(f"{unfit.what} ({unfit.hint})") from None


def _choose(options: Namespace) -> str:
    from monitor.installation.candidates import find_candidates  # noqa: PLC0415  (only where somebody is asked)

    if options.yes:
        raise UsageError("nothing says what to listen to: add --interface NAME")
    terminal.deliver("Looking at the network interfaces ...\n")
    candidates = find_candidates()
    if not candidates:
        raise UsageError("there is no network interface to listen to")
    terminal.deliver("".join(f"  {candidate}\n" for candidate in candidates))
    best = candidates[0].name
    return _ask(f"Which one is at the mirror port? [{best}] ") or best


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise UsageError("nobody is there to answer: see --yes") from None


INSTALL = Command(
    name="install",
    summary="make a service of the sensor",
    description=(
        "Makes a service of the sensor: an environment of its own, a systemd unit that lets\n"
        "it do nothing but listen, and a commented configuration. Starts it."
    ),
    examples=_INSTALL_EXAMPLES,
    configure=_configure_install,
    run=_install,
)
UNINSTALL = Command(
    name="uninstall",
    summary="take the service away again, without a trace",
    description="Stops the service and removes everything that 'install' made, and what the service kept.",
    examples=_UNINSTALL_EXAMPLES,
    configure=_configure_uninstall,
    run=_uninstall,
)
