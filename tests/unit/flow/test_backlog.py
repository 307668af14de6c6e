"""What flows keep for later, bounded over all of them."""

from __future__ import annotations

from monitor.flow.backlog import Backlog


def test_who_came_first_gives_up_first() -> None:
    """Over the bound, flows are named in their order until what is left may be kept."""
    backlog = Backlog(100)
    for serial in (3, 1, 2):
        backlog.note(serial, 50)
    assert [3] == list(backlog.excess())
    assert [1, 2] == list(backlog)


def test_keeping_more_changes_no_place() -> None:
    """A flow that keeps more stays where it is, until it is moved behind."""
    backlog = Backlog(100)
    for serial, kept in ((1, 10), (2, 10), (1, 40)):
        backlog.note(serial, kept)
    assert 1 == backlog.first()
    backlog.move_behind(1)
    backlog.move_behind(7)
    assert [2, 1] == list(backlog)


def test_what_is_forgotten_is_room_again() -> None:
    """What a flow kept is free when it is forgotten, once."""
    backlog = Backlog(100)
    backlog.note(1, 90)
    backlog.forget(1)
    backlog.forget(1)
    backlog.note(2, 100)
    assert [] == list(backlog.excess())
    assert (1 in backlog, 2 in backlog) == (False, True)


def test_nobody_is_in_front_of_nothing() -> None:
    """An empty one has no first."""
    assert Backlog(1).first() is None
