"""Tests of `monitor.detect.restraint`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.detect.restraint import restrain
from monitor.model.events import Event
from monitor.model.finding import Observation
from monitor.model.flow import Reach
from monitor.model.opaque import Label
from monitor.protocols.http import SPEC
from monitor.protocols.http.events import HttpPage, HttpPortal, HttpRequest, LoginForm, Method
from tests.unit.detect.samples import FLOW, said, seen

INSIDE = replace(FLOW.responder, reach=Reach.LOCAL, asset=Label(""))
OUTSIDE = replace(INSIDE, reach=Reach.INTERNET)
OURS = replace(OUTSIDE, asset=Label("hosted catalog"))


def request(product: str) -> Event:
    """One request, to a product of the catalog or to anything."""
    return HttpRequest(
        method=Method.GET,
        product=Label(product),
        login=True,
        basic=False,
        patron_in_query=False,
        session_in_address=False,
    )


def page(product: str) -> Event:
    """One page that shows something."""
    return HttpPage(product=Label(product), form=LoginForm.NONE)


@pytest.mark.parametrize(
    ("event", "responder", "passes"),
    [
        (request(""), OUTSIDE, False),
        (request("koha"), OUTSIDE, True),
        (request(""), OURS, True),
        (request(""), INSIDE, True),
        (page(""), OUTSIDE, False),
        (page("koha"), OUTSIDE, True),
        (HttpPortal(encrypted=False), OUTSIDE, True),
        (said(name="name"), OUTSIDE, True),
    ],
    ids=[
        *("the internet", "a hosted catalog", "an asset", "inside", "a page of the internet", "a page of a catalog"),
        *("a portal of this network", "another protocol"),
    ],
)
def test_what_leads_to_the_internet(event: Event, responder: object, passes: bool) -> None:  # noqa: FBT001 (a table)
    """Only what is the library's is judged; what is inside always is, and so are protocols of libraries."""
    taken: list[Observation] = []
    observation = seen(event, replace(FLOW, responder=responder))
    restrain(taken.append, [SPEC])(observation)
    assert [observation] * passes == taken
