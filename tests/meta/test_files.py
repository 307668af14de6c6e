"""Habits of every file: nothing of the machine it was written on, and one job a module."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

MAX_LINES = 300
"""A module longer than this has two jobs."""
LONGER = {
    "monitor/capture/records.py": "two compiled walks on one base, which compiled apart would need a second text",
    "monitor/decode/headers.py": "one compiled loop: a call to another module costs more than the header it would read",
    "monitor/detect/recurrence.py": "compiled groups and their memory, which read each other with every message",
    "monitor/flow/lane.py": "one compiled loop and the followers whose state it reads and writes",
    "monitor/flow/table.py": "one compiled loop over one record: calls across modules would cost what it saves",
    "monitor/protocols/http/markup.py": "one compiled pass, which steps between kinds of text that share its state",
    "monitor/protocols/sip2/survey.py": "one compiled pass over a message: calls across modules cost much of it",
}
"""Modules that may be longer, each with its reason. An entry that is no longer needed fails the test."""

# Put together from pieces, so that this file does not match itself.
MACHINE = re.compile(
    "|".join((r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me|Us" + r"ers|fa" + r"rm|mn" + r"t)/[\w.]",))
)
HOSTS = re.compile(
    "|".join(
        name.replace(" ", r"\.?")
        for name in (
            "py pi .org",
            "files .python hosted",
            "registry .npm js",
            "deb .deb ian .org",
            "proxy .go lang",
            "index .cra tes .io",
        )
    )
)
BINARY = {".pcap", ".pcapng", ".png", ".so"}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Every file of the repository that is not ignored."""
    top = Path(__file__).resolve().parents[2]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=top,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout, so nothing says which files belong to the project")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := top / name).is_file()]


def test_nothing_of_this_machine(files: list[Path]) -> None:
    """No file names a folder of somebody's machine or a package registry: both would be wrong elsewhere."""
    found = [
        f"{path.name}:{number}"
        for path in files
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if MACHINE.search(line) or HOSTS.search(line)
    ]
    assert [] == found


def test_the_search_finds_them() -> None:
    """The patterns match what they are for."""
    assert MACHINE.search("see /" + "home/someone/x")
    assert MACHINE.search("'/" + "work/main'")
    assert not MACHINE.search("docs/" + "work/x")
    assert HOSTS.search("https://py" + "pi.org/simple")


def test_modules_have_one_job(files: list[Path]) -> None:
    """No module is longer than it can be and still do one thing."""
    top = Path(__file__).resolve().parents[2]
    long = {
        str(path.relative_to(top))
        for path in files
        if path.suffix == ".py" and path.is_relative_to(top / "monitor")
        if len(path.read_text("utf-8").splitlines()) > MAX_LINES
    }
    assert set(LONGER) == long


def test_shipped_files_are_small(files: list[Path]) -> None:
    """A clone stays quick: no file is larger than 300 KB."""
    assert [] == [path.name for path in files if path.stat().st_size > 300_000]
