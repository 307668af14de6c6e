"""The schema that editors use says what the reader says, and is up to date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from monitor.config.alert_keys import ALERTMANAGER, ALERTS, NOTIFY, POLICY, QUIET
from monitor.config.expect_keys import EXCEPTION, EXPECTATION, ROLE
from monitor.config.keys import ASSET, METRICS, STORE, TLS, ZONE, root
from monitor.config.loading import load_config
from monitor.config.schema import json_schema, schema_text
from monitor.config.sink_keys import SINK
from monitor.config.structures import Section
from monitor.config.summary import notes
from monitor.config.tunnel_keys import TUNNEL, TUNNEL_END
from monitor.config.words import BASIC_AUTH
from monitor.model.contract import Answer, ProtocolSpec, Verdict
from monitor.model.data import Audience, Inspect, Role
from monitor.model.flow import Transport
from monitor.protocols.registry import specs

TOP = Path(__file__).resolve().parents[3]
REFERENCE = TOP / "docs" / "reference"
EXAMPLE = TOP / "docs" / "examples" / "config.yaml"
CASES = Path(__file__).parent / "cases"

SEEN_BY_THE_SCHEMA = (
    "address-is-network",
    "alerts-address-in-clear",
    "alerts-clock",
    "alerts-no-url",
    "alerts-path",
    "alerts-policy",
    "audience-unknown",
    "expect-no-form",
    "expect-no-ports",
    "expect-two-forms",
    "flag-quoted",
    "host-is-url",
    "metrics-by-name",
    "metrics-no-brackets",
    "metrics-no-port",
    "metrics-null",
    "metrics-password-in-clear",
    "metrics-tls-half",
    "missing-keys",
    "netmask",
    "networks-none",
    "networks-one",
    "no-prefix-length",
    "port-in-capitals",
    "port-twice",
    "port-zero",
    "protocol-unknown",
    "role-unknown",
    "sink-kinds",
    "sink-keys",
    "sink-not-a-server",
    "sink-path-relative",
    "store-numbers",
    "store-path-relative",
    "trap-base-60",
    "trap-decimal",
    "trap-no",
    "trap-octal",
    "trap-time",
    "unknown-key",
    "zones-empty",
)
"""Cases that are wrong by their form alone; the others need the reader."""
SECTIONS = (
    root(()),
    ZONE,
    ASSET,
    METRICS,
    STORE,
    TLS,
    BASIC_AUTH,
    ROLE,
    *EXPECTATION.forms.values(),
    *EXCEPTION.forms.values(),
    TUNNEL,
    *TUNNEL_END.forms.values(),
    ALERTS,
    ALERTMANAGER,
    NOTIFY,
    QUIET,
    POLICY,
    *map(SINK.section, SINK.kinds),
)
"""All that have keys of their own."""


def errors(document: object, schema: Mapping[str, Any]) -> list[str]:
    """What a schema checker says of a document."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(document)]


def test_it_is_a_schema() -> None:
    """It keeps to the rules of JSON Schema itself."""
    Draft202012Validator.check_schema(json_schema())


def test_the_file_is_current(request: pytest.FixtureRequest) -> None:
    """The shipped schema is what the declarations say now; ``--update`` writes it again."""
    path = REFERENCE / "config.schema.json"
    text = schema_text(specs())
    if request.config.getoption("--update", default=False):
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def test_the_example_is_valid() -> None:
    """The commented example loads, leaves nothing to remark, and satisfies the shipped schema."""
    config = load_config(EXAMPLE)
    assert [] == list(notes(config))
    schema = json.loads((REFERENCE / "config.schema.json").read_text("utf-8"))
    assert [] == errors(yaml.safe_load(EXAMPLE.read_text("utf-8")), schema)


def test_the_example_shows_every_key() -> None:
    """Whoever copies it has seen everything but the options of protocols and what is off by default."""
    text = EXAMPLE.read_text("utf-8")
    missing = {key.name for section in SECTIONS for key in section.keys if f"{key.name}:" not in text}
    assert {"protocols", "show_addresses"} == missing


@pytest.mark.parametrize("case", SEEN_BY_THE_SCHEMA)
def test_editors_see_it_too(case: str) -> None:
    """What is wrong by its form alone is underlined while one types."""
    assert errors(yaml.safe_load((CASES / f"{case}.yaml").read_text("utf-8")), json_schema())


def test_options_are_in_it() -> None:
    """The options of a protocol have the type of their default."""
    spec = ProtocolSpec(
        name="toy",
        transport=Transport.TCP,
        ports=(),
        probe=lambda _heads, _final: Verdict(Answer.NO),
        parser=lambda _options, _from_start: None,  # type: ignore[arg-type,return-value]
        events=(),
        limits={},
        options={"most": 5, "words": ("a",)},
    )
    schema = json_schema([spec])
    assert [] == errors({"protocols": {"toy": {"most": 7, "words": ["b"]}}}, schema)
    assert 1 == len(errors({"protocols": {"toy": {"most": "7"}}}, schema))
    assert 1 == len(errors({"protocols": {"toy": {"moist": 7}}}, schema))
    assert "without it 5" == schema["properties"]["protocols"]["properties"]["toy"]["properties"]["most"]["description"]


def table(section: Section) -> str:
    """A section as the reference lists it."""
    rows = [f"| `{key.name}` | {'needed ' if key.required else ''}| {key.says} |\n" for key in section.keys]
    return "| key | | |\n|---|---|---|\n" + "".join(rows) + "\n"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_documented(section: Section) -> None:
    """The reference has each section's table, in the words of the schema."""
    assert table(section) in (REFERENCE / "configuration.md").read_text("utf-8")


@pytest.mark.parametrize("word", [one.value for words in (Audience, Inspect, Role) for one in words])
def test_every_word_is_documented(word: str) -> None:
    """The reference has each word of the closed lists."""
    assert f"`{word}`" in (REFERENCE / "configuration.md").read_text("utf-8")
