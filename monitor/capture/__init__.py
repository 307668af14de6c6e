"""Capture sources: files, streams and live rings, each yielding Frames and Ticks."""
