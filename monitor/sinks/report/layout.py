"""What the report's page is laid out of: blocks, each of which gives its lines for the width that it is offered.

rich measures and cuts what is not all ASCII, since a character may take two columns or none. Its console, which lays
out all other pages, takes longer to import than this page to write, and draws what stands within others once for each
of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from monitor.model.lazy import late, lazy

Run = tuple[str, str]
"""Text, and the style that rich is to give it; empty for none."""
Line = Sequence[Run]
Block = Callable[[int], Sequence[Line]]
"""Lines that are not wider than so many columns."""

_WORD = lazy(r"\s*\S+\s*")
_MARGIN = (" ", "")
_cell_len, _chop_cells, _set_cell_size = (
    late("rich.cells", name) for name in ("cell_len", "chop_cells", "set_cell_size")
)


def words(text: str = "", style: str = "") -> Block:
    """A text, folded; an empty line where it is empty."""
    return lambda width: [((line, style),) for line in fold(text, width)]


def rule(sign: str, style: str) -> Block:
    """A line from side to side."""
    return lambda width: [((sign * width, style),)]


def stack(blocks: Iterable[Block]) -> Block:
    """Blocks one below the other."""
    held = tuple(blocks)
    return lambda width: [line for block in held for line in block(width)]


def inset(*blocks: Block) -> Block:
    """Blocks one below the other, a column away from both sides."""
    body = stack(blocks)
    return lambda width: [(_MARGIN, *line) for line in body(width - 2)]


def rows(rows: Sequence[tuple[Run, Block]], *, width: int = 0, gap: int = 2, right: bool = False) -> Block:
    """Two columns: marks, which are not folded, and what stands beside them, folded to the width that is left.

    Args:
        rows: marks, each with what stands beside it.
        width: of the marks, in columns; the longest mark's where it is longer.
        gap: columns between the two.
        right: marks are flush right.
    """
    marks = max([width, *(len(text) for (text, _), _ in rows)])
    indent = (" " * (marks + gap), "")

    def lay_out(offered: int) -> list[Line]:
        lines: list[Line] = []
        for mark, block in rows:
            first, *others = block(max(1, offered - marks - gap)) or [()]
            blank = (" " * (marks - len(mark[0])), "")
            lines.append((*((blank, mark) if right else (mark, blank)), (" " * gap, ""), *first))
            lines += [(indent, *line) for line in others]
        return lines

    return lay_out


def fold(text: str, width: int) -> list[str]:
    """Lines of a text, broken between words, and within a word that is longer than a line."""
    measure, chop, cut = (len, _chop, _cut) if text.isascii() else (_cell_len, _chop_cells, _set_cell_size)
    if measure(text) <= width:
        return [text]
    lines = []
    line = ""
    used = 0
    for word in _WORD.findall(text):
        size = measure(word.rstrip())
        if used + size <= width:
            line += word
            used += measure(word)
            continue
        if line:
            lines.append(line)
        *full, line = [word] if size <= width else chop(word, width)
        lines += full
        used = measure(line)
    return [cut(one, width) if measure(one) > width else one for one in (*lines, line)]


def _chop(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def _cut(text: str, width: int) -> str:
    return text[:width]
