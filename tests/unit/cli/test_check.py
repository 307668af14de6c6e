"""``privacy-monitor check``: every mistake at once, or what a configuration means."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config.keys import CONFIGURATION
from monitor.config.schema import json_schema
from monitor.errors import ExitStatus
from monitor.protocols.registry import specs

Check = Callable[..., tuple[int, str, str]]

EIGHT = """\
site: 2024
zone: []
zones:
  - name: no
    audience: patrons
    networks: [10.30.0.5/24]
  - name: cameras
    audience: infrastructure
    networks: [10.40.0.0/24]
    expect:
      - {asset: recoder}
      - {network: 10.1.0.0/24}
    role: camera
    role: recorder
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
"""

GOOD = """\
site: Maple Street Library
zones:
  - {name: self-check, audience: infrastructure, networks: [10.30.0.0/24, "fd00:30::/64"]}
  - {name: cameras, audience: infrastructure, role: camera, networks: [10.40.0.0/24]}
assets:
  - {name: ILS, address: 10.1.0.10, role: ils, ports: [6001/tcp]}
"""
MEANING = """\
c.yaml: no mistakes, 2 notes

Maple Street Library: 2 zones, 1 asset

zone        audience        role    inspect        addresses  networks
self-check  infrastructure  -       all (default)  shown      10.30.0.0/24 fd00:30::/64
cameras     infrastructure  camera  all (default)  shown      10.40.0.0/24

asset  role  address    ports     zone
ILS    ils   10.1.0.10  6001/tcp  -

note: zone 'cameras' does not say whom its cameras may talk to ('expect')
note: asset 'ILS' (10.1.0.10) is in no zone, so its audience is unassigned
"""


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Checks a text or bytes as the file ``c.yaml``; returns the status, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(data: str | bytes, *options: str) -> tuple[int, str, str]:
        Path("c.yaml").write_bytes(data.encode() if isinstance(data, str) else data)
        status = main(["check", "c.yaml", *options])
        return status, *capsys.readouterr()

    return run


def test_meaning(check: Check) -> None:
    """A file without mistakes is said back, with what may have been forgotten; that is no failure."""
    assert (ExitStatus.DONE, MEANING, "") == check(GOOD)


def test_eight_mistakes_are_eight_lines(check: Check) -> None:
    """Every mistake is said at once, each in a line that begins with its place and ends with a hint."""
    status, out, err = check(EIGHT)
    assert (ExitStatus.USAGE, "") == (status, out)
    assert ["1", "2", "4", "5", "6", "11", "12", "14"] == [line.split(":")[1] for line in err.splitlines()]
    assert all(re.fullmatch(r"c\.yaml:\d+: .*", line) for line in err.splitlines())
    assert 7 == err.count(" (hint: ")


def test_colors_repeat_the_words(check: Check) -> None:
    """On a terminal places, hints, heads and notes are set off, and the words are the same."""
    for text in (GOOD, EIGHT):
        plain, colored = check(text), check(text, "--color", "always")
        bare = tuple(re.sub(r"\x1b\[[0-9;]*m", "", stream) for stream in colored[1:])
        assert plain == (colored[0], *bare)
        assert "\x1b[" in "".join(colored[1:])
        assert "\x1b" not in "".join(plain[1:])


ZONE = "zones:\n  - {{name: {}, audience: staff, networks: [{}]}}\n"
WORDS = ("44:19:22", "22:30", "no", "10.30", "0123")


@pytest.mark.parametrize("word", WORDS)
def test_traps(word: str, check: Check) -> None:
    """What YAML takes for something else than text is refused, and the hint is what makes it right."""
    status, _, err = check(ZONE.format(word, "10.1.0.0/16"))
    assert ExitStatus.USAGE == status
    assert re.fullmatch(
        r"c\.yaml:2: 'name' is text, but YAML reads '.*' as .* \(hint: put quotes around it: .*\)\n", err
    )
    assert ExitStatus.DONE == check(ZONE.format(f'"{word}"', "10.1.0.0/16"))[0]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("line", ["  - {{name: a, audience: staff, networks: [{}]}}", "  - {{name: a, role: {}}}"])
def test_traps_elsewhere(line: str, word: str, check: Check) -> None:
    """They are refused wherever else they stand, too."""
    status, _, err = check("zones:\n" + line.format(word) + "\n")
    assert (ExitStatus.USAGE, True) == (status, err.startswith("c.yaml:2: "))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ZONE.format("a", "10.30.0.5/24"), "2: '10.30.0.5/24' has host bits set (hint: did you mean '10.30.0.0/24'?)"),
        (ZONE.format("a", '"fd00::5/64"'), "2: 'fd00::5/64' has host bits set (hint: did you mean 'fd00::/64'?)"),
        (
            ZONE.format("a", "10.1.0.0/16") + "  - {name: b, audience: staff, networks: [10.1.2.0/24]}\n",
            (
                "3: '10.1.2.0/24' overlaps '10.1.0.0/16' of zone 'a', line 2 "
                "(hint: if it is part of it on purpose, add 'inside: a' to zone 'b')"
            ),
        ),
        (
            ZONE.format("a", "10.1.0.0/16") + "  - {name: b, audience: staff, networks: [10.1.0.0/16]}\n",
            "3: '10.1.0.0/16' is already in zone 'a', line 2 (hint: a network is in one zone)",
        ),
        ("site: a\nsite: b\n", "2: 'site' stands twice, first in line 1"),
        ("sites: a\n", "1: unknown key 'sites' (hint: did you mean 'site'?)"),
        ("a: &a [*a]\n", "1: nested more than 12 levels deep"),
        ("", "1: is empty (hint: a configuration is a mapping that begins with 'site: Main Library')"),
        (
            "#" * 10_000_000,
            f"1: larger than {CONFIGURATION.max_bytes} bytes (hint: is this a configuration?)",
        ),
        ("site: a\n".encode("utf-16"), "1: is UTF-16 or UTF-32 text (hint: save the file as UTF-8)"),
        (b"\x7fELF\x02\x00", "1: is no text (hint: is this a configuration? If so, save it as UTF-8)"),
        (b"site: \xe9t\xe9\n", "1: not UTF-8 text (hint: save the file as UTF-8)"),
    ],
)
def test_one_mistake_is_one_line(text: str | bytes, expected: str, check: Check) -> None:
    """Each of these has its own clear line."""
    assert (ExitStatus.USAGE, "", f"c.yaml:{expected}\n") == check(text)


def test_aliases_to_aliases(check: Check) -> None:
    """A few lines that would unfold into a billion values end at the limit."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 9)]
    status, _, err = check("\n".join(lines))
    assert ExitStatus.USAGE == status
    assert (
        f"c.yaml:1: more than {CONFIGURATION.max_nodes} values (hint: aliases count each time they are used)\n" == err
    )


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark(prefix: bytes, check: Check) -> None:
    """What Windows' editor puts before the text changes nothing."""
    assert (ExitStatus.DONE, MEANING, "") == check(prefix + GOOD.replace("\n", "\r\n").encode())


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda _: None, "cannot be read: No such file or directory"),
        (Path.mkdir, "is a folder (hint: name the configuration in it)"),
        (os.mkfifo, "is not a regular file (hint: write the configuration to a file first)"),
        (
            lambda path: path.symlink_to("/dev/zero"),
            "is not a regular file (hint: write the configuration to a file first)",
        ),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
    ],
)
def test_no_file(
    make: Callable[[Path], None],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is no readable file is one clear line, and nothing is waited for."""
    monkeypatch.chdir(tmp_path)
    make(Path("c.yaml"))
    assert ExitStatus.USAGE == main(["check", "c.yaml"])
    assert ("", f"c.yaml:1: {expected}\n") == capsys.readouterr()


def test_file_without_permission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of somebody else is one clear line."""
    path = tmp_path / "c.yaml"
    path.write_text(GOOD, "utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert ExitStatus.USAGE == main(["check", str(path)])
    assert ("", f"{path}:1: cannot be read: Permission denied\n") == capsys.readouterr()


def test_hostile_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file's name cannot command the terminal, whether the file is right or wrong."""
    monkeypatch.chdir(tmp_path)
    name = os.fsdecode(b"\x1b[2J\xff\r.yaml")
    Path(name).write_text(GOOD, "utf-8")
    assert ExitStatus.DONE == main(["check", name])
    Path(name).write_text(EIGHT, "utf-8")
    assert ExitStatus.USAGE == main(["check", name])
    shown = capsys.readouterr()
    assert not set(shown.out + shown.err) & set("\x1b\r\udcff")


def test_stdout_of_another_encoding(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old console gets a page it can show."""
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)
    assert ExitStatus.DONE == check("site: Bücherei\n")[0]
    assert b"B?cherei: 0 zones, 0 assets" in console.buffer.getvalue()


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """The schema on stdout is the one of the protocols that are here."""
    assert ExitStatus.DONE == main(["check", "--schema"])
    assert json_schema(specs()) == json.loads(capsys.readouterr().out)


def test_real_command(tmp_path: Path, repository: Path) -> None:
    """The process itself: status, streams, and neither colors nor a terminal library when nobody looks."""
    path = tmp_path / "c.yaml"
    path.write_text(EIGHT, "utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "monitor", "check", str(path)]
    ended = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")}
    said = [line for line in ended.stderr.splitlines() if not line.startswith("import time:")]
    assert (ExitStatus.USAGE, "", 8) == (ended.returncode, ended.stdout, len(said))
    assert "monitor.config.loading" in loaded
    assert set() == loaded & {"rich", "rich.console", "monitor.pipeline"}


def test_example_of_the_documents(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The example that comes along is right, and leaves nothing to remark."""
    assert ExitStatus.DONE == main(["check", str(repository / "docs" / "examples" / "config.yaml")])
    shown = capsys.readouterr()
    assert "config.yaml: no mistakes\n" in shown.out
    assert "note: " not in shown.out
