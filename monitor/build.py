"""Puts the rooms together: the one file that names them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.capture.bounds import BATCH_FRAMES
from monitor.config.settings import Config
from monitor.config.shipped import shipped
from monitor.detect.engine import Engine
from monitor.detect.loading import load_rules
from monitor.flow.tracker import Tracker
from monitor.model.contract import ProtocolSpec, Sink, Source
from monitor.model.events import Event
from monitor.model.stats import Stats
from monitor.pipeline import Pipeline
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.subjects import SubjectCounter
from monitor.protocols.registry import specs


def name_events(known: Sequence[ProtocolSpec]) -> dict[str, type[Event]]:
    """The names by which rules speak of events: ``Sip2Message`` of protocol ``sip2`` is ``sip2.message``."""
    names = {}
    for spec in known:
        for event in spec.events:
            words = re.findall(r"[A-Z][a-z0-9]*", event.__name__)
            own = words[1:] if words[0].lower() == spec.name else words
            names[f"{spec.name}.{'_'.join(own).lower()}"] = event
    return names


def build(
    source: Source,
    sinks: Sequence[Sink],
    stats: Stats,
    config: Config = Config(),  # noqa: B008  (it cannot be changed)
    *,
    rules: Sequence[Path] = (),
    seed: int = 0,
) -> Pipeline:
    """A pipeline ready to run.

    Args:
        source: where frames come from.
        sinks: where findings go.
        stats: the run's figures, shared with `source`.
        config: what the operator said.
        rules: folders of the site's own rules, beside the shipped ones; the same id replaces.
        seed: see `FlowTable`.

    Raises:
        RuleError: a rule is wrong; the message lists every mistake.
    """
    known = specs()
    detector = Engine(load_rules([shipped(), *rules], name_events(known)), SubjectCounter(), stats)
    flows = Tracker(
        [replace(spec, options=config.protocols.get(spec.name, spec.options)) for spec in known],
        NamingPolicy(config.zones, config.assets, config.local),
        stats,
        detector.observe,
        judged=detector.judged,
        capacity=BATCH_FRAMES,
        separate_vlans=config.separate_vlans,
        seed=seed,
    )
    return Pipeline(source, flows, detector, sinks, stats)
