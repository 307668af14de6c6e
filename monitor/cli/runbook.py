"""``privacy-monitor runbook``: the page of an alert, for whoever is called at night and has nothing but a terminal."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.errors import ExitStatus, UsageError
from monitor.model.lazy import lazy

_EXAMPLES = """\
examples:
  privacy-monitor runbook
      which pages are there?
  privacy-monitor runbook sip2-patron-credential
  privacy-monitor runbook Sip2PatronCredential
      what does this alert mean, how bad is it, what is to be done?

exit status:
  0    done
  2    there is no such page
  70   a bug of this program
"""
_INDEX = "README"
_LINK = lazy(r"\[([^\]]+)\]\(([^)]+)\)")
_HEADING = lazy(r"^#+ (.*)$", re.MULTILINE)
_BOLD = "\x1b[1m{}\x1b[0m"
"""ECMA-48 8.3.117."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="of an alert or a rule; without it all of them")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="bold headings (default: auto)"
    )


def _run(options: Namespace) -> ExitStatus:
    from monitor.config.shipped import shipped_runbooks  # noqa: PLC0415  (help and complaints need no pages)

    pages = {path.stem: path for path in shipped_runbooks().glob("*.md")}
    looks = terminal.appearance(options.color, sys.stdout)
    text = _plain(_find(pages, options.name).read_text("utf-8"))
    text = _HEADING.sub(_BOLD.format(r"\1"), text) if looks.color else text
    terminal.deliver(text.encode(looks.encoding, "replace").decode(looks.encoding))
    return ExitStatus.DONE


def _find(pages: dict[str, Path], name: str | None) -> Path:
    """By its name, or by that of the alert, however somebody has copied it."""
    if name is None:
        return pages[_INDEX]
    spelled = {_bare(slug): slug for slug in pages if slug != _INDEX}
    wanted = _bare(name.rpartition("/")[2].removesuffix(".md"))
    if wanted in spelled:
        return pages[spelled[wanted]]
    from monitor.config.mistakes import nearest, quoted  # noqa: PLC0415  (the same)

    raise UsageError(
        f"there is no page {quoted(name)} ({nearest(name, spelled.values())}); what to do about a finding by a rule of"
        " your own, privacy-monitor findings show ID says"
    )


def _bare(name: str) -> str:
    return name.replace("-", "").lower()


def _plain(page: str) -> str:
    """A page as it is read in a terminal: where a link leads is said as a command, or as a path of the project."""

    def shown(link: re.Match[str]) -> str:
        text, place = link[1], link[2]
        if place.startswith("../"):
            return f"{text} (docs/{place.removeprefix('../')})"
        return f"{text} ({place})" if "://" in place else f"{text} [{place.removesuffix('.md')}]"

    return _LINK.sub(shown, page)


COMMAND = Command(
    name="runbook",
    summary="what an alert means, how bad it is, and what to do",
    description=(
        "Shows the page of an alert: what it means, how bad it is, what to check, how to fix\n"
        "it, and how to live with it for a while. A name in square brackets is another page."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
