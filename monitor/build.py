"""Puts the rooms together: the one file that names them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from monitor.capture.ahead import Ahead
from monitor.config.settings import Config
from monitor.config.shipped import shipped
from monitor.decode.decoding import Decoder, Decoding
from monitor.decode.headers import Bars
from monitor.detect.engine import Engine, Witness
from monitor.detect.loading import load_rules
from monitor.detect.restraint import restrain
from monitor.detect.rule import RuleSet
from monitor.detect.strangers import LEARNING_NS, Strangers
from monitor.flow.areas import Areas
from monitor.flow.encounters import Learner, Wishes
from monitor.flow.telling import Taker
from monitor.flow.tracker import Tracker
from monitor.model.contract import ProtocolSpec, Sink, Source
from monitor.model.data import Audience
from monitor.model.events import Event, FlowAsked, FlowCarried, FlowOpened
from monitor.model.finding import Observe
from monitor.model.record import Record, replace
from monitor.model.stats import Stats
from monitor.pipeline import Pipeline
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.expectations import Expectations, Policies
from monitor.privacy.names import NameBook
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Asset
from monitor.privacy.presence import Presence
from monitor.privacy.services import Known, Services
from monitor.privacy.subjects import SubjectCounter
from monitor.privacy.tunnels import Tunnels
from monitor.protocols.dns.events import DnsAnswer
from monitor.protocols.registry import specs


def name_events(known: Sequence[ProtocolSpec]) -> dict[str, type[Event]]:
    """The names by which rules speak of events: ``Sip2Message`` of protocol ``sip2`` is ``sip2.message``.

    What the flow room itself tells is named as if ``flow`` were a protocol.
    """
    rooms: list[tuple[str, tuple[type[Event], ...]]] = [(spec.name, spec.events) for spec in known]
    rooms.append(("flow", (FlowOpened, FlowCarried, FlowAsked)))
    names = {}
    for room, events in rooms:
        for event in events:
            words = "".join(f" {letter}" if letter.isupper() else letter for letter in event.__name__).split()
            own = words[1:] if words[0].lower() == room else words
            names[f"{room}.{'_'.join(own).lower()}"] = event
    return names


class Policy(Record):
    """What the operator said, made ready for the rooms. It is made beside a run that goes on, and then adopted."""

    specs: tuple[ProtocolSpec, ...]
    rules: RuleSet
    naming: NamingPolicy
    exclusion: Exclusion
    wishes: Wishes
    tunnels: Tunnels
    served: Mapping[str, Sequence[tuple[bytes, int]]]
    restrained: bool
    """See `restrain`."""
    learning_ns: int = 0
    """See `Strangers`."""

    @property
    def bars(self) -> Bars | None:
        """Between whom nothing is looked at, for whoever opens tunnels."""
        return self.exclusion.bars if self.exclusion else None


def prepare(
    config: Config, rules: Sequence[Path] = (), *, live: bool = False, learner: Learner | None = None
) -> Policy:
    """Make everything ready that follows from a configuration and from rules; see `build`.

    Raises:
        RuleError: a rule is wrong; the message lists every mistake.
    """
    known = specs()
    expectations = Expectations(config.zones, config.assets, config.local, config.roles, _policies)
    return Policy(
        specs=tuple(replace(spec, options=config.protocols.get(spec.name, spec.options)) for spec in known),
        rules=load_rules([shipped(), *rules], name_events(known), at_leisure=not live),
        naming=NamingPolicy(config.zones, config.assets, config.local),
        exclusion=Exclusion(config.zones, config.assets),
        wishes=Wishes(
            areas=Areas(config.zones, config.assets, expectations.watches_at),
            expectations=expectations,
            services=Services(_services),
            learner=learner,
        ),
        tunnels=Tunnels(config.tunnels, config.zones, config.assets),
        served={spec.name: list(_served(spec, config.assets)) for spec in known if spec.server},
        restrained=live and not config.zones,
        learning_ns=LEARNING_NS if live else 0,
    )


class Rooms:
    """What stands between source and sinks."""

    def __init__(
        self,
        policy: Policy,
        stats: Stats,
        *,
        separate_vlans: bool = False,
        presence: Presence | None = None,
        witness: Witness | None = None,
        seed: int = 0,
    ) -> None:
        """Build them; see `build`."""
        self._naming = policy.naming
        names = NameBook()
        self._strangers = Strangers(policy.specs, stats, learning_ns=policy.learning_ns)
        self.detector = Engine(policy.rules, SubjectCounter(), stats, witness)
        self.flows = Tracker(
            policy.specs,
            policy.naming,
            stats,
            self._observe(policy),
            judged=self.detector.judged,
            separate_vlans=separate_vlans,
            served=policy.served,
            seed=seed,
            takers={DnsAnswer: _remembering(names, policy.naming, stats)},
            names=names,
            wishes=policy.wishes,
            presence=presence,
            tunnels=policy.tunnels,
            bars=policy.bars,
            apart=self.detector.apart,
        )

    def adopt(self, policy: Policy) -> None:
        """Go on by another policy. To be called between two batches; flows and findings in progress go on."""
        self._naming.adopt(policy.naming)
        self.detector.adopt(policy.rules, self._naming.again)
        self.flows.adopt(
            policy.specs,
            self._observe(policy),
            served=policy.served,
            wishes=policy.wishes,
            judged=self.detector.judged,
            tunnels=policy.tunnels,
            bars=policy.bars,
            apart=self.detector.apart,
        )

    def _observe(self, policy: Policy) -> Observe:
        observe = self._strangers.before(self.detector.observe)
        return restrain(observe, policy.specs) if policy.restrained else observe


def build(
    source: Source,
    sinks: Sequence[Sink],
    stats: Stats,
    config: Config = Config(),  # noqa: B008  (it cannot be changed)
    *,
    rules: Sequence[Path] = (),
    presence: Presence | None = None,
    witness: Witness | None = None,
    seed: int = 0,
    live: bool = False,
    ahead: bool = False,
    learner: Learner | None = None,
) -> Pipeline:
    """A pipeline ready to run.

    Args:
        source: where frames come from.
        sinks: where findings go.
        stats: the run's figures, shared with `source`.
        config: what the operator said.
        rules: folders of the site's own rules, beside the shipped ones; the same id replaces.
        presence: who asks which ends still show, if anybody does.
        witness: is told of every observation that counts in a finding.
        seed: see `FlowTable`.
        live: people are using this network now; see `restrain`.
        ahead: the source may be run on another core; see `Ahead`.
        learner: is told of every flow of a watched device.

    Raises:
        RuleError: a rule is wrong; the message lists every mistake.
    """
    policy = prepare(config, rules, live=live, learner=learner)
    rooms = Rooms(policy, stats, separate_vlans=config.separate_vlans, presence=presence, witness=witness, seed=seed)
    if ahead:
        source = Ahead(source, *(Decoder(stats, policy.bars).decode for _ in range(2)))
    else:
        source = Decoding(source, stats, policy.bars)
    return Pipeline(source, rooms.flows, rooms.detector, sinks, stats)


def _policies() -> Policies:
    from monitor.config.catalog import shipped_policies  # noqa: PLC0415  (few runs watch anybody)

    return shipped_policies()


def _services() -> Sequence[Known]:
    from monitor.config.catalog import shipped_services  # noqa: PLC0415  (the same)

    return shipped_services()


def _remembering(names: NameBook, naming: NamingPolicy, stats: Stats) -> Taker:
    """Notes what a client is told of a name. What patrons look up serves nobody and is not kept."""

    def take(client: bytes, event: Event, at_ns: int) -> None:
        if isinstance(event, DnsAnswer) and naming.endpoint(client, 0).audience is not Audience.PUBLIC:
            for address in event.addresses:
                names.note(client, address, event.version, event.name, ttl_seconds=event.ttl_seconds, at_ns=at_ns)
            if names.evicted_total:
                stats.limits["names.evicted"] = names.evicted_total

    return take


def _served(spec: ProtocolSpec, assets: Iterable[Asset]) -> Iterator[tuple[bytes, int]]:
    """The endpoints where the operator says that a protocol is served."""
    for asset in assets:
        if asset.role is spec.server:
            for address, port in product(asset.addresses, asset.ports):
                if port.transport is spec.transport:
                    yield address.packed, port.number
