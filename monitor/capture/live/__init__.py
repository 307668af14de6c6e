"""Frames from a network interface: the kernel's packet ring, its walker, and the source made of them. Linux only."""
