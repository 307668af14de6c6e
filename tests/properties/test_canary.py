"""The canary: marks are planted in every value that a protocol carries, and no byte that leaves the process holds one.

The real command runs as its own process, in both formats, over whole, damaged and hostile captures, with development
warnings on. Everything it leaves is searched: both streams, the report, its working folder, home and temporary folder.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from signal import SIGTERM
from threading import Event, Thread
from typing import Self

import pytest

from monitor.audit.marks import Marks, Script, draw
from monitor.audit.search import Search
from monitor.errors import ExitStatus
from monitor.model.flow import Side, Transport
from monitor.protocols.registry import specs
from tests.support.alertmanager import Heard
from tests.support.captures import Packet, block, enhanced, option, section
from tests.support.captures import pcapng as plain_pcapng
from tests.support.conversation import Conversation, Host, datagram, woven
from tests.support.plants import PLANTS
from tests.support.scrape import scrape, values
from tests.support.shark import need_tshark
from tests.support.wire import Observer, Sensor, ip, replay, virtual_wire, wait_for

SEED = 20_260_102
TRANSPORTS = {spec.name: spec.transport for spec in specs()}


TAKEN = {"PATH", "SYSTEMROOT", "LANG", "PYTHONPYCACHEPREFIX"}
"""Of the environment: nothing that says who runs this; what is compiled once, a run reads and never writes."""


def find(search: Search, data: bytes) -> list[str]:
    """In which spellings marks stand there."""
    return sorted({trace.spelling for trace in search.find(data)})


def search_for(marks: list[bytes]) -> Search:
    """A search for nameless marks."""
    return Search({str(number): mark for number, mark in enumerate(marks)})


@dataclass(frozen=True, slots=True)
class Left:
    """Everything that one run left behind."""

    status: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes]

    def found(self, marks: list[bytes]) -> dict[str, list[str]]:
        """Where marks were found, and in which spelling."""
        places = {"stdout": self.stdout, "stderr": self.stderr, **self.files}
        names = {f"name of {name}": name.encode() for name in self.files}
        search = search_for(marks)
        return {place: spelled for place, data in (places | names).items() if (spelled := find(search, data))}


def run(folder: Path, arguments: list[str], *, program: tuple[str, ...] = ("-m", "monitor"), feed: bytes = b"") -> Left:
    """Run the command in an empty world and gather what it leaves."""
    world = {name: folder / name for name in ("home", "tmp", "work")}
    for place in world.values():
        place.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if name in TAKEN}
    environment |= {"HOME": str(world["home"]), "TMPDIR": str(world["tmp"]), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-X", "dev", "-B", *program, *arguments]
    ended = subprocess.run(command, cwd=world["work"], env=environment, input=feed, capture_output=True, check=False)
    return Left(ended.returncode, ended.stdout, ended.stderr, files_of(folder))


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def talks(
    transport: Transport,
    scripts: list[Script],
    port: int,
    prepare: Callable[[Conversation], object] = Conversation.open,
    *,
    client: str = "10.30.0.11",
) -> list[list[Packet]]:
    """Each script as a flow of its own."""
    told = []
    for number, script in enumerate(scripts):
        ends = Host(client, 20_000 + number), Host("10.1.0.10", port)
        talk = Conversation(*ends)
        if transport is Transport.UDP:
            told.append(
                [
                    Packet(talk.at_ns + talk.step_ns * order, datagram(ends[side], ends[side.other], data))
                    for order, (side, data) in enumerate(script)
                ]
            )
            continue
        prepare(talk)
        for side, data in script:
            talk.say(side, data)
        told.append(talk.packets)
    return told


def keep_open(_talk: Conversation) -> None:
    """The connection is older than the capture."""


def flipped(data: bytes, random: Random, one_in: int) -> bytes:
    """`data` with one bit in about `one_in` bytes turned, its first 200 bytes aside."""
    damaged = bytearray(data)
    for _ in range(len(data) // one_in):
        damaged[random.randrange(200, len(data))] ^= 1 << random.randrange(8)
    return bytes(damaged)


def cut_packets(packets: list[Packet], random: Random) -> list[Packet]:
    """Packets that a short snap length has cut."""
    return [Packet(packet.at_ns, packet.data[: random.randrange(40, len(packet.data) + 1)]) for packet in packets]


TINY_BYTES = 1_000
"""Of each message that is sent byte by byte."""


def captures(folder: Path, marks: Marks, random: Random) -> list[Path]:
    """Every capture of the test, whole ones first."""
    made: dict[str, bytes] = {}
    text = marks.mark("of the recording program", 32)
    names = b"".join(option(code, text) for code in (1, 2, 3, 4)) + option(0, b"")

    def pcapng(packets: Iterable[Packet]) -> bytes:
        # Whoever recorded may have put names into comments, and into the names of interfaces.
        records = b"".join(enhanced(0, packet.data, packet.at_ns // 1000, options=names) for packet in packets)
        return section(options=names) + block(1, struct.pack("<HHI", 1, 0, 0) + names) + records

    for place, (name, plant) in enumerate(PLANTS.items()):
        scripts = list(plant(marks))
        # All are read in one run, at the same time: each protocol has a client of its own.
        told = partial(talks, TRANSPORTS[name], client=f"10.30.0.{100 + place}")
        whole = told(scripts, 6001)
        packets = woven(*whole)
        noise = marks.mark("noise", 64)
        outside = [
            Packet(packets[0].at_ns, datagram(Host("10.30.0.11", 53), Host("10.1.0.53", 53), noise)),
            *Conversation(Host("10.30.0.12", 999), Host("10.1.0.10", 80)).open().originator(noise).packets,
        ]
        made[f"{name}-whole"] = pcapng([*outside, *packets])
        made[f"{name}-odd-port"] = pcapng(woven(*told(scripts, 40_123)))
        made[f"{name}-no-start"] = pcapng(woven(*told(scripts, 6001, keep_open)))
        for side in Side:
            one = [[(who, data) for who, data in script if who is side] for script in scripts]
            made[f"{name}-side-{side.value}"] = pcapng(woven(*told(one, 6001, keep_open)))
        made[f"{name}-lossy"] = pcapng([packet for packet in packets if random.random() > 0.2])
        made[f"{name}-shuffled"] = pcapng(random.sample(packets, len(packets)))
        made[f"{name}-doubled"] = pcapng(woven(packets, packets))
        made[f"{name}-snapped"] = pcapng(cut_packets(packets, random))
        tiny = [(side, bytes([byte])) for script in scripts[:3] for side, data in script for byte in data[:TINY_BYTES]]
        made[f"{name}-byte-by-byte"] = pcapng(woven(*told([tiny], 6001)))
        for number, one_in in enumerate((20, 200, 2_000, 20_000)):
            made[f"{name}-flipped-{number}"] = flipped(made[f"{name}-whole"], random, one_in)
        for number in range(4):
            kept = random.randrange(200, len(made[f"{name}-whole"]))
            made[f"{name}-cut-{number}"] = made[f"{name}-whole"][:kept] + noise * (number % 2)
    zipped = gzip.compress(made[next(iter(made))], mtime=0)
    made["zipped-cut"] = zipped[: len(zipped) // 2]
    made["zipped-noise"] = zipped[:1000] + noise * 10
    made["nothing-but-noise"] = noise * 100
    made["header-and-noise"] = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000") + noise * 100
    paths = []
    for name, data in made.items():
        path = folder / f"{name}.pcapng"
        path.write_bytes(data)
        paths.append(path)
    return paths


@pytest.fixture(scope="module")
def marks() -> Marks:
    """The marks of this module; drawn while the captures are made."""
    return Marks(Random(SEED))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, marks: Marks) -> list[Path]:
    """The captures, in a folder that no run writes to."""
    return captures(tmp_path_factory.mktemp("captures"), marks, Random(SEED + 1))


TO_FILE = ["--format", "text", "--output", "report.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "one_in"),
    [
        pytest.param(["--format", "text", "--color", "always"], 1, id="text"),
        pytest.param(TO_FILE, 8, id="file"),
        pytest.param(TO_FILE, 1, id="file, all", marks=pytest.mark.e2e),
    ],
)
def test_no_mark_leaves(tmp_path: Path, planted: list[Path], marks: Marks, options: list[str], one_in: int) -> None:
    """All captures at once, in every format for people: nothing of any value comes out."""
    left = run(tmp_path, ["analyze", *options, *map(str, planted[one_in - 1 :: one_in])])
    assert ExitStatus.INPUT == left.status  # some captures are broken on purpose; none may stop the program
    assert b"report" in left.stdout + b"".join(left.files.values()).lower()
    assert {} == left.found(marks.all)


@pytest.mark.slow
def test_no_mark_leaves_through_a_pipe(tmp_path: Path, planted: list[Path], marks: Marks) -> None:
    """The same from standard input, which cannot be read twice."""
    left = run(tmp_path, ["analyze", "-", "--format", "json"], feed=planted[0].read_bytes())
    assert ExitStatus.DONE == left.status
    assert {} == left.found(marks.all)


SINKS = """
sinks:
  - {kind: lines, path: "-"}
  - {kind: eve, path: FOLDER/eve.json, max_mb: 1, keep: 9}
  - {kind: journal, path: FOLDER/journal}
  - {kind: syslog, to: FOLDER/log}
  - {kind: syslog, to: "udp://127.0.0.1:5140"}
"""


def daemons(folder: Path) -> dict[str, str | tuple[str, int]]:
    """Where those listen that `SINKS` names."""
    return {"journal": str(folder / "journal"), "log": str(folder / "log"), "udp": ("127.0.0.1", 5140)}


class Daemon:
    """Keeps all datagrams that it is sent."""

    def __init__(self, place: str | tuple[str, int]) -> None:
        self._socket = socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(place)
        self._socket.settimeout(0.1)
        self._datagrams: list[bytes] = []
        self._is_over = Event()
        self._thread = Thread(target=self._take)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._socket.close()

    def taken(self) -> bytes:
        """All that has come, from somebody who sends no more."""
        self._is_over.set()
        self._thread.join()
        with suppress(TimeoutError):
            while True:
                self._datagrams.append(self._socket.recv(65_536))
        return b"".join(self._datagrams)

    def _take(self) -> None:
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                self._datagrams.append(self._socket.recv(65_536))


def tell_everything(folder: Path, heard: Heard) -> str:
    """The section of a configuration by which every finding is told at once, as an alert and as a message."""
    (folder / "hook").write_text(heard.url.replace("http", "json"), "utf-8")
    outlets = f"alertmanagers: ['{heard.url}'], notify: [{{url_file: hook}}]"
    return f"alerts: {{{outlets}, first_look_hours: 0, policy: [{{alert: page}}]}}\n"


PAGE, DOCUMENT = ("--color", "always"), ("--format", "json")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("protocol", "number", "style"),
    [
        ("sip2", 0, PAGE),
        ("http", 0, DOCUMENT),
        ("rtsp", 0, PAGE),
        *(
            pytest.param(protocol, 1, style, marks=pytest.mark.e2e)
            for protocol, style in (("sip2", DOCUMENT), ("http", PAGE))
        ),
    ],
)
def test_no_mark_leaves_explained(
    tmp_path: Path, marks: Marks, protocol: str, number: int, style: tuple[str, str]
) -> None:
    """The same of the conversations behind findings, which tshark reads whole."""
    need_tshark()
    capture = tmp_path / f"{protocol}.pcapng"
    scripts = list(PLANTS[protocol](marks))
    packets = woven(*talks(TRANSPORTS[protocol], scripts, 6001))
    capture.write_bytes(plain_pcapng(packets))
    report = json.loads(run(tmp_path / "report", ["analyze", "--format", "json", str(capture)]).stdout)
    ident = [finding["id"] for finding in report["findings"] if finding["protocol"] == protocol][number]
    left = run(tmp_path / ident, ["explain", str(capture), ident, "--messages", "500", *style])
    assert (ExitStatus.DONE, b"") == (left.status, left.stderr)
    assert "▒▒▒▒".encode() in left.stdout or b'"data_class"' in left.stdout
    assert {} == left.found(marks.all)


@pytest.mark.slow
def test_no_mark_leaves_live(tmp_path: Path, planted: list[Path], marks: Marks) -> None:
    """The same of the sensor and all its sinks, on a wire with conversations of every protocol."""
    store = tmp_path / "store"
    store.mkdir()
    database = str(store / "findings.db")
    config = tmp_path / "library.yaml"
    arguments = ("--metrics", "--store", database, "--config", str(config))
    with ExitStack() as stack:
        stack.enter_context(virtual_wire())
        ip("link", "set", "lo", "up").check_returncode()
        heard = stack.enter_context(Heard())
        config.write_text(SINKS.replace("FOLDER", str(store)) + tell_everything(tmp_path, heard), "utf-8")
        taken = {name: stack.enter_context(Daemon(place)) for name, place in daemons(store).items()}
        observer = stack.enter_context(Observer())
        sensor = stack.enter_context(Sensor(tmp_path, *arguments))
        sound = [path for path in planted if path.stem.rpartition("-")[2] in {"whole", "port", "start", "lossy"}]
        sent = sum(replay(path, 5_000) for path in sound)
        wait_for(lambda: observer.has_seen(sent))
        wait_for(lambda: sum(values(scrape(), "capture_packets_total").values()) == sent)
        wait_for(lambda: sum("message" in one for one in heard.notifications) >= len(sensor.findings()))
        metrics = scrape()
        kept = files_of(store)  # the log of the database is gone when the sensor has ended
        status = sensor.end(SIGTERM)
        sent_to = {name: daemon.taken() for name, daemon in taken.items()}
    kept |= {f"{name} at the end": data for name, data in files_of(store).items()}
    fields = {key for finding in sensor.findings() for key in finding["fields"]}
    sent_to["alerts"] = json.dumps(heard.notifications).encode()
    shown = {"metrics": metrics.encode(), **kept, **sent_to}
    left = Left(status, sensor.stdout.encode(), sensor.stderr.encode(), shown)

    assert {"findings.db", "findings.db-wal", "findings.db at the end", "alerts.db", "alerts.db at the end"} <= set(
        kept
    )
    assert b"Sip2PatronCredential" in shown["alerts"]
    assert b"PINs and passwords" in shown["alerts"]
    assert b"CGISESSID" in kept["findings.db at the end"]
    assert b"CGISESSID" in kept["eve.json at the end"]
    assert all(b"finding " in sent_to[name] for name in ("journal", "log", "udp"))
    assert ExitStatus.DONE == status
    assert {"AA", "AD", "AE", "BD", "CO", "login", "password", "CGISESSID", "userid"} <= fields
    assert 'privacy_monitor_exposures_total{data_class="credential",protocol="sip2",zone="none"}' in metrics
    assert {} == left.found(marks.all)


@pytest.mark.slow
def test_everything_planted_was_seen(tmp_path: Path, planted: list[Path], marks: Marks) -> None:
    """The search means something: every field that was planted was met and counted. And a program learns no value."""
    left = run(tmp_path, ["analyze", "--format", "json", *map(str, planted)])
    document = json.loads(left.stdout)
    fields = {key for finding in document["findings"] for key in finding["fields"]}
    assert ExitStatus.INPUT == left.status
    assert {"AA", "AD", "AE", "BD", "CO", "PB", "login", "password", "other", "CGISESSID", "userid"} <= fields
    assert {} == document.get("faults", {})
    assert {} == left.found(marks.all)


FAULTY = """
import importlib, sys
from tests.support.uncompiled import run_sources
module, owner, name, mark = sys.argv[1:5]
del sys.argv[1:5]

def fail(*arguments, **named):
    raise ValueError(f"cannot use {mark} in {arguments}")

run_sources()  # into what is compiled no bug can be put, and what else is compiled may be bound to it
setattr(getattr(importlib.import_module(module), owner), name, fail)
from monitor.cli import main
sys.exit(main())
"""
"""Runs the command with a bug in one place, of the kind that quotes what it met."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "place",
    [
        "monitor.protocols.sip2.parser Sip2Parser feed",
        "monitor.protocols.sip2.parser Sip2Parser finish",
        "monitor.flow.tracker Tracker take",
        "monitor.privacy.naming NamingPolicy endpoint",
        "monitor.privacy.subjects SubjectCounter count",
        "monitor.detect.engine Engine observe",
        "monitor.pipeline Pipeline run",
        "monitor.sinks.report.json JsonReport finish",
    ],
)
def test_no_mark_leaves_through_a_bug(tmp_path: Path, planted: list[Path], marks: Marks, place: str) -> None:
    """An exception that quotes a value is counted or named by its type, and never shown."""
    value = marks.mark("in an exception")
    whole = [str(path) for path in planted if path.stem.endswith("-whole")]
    arguments = [*place.split(), value.decode(), "analyze", "--format", "json", *whole]
    left = run(tmp_path, arguments, program=("-c", FAULTY))
    assert b"ValueError" in left.stdout + left.stderr
    assert b"Traceback" not in left.stderr
    assert {} == left.found(marks.all)


def test_every_protocol_is_planted() -> None:
    """A protocol without planted values would pass unwatched."""
    assert {spec.name for spec in specs()} == set(PLANTS)


WRITTEN = {
    "plain": lambda mark: mark,
    "lower case": lambda mark: mark.lower(),
    "a piece": lambda mark: mark[3:12],
    "backward": lambda mark: mark[::-1],
    "hex": lambda mark: mark.hex().encode(),
    "capital hex": lambda mark: mark.hex(":").upper().encode(),
    "repr of bytes": lambda mark: "".join(f"\\x{byte:02x}" for byte in mark).encode(),
    "list of numbers": lambda mark: str(list(mark)).encode(),
    "base64": base64.b64encode,
    "base64, one later": lambda mark: base64.b64encode(b"?" + mark + b"?"),
    "base64, two later": lambda mark: base64.b64encode(b"??" + mark),
    "base64 for links": lambda mark: base64.urlsafe_b64encode(b"\xff" + mark),
    "percent signs": lambda mark: "".join(f"%{byte:02X}" for byte in mark).encode(),
    "JSON escapes": lambda mark: "".join(f"\\u{byte:04X}" for byte in mark).encode(),
    "UTF-16LE": lambda mark: mark.decode().encode("utf-16-le"),
    "UTF-16BE": lambda mark: mark.decode().encode("utf-16-be"),
    "UTF-32": lambda mark: mark.decode().encode("utf-32"),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_the_search_finds_marks(written: Callable[[bytes], bytes]) -> None:
    """The search itself sees a mark in every spelling, wherever it stands."""
    random = Random(SEED)
    marks = [draw(random) for _ in range(20)]
    before, after = random.randbytes(1001), random.randbytes(997)
    search = search_for(marks)
    assert [] == find(search, before + after)
    for mark in marks:
        assert find(search, before + written(mark) + after) != []
