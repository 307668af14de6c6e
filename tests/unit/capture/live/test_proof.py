"""A filter is proven or it is not: wrong ones are found."""

from __future__ import annotations

import sys
from ipaddress import ip_address, ip_network

import pytest

from monitor.capture.live.filter import compile_filter
from monitor.capture.live.proof import is_proven
from monitor.model.data import Audience, Inspect, Role
from monitor.model.opaque import Label
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.places import Asset, Zone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has socket filters")

NETWORKS = (ip_network("10.99.0.0/16"), ip_network("fd00:99::/64"))
ZONE = Zone(name=Label("wifi"), audience=Audience.PUBLIC, networks=NETWORKS, inspect=Inspect.LIBRARY_ONLY)
ASSET = Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"), ip_address("fd00::10")), role=Role.ILS)
EXCLUSION = Exclusion((ZONE,), (ASSET,))


@pytest.mark.parametrize("linktype", [1, 101])
def test_the_right_one(linktype: int) -> None:
    """As it was compiled for this very configuration."""
    assert is_proven(compile_filter(EXCLUSION, linktype), EXCLUSION, linktype)


@pytest.mark.parametrize(
    "other",
    [
        Exclusion(),
        Exclusion((ZONE,)),
        Exclusion((Zone(name=Label("wifi"), audience=Audience.PUBLIC, networks=NETWORKS, inspect=Inspect.NONE),)),
        Exclusion((Zone(name=Label("wifi"), audience=Audience.PUBLIC, networks=NETWORKS[:1]),), (ASSET,)),
    ],
)
@pytest.mark.parametrize("linktype", [1, 101])
def test_one_for_something_else(other: Exclusion, linktype: int) -> None:
    """It takes too much, or too little."""
    assert not is_proven(compile_filter(other, linktype), EXCLUSION, linktype)


@pytest.mark.parametrize("seed", range(4))
def test_a_bit_that_falls_over(seed: int) -> None:
    """Of every condition that a configuration needs, a wrong number is noticed."""
    program = compile_filter(EXCLUSION, 1)
    places = [place for place, one in enumerate(program) if one[0] == 0x35 and one[3] > 0xFFFF]
    place = places[seed % len(places)]
    code, then, other, number = program[place]
    program[place] = code, then, other, number + 1

    assert places
    assert not is_proven(program, EXCLUSION, 1)


def test_one_that_the_kernel_refuses() -> None:
    """No program, no proof."""
    with pytest.raises(OSError, match="Invalid argument"):
        is_proven([(0xFFFF, 0, 0, 0)], EXCLUSION, 1)
