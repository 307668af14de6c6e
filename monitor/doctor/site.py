"""What the operator said: does it hold together, and is what it names to be heard?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from monitor.build import name_events
from monitor.config.settings import Config
from monitor.config.shipped import shipped
from monitor.config.summary import notes
from monitor.detect.loading import load_rules
from monitor.doctor.check import Check, attention, bad, good
from monitor.errors import MonitorError
from monitor.model.data import Inspect
from monitor.privacy.labels import file_label
from monitor.privacy.places import Places, unmap
from monitor.protocols.registry import specs
from monitor.sinks.report.figures import count

SHOWN = 6
"""Names in one sentence."""


def check_config(path: Path | None, config: Config, mistakes: MonitorError | None) -> Check:
    """Whether there is a configuration, and how it is."""
    key = "configuration.file"
    if path is None:
        return attention(
            key,
            "there is none: everything works, but places and devices have no names, and cameras no expectations",
            "describe your network (docs/how-to/configure.md), and give the file with --config",
        )
    shown = file_label(str(path))
    if mistakes is not None:
        number = len(str(mistakes).splitlines())
        return bad(key, f"{shown} has {count(number, 'mistake')}", f"privacy-monitor check {shown}")
    remarks = len(list(notes(config)))
    what = f"{count(len(config.zones), 'zone')}, {count(len(config.assets), 'asset')}"
    if remarks:
        seen = f"no mistakes, and {count(remarks, 'thing')} that may not be meant; {what}"
        return attention(key, seen, f"privacy-monitor check {shown}")
    return good(key, f"no mistakes; {what}")


def check_rules(folders: Sequence[Path]) -> Check:
    """Whether all rules can be used."""
    try:
        rules = load_rules([shipped(), *folders], name_events(specs()))
    except MonitorError as error:
        number = len(str(error).splitlines())
        return bad(
            "configuration.rules",
            f"{count(number, 'mistake')} in rules, so the sensor does not start",
            "privacy-monitor analyze with the same --rules shows each of them",
        )
    return good("configuration.rules", f"{count(len(rules.active), 'rule')} in use")


def check_places(config: Config, heard: Collection[bytes]) -> Iterator[Check]:
    """Which zones and assets were heard at all, by the addresses that were."""
    if not heard:
        return
    places = Places(config.zones, config.assets, config.local)
    zones = {zone.name for address in heard if (zone := places.zone(address))}
    wanted = [zone.name for zone in config.zones if zone.inspect is not Inspect.NONE]
    if wanted:
        advice = (
            "are their ports or VLANs mirrored? Is the network in the configuration right? Else listen longer: --for 5m"
        )
        yield _missing("zones", wanted, [name for name in wanted if name not in zones], advice)
    if config.assets:
        addresses = {unmap(address) for address in heard}
        names = [asset.name for asset in config.assets]
        silent = [asset.name for asset in config.assets if not any(one.packed in addresses for one in asset.addresses)]
        advice = "is it turned on, is the address right, does its traffic pass the mirror? Else listen longer: --for 5m"
        yield _missing("assets", names, silent, advice)


def _missing(what: str, all_: Sequence[str], silent: Sequence[str], advice: str) -> Check:
    key = f"configuration.{what}"
    if not silent:
        return good(
            key, f"all {count(len(all_), what[:-1])} heard" if len(all_) > 1 else f"the one {what[:-1]} is heard"
        )
    listed = ", ".join(silent[:SHOWN]) + (f" and {len(silent) - SHOWN} more" if len(silent) > SHOWN else "")
    return attention(key, f"{len(all_) - len(silent)} of {len(all_)} heard; silent: {listed}", advice)
