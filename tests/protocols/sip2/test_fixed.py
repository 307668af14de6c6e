"""Tests of `monitor.protocols.sip2.fixed`: what fixed parts say, read at a glance and the long way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.protocols.sip2.survey as built
from monitor.protocols.sip2.catalog import LAYOUTS
from monitor.protocols.sip2.fixed import FACTS, facts, form, plan, read_fixed
from tests.protocols.sip2.samples import BLANK, DATE, NOBODY

COUNTS = "000200010003000100040005"
OF_64 = ["hold_items_count", "overdue_items_count", "charged_items_count", "fine_items_count", "recall_items_count"]


def said(frame: str, *, exact: bool = True) -> list[tuple[str, str]]:
    """Key and class of what one fixed part says."""
    data = frame.encode()
    return [(one.key, one.data_class.value) for one in read_fixed(LAYOUTS[data[:2]], data, exact=exact)]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (f"24{NOBODY}001{DATE}", []),
        (f"24{'N' * 14}001{DATE}", []),
        (f"24    Y         001{DATE}", ["patron_status"]),
        (f"26NNNNNNNNNNYYNN001{DATE}", ["patron_status"]),
        (f"64{NOBODY}001{DATE}{COUNTS}", [*OF_64, "unavailable_holds_count"]),
        (f"64{NOBODY}001{BLANK}{'0' * 24}", []),
        (f"64{NOBODY}001{DATE}{' ' * 24}", []),
        (f"64Y{' ' * 13}001{DATE}000000000010            ", ["patron_status", "charged_items_count"]),
        (f"66100020000{DATE}", ["renewed_count"]),
        (f"66000000001{DATE}", ["unrenewed_count"]),
        (f"01Y{DATE}", ["card_retained"]),
        (f"01N{DATE}", []),
        (f"37{DATE}0400EUR", ["fee_type", "payment_type"]),
        (f"37{DATE}    EUR", []),
        (f"38Y{DATE}", ["payment_accepted"]),
        (f"38N{DATE}", []),
        (f"38{DATE}Y", ["payment_accepted"]),
        (f"38{DATE}N", []),
        (f"18030401{DATE}", []),
        (f"63001{DATE}YYYYYY    ", []),
    ],
)
def test_what_is_said(frame: str, expected: list[str]) -> None:
    """Flags that are set, numbers that are not zero, codes; not what is asked for, nor what an item costs anybody."""
    assert expected == [key for key, _ in said(frame)]


def test_kinds_of_data() -> None:
    """Flags are the account's standing, numbers are loans and holds, money is fees; names are those of the catalog."""
    kinds = {name: fact.data_class.value for name, fact in FACTS.items()}
    assert {"patron_status", "card_retained"} == {name for name, kind in kinds.items() if kind == "account_status"}
    assert {"fine_items_count", "fee_type", "payment_type", "payment_accepted"} == {
        name for name, kind in kinds.items() if kind == "fees"
    }
    assert {"account_status", "fees", "circulation"} == set(kinds.values())
    assert set(FACTS) <= {part.name for layout in LAYOUTS.values() for part in layout.fixed}


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (f"64YY{NOBODY[2:]}00120260105   101500{COUNTS}AO|", ["patron_status"]),
        (f"64Z{NOBODY[1:]}001{DATE}{COUNTS}AO|", []),
        (f"66100020000{DATE[1:]}AO|", ["renewed_count"]),
        ("64", []),
    ],
)
def test_parts_out_of_shape(frame: str, expected: list[str]) -> None:
    """What stands behind the first date, or behind a part that is not in shape, may be anything."""
    assert expected == [key for key, _ in said(frame, exact=False)]


@given(
    message=st.sampled_from(sorted(LAYOUTS)),
    status=st.text("YN ", min_size=14, max_size=14),
    number=st.text("0123456789 ", min_size=24, max_size=24),
    flag=st.sampled_from("YN"),
    swapped=st.booleans(),
)
def test_a_glance_says_the_same(message: bytes, status: str, number: str, flag: str, swapped: bool) -> None:  # noqa: FBT001
    """The plan that compiled code follows finds what the long way finds."""
    layout = LAYOUTS[message]
    order = layout.also if swapped and layout.also else layout.fixed
    fills = {"patron status": status, "flag": flag, "date": DATE, "currency": "EUR", "hold mode": "+", "ok": "1"}
    fills |= {"version": "2.00", "login ok": "1", "status": "0", "flag or unknown": flag, "summary": "  Y       "}
    parts = [
        fills.get(part.shape.name, number[4 * at : 4 * at + part.shape.width])[: part.shape.width].ljust(
            part.shape.width, "0"
        )
        for at, part in enumerate(order)
    ]
    text = message + "".join(parts).encode()
    line = text + b"AOMAIN|AA1|\r"
    key = built.survey(line, ord("|"), 0, form(message), plan(message))
    assert key is not None
    assert read_fixed(layout, line, exact=True) == facts(message, key[4])
