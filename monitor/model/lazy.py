"""What is made ready when it is first used: regular expressions, and parsers of protocols that most runs do not meet.

A hundred expressions would take a tenth of the program's start. Rule: `re.Match.re` is the compiled pattern and never
the lazy one, so those that matches are told apart by are compiled at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, AnyStr, cast


class _Lazy:
    """Stands for a pattern; what is asked of it first compiles it."""

    __slots__ = ("_flags", "_text", "findall", "finditer", "fullmatch", "match", "search", "split", "sub")

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there yet, and for what is seldom asked."""
        pattern = re.compile(self._text, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(pattern, method))
        return getattr(pattern, name)


_METHODS = tuple(name for name in _Lazy.__slots__ if name[0] != "_")


def lazy(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The same as `re.compile`, which is called when the pattern is first used, and complains then."""
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))


def late(module: str, name: str) -> Callable[..., Any]:
    """A function or class of a module that is imported with the first call."""

    def call(*arguments: object) -> Any:
        return found()(*arguments)

    @cache
    def found() -> Callable[..., Any]:
        made: Callable[..., Any] = getattr(import_module(module), name)
        return made

    return call
