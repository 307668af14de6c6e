"""Only what is asked about is noted, and each answer is given once."""

from __future__ import annotations

from threading import Thread

from monitor.privacy.presence import Meeting, Place, Presence, place_of

CAMERA: Place = ("10.40.0.21", "")
CLOUD: Place = ("203.0.113.7", "")


def test_what_an_end_goes_by() -> None:
    """Its address where that may be shown, else its zone; a zone may be called like an address."""
    assert CAMERA == place_of("10.40.0.21", "cameras")
    assert ("", "10.40.0.21") == place_of("", "10.40.0.21") != CAMERA
    assert ("", "") == place_of("", "")


def test_nothing_is_noted_of_others() -> None:
    """Nobody asked about them."""
    presence = Presence()
    presence.note(CAMERA, CLOUD, 443)
    assert (False, (set(), set())) == (presence.is_asked, presence.take())
    presence.ask({CLOUD: frozenset()})
    presence.note(CAMERA, CLOUD, 443)
    assert (True, (set(), set())) == (presence.is_asked, presence.take())


def test_an_end_and_its_meetings() -> None:
    """By port, by any port, and with anybody."""
    exact, any_port, anybody = Meeting(CAMERA, CLOUD, 443), Meeting(CAMERA, CLOUD, 0), Meeting(CAMERA, None, 0)
    for asked, other, port, met in (
        (exact, CLOUD, 443, True),
        (exact, CLOUD, 80, False),
        (exact, CAMERA, 443, False),
        (any_port, CLOUD, 80, True),
        (any_port, CAMERA, 80, False),
        (anybody, CAMERA, 80, True),
    ):
        presence = Presence()
        presence.ask({CAMERA: frozenset({asked})})
        presence.note(CAMERA, other, port)
        assert ({CAMERA}, {asked} if met else set()) == presence.take()
        assert (set(), set()) == presence.take()


def test_noted_while_taken() -> None:
    """One thread notes while another one asks, takes and looks: nothing is lost, and nothing changes under its eyes."""
    places = [(f"10.40.{number // 250}.{number % 250}", "") for number in range(5_000)]
    presence = Presence()
    presence.ask({place: frozenset({Meeting(place, None, 0)}) for place in places})
    noting = Thread(target=lambda: [presence.note(place, CLOUD, 443) for place in places])
    shown, met = set[Place](), set[Meeting]()
    noting.start()
    goes_on = True
    while goes_on:
        goes_on = noting.is_alive()
        some, others = presence.take()
        shown.update(one for one in some)
        met.update(one for one in others)

    assert set(places) == shown
    assert {Meeting(place, None, 0) for place in places} == met
