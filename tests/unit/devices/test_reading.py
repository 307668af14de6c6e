"""The catalog of devices: what its files say, that each example holds, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.shipped import shipped
from monitor.devices.catalog import catalog
from monitor.devices.reading import Example, check_signals, read_catalog, read_examples, read_signals
from monitor.devices.signal import Channel
from monitor.errors import ConfigError

FILES = sorted(shipped("catalog", "devices").glob("*.yaml"))
CHANNELS = {channel.word: channel for channel in Channel}
GOOD = """\
device: thing
title: A thing
sources: [{what: "Its manual", date: 2026-11-22}]
signals:
  - {name: thing-word, says: camera, channel: [mdns, ssdp], words: ["thing"]}
  - {name: thing-opening, says: nothing, channel: vendor, udp: ["f1 00|02 .. 0a-0c"], protocol: thing, route: peer}
examples: []
"""
BY_CODE = {"rtsp-server", "rtsp-video", "rtsp-viewer", "video-upload", "random-address"}
BY_CODE |= {"sip2-server", "sip2-client", "z3950-server", "ncip-server"}
"""Signals without a pattern: what tells them apart stands in the program."""


def found(example: Example) -> tuple[str, ...]:
    """What the catalog finds in an example."""
    known = catalog()
    if example.channel in {"udp", "tcp"}:
        signal = getattr(known, example.channel).find(example.data, whole=example.channel == "udp").signal
        return (signal.name,) if signal else ()
    if example.channel == "host":
        return known.host(example.data.decode())
    if example.channel in {"parameters", "path"}:
        return known.parameters(example.data) if example.channel == "parameters" else known.answers(example.data)
    return known.said(CHANNELS[example.channel], example.data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    """Each example of a file is found to be what the file says, and each signal with a pattern has one."""
    examples = read_examples(path.name, path.read_text("utf-8"))
    assert {example: example.finds for example in examples} == {example: found(example) for example in examples}


def test_every_signal_has_an_example() -> None:
    """A pattern that nobody has tried may as well not be there."""
    tried = {name for path in FILES for one in read_examples(path.name, path.read_text("utf-8")) for name in one.finds}
    stems = {name.rpartition("-")[0] for name in tried}
    missing = set(catalog().signals) - tried - BY_CODE
    assert set() == {name for name in missing if name.rpartition("-")[0] not in stems}


def test_on_several_channels() -> None:
    """A word that is said in several places is a signal of each."""
    names = [signal["name"] for signal in read_signals("thing.yaml", GOOD)]
    assert ["thing-word-mdns", "thing-word-ssdp", "thing-opening"] == names


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("device: thing", "device: other", "'device' is the file's name"),
        ("title: A thing\n", "", "'title' is missing"),
        ("title:", "name: x\ntitle:", "unknown key 'name'"),
        ("2026-11-22", "yesterday", "each of 'sources'"),
        ('[{what: "Its manual", date: 2026-11-22}]', "[]", "'sources' says where"),
        ("says: camera", "says: toaster", "'says' has a word"),
        ("route: peer", "route: scenic", "'route' has a word"),
        ('["thing"]', '["("]', "no regular expression"),
        ('["thing"]', '["x*"]', "fits everything"),
        ("f1 00|02 .. 0a-0c", ".. f1 00 0a", "an opening is bytes"),
        ("f1 00|02 .. 0a-0c", "f1 00", "an opening is bytes"),
        ("f1 00|02 .. 0a-0c", "f1 00 xx 01", "an opening is bytes"),
        ("udp:", "scrambled:", "a scrambled header is 16 bytes"),
        ("protocol: thing", "length: [1, 2]", "'length' is three numbers"),
        ("name: thing-opening", "name: Thing", "lower-case words"),
        ("examples: []", "unconfirmed: [other]\nexamples: []", "names 'other'"),
        ('words: ["thing"]', 'hosts: ["*"]', "one of 'hosts'"),
        ("signals:", "signals: [", "is not YAML"),
    ],
)
def test_mistakes(old: str, new: str, complaint: str) -> None:
    """What is wrong is said, with the name of the file."""
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(ConfigError, match=r"rules/catalog/devices/thing\.yaml: ") as error:
        read_signals("thing.yaml", text)
    assert complaint in str(error.value)


def test_no_signals() -> None:
    """A file may merely say where nothing was found."""
    assert () == read_signals("thing.yaml", GOOD[: GOOD.index("signals:")] + "examples: []\n")


def test_the_build_has_checked() -> None:
    """Files that came along are taken as they are; the same signals come of one that is checked."""
    for path in FILES:
        text = path.read_text("utf-8")
        check_signals(path.name, text)
        assert read_signals(path.name, f"{text}\n") == read_signals(path.name, text)


def test_names_are_unique() -> None:
    """A signal is known by its name, wherever it stands."""
    files = {f"{name}.yaml": GOOD.replace("device: thing", f"device: {name}").encode() for name in ("one", "two")}
    with pytest.raises(ConfigError, match=r"devices/two\.yaml: the signal 'thing-word-mdns' stands elsewhere"):
        read_catalog(files)
