"""The HTTP parser's events against what tshark lists of public captures: requests, responses, methods, fields, forms.

`http_differences.yaml` beside this file holds every capture in which both differ, by the reason; a difference that is
not there fails, and so does one that is there and is none any more. The captures lie beside the repository where the
maintainers work; without them these tests are skipped, and say so.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.contract import Parser, ProtocolSpec
from monitor.model.data import DataClass
from monitor.model.events import Exposed, Output
from monitor.model.finding import Observation
from monitor.model.flow import Side
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.labels import typed
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.http import SPEC, pairing, parser, request
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpResponse, Method
from monitor.protocols.http.forms import Pairs
from monitor.protocols.http.lines import METHODS as METHODS_IN_USE
from monitor.protocols.http.opening import catalog_of
from monitor.protocols.http.request import Request
from monitor.protocols.http.servers import ServerParser
from monitor.protocols.http.streams import Streams
from monitor.protocols.registry import specs
from tests.differential.wholeness import Message, Wholeness
from tests.support.shards import in_shards, part

SHARE = 0.99
"""Captures in which both say the same."""
CLEAR = ("http-plaintext", "http2-cleartext")
FORM = b"application/x-www-form-urlencoded"
DOCUMENT = ("{", "[", "<")
"""How a body begins that is no form, whatever its head says; tshark takes all of it for the name of a field."""
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
EICAR = b"EICAR-STANDARD"
CREDENTIAL = Exposed(DataClass.CREDENTIAL, typed("authorization"))
METHODS = {method.name: method.value for method in Method}
KNOWN = METHODS_IN_USE - {b"QUERY"}
"""Methods that tshark knows."""

Facts = tuple[Counter[tuple[str, bool, bool]], int, Counter[str]]
"""Requests by method and by whether they had a field of authorization and of cookies; responses, those of HTTP/2 aside,
which the list does not have; names of fields in forms. In that order."""
EQUAL, AGAIN, DIFFERENT = "equal", "equal when tshark is asked again", "different"
SECOND = "-o tcp.reassemble_out_of_order:TRUE --disable-protocol icmp --disable-protocol sflow"
"""How tshark is asked again: with segments put in order, and without packets that are quoted in others."""


@cache
def explained(verdict: str) -> set[str]:
    """The captures of which it is known why both say different things, always or only at first."""
    reasons = yaml.safe_load(Path(__file__).with_name("http_differences.yaml").read_text("utf-8")).values()
    return {name for reason in reasons if reason.get("verdict", DIFFERENT) == verdict for name in reason["captures"]}


def captures(material: Path, *tags: str) -> list[str]:
    """Names of the captures with one of these tags in the collection's list; a ``*`` stands at the end of a tag."""
    fits = re.compile("|".join(map(re.escape, tags)).replace(r"\*", ".*")).fullmatch
    with (material / "pcaps" / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return [row["file"] for row in rows if any(map(fits, row["why"].split()))]


def observe(path: Path, http: ProtocolSpec = SPEC) -> tuple[list[Observation], Stats]:
    """Read one capture through all rooms up to the parsers."""
    stats = Stats()
    seen: list[Observation] = []
    every = [http if one.name == SPEC.name else one for one in specs()]
    tracker = Tracker(every, NamingPolicy(), stats, seen.append)
    for item in Decoding(CaptureFiles((str(path),), stats), stats):
        if isinstance(item, Frames):
            tracker.take(item)
        else:
            tracker.tick(item.at_ns)
    tracker.finish()
    assert not stats.faults
    assert "flow.ambiguous" not in stats.weirds
    return seen, stats


def requests(seen: list[Observation]) -> list[HttpRequest]:
    """The requests that count."""
    events = (one.event for one in seen)
    return [one for one in events if isinstance(one, HttpRequest) and not isinstance(one, HttpFragment)]


class Notes:
    """What no event holds, noted where the parser finds it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: Counter[str] = Counter()
        """Of the fields of all forms."""
        self.answers = 0
        """Over HTTP/2."""
        self.strange = 0
        """Requests with a method that tshark does not know."""
        pairs, take_head, method_of = Request.pairs, Streams.take_head, request.method_of

        def note_names(request: Request, text: bytes, *, whole: bool) -> Pairs:
            taken = pairs(request, text, whole=whole)
            if request.fields.content_type.lower().startswith(FORM) and is_text(text.decode("latin-1")):
                self.names.update(name.decode("utf-8", "replace") for name, _ in taken)
            return taken

        def note_answers(streams: Streams, side: Side, number: int, head: bytes, outputs: list[Output]) -> None:
            before = len(outputs)
            take_head(streams, side, number, head, outputs)
            self.answers += sum(isinstance(one, HttpResponse) for one in outputs[before:])

        def note_method(name: bytes) -> Method:
            self.strange += name not in KNOWN and name != b""  # which messages of a WebSocket have
            return method_of(name)

        monkeypatch.setattr(Request, "pairs", note_names)
        monkeypatch.setattr(Streams, "take_head", note_answers)
        monkeypatch.setattr(request, "method_of", note_method)


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    """Takes notes."""
    return Notes(monkeypatch)


def is_text(body: str) -> bool:
    """Whether a body, or the first name in it, is one that a form can have; tshark takes anything for names."""
    return not body.lstrip().startswith(DOCUMENT) and CONTROLS.search(body) is None


def ours(path: Path, notes: Notes, *, reorders: bool) -> tuple[Facts, set[int]]:
    """What the parser says of the messages of a capture that tshark would list; and the ports of their servers."""
    notes.names, notes.answers, notes.strange = Counter(), 0, 0
    messages: list[Message] = []

    def stand_around(_: Mapping[str, object], from_start: bool) -> Parser:  # noqa: FBT001  # the contract's
        return Wholeness(ServerParser(catalog_of(()), from_start=from_start), messages, reorders=reorders)

    seen, _ = observe(path, replace(SPEC, parser=stand_around))
    listed = [one.event for one in messages if one.listed]
    asked = [one for one in listed if isinstance(one, HttpRequest)]
    said = Counter((one.method.value, one.authorization, one.cookie) for one in asked)
    said[Method.OTHER.value, False, False] -= notes.strange
    ports = {one.flow.responder.port for one in seen if isinstance(one.event, HttpRequest | HttpResponse)}
    return (+said, len(listed) - len(asked) - notes.answers, notes.names), ports


def theirs(known: dict[str, Any]) -> Facts:
    """The same facts as tshark lists them, TLS and SSDP aside."""
    listed = [one for one in known["http_requests"] if not one["in_tls"] and not one["ssdp"]]
    listed += known["http2_cleartext_requests"]
    said = Counter(
        (
            METHODS.get(one["method"], Method.OTHER.value),
            one["has_authorization"] or one.get("has_proxy_authorization", False),
            one["has_cookie"],
        )
        for one in listed
    )
    keys = [one.get("form_keys", ()) for one in listed]
    return said, known["http_responses"], Counter(key for some in keys if all(map(is_text, some)) for key in some)


def truth(material: Path, name: str) -> tuple[dict[str, Any], bool]:
    """What tshark lists of a capture, with segments put in order where that matters; and whether they were."""
    file = f"{name.replace('/', '__', 1)}.json"
    folder = material / "pcaps"
    path = folder / "truth_ooo" / file
    put_in_order = path.exists()
    return json.loads((path if put_in_order else folder / "truth" / file).read_text("utf-8")), put_in_order


def ask_again(material: Path, name: str, ports: set[int], folder: Path) -> Facts:
    """What tshark lists if it puts segments in order and knows where HTTP is spoken."""
    options = f"{SECOND} " + " ".join(f"-d tcp.port=={port},http" for port in sorted(ports))
    alone, file = folder / "alone" / name, folder / f"{name.replace('/', '__', 1)}.json"
    alone.parent.mkdir(parents=True, exist_ok=True)
    alone.symlink_to((material / "pcaps" / name).resolve())
    command = (sys.executable, material / "tools" / "make_truth.py", folder / "alone", folder, name)
    subprocess.run(
        command, check=True, capture_output=True, timeout=60, env=os.environ | {"TRUTH_TSHARK_OPTS": options}
    )
    return theirs(json.loads(file.read_text("utf-8")))


def compare(material: Path, name: str, notes: Notes, folder: Path) -> str:
    """Whether the parser says of a capture what tshark says (EQUAL), or what it says when asked again (AGAIN)."""
    known, put_in_order = truth(material, name)
    found, ports = ours(material / "pcaps" / name, notes, reorders=put_in_order)
    if found == theirs(known):
        return EQUAL
    if put_in_order and not ports:
        return DIFFERENT
    found, _ = ours(material / "pcaps" / name, notes, reorders=True)
    return AGAIN if found == ask_again(material, name, ports, folder) else DIFFERENT


@in_shards
def test_events_equal_the_truth(shard: int, material: Path, notes: Notes, tmp_path: Path) -> None:
    """Both say the same of each capture, or the same when tshark is asked again, or it is known why not."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    chosen = part(captures(material, *CLEAR), shard)
    verdicts = {name: compare(material, name, notes, tmp_path) for name in chosen}
    assert chosen
    for verdict in (AGAIN, DIFFERENT):
        assert explained(verdict).intersection(chosen) == {name for name in chosen if verdicts[name] == verdict}


def test_share_of_equals(material: Path) -> None:
    """Of nearly all captures that carry HTTP both say the same; the test above holds that the others are these.

    By its own defaults tshark says the same of 98.4 % of them.
    """
    every = captures(material, *CLEAR)
    assert set() == (explained(AGAIN) | explained(DIFFERENT)) - set(every)
    assert (683, 6, 5) == (len(every), len(explained(AGAIN)), len(explained(DIFFERENT)))
    assert (1 - SHARE) * len(every) >= len(explained(DIFFERENT))


def test_evasions(material: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The known file comes out of the responses of a test suite for evasions wherever a browser shows it."""
    seen: list[bytes] = []
    monkeypatch.setattr(pairing, "may_carry", lambda _: True)
    monkeypatch.setattr(parser.HttpParser, "wants", lambda *_: True)
    monkeypatch.setattr(parser, "is_parcel", seen.append)
    catalog_of.cache_clear()  # what was passed over before is to be looked at now
    chosen = sorted((material / "pcaps").glob("OISF__suricata-verify/http-evader_*"))
    found = 0
    for path in chosen:
        seen.clear()
        observe(path)
        found += any(EICAR in text for text in seen)
    assert (311, 284) == (len(chosen), found)


def asks_for_password(request: dict[str, Any]) -> bool:
    """Whether tshark lists names of a request that ask who somebody is and for a password, or for a password alone."""
    listed = [request[one] for one in ("form_keys", "query_keys", "multipart_names", "json_keys")]
    names = {name.lower() for some in listed for name in some}
    return "password" in names or ("pass" in names and not names.isdisjoint(("user", "username", "log", "login")))


def test_every_credential_is_found(material: Path) -> None:
    """Each field of authorization, each user name and password in one, and each form or address with a password."""
    chosen = captures(material, "http-form-password", "http-auth*")
    found: dict[str, tuple[int, int, int]] = {}
    expected: dict[str, tuple[int, int, int]] = {}
    for name in chosen:
        seen = requests(observe(material / "pcaps" / name)[0])
        found[name] = (
            sum(one.authorization for one in seen),
            sum(one.basic and CREDENTIAL in one.exposed for one in seen),
            sum(one.login and any(what.data_class is DataClass.CREDENTIAL for what in one.exposed) for one in seen),
        )
        listed = truth(material, name)[0]["http_requests"]
        carries = [one for one in listed if one["has_authorization"] or one["has_proxy_authorization"]]
        basic = [one for one in carries if (one.get("auth_scheme") or "").lower() == "basic"]
        expected[name] = (len(carries), len(basic), sum(map(asks_for_password, listed)))
    assert (29, 134, 66, 6) == (len(chosen), *map(sum, zip(*expected.values(), strict=True)))
    # a login in JSON, which tshark does not list
    more = {"OISF__suricata-verify/http-post-file__input.pcap": (2, 0, 1)}
    assert expected | more == found
