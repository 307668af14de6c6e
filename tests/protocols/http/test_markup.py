"""What is passed over of a page would have said nothing, compiled and not."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.protocols.http.markup as built
from monitor.protocols.http import pages
from monitor.protocols.http.pages import Page, take_apart
from tests.support.uncompiled import load_source

source = load_source("monitor.protocols.http.markup")

PIECES = st.sampled_from(
    [
        *("<", "</", ">", "/>", " ", "=", '"', "'", "\n", ":", "&amp;", "-", "!", "?", "é", "\u00a0", "-" * 90),
        *(
            "<td>",
            "</td>",
            "</tr>",
            "<br/>",
            "<form action='https://a.example/'>",
            "</form>",
            "<input name='",
            "<p id=",
        ),
        *("<script>", "</script >", "<select", "<!--", "-->", "<![CDATA[", "<!DOCTYPE html>", '<SPAN Class="a ', '">'),
        *("class", "id", "data-th", "Card number", "patron_id", "Date of birth", "prénom", "Name", "loggedinusername"),
        *("12.3.2024", "Mar 3, 2024", "Welcome, Jane Doe", "hello ", "Jane", "log out", "2", "29999000123456"),
        *("<input type=password>", "<p id=", "' value='", "prose of the page"),
    ]
)
TYPES = st.sampled_from([b"text/html", b"text/html", b"application/xml"])
ROOMS = pytest.mark.parametrize("room", [built, source], ids=["compiled", "source"])


def read(text: str, content_type: bytes, room: ModuleType, *, idle: bool) -> Page:
    """What is read of a page, with nothing passed over unless `idle`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "Markup", room.Markup)
        if not idle:
            patch.setattr("monitor.protocols.http.pages._Reading.is_idle", False)
        return take_apart(text.encode(), content_type, (), whole=True)


@ROOMS
@given(st.lists(PIECES, max_size=24).map("".join), TYPES)
def test_what_is_passed_over_says_nothing(room: ModuleType, text: str, content_type: bytes) -> None:
    """A page that is read tag by tag shows the same."""
    assert read(text, content_type, room, idle=True) == read(text, content_type, built, idle=False)


@ROOMS
@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>Nobody</p><td class='x'>of 300</td><p title='a > b'>prose</p>", []),
        ("<!-- Card number: 1 --><script>var card_number = '<b>';</script><b>Card number: 12345</b>", [built.TEXT]),
        ("<p>some</p><i>Card number</i>", [built.TEXT]),
        ("<i>a</i><i class='wide Card-Number'>b</i><i CLASS=cardnumber>c</i>", [built.TAG, built.TAG]),
        ("<i class='" + "-" * 90 + "maksut'>a</i>", [built.TAG]),
        ("<form></form><input><b><p title='class=name'>", [built.TAG, built.TAG, built.TAG]),
        ("prose\nDate of birth\nprose<br>Mar 3, 2024<br>Welcome, Jane", [built.TEXT, built.TEXT, built.TEXT]),
        ("<p <b>a < b</b> <p id '", []),
    ],
)
def test_what_is_looked_at(page: str, found: list[int], room: ModuleType) -> None:
    """Names that matter, days and greetings; never what is aside."""
    markup = room.Markup(page.encode(), room.sums_of(()))
    assert list(iter(lambda: markup.step(idle=True), built.END)) == found


@ROOMS
def test_it_is_bounded(room: ModuleType) -> None:
    """A page that is made of nothing but tags is left at some point."""
    markup = room.Markup(b"<a>" * (built.TOKENS + 1), room.sums_of(()))
    assert sum(1 for _ in iter(lambda: markup.step(idle=False), built.END)) == built.TOKENS


def test_of_several_names_of_a_text_one_counts() -> None:
    """Always the same, whatever the order in which a set of them would have come."""
    texts = ("class='email' id='birthdate'", "id='birthdate' class='email'")
    for text in texts:
        (said,) = take_apart(f"<p><b {text}>someone</b></p>".encode(), b"text/html", (), whole=True).statements
        assert ("birthdate", "someone") == (said.name, said.value)
