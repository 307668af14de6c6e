"""Words are found by the texts that must be there, as their patterns alone would find them."""

from __future__ import annotations

from monitor.devices.signal import Channel, Says, Signal
from monitor.devices.tables import list_words
from monitor.devices.words import Words
from monitor.privacy.labels import typed


def test_order() -> None:
    """Signals are found in their order, each once, by words of whichever kind."""

    def signal(name: str, *words: str, services: tuple[str, ...] = ()) -> Signal:
        return Signal(name=typed(name), says=Says.CAMERA, channel=Channel.MDNS, words=words, services=services)

    signals = signal("one", "[0-9]{2}"), signal("two", "bc", "cd"), signal("three", services=("_x._tcp",))
    words = Words(list_words(signals))
    assert ("two", "three") == words.find(b"ABCD\x02_X\x04_tcp")
    assert ("one", "two") == words.find(b"a bc 12")
    assert () == words.find(b"2_X\x04_tcp")
