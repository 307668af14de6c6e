"""The configuration: one YAML, typed."""
