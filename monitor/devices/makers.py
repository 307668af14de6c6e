"""Who made a network card, by the first half of its hardware address; and what the address itself tells.

Rule: a name from the register of makers (IEEE MA-L, as `aiooui` ships it) is compared with the catalog and shown to
nobody. The register is loaded when the first device asks for it, which few runs do: the library brings all of asyncio.
"""

from __future__ import annotations

from functools import cache

OCTETS = 6
_LOCAL = 1 << 41
"""Set in addresses that nobody registered: made up by the device, as telephones do (IEEE 802c)."""
_GROUP = 1 << 40


def is_random(hardware: int) -> bool:
    """Whether an address was made up, so that it names no maker."""
    return bool(hardware & _LOCAL)


def is_device(hardware: int) -> bool:
    """Whether an address can be a device's at all."""
    return bool(hardware) and not hardware & _GROUP


def maker(hardware: int) -> bytes:
    """The maker's name in the register; empty where there is none."""
    if is_random(hardware):
        return b""
    return _look_up(hardware >> 24)


@cache
def _look_up(prefix: int) -> bytes:
    import aiooui  # noqa: PLC0415 (see above)

    if not aiooui.is_loaded():
        import asyncio  # noqa: PLC0415 (the same)

        asyncio.run(aiooui.async_load())
    name = aiooui.get_vendor(f"{prefix:06x}")
    return name.encode() if name else b""
