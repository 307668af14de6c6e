"""Tests of `monitor.protocols.sip2.systems`, `.dialect` and what a known system makes of ids that differ."""

from __future__ import annotations

import pytest

from monitor.audit.plants.sip2 import STATUS
from monitor.model.data import DataClass
from monitor.model.events import Output
from monitor.protocols.sip2.events import Sip2Message, System
from monitor.protocols.sip2.fields import FIELDS, VARIANTS
from monitor.protocols.sip2.systems import infer, settle
from tests.protocols.sip2.samples import ANSWERS, DATE, NOBODY, PATRON, REQUESTS, sealed
from tests.protocols.sip2.talks import ACS, SC, exposed, facts, parse

UUID = "00000000-0000-4000-8000-000000000000"
STATUS_24 = f"24{NOBODY}001{DATE}"
INFORMATION = f"64{NOBODY}001{DATE}{'0' * 24}"
WORST_FIRST = [
    *(DataClass.NAME, DataClass.POSTAL_ADDRESS, DataClass.DEMOGRAPHIC, DataClass.UNCLASSIFIED, DataClass.CIRCULATION),
    *(DataClass.FEES, None),
]
"""A field whose meaning a site chose may well be about a person, which an item's title is not."""


def systems(outputs: list[Output]) -> list[System]:
    """What each message says of the system."""
    return [one.system for one in facts(outputs) if isinstance(one, Sip2Message)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f"{INFORMATION}AOMAIN|AA1|PA20290101|PB19900101|PCADULT|PIY|", System.KOHA_OR_EVERGREEN),
        (f"{INFORMATION}AOMAIN|AA1|PB19900101|PCADULT|PIY|XI77|", System.EVERGREEN),
        (f"{INFORMATION}AO|AA1|PA20290101|PCADULT|PEEAST|PIY|PB1|DB$0.00|DM$500.00|", System.SYMPHONY),
        (STATUS + "VNSIP 2.00.1 Invented|", System.SIRSIDYNIX),
        (f"{INFORMATION}AOMAIN|AA1|DHAsk|DJLund|PCA|PE20290101|PS20290101|ZYA|", System.HORIZON),
        (f"{INFORMATION}AOMAIN|AA1|PCA|PS20290101|ZYA|", System.HORIZON),
        (f"{INFORMATION}AOMAIN|AA1|BC|PA1|PX20290101|PYN|PZ1234|", System.POLARIS),
        (f"{INFORMATION}AOMAIN|AA1|U1x|U4y|", System.POLARIS),
        (f"{INFORMATION}AOMAIN|AA1|GGall|", System.WISE),
        (f"{STATUS_24}AO{UUID}|AA1|", System.FOLIO),
        (f"18030001{DATE}AB3|AJAn invented title|EAAuthor|IN9780000000002|", System.FOLIO),
        (STATUS + "SVGossip invented-1.0|", System.GOSSIP),
        (f"38Y{DATE}AOMAIN|AA1|CG1|FA1.00|FB3|FDAn invented title|", System.GOSSIP),
        (f"24{NOBODY}001202601050000101500AOmain |AA1|AELund|BLY|BV0|", System.SIERRA),
        (f"{STATUS_24}AOMAIN|AA1|AELund|BLY|CQY|", System.UNKNOWN),
        (f"{INFORMATION}AOMAIN|AA1|PX20290101|", System.UNKNOWN),
        (f"{INFORMATION}AOMAIN|AA1|ZYx|PZ1234|", System.UNKNOWN),
        (STATUS + "SVserver 1.0|", System.UNKNOWN),
        (f"{INFORMATION}AO|AA1|PX20290101|BC19900101|DB$0.00|DM$500.00|", System.UNSURE),
    ],
)
def test_tells(answer: str, expected: System) -> None:
    """One message may be enough to know the system; from then on it is known for both sides, at a glance too."""
    for first in ([], [(SC, sealed(REQUESTS["25"])), (ACS, sealed(ANSWERS["26"].replace("AOMAIN|", "")))]):
        talk = [*first, (ACS, sealed(answer)), (SC, sealed(REQUESTS["23"])), (SC, sealed(REQUESTS["23"]))]
        assert [expected] * 3 == systems(parse(*talk))[-3:]
        assert [expected] * 3 == systems(parse(*((side, bytes([one])) for side, data in talk for one in data)))[-3:]


@pytest.mark.parametrize(
    ("known", "seen", "expected"),
    [
        (System.UNKNOWN, System.KOHA_OR_EVERGREEN, System.KOHA_OR_EVERGREEN),
        (System.KOHA_OR_EVERGREEN, System.EVERGREEN, System.EVERGREEN),
        (System.EVERGREEN, System.KOHA_OR_EVERGREEN, System.EVERGREEN),
        (System.SIRSIDYNIX, System.HORIZON, System.HORIZON),
        (System.SYMPHONY, System.SIRSIDYNIX, System.SYMPHONY),
        (System.SYMPHONY, System.HORIZON, System.UNSURE),
        (System.SIERRA, System.POLARIS, System.POLARIS),
        (System.POLARIS, System.SIERRA, System.POLARIS),
        (System.POLARIS, System.FOLIO, System.UNSURE),
        (System.UNSURE, System.FOLIO, System.UNSURE),
        (System.FOLIO, System.UNKNOWN, System.FOLIO),
    ],
)
def test_settling(known: System, seen: System, expected: System) -> None:
    """A family is narrowed down; systems that exclude each other leave nothing certain."""
    assert expected is settle(known, seen)


def test_known_system_settles_classes() -> None:
    """What is a postal code in one system is a call number in another; unsure, it is the worse of both."""
    fields = "PZINV 12|DEA work about nothing|DA20260105|"
    plain = f"18030001{DATE}AB3|{fields}"
    folio = f"18030001{DATE}AO{UUID}|AB3|{fields}"
    assert [("PZ", "postal_address"), ("DE", "unclassified"), ("DA", "name")] == exposed(parse((ACS, sealed(plain))))[
        1:
    ]
    assert [("PZ", "circulation"), ("DE", "circulation"), ("DA", "name")] == exposed(parse((ACS, sealed(folio))))[1:]
    both = f"{INFORMATION}AO{UUID}|AA1|PX20290101|PZINV 12|"
    assert ("PZ", "postal_address") in exposed(parse((ACS, sealed(both))))


def test_unsure_means_the_worst() -> None:
    """No system's own meaning of an id says more of a patron than the class that it has where nothing is known."""
    ranks = {kind: rank for rank, kind in enumerate(WORST_FIRST)}
    for name, said in VARIANTS.items():
        known = FIELDS[name].data_class
        if name != b"SV":  # a version wherever it was seen; FOLIO's sites may choose it for a field of a patron
            assert ranks[known] <= min(ranks[one.data_class] for one in said.values()), name
    assert {"PA", "PE", "PS", "PZ", "DA", "CM", "DE", "FA"} <= {name.decode() for name in VARIANTS}


def test_sierra_is_told_by_answers_only() -> None:
    """Clients write such dates, too."""
    request = REQUESTS["23"].replace(DATE, "202601050000101500")
    assert [System.UNKNOWN] == systems(parse((SC, sealed(request))))


def test_nothing_is_learned_from_values_later() -> None:
    """What values tell is looked at in the first messages only, however they come."""
    answer = sealed(f"{STATUS_24}AOMAIN|AA{PATRON}|")
    late = sealed(f"{STATUS_24}AO{UUID}|AA{PATRON}|")
    assert [System.UNKNOWN] * 3 == systems(parse((ACS, answer), (ACS, late), (ACS, late[:50]), (ACS, late[50:])))
    requests = [sealed(REQUESTS["23"])] * 4
    assert {System.UNKNOWN} == {*systems(parse(*((SC, one) for one in requests), (ACS, late)))}


def test_no_names_tell_nothing() -> None:
    """Most messages hold fields of the standard only."""
    assert System.UNKNOWN is infer([])
