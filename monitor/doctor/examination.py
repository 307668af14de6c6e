"""All checks, in the order in which somebody would look: what stands in the way of later ones comes first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from monitor.config.settings import Config
from monitor.doctor.check import Check, Grade, unknown
from monitor.doctor.destinations import check_alerts, check_sinks
from monitor.doctor.device import describe_device, known_devices
from monitor.doctor.interface import PRESENT, check_presence, judge_device
from monitor.doctor.listening import Heard, Progress, listen
from monitor.doctor.machine import check_clock, check_machine
from monitor.doctor.mirror import judge_traffic
from monitor.doctor.rights import check_rights
from monitor.doctor.scraping import check_scraping
from monitor.doctor.service import check_service
from monitor.doctor.site import check_config, check_places, check_rules
from monitor.doctor.storage import check_storage
from monitor.doctor.trial import check_pipeline
from monitor.errors import MonitorError
from monitor.model.record import Record, field, replace


class Request(Record):
    """What to look at."""

    interfaces: tuple[str, ...]
    """Empty for those that the configuration names."""
    seconds: float
    """How long to listen to each."""
    config: Config = field(default_factory=Config)
    config_path: Path | None = None
    mistakes: MonitorError | None = None
    """Why the configuration cannot be used, so that `config` is the default one."""
    rules: tuple[Path, ...] = ()
    store: Path | None = None
    """Where findings are kept, if it is not where the configuration says."""
    progress: Progress | None = None

    @property
    def places(self) -> tuple[str, ...]:
        """The interfaces to look at; empty where none is named."""
        return self.interfaces or tuple(map(str, self.config.sensor.interfaces))


def examine(request: Request) -> Iterator[Check]:
    """Every check; the one that listens takes its time."""
    config = request.config
    yield check_config(request.config_path, config, request.mistakes)
    yield check_rules(request.rules)
    yield check_pipeline(config, request.rules)
    yield check_rights()
    yield from check_machine()
    yield from check_clock()
    yield from check_storage(request.store or config.store.path, config.store)
    yield from check_sinks(config.sinks)
    yield from check_alerts(config.alerts)
    yield from check_service()
    yield from check_scraping(config.metrics)
    if not request.places:
        yield unknown(
            PRESENT,
            "no interface is named",
            "name the one at the mirror port: --interface eth0, or sensor: {interfaces: [eth0]}",
        )
        return
    all_heard: list[Heard] = []
    for place in request.places:
        for check in _examine_place(request, place, all_heard):
            yield replace(check, interface=place)
    if len(all_heard) == len(request.places):
        yield from check_places(config, {address for heard in all_heard for address in heard.tally.addresses})


def _examine_place(request: Request, place: str, all_heard: list[Heard]) -> Iterator[Check]:
    """One interface; what was heard there is added to the rest."""
    present = check_presence(place, known_devices())
    yield present
    if present.grade is not Grade.GOOD:
        return
    yield from judge_device(describe_device(place))
    heard = _listen(request, place)
    if isinstance(heard, Check):
        yield heard
        return
    all_heard.append(heard)
    yield from judge_traffic(heard, alone=len(request.places) == 1)


def _listen(request: Request, place: str) -> Heard | Check:
    key = "traffic.packets"
    if sys.platform != "linux":
        return unknown(key, "listening needs Linux", "run the doctor where the sensor is to run")
    try:
        return listen(place, request.seconds, request.config, request.rules, request.progress)
    except MonitorError as error:
        reason = str(error).splitlines()[0]
        return unknown(key, f"nobody could listen: {reason}", "mend what stands above, then try again")
