"""A little of everything is said to rooms that nobody sees, before anybody is listened to.

What the rooms load when they first need it (catalogs, patterns, parsers, libraries) takes a third of a second, in which
a busy wire brings more than the kernel's ring holds. So it is there before the first packet is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from monitor.audit.planting import plant
from monitor.audit.scenes import set_scenes
from monitor.build import build
from monitor.capture.memory import MemoryCapture
from monitor.config.settings import Config
from monitor.model.stats import Stats


def rehearse(config: Config, rules: Sequence[Path] = ()) -> Stats:
    """Say one conversation of every protocol to rooms of their own; nothing of it is told.

    Args:
        config: of the site.
        rules: folders of the site's own rules.

    Returns:
        their figures.

    Raises:
        RuleError: a rule is wrong.
    """
    random, stats = Random(0), Stats()  # noqa: S311  (nothing here is secret)
    planted = plant(set_scenes(config, random)[:1], random, time.time_ns(), most=1)
    build(MemoryCapture("rehearsal", planted.packets, stats), (), stats, config, rules=rules, live=True).run()
    return stats
