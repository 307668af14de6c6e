"""The capture of `make demo` is what its program writes, and small."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from demo.draw_report import PICTURE, draw, page
from demo.make_capture import CAPTURE, packets, pcapng
from monitor.config.loading import load_config
from monitor.config.summary import notes

MAX_BYTES = 250_000
"""A clone stays quick."""
INVENTED = tuple(ip_network(network) for network in ("10.0.0.0/8", "198.51.100.0/24", "203.0.113.0/24"))
"""A private network, and two that are kept for documents (RFC 5737)."""
CHECKSUMS = [word for layer in ("ip", "tcp", "udp") for word in ("-o", f"{layer}.check_checksum:TRUE")]


def dissected(repository: Path, *arguments: str) -> str:
    """What tshark says of the capture."""
    if not shutil.which("tshark"):
        pytest.skip("tshark is not here")
    command = ["tshark", "-r", str(CAPTURE.relative_to(repository)), *CHECKSUMS, *arguments]
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout


def test_capture_is_current() -> None:
    """The committed file holds what the program writes, byte for byte."""
    assert pcapng(packets()) == CAPTURE.read_bytes()


def test_capture_is_small() -> None:
    """The capture stays small."""
    assert CAPTURE.stat().st_size < MAX_BYTES


@pytest.mark.slow
def test_report_tells_the_truth(repository: Path) -> None:
    """What the report counts is what stands in the capture, counted here by searching its packets for text."""
    held = b"".join(packet.data[54:] for packet in packets() if b"\x17\x71" in packet.data[34:38])  # port 6001
    command = [sys.executable, "-m", "monitor", "analyze", "--format", "json", str(CAPTURE.relative_to(repository))]
    ended = subprocess.run(command, cwd=repository, check=True, capture_output=True)
    report = json.loads(ended.stdout)
    findings = {finding["rule"]: finding for finding in report["findings"]}
    pins = [message for message in held.split(b"\r") if re.search(rb"\|AD\d", message)]
    assert held.count(b"\r") == report["protocols"]["sip2"]["messages"]
    assert len(pins) == findings["sip2-patron-credential"]["count"]
    assert len({re.search(rb"\|AA(\d+)", pin)[1] for pin in pins}) == findings["sip2-patron-credential"]["subjects"]
    assert held.count(b"|PB") == findings["sip2-patron-identity"]["fields"]["PB"]
    assert held.count(b"|DA") == findings["sip2-patron-identity"]["fields"]["DA"]
    assert held.count(b"|CO") == findings["sip2-staff-login"]["count"]
    web = b"".join(packet.data[54:] for packet in packets() if b"\x00\x50" in (packet.data[34:36], packet.data[36:38]))
    assert web.count(b" HTTP/1.1\r\n") == report["protocols"]["http"]["requests"]
    assert web.count(b"&password=") == findings["http-login-in-clear"]["count"]
    assert len(set(re.findall(rb"&userid=(\d+)", web))) == findings["http-login-in-clear"]["subjects"]
    assert web.count(b"opac-search.pl?q=") == findings["http-search-terms"]["count"]
    assert web.count(b"Cookie: CGISESSID=") == findings["http-session-cookie"]["fields"]["CGISESSID"]


@pytest.mark.slow
def test_others_read_the_same(repository: Path) -> None:
    """Another tool finds every conversation, and nothing to complain about: no bad checksum, nothing malformed."""
    complaints = dissected(repository, "-q", "-z", "expert,warn")
    assert "" == complaints.strip()
    counted = dissected(repository, "-q", "-z", "io,phs")
    found = set(re.findall(r"^ *([a-z0-9]+) +frames:", counted, re.MULTILINE))
    assert {"arp", "dns", "http", "ntp", "rtcp", "rtp", "rtsp", "tls"} <= found
    streams = dissected(repository, "-Y", "udp && rtp", "-T", "fields", "-e", "rtp.setup-method").split()
    assert {"RTSP"} == set(streams)


def test_all_three_leaks() -> None:
    """Logins of patrons on the web, video that leaves its network, and a camera that talks to the internet."""
    data = [packet.data for packet in packets()]
    ways = {(str(ip_address(one[26:30])), str(ip_address(one[30:34]))) for one in data if one[12:14] == b"\x08\x00"}
    assert ("10.50.0.31", "10.1.0.20") in ways
    assert ("10.40.0.12", "10.20.0.23") in ways
    assert ("10.40.0.13", "198.51.100.23") in ways
    assert any(b"relay.eu.example.net" in one for one in data)


def test_configuration_is_right() -> None:
    """The configuration beside the capture leaves nothing to remark."""
    assert [] == list(notes(load_config(CAPTURE.with_suffix(".yaml"))))


def test_nobody_exists() -> None:
    """Mail addresses and hosts are kept for examples, telephone numbers for fiction, and addresses for documents."""
    held = CAPTURE.read_bytes()
    ends = {packet.data[at : at + 4] for packet in packets() if packet.data[12:14] == b"\x08\x00" for at in (26, 30)}
    assert [] == [end for end in map(ip_address, ends) if not any(end in network for network in INVENTED)]
    assert {b"opac.example.org"} == set(re.findall(rb"\r\nHost: ([^\r]*)\r\n", held))
    assert {b"example.org"} == set(re.findall(rb"\|BE[a-z.]+@([^|]*)\|", held))
    assert {b"555-01"} == {phone[:6] for phone in re.findall(rb"\|BF([^|]*)\|", held)}


def written(picture: str) -> list[str]:
    """The words of a picture, line by line, blanks aside."""
    lines: dict[str, str] = {}
    for place, text in re.findall(r'<text class="[^"]*" x="[^"]*" y="([^"]*)"[^>]*>([^<]*)</text>', picture):
        lines[place] = lines.get(place, "") + html.unescape(text)
    return ["".join(line.split()) for line in lines.values()]


@pytest.mark.slow
def test_picture_is_current() -> None:
    """The picture in the README shows what `make demo` says today; `make picture` draws it again."""
    assert written(draw(page())) == written(PICTURE.read_text("utf-8"))
