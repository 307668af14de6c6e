"""The documents say what there is: commands, rules, dependencies, and links that lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config.loading import load_config
from monitor.errors import ExitStatus
from monitor.protocols.registry import specs

TOP = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONFIGURATIONS = [
    pytest.param(text, id=f"{document.name}:{number}")
    for document in DOCUMENTS
    if document.parent.name == "how-to" or document.name == "configuration.md"
    for number, text in enumerate(YAML.findall(document.read_text("utf-8")), 1)
]
"""Every piece of a configuration that a document shows; each may stand alone, because no key is needed."""
CHECKED = re.compile(r"^```console\n\$ privacy-monitor check library\.yaml\n([^$]+?)^```$", re.MULTILINE)
"""The command, with what it prints."""
MAKE = re.compile(r"(?:^\$ |`)make ([a-z0-9]+)", re.MULTILINE)


def required() -> Iterator[str]:
    """Names of all packages that pyproject.toml asks for, whatever for."""
    whole = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    wanted = [*whole["build-system"]["requires"], *whole["project"]["dependencies"]]
    for extra in whole["project"]["optional-dependencies"].values():
        wanted += extra
    for requirement in wanted:
        yield re.split(r"[<>=!~\[; ]", requirement)[0]


def help_of(*command: str) -> str:
    """What ``--help`` prints."""
    arguments = [sys.executable, "-m", "monitor", *command, "--help"]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def test_every_dependency_has_its_reason() -> None:
    """Each package that is asked for stands in the list, and nothing else does."""
    listed = re.findall(
        r"^\| `([a-z0-9-]+)` \|", (TOP / "docs/concepts/dependencies.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(set(required())) == sorted(listed)


def test_every_command_is_documented() -> None:
    """Each command and option that the help knows stands in the reference."""
    reference = (TOP / "docs/reference/cli.md").read_text("utf-8")
    top = help_of()
    commands = re.findall(r"^    ([a-z][a-z-]*)\b", top, re.MULTILINE)
    assert "analyze" in commands
    words = {f"privacy-monitor {command}" for command in commands}
    for text in (top, *(help_of(command) for command in commands)):
        words.update(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
    assert [] == sorted(word for word in words if word not in reference)


def test_every_exit_status_is_documented() -> None:
    """Each exit status stands in the reference."""
    reference = (TOP / "docs/reference/cli.md").read_text("utf-8")
    listed = re.findall(r"^\|\s*`?(\d+)`?\s*\|", reference, re.MULTILINE)
    assert [status.value for status in ExitStatus] == [int(status) for status in listed]


@pytest.mark.parametrize("slug", sorted(path.stem for path in TOP.glob("rules/*.yaml")))
def test_every_rule_is_documented(slug: str) -> None:
    """Each shipped rule stands in the documents."""
    assert any(f"`{slug}`" in document.read_text("utf-8") for document in DOCUMENTS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each link to a file of the project leads to one."""
    links = LINK.findall(document.read_text("utf-8"))
    assert [] == [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_exist(document: Path) -> None:
    """Each ``make`` command that a document names can be made."""
    targets = set(re.findall(r"^([a-z0-9]+):", (TOP / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(MAKE.findall(document.read_text("utf-8")))
    assert set() == named - targets


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_configurations_are_right(text: str, tmp_path: Path) -> None:
    """Each configuration in the documents loads as it stands."""
    path = tmp_path / "library.yaml"
    path.write_text(text, "utf-8")
    load_config(path, specs())


def test_check_prints_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the documents show of ``check`` is what it prints of the configuration above."""
    text = (TOP / "docs/how-to/configure.md").read_text("utf-8")
    shown = CHECKED.search(text)
    assert shown is not None
    monkeypatch.chdir(tmp_path)
    Path("library.yaml").write_text(YAML.findall(text[: shown.start()])[-1], "utf-8")
    assert ExitStatus.DONE == main(["check", "library.yaml"])
    assert shown[1] == capsys.readouterr().out
