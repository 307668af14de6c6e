"""Everything at once, on this machine: invented traffic, the sensor, Prometheus, Alertmanager, and the mail they send.

usage, from the top folder, with the rights of root: python -m demo.stack

A namespace of its own holds one end of a virtual wire, into which the invented library's day is sent again and again;
the sensor listens to the other end. Ctrl-C ends everything and leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import yaml

from demo.mailbox import mailbox
from demo.make_capture import CAPTURE

TOP = Path(__file__).resolve().parent.parent
PACKETS_PER_SECOND = 100
"""The invented day passes in a minute or so."""
PAUSE_SECONDS = 5.0
DIGEST_AFTER = timedelta(minutes=2)
"""So that whoever tries it sees one."""
START_SECONDS = 60.0
TOOLS = {"ip": "iproute2", "prometheus": "prometheus", "prometheus-alertmanager": "prometheus-alertmanager"}
WANTED_PORTS = {"prometheus": 9090, "alertmanager": 9093, "sensor": 9477, "mail": 8025, "smtp": 1025}

_open = build_opener(ProxyHandler({})).open


def choose_ports() -> dict[str, int]:
    """The usual ports, or others where those are taken."""
    ports = {}
    for name, wanted in WANTED_PORTS.items():
        for port in (wanted, 0):
            with socket.socket() as one, suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind(("127.0.0.1", port))
                ports[name] = one.getsockname()[1]
                break
    return ports


def ip(*arguments: str) -> None:
    """Run the command ip."""
    subprocess.run(["ip", *arguments], check=True)  # noqa: S603, S607 (a tool of the system)


@contextmanager
def wire() -> Iterator[tuple[str, str, str]]:
    """A namespace, the end of a virtual wire in it, and the end out here; all gone behind the ``with``."""
    space, far, near = (f"pm-{name}-{os.getpid() % 10_000}" for name in ("lib", "far", "tap"))
    with ExitStack() as stack:
        ip("netns", "add", space)
        stack.callback(ip, "netns", "del", space)
        # No addresses and no ARP: the kernel itself says nothing on the wire.
        ip("link", "add", near, "mtu", "65535", "type", "veth", "peer", "name", far, "mtu", "65535", "netns", space)
        ip("link", "set", near, "addrgenmode", "none", "arp", "off", "up")
        ip("-n", space, "link", "set", far, "addrgenmode", "none", "arp", "off", "up")
        yield space, far, near


def sensor_config(folder: Path, ports: dict[str, int]) -> Path:
    """What the invented library wrote down, and whom its sensor tells."""
    config = yaml.safe_load(CAPTURE.with_suffix(".yaml").read_text("utf-8"))
    config |= {
        "store": {"path": str(folder / "findings.db")},
        "metrics": {"listen": f"127.0.0.1:{ports['sensor']}"},
        "alerts": {
            "alertmanagers": [f"http://127.0.0.1:{ports['alertmanager']}"],
            "first_look_hours": 0,
            "digest_at": f"{datetime.now().astimezone() + DIGEST_AFTER:%H:%M}",
            "sensor": "demonstration",
        },
    }
    return _write(folder / "library.yaml", config)


def alertmanager_config(folder: Path, ports: dict[str, int]) -> Path:
    """The shipped example, with the mailbox of this machine in the place of a real one."""
    config = yaml.safe_load((TOP / "grafana/alertmanager/alertmanager.yml").read_text("utf-8"))
    config["global"] = {
        "smtp_smarthost": f"127.0.0.1:{ports['smtp']}",
        "smtp_from": config["global"]["smtp_from"],
        "smtp_require_tls": False,
    }
    for receiver in config["receivers"]:
        receiver.pop("webhook_configs", None)
    return _write(folder / "alertmanager.yml", config)


def prometheus_config(folder: Path, ports: dict[str, int]) -> Path:
    """The shipped example, with rules where they lie, and the ports of this run."""
    home = TOP / "grafana/prometheus"
    config = yaml.safe_load((home / "prometheus.yml").read_text("utf-8"))
    config["global"]["scrape_interval"] = "5s"
    config["rule_files"] = [str(home / name) for name in config["rule_files"]]
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [f"127.0.0.1:{ports['alertmanager']}"]}]}]
    target = {"targets": [f"127.0.0.1:{ports['sensor']}"], "labels": {"instance": "demonstration"}}
    config["scrape_configs"][0]["static_configs"] = [target]
    return _write(folder / "prometheus.yml", config)


def _write(path: Path, config: Any) -> Path:
    path.write_text(json.dumps(config, indent=2), "utf-8")  # JSON is YAML
    return path


@contextmanager
def running(folder: Path, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose output goes to a file, until the end of the ``with``."""
    log = (folder / f"{name}.log").open("wb")
    # A session of its own: Ctrl-C is for us, and we end the others in their order.
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=TOP, start_new_session=True)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def wait_until_there(folder: Path, name: str, url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a program answers."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(URLError, OSError), _open(url, timeout=5):
            return
        time.sleep(0.1)
    last = (folder / f"{name}.log").read_text("utf-8", "replace").splitlines()[-5:]
    raise SystemExit("\n".join((f"{name} has not started:", *last)))


def send_days(space: str, far: str, over: Event) -> None:
    """Send the invented day again and again."""
    command = ["ip", "netns", "exec", space, sys.executable, "-m", "tests.support.replay", far, str(CAPTURE)]
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # so that the wire hands frames over in their order
    while not over.is_set():
        with subprocess.Popen(  # noqa: S603
            [*command, str(PACKETS_PER_SECOND)], stdout=subprocess.DEVNULL, cwd=TOP, start_new_session=True
        ) as process:
            while process.poll() is None and not over.wait(0.2):
                pass
            process.terminate()
        over.wait(PAUSE_SECONDS)


def main() -> None:
    """Start everything, say where it is, and wait for Ctrl-C."""
    if os.geteuid() != 0:
        raise SystemExit("make stack needs the rights of root, for a namespace and a virtual wire")
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"make stack needs these packages: {' '.join(missing)}")
    over = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    ports = choose_ports()
    at = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="privacy-monitor-")))
        stack.enter_context(mailbox(ports["smtp"], ports["mail"]))
        config, data = alertmanager_config(folder, ports), folder / "alertmanager"
        process = stack.enter_context(
            running(
                folder,
                "alertmanager",
                "prometheus-alertmanager",
                f"--config.file={config}",
                f"--storage.path={data}",
                f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
                f"--web.external-url={at['alertmanager']}",
                "--cluster.listen-address=",
            )
        )
        wait_until_there(folder, "alertmanager", f"{at['alertmanager']}/-/ready", process)
        space, far, near = stack.enter_context(wire())
        command = [sys.executable, "-m", "monitor", "run", "--interface", near]
        process = stack.enter_context(
            running(folder, "sensor", *command, "--config", str(sensor_config(folder, ports)))
        )
        wait_until_there(folder, "sensor", f"{at['sensor']}/-/healthy", process)
        config, data = prometheus_config(folder, ports), folder / "prometheus"
        process = stack.enter_context(
            running(
                folder,
                "prometheus",
                "prometheus",
                f"--config.file={config}",
                f"--storage.tsdb.path={data}",
                f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
            )
        )
        wait_until_there(folder, "prometheus", f"{at['prometheus']}/-/ready", process)
        print(  # noqa: T201 (what people came for)
            "Everything runs, with the traffic of an invented library.\n"
            f"  alerts      {at['alertmanager']}/#/alerts   pages within seconds, a digest in two minutes\n"
            f"  mail        {at['mail']}/   what people would be sent\n"
            f"  Prometheus  {at['prometheus']}/alerts\n"
            f"  metrics     {at['sensor']}/metrics\n"
            f"  findings    sudo .venv/bin/privacy-monitor findings list --store {folder}/findings.db\n"
            "Ctrl-C ends it.",
            flush=True,
        )
        send_days(space, far, over)
        print("Stopping ...", flush=True)  # noqa: T201 (the same)


if __name__ == "__main__":
    main()
