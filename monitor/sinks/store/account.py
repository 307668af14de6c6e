"""What runs have counted of one finding, added up: each run counts from its own start, and no two of them twice.

An *entry* is one of the report's ``findings`` (docs/reference/report.md). Rules: a run's later entry replaces its
earlier one; the entries of different runs are added; where runs cannot tell if they saw the same patrons (both on one
UTC day), the sum is the least that it can have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.model.data import DataClass
from monitor.model.record import Record

LISTED_PEERS = 50
"""As in the report: more would not be read; the rest is only counted."""
LISTED_VLANS = 64
"""As the rule engine lists."""

Entry = dict[str, Any]

_VOLUMES = ("sent_bytes", "received_bytes")
"""Of a peer and of a finding; entries of earlier versions have none."""
_DATE_CHARS = len("2026-05-08")
_ORDER = {one.value: number for number, one in enumerate(DataClass)}


class Account(Record):
    """An entry, and how many of its patrons it counts for its outermost days, or some more."""

    entry: Entry
    first_day_subjects: int
    last_day_subjects: int


def open_account(entry: Entry) -> Account:
    """The first entry of a run."""
    return Account(entry=entry, first_day_subjects=entry["subjects"], last_day_subjects=entry["subjects"])


def replace_entry(before: Account, entry: Entry) -> Account:
    """The next entry of the same run."""
    subjects, more = entry["subjects"], entry["subjects"] - before.entry["subjects"]
    is_first_day = _day(before.entry["last_seen"]) <= _day(entry["first_seen"])
    is_same_day = _day(entry["last_seen"]) <= _day(before.entry["last_seen"])
    return Account(
        entry=entry,
        first_day_subjects=subjects if is_first_day else before.first_day_subjects,
        last_day_subjects=before.last_day_subjects + more if is_same_day else more,
    )


def add_accounts(earlier: Account, later: Account) -> Account:
    """Two runs, one after the other, as one. What the clock said of a run is not held against another run's clock."""
    one, two = earlier.entry, later.entry
    if not one["count"] or not two["count"]:
        return earlier if one["count"] else later
    shares_day = _day(two["first_seen"]) <= _day(one["last_seen"])
    seen_twice = min(earlier.last_day_subjects, later.first_day_subjects) if shares_day else 0
    peers, listed = _add_peers(one["peers"], two["peers"])
    entry = {
        **two,
        "peers": listed,
        "peers_total": max(one["peers_total"], two["peers_total"], peers),
        "vlan": sorted({*one["vlan"], *two["vlan"]})[:LISTED_VLANS],
        "data_classes": sorted({*one["data_classes"], *two["data_classes"]}, key=lambda name: _ORDER.get(name, 0)),
        "fields": dict(sorted((Counter(one["fields"]) + Counter(two["fields"])).items())),
        "traits": dict(sorted((Counter(one.get("traits", {})) + Counter(two.get("traits", {}))).items())),
        "volume": _add_volumes(one.get("volume"), two.get("volume")),
        "count": one["count"] + two["count"],
        "subjects": one["subjects"] + two["subjects"] - seen_twice,
        "subjects_limited": one["subjects_limited"] or two["subjects_limited"] or seen_twice > 0,
        "first_seen": one["first_seen"],
    }
    within_one = _day(one["first_seen"]) == _day(one["last_seen"])
    within_two = _day(two["first_seen"]) == _day(two["last_seen"])
    most = max(earlier.last_day_subjects, later.first_day_subjects)
    return Account(
        entry=entry,
        first_day_subjects=most if shares_day and within_one else earlier.first_day_subjects,
        last_day_subjects=most if shares_day and within_two else later.last_day_subjects,
    )


def _add_peers(one: Iterable[Mapping[str, Any]], two: Iterable[Mapping[str, Any]]) -> tuple[int, list[Entry]]:
    """How many different peers there are, and the list of those with the largest counts."""
    added: dict[tuple[Any, ...], Entry] = {}
    for peer in (*one, *two):
        key = tuple(peer[name] for name in ("address", "port", "name", "zone", "asset"))
        known = added.get(key)
        sums = ("count", *(name for name in _VOLUMES if name in peer))
        added[key] = {**peer, **{name: peer[name] + (known.get(name, 0) if known else 0) for name in sums}}
    return len(added), sorted(added.values(), key=lambda peer: -int(peer["count"]))[:LISTED_PEERS]


def _add_volumes(one: Entry | None, two: Entry | None) -> Entry | None:
    """What both runs counted; an upload that goes on goes on since the earlier one saw it."""
    if one is None or two is None:
        return one or two
    return {**two, "since": one["since"], **{name: one[name] + two[name] for name in _VOLUMES}}


def _day(time: str) -> str:
    """The UTC day of an RFC 3339 time."""
    return time[:_DATE_CHARS]
