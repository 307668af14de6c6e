"""The HTTP parser's events against what tshark lists of public captures: requests, responses, methods, fields, forms.

`http_differences.yaml` beside this file holds every capture in which both differ, by the reason; a difference that is
not there fails, and so does one that is there and is none any more. The captures lie beside the repository where the
maintainers work; without them these tests are skipped, and say so.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.data import DataClass
from monitor.model.events import Exposed, Output
from monitor.model.finding import Observation
from monitor.model.flow import Side
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.labels import typed
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.http import parser
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpResponse, Method
from monitor.protocols.http.forms import Pairs
from monitor.protocols.http.request import Request
from monitor.protocols.http.streams import Streams
from monitor.protocols.registry import specs
from tests.support.shards import in_shards, part

SHARE = 0.99
"""Captures in which both say the same, or the monitor says what is on the wire."""
CLEAR = ("http-plaintext", "http2-cleartext")
FORM = b"application/x-www-form-urlencoded"
DOCUMENT = ("{", "[", "<")
"""How a body begins that is no form, whatever its head says; tshark takes all of it for the name of a field."""
EICAR = b"EICAR-STANDARD"
CREDENTIAL = Exposed(DataClass.CREDENTIAL, typed("authorization"))
METHODS = {method.name: method.value for method in Method}

Facts = tuple[Counter[tuple[str, bool, bool]], int, Counter[str]]
"""Requests by method and by whether they had a field of authorization and of cookies; responses, those of HTTP/2 aside,
which the list does not have; names of fields in forms. In that order."""


@cache
def differences() -> dict[str, dict[str, Any]]:
    """Why captures differ, by reason."""
    return yaml.safe_load(Path(__file__).with_name("http_differences.yaml").read_text("utf-8"))


def captures(material: Path, *tags: str) -> list[str]:
    """Names of the captures with one of these tags in the collection's list; a ``*`` stands at the end of a tag."""
    fits = re.compile("|".join(map(re.escape, tags)).replace(r"\*", ".*")).fullmatch
    with (material / "pcaps" / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return [row["file"] for row in rows if any(map(fits, row["why"].split()))]


def observe(path: Path) -> tuple[list[Observation], Stats]:
    """Read one capture through all rooms up to the parsers."""
    stats = Stats()
    seen: list[Observation] = []
    tracker = Tracker(specs(), NamingPolicy(), stats, seen.append)
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
        pairs, take_head = Request.pairs, Streams.take_head

        def note_names(request: Request, text: bytes, *, whole: bool) -> Pairs:
            taken = pairs(request, text, whole=whole)
            if (
                request.fields.content_type.lower().startswith(FORM)
                and text.lstrip()[:1].decode("latin-1") not in DOCUMENT
            ):
                self.names.update(name.decode("utf-8", "replace") for name, _ in taken)
            return taken

        def note_answers(streams: Streams, side: Side, number: int, head: bytes, outputs: list[Output]) -> None:
            before = len(outputs)
            take_head(streams, side, number, head, outputs)
            self.answers += sum(isinstance(one, HttpResponse) for one in outputs[before:])

        monkeypatch.setattr(Request, "pairs", note_names)
        monkeypatch.setattr(Streams, "take_head", note_answers)


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    """Takes notes."""
    return Notes(monkeypatch)


def ours(path: Path, notes: Notes) -> Facts:
    """What the parser says of a capture."""
    notes.names, notes.answers = Counter(), 0
    seen, _ = observe(path)
    said = Counter((one.method.value, one.authorization, one.cookie) for one in requests(seen))
    return said, sum(isinstance(one.event, HttpResponse) for one in seen) - notes.answers, notes.names


def truth(material: Path, name: str) -> dict[str, Any]:
    """What tshark lists of a capture; with segments put in order where that matters."""
    file = f"{name.replace('/', '__', 1)}.json"
    folder = material / "pcaps"
    path = folder / "truth_ooo" / file
    return json.loads((path if path.exists() else folder / "truth" / file).read_text("utf-8"))


def theirs(material: Path, name: str) -> Facts:
    """The same facts as tshark lists them, TLS and SSDP aside."""
    known = truth(material, name)
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
    keys = [key for one in listed for key in one.get("form_keys", ())]
    return said, known["http_responses"], Counter(key for key in keys if not key.startswith(DOCUMENT))


@in_shards
def test_events_equal_the_truth(shard: int, material: Path, notes: Notes) -> None:
    """Both say the same of each capture, or it is known why not."""
    known = {name for reason in differences().values() for name in reason["captures"]}
    chosen = part(captures(material, *CLEAR), shard)
    differing = {name for name in chosen if ours(material / "pcaps" / name, notes) != theirs(material, name)}
    assert chosen
    assert known.intersection(chosen) == differing


def test_share_of_equals(material: Path) -> None:
    """In nearly all captures that carry HTTP nothing is missed and nothing made up."""
    every = captures(material, *CLEAR)
    wrong = {name for reason in differences().values() if not reason["right"] for name in reason["captures"]}
    assert set() == {name for reason in differences().values() for name in reason["captures"]} - set(every)
    assert (1 - SHARE) * len(every) >= len(wrong)


def test_evasions(material: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The known file comes out of the responses of a test suite for evasions wherever a browser shows it."""
    seen: list[bytes] = []
    monkeypatch.setattr(parser, "may_carry", lambda _: True)
    monkeypatch.setattr(parser.HttpParser, "wants", lambda *_: True)
    monkeypatch.setattr(parser, "is_parcel", seen.append)
    chosen = sorted((material / "pcaps").glob("OISF__suricata-verify/http-evader_*"))
    found = 0
    for path in chosen:
        seen.clear()
        observe(path)
        found += any(EICAR in text for text in seen)
    assert (311, 280) == (len(chosen), found)


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
        listed = truth(material, name)["http_requests"]
        carries = [one for one in listed if one["has_authorization"] or one["has_proxy_authorization"]]
        basic = [one for one in carries if (one.get("auth_scheme") or "").lower() == "basic"]
        expected[name] = (len(carries), len(basic), sum(map(asks_for_password, listed)))
    assert (29, 134, 66, 6) == (len(chosen), *map(sum, zip(*expected.values(), strict=True)))
    # a login in JSON, which tshark does not list
    more = {"OISF__suricata-verify/http-post-file__input.pcap": (2, 0, 1)}
    assert expected | more == found
