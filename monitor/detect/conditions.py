"""Compiles Sigma's condition line to a function.

``or`` binds weakest, then ``and``, then ``not``; parentheses; ``1 of name*`` and ``all of name*``; ``1 of them`` and
``all of them``, which pass over selections whose name begins with an underscore.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from monitor.config.mistakes import nearest
from monitor.detect.matcher import Matcher, all_of, any_of, negation
from monitor.model.lazy import lazy

MAX_WORDS = 100
"""Nobody reads a longer one; keeps nesting far from Python's own limit."""

RESERVED = frozenset({"and", "or", "not", "of", "them", "all", "any", "1", "condition", "timeframe"})
"""Words that cannot name a selection."""

_PATTERN = lazy(r"[A-Za-z0-9_*]+")


class ConditionError(Exception):
    """The condition is wrong; caught where its line is known."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


def compile_condition(text: str, selections: Mapping[str, Matcher]) -> tuple[Matcher, frozenset[str]]:
    """The function for `text`, and the names of the selections it uses.

    Raises:
        ConditionError: with what is wrong and a hint.
    """
    words = text.replace("(", " ( ").replace(")", " ) ").split()
    if len(words) > MAX_WORDS:
        raise ConditionError(f"the condition has more than {MAX_WORDS} words", "use '1 of name*' or split the rule")
    parser = _Parser(words, selections)
    return parser.parse(), frozenset(parser.used)


class _Parser:
    """Recursive descent, one method a level of binding."""

    def __init__(self, words: list[str], selections: Mapping[str, Matcher]) -> None:
        self._words = words
        self._at = 0
        self._selections = selections
        self.used: set[str] = set()

    def parse(self) -> Matcher:
        matcher = self._either()
        left = self._peek()
        if left:
            raise ConditionError(f"'{left}' was not expected here", "join selections with 'and' or 'or'")
        return matcher

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def _take(self, word: str) -> bool:
        if self._peek() != word:
            return False
        self._at += 1
        return True

    def _either(self) -> Matcher:
        found = [self._both()]
        while self._take("or"):
            found.append(self._both())
        return any_of(found)

    def _both(self) -> Matcher:
        found = [self._maybe_not()]
        while self._take("and"):
            found.append(self._maybe_not())
        return all_of(found)

    def _maybe_not(self) -> Matcher:
        if self._take("not"):
            return negation(self._maybe_not())
        return self._atom()

    def _atom(self) -> Matcher:
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                raise ConditionError("a parenthesis is not closed")
            return inner
        word = self._peek()
        if not word:
            raise ConditionError("the condition ends too early", "name a selection, as in 'condition: selection'")
        self._at += 1
        if word in ("1", "all") and self._take("of"):
            return self._several(word)
        if word in RESERVED or word == ")":
            raise ConditionError(f"'{word}' was not expected here", "name a selection, as in 'condition: selection'")
        if word not in self._selections:
            raise ConditionError(f"there is no selection '{word}'", nearest(word, self._selections))
        self.used.add(word)
        return self._selections[word]

    def _several(self, quantifier: str) -> Matcher:
        pattern = self._peek()
        self._at += 1
        names = [name for name in self._selections if _selects(pattern, name)]
        if not names:
            raise ConditionError(
                f"'{quantifier} of {pattern}' fits no selection", "write '1 of name*', 'all of name*' or '1 of them'"
            )
        self.used.update(names)
        matchers = [self._selections[name] for name in names]
        return all_of(matchers) if quantifier == "all" else any_of(matchers)


def _selects(pattern: str, name: str) -> bool:
    if name.startswith("_") and not pattern.startswith("_"):
        return False
    return pattern == "them" or (_PATTERN.fullmatch(pattern) is not None and fnmatchcase(name, pattern))
