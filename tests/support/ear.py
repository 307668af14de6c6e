"""Hears what the clients of a busy branch say, and judges it."""

from __future__ import annotations

from collections.abc import Callable

from monitor.config.settings import Config
from monitor.detect.engine import Engine
from monitor.detect.rule import RuleSet
from monitor.model.contract import Parser
from monitor.model.events import Event, Sighted
from monitor.model.finding import Observation
from monitor.model.flow import FlowView, Side, Transport
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.subjects import SubjectCounter
from monitor.protocols import http, sip2
from tests.support.busy_branch import SERVER, Said
from tests.support.conversation import Host


class Ear:
    """Hears what clients say and judges it, as the program does behind its reassembly."""

    def __init__(self, config: Config, rules: RuleSet, wrap: Callable[[Side, bytes], bytes] | None = None) -> None:
        """`wrap`: puts each line into HTTP."""
        self._naming = NamingPolicy(config.zones, config.assets, config.local)
        self.stats = Stats()
        self.engine = Engine(rules, SubjectCounter(), self.stats)
        self._flows: dict[tuple[str, int], tuple[int, FlowView, Parser]] = {}
        self._frame = 0
        self._wrap = wrap

    def hear(self, said: Said) -> None:
        """Take some bytes."""
        self._frame += 1
        serial, view, parser = self._flow(said)
        data = said.data if self._wrap is None else self._wrap(said.side, said.data)
        for output in parser.feed(said.side, memoryview(data)):
            event, sightings = output if isinstance(output, Sighted) else (output, ())
            if isinstance(event, Event):
                self.engine.observe(Observation(said.at_ns, view, serial, event, 0, self._frame, -1, sightings))

    def _flow(self, said: Said) -> tuple[int, FlowView, Parser]:
        key = said.client, said.connection
        if key not in self._flows:
            ends = [
                self._naming.endpoint(Host(address).packed, port)
                for address, port in (
                    (said.client, 40_000 + said.connection),
                    (SERVER, 6001 if self._wrap is None else 80),
                )
            ]
            spec = sip2.SPEC if self._wrap is None else http.SPEC
            view = FlowView(transport=Transport.TCP, originator=ends[0], responder=ends[1], protocol=Label(spec.name))
            parser = spec.parser(spec.options, True)  # noqa: FBT003 (the contract's)
            self._flows[key] = len(self._flows) + 1, view, parser
        return self._flows[key]
