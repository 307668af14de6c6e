"""Every protocol is planted, and every field that it judges holds a mark."""

from __future__ import annotations

from random import Random

from monitor.audit.marks import Marks
from monitor.audit.plants import known_plants
from monitor.audit.plants.http import answer, ask
from monitor.audit.plants.later import later
from monitor.audit.plants.names import patron_names
from monitor.protocols.registry import specs
from monitor.protocols.sip2.fields import FIELDS
from tests.protocols.http.talks import exposed, parse


def test_every_protocol_is_planted() -> None:
    """A protocol without planted values would pass unwatched."""
    assert {spec.name for spec in specs()} == set(known_plants())


def test_marks_are_in_what_is_said() -> None:
    """What a plant draws it says, in some spelling of its own; nothing is said twice as another protocol's."""
    for plant in known_plants().values():
        marks = Marks(Random(1))
        scripts = list(plant(marks))
        assert [] != scripts
        assert [] != marks.all


def test_every_field_of_sip2() -> None:
    """Whatever the catalog knows, and some that it does not."""
    marks = Marks(Random(1))
    list(known_plants()["sip2"](marks))
    keys = {key.decode("ascii") for key in FIELDS} - {"AY", "AZ"}
    assert keys <= {place.partition("/")[0] for place in marks.drawn}


def test_names_that_patrons_ask_for() -> None:
    """The name itself is a mark, in every protocol that says one."""
    for protocol in ("dns", "http", "tls"):
        marks = Marks(Random(1))
        (script,) = patron_names(protocol, marks)
        assert marks.all[0] in script[0][1]
    assert [] == list(patron_names("sip2", Marks(Random(1))))


def test_places_of_http() -> None:
    """Paths, fields of products, the page before, what pages show, and the way on hold marks of their own."""
    marks = Marks(Random(1))
    list(known_plants()["http"](marks))
    places = {place.rpartition("/")[0] for place in marks.drawn}
    assert {"in path", "referred", "field x-sirs-sessionToken", "bearer", "shown Card number", "location"} <= places
    assert {"session in path", "ticket", "session of a login", "shown loggedinusername", "greeted"} <= places


def test_what_http_goes_on_to_is_read() -> None:
    """Marks in HTTP/2, WebSockets, brotli and zstd are found by the parser: else they would prove nothing."""
    marks = Marks(Random(1))
    found = [exposed(parse(*script)) for script in later(lambda place: marks.mark(place).decode(), ask, answer)]
    login = [("username", "patron_identifier"), ("password", "credential")]
    session = [("CGISESSID", "session")]
    assert [[*login, *session, *login, *session], login * 2, login * 2] == found
