"""Prometheus: figures of a run, offered over HTTP to whoever may ask."""
