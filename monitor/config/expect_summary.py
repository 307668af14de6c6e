"""Says back whom devices may talk to, and which exceptions have expired.

Rule: text that the operator typed or chose and nothing else, so it may be shown anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from monitor.config.settings import Config
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Expectation, RolePolicy, Zone

MAX_LISTED = 30
"""Of what one file or profile brought along; who wants all of it reads the file."""

_ALWAYS = "  and always: DHCP, multicast, broadcast; DNS and NTP with these hosts and with assets"


def expectation_blocks(config: Config) -> Iterator[list[str]]:
    """For each zone, asset and role of which something is said, whom its devices may talk to."""
    assets = {asset.name: asset for asset in config.assets}
    for title, one in _titled(config):
        if one.expect is not None:
            yield [f"{title} may talk to", *(f"  {_told(each, assets)}" for each in _listed(one.expect)), _ALWAYS]
        if one.exceptions:
            yield [f"{title} may also talk to", *(f"  {_exception(each, assets)}" for each in one.exceptions)]


def expectation_notes(config: Config) -> Iterator[str]:
    """What is allowed but may not be meant."""
    today = datetime.now(tz=UTC).date()
    assets = {asset.name: asset for asset in config.assets}
    for title, one in _titled(config):
        for each in one.exceptions:
            if each.terms is not None and each.terms.until < today:
                yield f"an exception for {title} has expired: {_exception(each, assets)}"


def _titled(config: Config) -> Iterator[tuple[str, Zone | Asset | RolePolicy]]:
    for zone in config.zones:
        yield f"devices of {zone.name}", zone
    for asset in config.assets:
        yield f"{asset.name}", asset
    for role in config.roles:
        yield f"every {role.role.value}", role


def _listed(expectations: Sequence[Expectation]) -> Iterator[Expectation | str]:
    """All that was typed, and the beginning of what each file brought along."""
    counts: dict[Label, int] = {}
    for one in expectations:
        counts[one.source] = counts.get(one.source, 0) + 1
        if not one.source or counts[one.source] <= MAX_LISTED:
            yield one
    for source, number in counts.items():
        if source and number > MAX_LISTED:
            yield f"and {number - MAX_LISTED} more by {source}"


def _told(one: Expectation | str, assets: Mapping[Label, Asset]) -> str:
    if isinstance(one, str):
        return one
    return _where(one, assets) + (f", by {one.source}" if one.source else "")


def _exception(one: Expectation, assets: Mapping[Label, Asset]) -> str:
    terms = one.terms
    until: date | str = "-" if terms is None else terms.until
    said = "" if terms is None else f" ({terms.owner}: {terms.reason})"
    return f"{_where(one, assets)} until {until}{said}"


def _where(one: Expectation, assets: Mapping[Label, Asset]) -> str:
    where = str(one.network) if one.network is not None else str(one.name)
    if one.asset:
        where = f"{one.asset} ({' '.join(map(str, assets[one.asset].addresses))})"
    elif one.role is not None:
        where = f"every asset with role {one.role.value}"
    elif one.reach is not None:
        where = "every device of the library"
    return f"{where} on {' '.join(map(str, one.ports)) or 'any port'}"
