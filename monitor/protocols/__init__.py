"""Sans-I/O parsers, one folder a protocol, each found by its ``SPEC``."""
