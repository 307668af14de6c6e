"""Stand-ins for what protocols say, and rules about them: the engine knows no protocol, so its tests need none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import yaml

from monitor.detect.engine import Engine
from monitor.detect.loading import load_rules
from monitor.detect.rule import RuleSet
from monitor.errors import RuleError
from monitor.model.closed import Enum
from monitor.model.data import Audience, DataClass
from monitor.model.events import Exposed, Sighted, Sights
from monitor.model.finding import Again, Observation
from monitor.model.flow import Endpoint, FlowView, Reach, Transport
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.subjects import sighting

MIDNIGHT_NS = 1_767_225_600 * 10**9
"""2026-01-01T00:00:00Z."""


NOTHING = Label("")


class Sort(Enum):
    """Stands in for a protocol's closed list."""

    HELLO = "10"
    LOAN = "11"


class Cut(Record):
    """Stands in for a piece of a message: what every `Event` has, and nothing else.

    Not a subclass, because the tests that walk all events would take it for one of a protocol.
    """

    exposed: tuple[Exposed, ...] = ()
    sights: ClassVar[Sights] = Sights.PATRONS


class Said(Cut):
    """Stands in for a message; has one field of every kind that rules may ask about."""

    sort: Sort = Sort.HELLO
    sorts: tuple[Sort, ...] = ()
    size_bytes: int = 0
    whole: bool = True
    answer: Sort | None = None
    product: Label = NOTHING


EVENT_TYPES: Mapping[str, Any] = {"talk.said": Said, "talk.cut": Cut}


def exposed(**classes: str) -> tuple[Exposed, ...]:
    """Exposures by key; several classes of one key with blanks between them."""
    return tuple(Exposed(DataClass(word), Label(key)) for key, words in classes.items() for word in words.split())


def end(address: str, port: int = 0, **changes: Any) -> Endpoint:
    """One end as it is without a configuration."""
    local = address.startswith("10.")
    plain = Endpoint(
        address=Label(address),
        name=Label(""),
        zone=Label(""),
        asset=Label(""),
        audience=Audience.UNASSIGNED if local else Audience.INTERNET,
        reach=Reach.LOCAL if local else Reach.INTERNET,
        port=port,
    )
    return replace(plain, **changes)


KIOSK = end("10.30.0.11", 49_152)
SERVER = end("10.1.0.10", 6001)


def flow(originator: Endpoint = KIOSK, responder: Endpoint = SERVER, transport: Transport = Transport.TCP) -> FlowView:
    """A flow of the protocol that does not exist."""
    return FlowView(transport=transport, originator=originator, responder=responder, protocol=Label("talk"))


FLOW = flow()


def seen(
    event: Any, view: FlowView = FLOW, *, serial: int = 1, at_ns: int = MIDNIGHT_NS, frame: int = 1, vlan: int = -1
) -> Observation:
    """One observation."""
    fact, sightings = event if isinstance(event, Sighted) else (event, ())
    return Observation(at_ns, view, serial, fact, 0, frame, vlan, sightings)


def said(patron: str = "", **classes: str) -> Any:
    """A message that exposed `classes`, about a patron if one is named."""
    event: Any = Said(exposed=exposed(**classes))
    return Sighted(event, (sighting(patron.encode()),)) if patron else event


def rule(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The content of a rule file that is right, with some keys changed; None removes a key."""
    content = {
        "title": "Names cross the network readable",
        "id": f"00000000-0000-4000-8000-{number:012}",
        "status": "stable",
        "description": "A made-up rule.",
        "logsource": {"product": "library", "service": "talk"},
        "detection": {"selection": {"exposed|contains": "name"}, "condition": "selection"},
        "falsepositives": ["None known."],
        "level": "high",
        "family": "talk-data",
        "about": "service",
        "event": ["talk.said", "talk.cut"],
        "remediation": "Encrypt it.",
        "examples": {"match": [{"event": "talk.cut", "exposed": {"N": "name"}}], "no_match": [{"event": "talk.cut"}]},
    }
    content.update(changes)
    return {key: value for key, value in content.items() if value is not None}


def write(folder: Path, **rules: Mapping[str, Any]) -> Path:
    """Write rule files; `_` in a name stands for `-`."""
    folder.mkdir(exist_ok=True)
    for name, content in rules.items():
        path = folder / f"{name.replace('_', '-')}.yaml"
        path.write_text(yaml.safe_dump(dict(content), sort_keys=False), "utf-8")
    return folder


def load(folder: Path, **rules: Mapping[str, Any]) -> RuleSet:
    """Write rule files and load them."""
    return load_rules([write(folder, **rules)], EVENT_TYPES)


def mistakes_of(*folders: Path) -> list[str]:
    """What is wrong with the rules of `folders`, one line a mistake, without the folder."""
    try:
        load_rules(folders, EVENT_TYPES)
    except RuleError as error:
        return [line.removeprefix(f"{folders[0]}/") for line in str(error).splitlines()]
    return []


def exposing(*words: str) -> dict[str, Any]:
    """A detection that matches when one of the classes in `words` was exposed."""
    return {"selection": {"exposed|contains": list(words)}, "condition": "selection"}


class Telling:
    """Tells an engine what is observed, and of what came up before only that it did, as the flow room does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._said: dict[tuple[int, int], tuple[Again, Observation]] = {}

    def __call__(self, observation: Observation) -> None:
        """One more."""
        key = id(observation.flow), id(observation.event)
        if key in self._said:
            at_ns, _, serial, _, capture, frame, vlan, sightings = observation
            self._said[key][0]((at_ns, capture, frame, vlan), serial, sightings)
            return
        again = self._engine.observe(observation)
        if again is not None:
            self._said[key] = again, observation
