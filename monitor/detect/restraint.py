"""What a sensor leaves out where the operator has said nothing: how people use the internet is their own affair.

Without zones nobody can tell patrons' devices from the library's. So of what leads to the internet, only what is
recognized as the library's own (`ProtocolSpec.of_library`), or leads to an asset, is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event
from monitor.model.finding import Again, Observation, Observe
from monitor.model.flow import Reach


def restrain(observe: Observe, specs: Iterable[ProtocolSpec]) -> Observe:
    """`observe` for a sensor without zones: it passes on what is the library's affair."""
    asked: Mapping[type[Event], Callable[[Any], bool]] = {
        event: spec.of_library for spec in specs if spec.of_library is not None for event in spec.events
    }

    def restrained(observation: Observation) -> Again | None:
        of_library = asked.get(type(observation.event))
        responder = observation.flow.responder
        if (
            of_library is None
            or responder.reach is not Reach.INTERNET
            or responder.asset
            or of_library(observation.event)
        ):
            return observe(observation)
        return None

    return restrained
