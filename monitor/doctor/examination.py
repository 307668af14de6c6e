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
from monitor.model.record import Record, field


class Request(Record):
    """What to look at."""

    interface: str
    """Empty for the one that the configuration names."""
    seconds: float
    """How long to listen."""
    config: Config = field(default_factory=Config)
    config_path: Path | None = None
    mistakes: MonitorError | None = None
    """Why the configuration cannot be used, so that `config` is the default one."""
    rules: tuple[Path, ...] = ()
    store: Path | None = None
    """Where findings are kept, if it is not where the configuration says."""
    progress: Progress | None = None

    @property
    def place(self) -> str:
        """The interface to look at; empty where none is named."""
        named = self.config.sensor.interfaces
        return self.interface or (str(named[0]) if named else "")


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
    if not request.place:
        yield unknown(
            PRESENT,
            "no interface is named",
            "name the one at the mirror port: --interface eth0, or sensor: {interfaces: [eth0]}",
        )
        return
    present = check_presence(request.place, known_devices())
    yield present
    if present.grade is not Grade.GOOD:
        return
    yield from judge_device(describe_device(request.place))
    heard = _listen(request)
    if isinstance(heard, Check):
        yield heard
        return
    yield from judge_traffic(heard)
    yield from check_places(config, heard)


def _listen(request: Request) -> Heard | Check:
    key = "traffic.packets"
    if sys.platform != "linux":
        return unknown(key, "listening needs Linux", "run the doctor where the sensor is to run")
    try:
        return listen(request.place, request.seconds, request.config, request.rules, request.progress)
    except MonitorError as error:
        reason = str(error).splitlines()[0]
        return unknown(key, f"nobody could listen: {reason}", "mend what stands above, then try again")
