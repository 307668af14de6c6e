"""Overlaps are found, meant ones are let through, and nothing else is said."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from hypothesis import given
from hypothesis import strategies as st

from monitor.config.overlaps import Claim, check_overlaps, enclosing
from monitor.privacy.places import Network


def said(claims: list[tuple[str, str]], inside: Mapping[str, str]) -> list[tuple[int, str]]:
    """Lines and beginnings of what is said of networks with their zones, one a line."""
    notes: list[tuple[int, str]] = []
    check_overlaps(
        [Claim(ip_network(network), zone, line) for line, (network, zone) in enumerate(claims, 1)],
        inside,
        lambda line, what, _hint: notes.append((line, what)),
    )
    return notes


def test_apart() -> None:
    """Neighbors do not overlap, nor does IPv4 with IPv6 of the same number."""
    assert [] == said([("10.0.0.0/24", "a"), ("10.0.1.0/24", "b"), ("::a00:0/120", "c")], {})


def test_the_inner_one_is_named() -> None:
    """Wherever it stands, the network that lies inside the other one is complained about."""
    expected = [(1, "'10.0.0.0/25' overlaps '10.0.0.0/24' of zone 'a', line 2")]
    assert expected == said([("10.0.0.0/25", "b"), ("10.0.0.0/24", "a")], {})


def test_meant() -> None:
    """Inside a zone that is inside another is inside both."""
    claims = [("10.0.0.0/8", "a"), ("10.1.0.0/16", "b"), ("10.1.1.0/24", "c"), ("10.2.0.0/24", "c")]
    assert [] == said(claims, {"b": "a", "c": "b"})


def test_three_of_the_same() -> None:
    """Each one but the first is a mistake."""
    assert [2, 3] == [line for line, _ in said([("10.0.0.0/8", "a"), ("10.0.0.0/8", "b"), ("10.0.0.0/8", "c")], {})]


def test_enclosing_ends() -> None:
    """Zones that are inside each other go round once."""
    assert ["b", "c"] == list(enclosing("a", {"a": "b", "b": "c", "c": "a"}))
    assert [] == list(enclosing("a", {"a": "a"}))


def networks() -> st.SearchStrategy[Network]:
    """Networks of which many lie inside each other."""
    v4 = st.builds(
        lambda n, length: IPv4Network((n << 24, length), strict=False), st.integers(0, 15), st.integers(4, 8)
    )
    v6 = st.builds(
        lambda n, length: IPv6Network((n << 120, length), strict=False), st.integers(0, 15), st.integers(4, 8)
    )
    return v4 | v6


@given(st.lists(st.tuples(networks(), st.sampled_from("abc")), max_size=8))
def test_as_if_each_were_compared_with_each(drawn: list[tuple[Network, str]]) -> None:
    """Exactly the networks that lie inside another one are complained about."""
    claims = [Claim(network, zone, line) for line, (network, zone) in enumerate(drawn, 1)]
    within = [
        (inner, outer)
        for inner in claims
        for outer in claims
        if inner.network.version == outer.network.version and inner.network.subnet_of(outer.network)  # type: ignore[arg-type]
        if inner.network != outer.network or inner.line > outer.line
    ]
    notes: list[int] = []
    pairs = check_overlaps(claims, {}, lambda line, _what, _hint: notes.append(line))
    assert sorted({inner.line for inner, _ in within}) == sorted(notes)
    twice = {inner.line for inner, outer in within if inner.network == outer.network}
    assert {(inner.zone, outer.zone) for inner, outer in within if outer.line not in twice} == pairs
