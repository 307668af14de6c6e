"""Asks a sensor or a real Prometheus for figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

from prometheus_client.parser import text_string_to_metric_families

from tests.support.wire import wait_for

AT = "127.0.0.1:9477"
PROMETHEUS = "127.0.0.1:9090"

Labels = Mapping[str, str]
_open = build_opener(ProxyHandler({})).open  # no proxy, whatever the environment says


def get(url: str) -> str:
    """The body of an answer."""
    with _open(url, timeout=30) as answer:
        body: bytes = answer.read()
    return body.decode()


def scrape(place: str = AT) -> str:
    """All metrics as they are told."""
    return get(f"http://{place}/metrics")


def values(text: str, name: str) -> dict[tuple[str, ...], float]:
    """The series of a metric, by the values of their labels in the order of the labels' names."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"privacy_monitor_{name}"
    }


class Prometheus:
    """A real one that scrapes every second."""

    def query(self, expression: str) -> float | None:
        """What it says now of an expression whose result is one number; None if there is no result."""
        try:
            answer = json.loads(get(f"http://{PROMETHEUS}/api/v1/query?{urlencode({'query': expression})}"))
        except URLError:
            return None
        result = answer["data"]["result"]
        assert len(result) <= 1, expression
        return float(result[0]["value"][1]) if result else None

    def ask(self, path: str, **parameters: str) -> Any:
        """What its HTTP interface answers below ``/api/v1/``; a complaint ends the test."""
        try:
            answer = json.loads(get(f"http://{PROMETHEUS}/api/v1/{path}?{urlencode(parameters)}"))
        except HTTPError as error:
            raise AssertionError(error.read().decode()) from None
        return answer["data"]


@contextmanager
def prometheus(folder: Path, job: Mapping[str, object], rules: Sequence[Path] = ()) -> Iterator[Prometheus]:
    """Run Prometheus with one job and, every second, these rules; `folder` takes its data."""
    every = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    files = [str(path) for path in rules]
    configuration = {"global": every, "scrape_configs": [job], "rule_files": files}
    path = folder / "prometheus.yml"
    path.write_text(json.dumps(configuration), "utf-8")  # JSON is YAML
    command = ["prometheus", f"--config.file={path}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    with Popen([*command, f"--web.listen-address={PROMETHEUS}"], stdout=DEVNULL, stderr=DEVNULL) as process:
        asked = Prometheus()
        try:
            wait_for(lambda: process.poll() is not None or asked.query("vector(1)") == 1)
            yield asked
        finally:
            process.kill()
