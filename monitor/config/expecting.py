"""Turns what ``expect`` and ``exceptions`` say into expectations; files and vendor profiles become what they list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from monitor.config.catalog import vendor_expectations, vendor_names
from monitor.config.mistakes import nearest
from monitor.config.mud import read_mud
from monitor.config.shapes import Found, Note, UnfitError
from monitor.config.structures import Fields
from monitor.privacy.labels import NOTHING
from monitor.privacy.places import Expectation, Terms


def read_expectations(fields: Fields, key: str, folder: Path) -> tuple[Expectation, ...] | None:
    """What the list at `key` of a section says, with files found from `folder`; None where there is no such list.

    Raises:
        UnfitError: a file that it names has changed since it was checked.
    """
    if key not in fields.values:
        return None
    return tuple(one for found in fields.get(key) for one in _expand(found.value, folder))


def check_expectations(sections: Iterable[Fields], folder: Path, note: Note) -> None:
    """Note every file and vendor profile that is named and cannot be used."""
    for section in sections:
        for found in section.get("expect", ()):
            _check(found, folder, note)


def _check(found: Found, folder: Path, note: Note) -> None:
    fields: Fields = found.value
    for key in {"mud", "vendor"} & fields.values.keys():
        line = fields.values[key].line
        try:
            if key == "mud":
                read_mud(folder / fields.get("mud"))
            elif fields.get("vendor") not in vendor_names():
                note(line, f"there is no vendor profile '{fields.get('vendor')}'", _hint(fields.get("vendor")))
        except UnfitError as unfit:
            note(line, unfit.what, unfit.hint)


def _hint(vendor: str) -> str:
    return nearest(vendor, vendor_names())


def _expand(fields: Fields, folder: Path) -> Iterator[Expectation]:
    if "mud" in fields.values:
        yield from read_mud(folder / fields.get("mud"), fields.get("controller", NOTHING)).expectations
    elif "vendor" in fields.values:
        yield from vendor_expectations(fields.get("vendor"))
    else:
        yield Expectation(
            asset=fields.get("asset", NOTHING),
            network=fields.get("network"),
            name=fields.get("name", NOTHING),
            role=fields.get("role"),
            ports=tuple(one.value for one in fields.get("ports", ())),
            terms=_terms(fields),
        )


def _terms(fields: Fields) -> Terms | None:
    until: date | None = fields.get("until")
    if until is None:
        return None
    return Terms(owner=fields.get("owner", NOTHING), reason=fields.get("reason", NOTHING), until=until)
