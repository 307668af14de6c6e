"""BLAKE2b (RFC 7693), without what else `hashlib` brings: loading OpenSSL takes as long as a twentieth of our start."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

__all__ = ["blake2b"]
