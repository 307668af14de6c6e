"""Words that people mean as text and that readers of YAML take for something else when they stand without quotes.

Our own reader takes no scalar for anything but text. Editors, schema checkers and programs that write configurations
read YAML 1.1 or 1.2 and would see a number in ``44:19:22`` (base 60) or ``0123`` (base 8), so a file says the same to
everybody only when such words are quoted.
"""

from __future__ import annotations

import yaml

from monitor.config.document import Scalar
from monitor.model.lazy import lazy

_MEANINGS = {"bool": "true or false", "int": "a number", "float": "a number", "timestamp": "a date", "null": "nothing"}
_NUMBER = lazy(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+")
"""YAML 1.2 10.3.2; PyYAML knows version 1.1 only."""
_YES_NO = frozenset("yYnN")
"""True and false in YAML 1.1, although PyYAML does not say so."""


def other_meaning(scalar: Scalar) -> str:
    """What other readers take a scalar for, in words, or nothing when it is text to all of them."""
    if not scalar.plain:
        return ""
    text = scalar.text
    if text in _YES_NO:
        return "true or false"
    if _NUMBER.fullmatch(text):
        return "a number"
    for tag, shape in yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ()):
        if shape.match(text):
            return _MEANINGS.get(tag.rpartition(":")[2], "a sign of its own")
    return ""
