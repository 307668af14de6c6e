"""The configuration that a new installation begins with: the commented example, with only what a sensor needs in force.

Rule: what is in force says nothing about the network but which interface to listen to, so it is right everywhere.
"""

from __future__ import annotations

import re

from monitor.config.shipped import shipped_example
from monitor.model.lazy import lazy

_IN_FORCE = frozenset({"sensor", "store", "metrics"})
_HEAD = """\
# The configuration of the sensor. Every line below that begins with '#' is an example: take the sign away from what you
# want, change it, then:
#   privacy-monitor check /etc/privacy-monitor/config.yaml
#   sudo systemctl reload privacy-monitor
"""
_KEY = lazy(r"([a-z_]+):")
_INTERFACES = lazy(r"^  interfaces: .*$", re.MULTILINE)


def first_configuration(interface: str) -> str:
    """The text of a configuration that listens to one interface."""
    _, _, text = shipped_example().read_text("utf-8").partition("\n\n")
    lines = [_HEAD]
    in_force = False
    for line in text.splitlines():
        key = _KEY.match(line)
        if key:
            in_force = key[1] in _IN_FORCE
        lines.append(line if in_force or not line or line.startswith("#") else f"#{line}")
    return _INTERFACES.sub(lambda _: f"  interfaces: [{interface}]", "\n".join(lines) + "\n")
