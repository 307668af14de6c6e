"""The configuration as JSON Schema, for editors that check while one types."""

from __future__ import annotations

import json
from collections.abc import Iterable

from monitor.config.keys import root
from monitor.config.shapes import Schema
from monitor.model.contract import ProtocolSpec


def json_schema(specs: Iterable[ProtocolSpec] = ()) -> Schema:
    """The schema (draft 2020-12) of a configuration with the options of these protocols.

    What a schema cannot say, `load_config` finds: host bits, overlaps, names that lead nowhere, quotes that YAML wants.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of library-privacy-monitor",
        **root(specs).schema(),
    }


def schema_text(specs: Iterable[ProtocolSpec] = ()) -> str:
    """The schema as a file holds it, in ASCII."""
    return json.dumps(json_schema(specs), indent=2) + "\n"
