"""The catalogs that come along, as the build read them: what stands in each, and the tables by which that is found.

Rule: a catalog is known by the texts of all its files, so one of which a file was edited since is simply not known
here, and read like any other. What is known lies beside this module, a file for each catalog: how many things there
are, two lines for each thing and then for each table, its name and JSON, and a digest of the texts. So things and
tables are unpacked when they are asked for, and no others: most runs need few.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from monitor.config.shipped import shipped
from monitor.model.digest import blake2b

STORES = Path(__file__).parent
MAX_FILES = 200
"""Of one catalog; the shipped ones have some dozens."""

T = TypeVar("T")

Texts = Mapping[str, bytes]
"""What stands in the files of a catalog, by their names and in their order."""


class Store(Mapping[str, T]):
    """Things by their names, in the order in which they were stored."""

    def __init__(self, lines: Sequence[str], make: Callable[[Any], T]) -> None:
        self._packed = dict(zip(lines[::2], lines[1::2], strict=True))
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            self._made[name] = self._make(json.loads(self._packed[name]))
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def shipped_texts(catalog: str) -> Texts:
    """The files of a catalog.

    Raises:
        ConfigError: the installation has lost it.
    """
    return read_texts(shipped("catalog", catalog))


def read_texts(folder: Path) -> Texts:
    """The files of a catalog in a folder."""
    with os.scandir(folder) as entries:  # whose paths are texts: dozens of `Path` take longer than to read the files
        paths = sorted((entry.name, entry.path) for entry in entries if entry.name.endswith(".yaml"))
    return {name: _read(path) for name, path in paths[:MAX_FILES]}


def stored(catalog: str, texts: Texts, make: Callable[[Any], T]) -> tuple[Mapping[str, T], Mapping[str, Any]] | None:
    """The things and the tables of a catalog whose files have these texts, if the build stored it.

    Args:
        catalog: its folder's name.
        texts: its files.
        make: makes a thing of what was stored of it.
    """
    try:
        count, *lines, digest = STORES.joinpath(f"{catalog}.jsonl").read_bytes().decode("ascii").split("\n")
    except (OSError, ValueError):  # there is none, or it is damaged
        return None
    if digest != _digest(texts):  # edited since, or cut off
        return None
    behind = 2 * int(count)
    return Store(lines[:behind], make), Store(lines[behind:], lambda table: table)


def store(texts: Texts, things: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    """What the build writes for a catalog to a file of its name in `STORES`; all of it is data that JSON can hold."""
    pairs = [(name, json.dumps(data)) for name, data in (*things.items(), *tables.items())]
    return "\n".join([str(len(things)), *(line for pair in pairs for line in pair), _digest(texts)])


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (see `read_texts`)
        return file.read()


def _digest(texts: Texts) -> str:
    named = (part for name, text in texts.items() for part in (name.encode(), text))
    return blake2b(b"\0".join(named), digest_size=16).hexdigest()
