"""The pages for whoever is on call, as a dashboard: they can be read where the graphs are, without another server.

Rule: the pages are written in docs/runbooks/ and only copied here. The address of a page follows from its name alone,
so that links into it stay right when others come and go.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.builders.text import Panel as Text
from grafana_foundation_sdk.models.text import TextMode

from grafana.source.words import TOP

UID = "privacy-monitor-runbooks"
FOLDER = TOP / "docs" / "runbooks"
INDEX = "README"
LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)([^)]+)\)")


class Page(NamedTuple):
    """One page: the name of its file, its heading, and what stands below."""

    slug: str
    title: str
    text: str


def pages(folder: Path = FOLDER) -> tuple[Page, ...]:
    """All pages, the list of them first."""
    found = []
    for path in sorted(folder.glob("*.md"), key=lambda path: (path.stem != INDEX, path.stem)):
        heading, _, text = path.read_text("utf-8").partition("\n")
        found.append(Page(path.stem, heading.removeprefix("# "), LINK.sub(_link, text).strip()))
    return tuple(found)


def number(slug: str) -> int:
    """The panel that shows a page."""
    return crc32(slug.encode()) % 1_000_000


def link_to(slug: str) -> str:
    """The address of a page within Grafana."""
    return f"/d/{UID}/runbooks?viewPanel={number(slug)}"


def runbooks() -> Dashboard:
    """All pages on one dashboard; links open one of them alone."""
    made = Dashboard("Library privacy: what to do")
    for page in pages():
        panel = Text().title(page.title).mode(TextMode.MARKDOWN).content(page.text).id(number(page.slug))
        made.with_panel(panel.span(24).height(31) if page.slug == INDEX else panel.span(12).height(23))
    return made


def _link(found: re.Match[str]) -> str:
    """Links to other pages lead there; those to the rest of the docs say where it stands."""
    text, target = found.groups()
    if (FOLDER / target).parent == FOLDER and target.endswith(".md"):
        return f"[{text}]({link_to(target.removesuffix('.md'))})"
    return f"{text} (`docs/{target.removeprefix('../')}`)"
