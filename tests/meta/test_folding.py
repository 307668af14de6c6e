"""What the build folds into a compiled module means the same as what is written there."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def fold(repository: Path) -> Callable[[str], str]:
    """As setup.py does it."""
    folding: Callable[[str], str] = runpy.run_path(str(repository / "setup.py"))["fold"]
    return folding


HEAD = "import cython\n"
DECLARED = HEAD + "_A = cython.declare(cython.int, 3)\n"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (DECLARED + "x = _A + _A", HEAD + "pass\nx = cython.cast(cython.int, 3) + cython.cast(cython.int, 3)"),
        (DECLARED + "x = 'ü', _A", HEAD + "pass\nx = 'ü', cython.cast(cython.int, 3)"),
        (
            HEAD + "N = 1 << 4\n_A = cython.declare(\n    cython.longlong, -N * ord('a')\n)  # why\nx = _A",
            HEAD + "N = 1 << 4\npass  # why\n\n\nx = cython.cast(cython.longlong, -1552)",
        ),
        (
            HEAD + "from monitor.model.columns import Kind\n_A = cython.declare(cython.uchar, int(Kind.UDP))\nx = _A",
            HEAD + "from monitor.model.columns import Kind\npass\nx = cython.cast(cython.uchar, 9)",
        ),
        (
            DECLARED + "_B = cython.declare(cython.int, _A - 1)\nx = _B",
            HEAD + "pass\npass\nx = cython.cast(cython.int, 2)",
        ),
    ],
    ids=["twice", "behind-wide-letters", "of-several-lines", "imported", "of-another"],
)
def test_a_number_takes_the_place_of_its_name(fold: Callable[[str], str], text: str, folded: str) -> None:
    """Also where it is worked out of others; and lines keep their numbers."""
    assert folded == fold(text)


@pytest.mark.parametrize(
    "text",
    [
        DECLARED + "_A = 4\nx = _A",
        DECLARED + "def f():\n    global _A\n    _A += 1",
        DECLARED + "def f(_A):\n    return _A",
        DECLARED + "x = f'{_A}'",
        HEAD + "_A = cython.declare(object, None)\nx = _A",
        HEAD + "_A = cython.declare(cython.int, len('abc'))\nx = _A",
        HEAD + "_A = cython.declare(cython.longlong, -(2**63))\nx = _A",
        HEAD + "_A = cython.declare(cython.int)\nx = _A",
    ],
    ids=["bound-twice", "counted-up", "shadowed", "in-text", "no-number", "a-call", "not-for-c", "no-value"],
)
def test_what_may_change_stays_a_variable(fold: Callable[[str], str], text: str) -> None:
    """And so does what is no number before the module runs."""
    assert text == fold(text)


def test_no_name_is_left_behind(fold: Callable[[str], str], repository: Path) -> None:
    """The table of flows, which has most of them: what lost its declaration is named nowhere."""
    text = (repository / "monitor/flow/table.py").read_text("utf-8")
    folded = fold(text)
    was, left = ({node.id for node in ast.walk(ast.parse(one)) if isinstance(node, ast.Name)} for one in (text, folded))
    gone = {name for name in was if f"\n{name} = cython.declare(" in text and f"\n{name} = " not in folded}
    assert len(gone) > 50
    assert set() == gone & left
    assert len(text.splitlines()) == len(folded.splitlines())
