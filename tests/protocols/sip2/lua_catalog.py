"""Writes the catalog of SIP2 as tables of Lua, for the dissector that carries a copy of it."""

from __future__ import annotations

import re._constants as op
import re._parser as parser
from collections.abc import Iterable, Iterator
from itertools import product

from monitor.protocols.sip2 import SPEC
from monitor.protocols.sip2.catalog import LAYOUTS, Fixed, Shape
from monitor.protocols.sip2.fields import FIELDS

BEGIN = "-- catalog: begin\n"
END = "-- catalog: end\n"
CATEGORIES = {op.CATEGORY_DIGIT: frozenset(range(0x30, 0x3A))}


def catalog() -> str:
    """The tables, from the first mark to the last."""
    shapes = {part.shape.name: part.shape for layout in LAYOUTS.values() for part in layout.fixed}
    lines = ["local SHAPES = {", *(_shape(shape) for _, shape in sorted(shapes.items())), "}", "local MESSAGES = {"]
    for layout in LAYOUTS.values():
        about = [
            f'name = "{layout.title}"',
            f'sender = "{layout.sender.value}"',
        ]
        about += [f'answer = "{layout.answer.decode()}"'] if layout.answer else []
        about += [f"{word} = true" for word in ("weak", "bare") if getattr(layout, word)]
        lines.append(f'  ["{layout.id.decode()}"] = {{ {", ".join(about)},')
        lines.append(f"    parts = {_parts(layout.fixed)},")
        lines += [f"    also = {_parts(layout.also)},"] if layout.also else []
        lines.append("  },")
    lines += ["}", "local FIELDS = {"]
    for key, field in sorted(FIELDS.items()):
        kind = field.data_class.value if field.data_class else "none"
        lines.append(f'  {key.decode()} = {{ "{field.meaning}", "{kind}" }},')
    ports = sorted(port for port in SPEC.ports if port != 6443)
    lines += ["}", f'local PORTS = "{",".join(map(str, ports))}"']
    return BEGIN + "".join(f"{line}\n" for line in lines) + END


def _parts(parts: Iterable[Fixed]) -> str:
    return "{ " + ", ".join(f'{{ "{name}", SHAPES["{shape.name}"] }}' for name, shape in parts) + " }"


def _shape(shape: Shape) -> str:
    orders = [[*places] for places in _alternatives(parser.parse(shape.pattern))]
    assert {shape.width} == {len(order) for order in orders}
    bits = f", bits = {_list(shape.bits)}" if shape.bits else ""
    written = _list("".join(map(_class, order)) for order in orders)
    return f'  ["{shape.name}"] = {{ width = {shape.width}{bits}, orders = {written} }},'


def _list(words: Iterable[str]) -> str:
    return "{ " + ", ".join(f'"{word}"' for word in words) + " }"


def _alternatives(tree: Iterable[tuple[object, object]]) -> Iterator[tuple[frozenset[int], ...]]:
    """Every order of places that a pattern takes, each place as the bytes it takes."""
    steps: list[list[tuple[frozenset[int], ...]]] = []
    for what, how in tree:
        if what is op.LITERAL:
            steps.append([(frozenset([how]),)])
        elif what is op.IN:
            steps.append([(_members(how),)])
        elif what is op.BRANCH:
            steps.append([order for branch in how[1] for order in _alternatives(branch)])
        elif what is op.SUBPATTERN:
            steps.append([*_alternatives(how[3])])
        elif what is op.MAX_REPEAT and how[0] == how[1]:
            steps.append([order * how[0] for order in _alternatives(how[2])])
        else:
            raise AssertionError(what)
    for choice in product(*steps):
        yield tuple(place for order in choice for place in order)


def _members(entries: Iterable[tuple[object, object]]) -> frozenset[int]:
    members: set[int] = set()
    for what, how in entries:
        if what is op.LITERAL:
            members.add(int(how))
        elif what is op.RANGE:
            members.update(range(how[0], how[1] + 1))
        else:
            members |= CATEGORIES[how]
    return frozenset(members)


def _class(members: frozenset[int]) -> str:
    """A class of Lua patterns, which are bytes between brackets."""
    text, left = "", sorted(members)
    while left:
        last = next(n for n, byte in enumerate(left) if n + 1 == len(left) or left[n + 1] != byte + 1)
        first, end = chr(left[0]), chr(left[last])
        text += (
            ("%" + first if first in "-+*" else first) if last == 0 else f"{first}-{end}" if last > 1 else first + end
        )
        left = left[last + 1 :]
    return f"[{text}]"
