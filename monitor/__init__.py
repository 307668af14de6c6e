"""Network traffic privacy monitor for libraries: says where patron data travels in the clear."""

__version__ = "0.1.0"
