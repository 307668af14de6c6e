"""The rule engine: observations in, findings out.

Judgement lives in rule files (`docs/concepts/rules.md`); this room loads them (`loading`), compiles them to functions
(`detection`) and counts what matches (`engine`). It knows no protocol: event types are handed in.
"""
