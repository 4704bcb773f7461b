"""A ledger that writes down what it is told."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from PIL import Image

from services.common.cloud.asking import Asking
from services.common.cloud.breaker import Breaker
from services.common.cloud.ledger import BudgetSettle, Leaving, State
from services.common.cloud.pace import Pace

ROOT = Path(__file__).parents[2]


class Books:
    def __init__(self) -> None:
        self.reserved: dict[UUID, Leaving] = {}
        self.settled: dict[UUID, BudgetSettle] = {}
        self.ends: dict[str, date | None] = {}
        self.reports: list[tuple[str, State, str]] = []

    def reserve(self, leaving: Leaving) -> UUID:
        call_id = uuid4()
        self.reserved[call_id] = leaving
        return call_id

    def settle(self, settle: BudgetSettle) -> None:
        self.settled[settle.call_id] = settle

    def report(
        self,
        provider: str,
        state: State,
        code: str,
        _: str,
        model: str = "",
        ends: date | None = None,
    ) -> None:
        self.reports.append((provider, state, code))
        if model:
            self.ends[model] = ends

    @property
    def spent(self) -> Decimal:
        """Whatever nobody knows counts as reserved."""
        return sum(
            (
                settle.cost if settle.cost is not None else self.reserved[call_id].estimate
                for call_id, settle in self.settled.items()
            ),
            Decimal(0),
        )

    @property
    def outcomes(self) -> list[str]:
        return [settle.outcome for settle in self.settled.values()]


def asking(books: Books, *, rate: float = 1000, insisting: float = 0) -> Asking:
    return Asking(books, Breaker("test", books.report), Pace(rate), insisting=insisting)


def a_photo(side: int = 800) -> bytes:
    """One of the samples, with everything in its metadata that must not leave the house."""
    stream = io.BytesIO()
    with Image.open(ROOT / "samples" / "two-dogs.jpg") as original:
        small = original.convert("RGB")
        small.thumbnail((side, side))
        exif = Image.Exif()
        exif[0x010F], exif[0x013B], exif[0x9286] = "SECRET-CAMERA", "SECRET-ARTIST", "SECRET-NOTE"
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N", (48.0, 51.0, 30.0)
        small.save(
            stream, "JPEG", exif=exif, comment=b"SECRET-COMMENT /home/me/SECRET-PATH.jpg",
            icc_profile=b"SECRET-PROFILE" * 20, xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>",
        )  # fmt: skip
    return stream.getvalue()
