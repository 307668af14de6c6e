"""Reads a configuration file: its keys one by one, then what they say of each other.

Rule: nothing of a file with a mistake is used, and every mistake is named at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.config.agreement import check_agreement
from monitor.config.document import read_document
from monitor.config.expecting import check_expectations, read_expectations
from monitor.config.keys import CONFIGURATION, root
from monitor.config.mistakes import Mistakes
from monitor.config.settings import (
    DIGEST_AT,
    METRICS_AT,
    Alertmanager,
    AlertPolicy,
    AlertSettings,
    BasicAuth,
    Config,
    JournalSettings,
    LineFormat,
    LinesSettings,
    MetricsSettings,
    Options,
    Quiet,
    SensorSettings,
    SinkSettings,
    StoreSettings,
    SyslogSettings,
    Tls,
)
from monitor.config.structures import KIND, Fields
from monitor.errors import ConfigError
from monitor.model.contract import ProtocolSpec
from monitor.model.data import Audience, Inspect
from monitor.model.record import replace
from monitor.privacy.labels import NOTHING
from monitor.privacy.places import Asset, Party, RolePolicy, Tunnel, TunnelEnd, Zone

CREDENTIALS = "${CREDENTIALS_DIRECTORY}"
"""As the first part of a path: where systemd puts what ``LoadCredential=`` names (systemd.exec(5))."""
SERVICE_CREDENTIALS = "/run/credentials/privacy-monitor.service"
"""Where that is for the service; for those who check its configuration from outside."""


def load_config(path: Path, specs: Sequence[ProtocolSpec] = ()) -> Config:
    """The configuration in one file.

    Args:
        path: as the operator typed it.
        specs: the protocols whose options it may set.

    Raises:
        ConfigError: naming all mistakes, one line each, ``file:line: what (hint: ...)``.
    """
    mistakes = Mistakes()
    fields = None
    table = read_document(path, mistakes, CONFIGURATION)
    if table is not None:
        note = partial(mistakes.add, path)
        found = root(specs).read(table, "", note)
        if found is not None:
            fields = found.value
            check_agreement(fields, note)
            check_expectations(_expecting(fields), path.parent, note)
    mistakes.raise_any(ConfigError)
    return Config() if fields is None else _config(fields, specs, path.parent)


def default_inspect(audience: Audience) -> Inspect:
    """How much of a zone is looked at when it does not say: what patrons do is nobody's business but the library's."""
    return Inspect.LIBRARY_ONLY if audience is Audience.PUBLIC else Inspect.ALL


def _config(fields: Fields, specs: Sequence[ProtocolSpec], folder: Path) -> Config:
    protocols: Fields | None = fields.get("protocols")
    return Config(
        site=fields.get("site", NOTHING),
        separate_vlans=fields.get("separate_vlans", default=False),
        local=_values(fields, "local"),
        zones=tuple(_zone(found.value, folder) for found in fields.get("zones", ())),
        assets=tuple(_asset(found.value, folder) for found in fields.get("assets", ())),
        roles=tuple(_role(found.value, folder) for found in fields.get("roles", ())),
        tunnels=tuple(_tunnel(found.value) for found in fields.get("tunnels", ())),
        sensor=_sensor(fields.get("sensor")),
        store=_store(fields.get("store")),
        protocols=MappingProxyType({spec.name: _options(spec, protocols) for spec in specs if spec.options}),
        metrics=_metrics(fields.get("metrics"), folder) if "metrics" in fields.values else None,
        alerts=_alerts(fields.get("alerts"), folder) if "alerts" in fields.values else None,
        sinks=tuple(_sink(one, folder) for one in _values(fields, "sinks")) if "sinks" in fields.values else None,
    )


def _sink(fields: Fields, folder: Path) -> SinkSettings:
    stated = {name: found.value for name, found in fields.values.items()}
    kind = stated.pop(KIND)
    if kind == "journal":
        return JournalSettings(**stated)
    if kind == "syslog":
        for name in {"ca", "certificate", "key"} & stated.keys():
            stated[name] = folder / stated[name]
        return SyslogSettings(**stated)
    return LinesSettings(format=LineFormat(kind), **stated)


def _metrics(fields: Fields, folder: Path) -> MetricsSettings:
    """Files are found from the configuration's own folder."""
    tls: Fields | None = fields.get("tls")
    return MetricsSettings(
        listen=fields.get("listen", METRICS_AT),
        tls=Tls(certificate=_file(folder, tls, "certificate"), key=_file(folder, tls, "key")) if tls else None,
        basic_auth=_basic_auth(fields.get("basic_auth"), folder),
    )


def _basic_auth(fields: Fields | None, folder: Path) -> BasicAuth | None:
    return BasicAuth(user=fields.get("user"), password_file=_file(folder, fields, "password_file")) if fields else None


def _alerts(fields: Fields, folder: Path) -> AlertSettings:
    """Files are found from the configuration's own folder."""
    quiet: Fields | None = fields.get("quiet")
    settings = AlertSettings(
        alertmanagers=tuple(_alertmanager(one, folder) for one in _values(fields, "alertmanagers")),
        notify=tuple(_file(folder, one, "url_file") for one in _values(fields, "notify")),
        path=fields.get("path"),
        sensor=fields.get("sensor", NOTHING),
        digest_at=fields.get("digest_at", DIGEST_AT),
        quiet=Quiet(quiet.get("from"), quiet.get("to")) if quiet else None,
        policy=tuple(
            AlertPolicy(rule=one.get("rule", "*"), zone=one.get("zone", NOTHING), alert=one.get("alert"))
            for one in _values(fields, "policy")
        ),
        runbooks=fields.get("runbooks", ""),
    )
    numbers = {name: fields.get(name) for name in ("first_look_hours", "reopen_days") if name in fields.values}
    return replace(settings, **numbers)


def _alertmanager(fields: Fields, folder: Path) -> Alertmanager:
    return Alertmanager(
        url=fields.get("url"),
        ca_file=_file(folder, fields, "ca_file") if "ca_file" in fields.values else None,
        basic_auth=_basic_auth(fields.get("basic_auth"), folder),
    )


def _file(folder: Path, fields: Fields, key: str) -> Path:
    """A file that is named: found from `folder`, or among the secrets that the service manager hands over."""
    path: Path = fields.get(key)
    if path.parts[:1] == (CREDENTIALS,):
        return Path(os.environ.get("CREDENTIALS_DIRECTORY", SERVICE_CREDENTIALS), *path.parts[1:])
    return folder / path


def _values(fields: Fields, key: str) -> tuple[Any, ...]:
    """The values of a list, without their lines."""
    return tuple(found.value for found in fields.get(key, ()))


def _expecting(fields: Fields) -> Iterator[Fields]:
    """Every section that says whom devices may talk to."""
    for key in ("zones", "assets", "roles"):
        yield from _values(fields, key)


def _zone(fields: Fields, folder: Path) -> Zone:
    audience = fields.get("audience")
    return Zone(
        name=fields.get("name"),
        audience=audience,
        networks=_values(fields, "networks"),
        role=fields.get("role"),
        inspect=fields.get("inspect", default_inspect(audience)),
        show_addresses=fields.get("show_addresses", audience is not Audience.PUBLIC),
        inside=fields.get("inside", NOTHING),
        expect=read_expectations(fields, "expect", folder),
        exceptions=read_expectations(fields, "exceptions", folder) or (),
    )


def _role(fields: Fields, folder: Path) -> RolePolicy:
    return RolePolicy(
        role=fields.get("role"),
        expect=read_expectations(fields, "expect", folder),
        exceptions=read_expectations(fields, "exceptions", folder) or (),
    )


def _asset(fields: Fields, folder: Path) -> Asset:
    return Asset(
        name=fields.get("name"),
        addresses=_values(fields, "address"),
        role=fields.get("role"),
        ports=_values(fields, "ports"),
        expect=read_expectations(fields, "expect", folder),
        exceptions=read_expectations(fields, "exceptions", folder) or (),
    )


def _tunnel(fields: Fields) -> Tunnel:
    ends = (
        TunnelEnd(party=_party(one), plain=tuple(map(_party, _values(one, "plain")))) for one in _values(fields, "ends")
    )
    return Tunnel(name=fields.get("name"), ends=tuple(ends))


def _party(fields: Fields) -> Party:
    is_asset = "asset" in fields.values
    return Party(fields.get("asset" if is_asset else "zone"), is_asset=is_asset)


def _sensor(fields: Fields | None) -> SensorSettings:
    if fields is None:
        return SensorSettings()
    return SensorSettings(interfaces=_values(fields, "interfaces"), outgoing=fields.get("outgoing", default=False))


def _store(fields: Fields | None) -> StoreSettings:
    return StoreSettings(**{name: found.value for name, found in (fields.values if fields else {}).items()})


def _options(spec: ProtocolSpec, protocols: Fields | None) -> Options:
    """A protocol's options: what is written, and the defaults of what is not."""
    stated: Fields | None = protocols.get(spec.name) if protocols else None
    options = dict(spec.options)
    for name, found in (stated.values if stated else {}).items():
        options[name] = (
            tuple(one.value for one in found.value) if isinstance(spec.options[name], tuple) else found.value
        )
    return MappingProxyType(options)
