"""Each file in ``cases/`` is a configuration with a mistake, beside the lines that it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.loading import load_config
from monitor.errors import ConfigError, ExitStatus

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def refusal(path: Path) -> str:
    """What is said of a file, without the folder it lies in."""
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert error.value.status is ExitStatus.USAGE
    return str(error.value).replace(f"{path.parent}/", "") + "\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistake(path: Path, request: pytest.FixtureRequest) -> None:
    """The file is refused with exactly these lines, each of which names the file and a line."""
    expected = path.with_suffix(".txt")
    said = refusal(path)
    if request.config.getoption("--update", default=False):
        expected.write_text(said, "utf-8")
    assert expected.read_text("utf-8") == said
    assert all(line.startswith(f"{path.name}:") for line in said.splitlines())


def test_no_expectation_without_a_case() -> None:
    """Nothing is left over from a case that is gone."""
    folder = Path(__file__).parent / "cases"
    assert {path.stem for path in CASES} == {path.stem for path in folder.glob("*.txt")}


def test_eight_mistakes_are_eight_lines() -> None:
    """All mistakes are named at once."""
    path = next(path for path in CASES if path.stem == "eight-mistakes")
    assert 8 == len(refusal(path).splitlines())
