"""Everything that touches the pixels and the metadata of an uploaded photo.

The child processes import this package too and must stay small, so the parent's side (asyncio,
pydantic) is only imported when somebody asks for it.
"""

from typing import TYPE_CHECKING, Any

from services.gateway.pixels.cost import Cost
from services.gateway.pixels.refusal import Refusal
from services.gateway.pixels.sniff import CONTENT_TYPES, SNIFF_BYTES, sniff

if TYPE_CHECKING:
    from services.gateway.pixels.answer import Pixels
    from services.gateway.pixels.pool import PixelPool, PoolUnready

__all__ = [
    "CONTENT_TYPES",
    "SNIFF_BYTES",
    "Cost",
    "PixelPool",
    "Pixels",
    "PoolUnready",
    "Refusal",
    "sniff",
]


def __getattr__(name: str) -> Any:
    if name in ("PixelPool", "PoolUnready"):
        from services.gateway.pixels import pool

        return getattr(pool, name)
    if name == "Pixels":
        from services.gateway.pixels.answer import Pixels

        return Pixels
    raise AttributeError(name)
