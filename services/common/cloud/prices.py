"""What a call costs: one table with its date, and the arithmetic of patches and tokens."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

TABLE = Path(__file__).parent / "prices.toml"

MILLION = Decimal(1_000_000)
PATCH = 32  # pixels a side
#: Patches that each detail allows; whatever is larger is shrunk by the provider.
MOST_PATCHES = {"low": 256, "high": 2500, "auto": 10_000, "original": 10_000}
#: English text, and safely above what a tokenizer makes of it.
CHARACTERS_PER_TOKEN = 3.5
#: Tokens that no honest answer counts.
MOST_TOKENS = 10**8

Dollars = Decimal


class NoPrice(ValueError):
    """A model that the table does not know: nobody could say what a call costs."""


class TokenPrice(BaseModel):
    """Dollars per million tokens. ``patch``: tokens that a patch of a photo counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    patch: Decimal = Decimal("2.46")  # the dearest known, for models that do not say
    ends: date | None = None

    def cost(self, *, fresh: float, output: float = 0, cached: float = 0) -> Dollars:
        rates = (fresh, self.input), (cached, self.cached or self.input), (output, self.output)
        return sum((Decimal(tokens) * rate for tokens, rate in rates), Decimal(0)) / MILLION


class Prices(BaseModel):
    model_config = ConfigDict(frozen=True)

    date: date
    tokens: dict[str, TokenPrice] = {}
    photos: dict[str, Decimal] = {}
    discount: dict[str, Decimal] = Field(default_factory=dict)

    @classmethod
    def read(cls, own: Path | None = None) -> Self:
        """Ours, and what ``own`` says otherwise. Raises ``ValueError`` for what is no table."""
        table = tomllib.loads(TABLE.read_text())
        if own:
            theirs = tomllib.loads(own.read_text())
            parts = {
                name: {**table[name], **theirs.get(name, {})}
                for name in ("tokens", "photos", "discount")
            }
            table = {"date": theirs.get("date", table["date"]), **parts}
        return cls.model_validate(table)

    def of(self, model: str, *, free: bool = False) -> TokenPrice:
        """Dated names ("gpt-6-luna-2026-09-22") cost what the family does.

        ``free``: a server of one's own, which nobody bills. Raises ``NoPrice``.
        """
        families = [name for name in self.tokens if model == name or model.startswith(f"{name}-2")]
        if families:
            return self.tokens[max(families, key=len)]
        if free:
            return TokenPrice(input=Decimal(0), output=Decimal(0))
        raise NoPrice(f"no price is known for {model!r}: add it to the file named in IMGCAP_PRICES")


@dataclass(frozen=True)
class Usage:
    """What a call used, as its provider counts it."""

    fresh: int = 0
    cached: int = 0
    output: int = 0
    photos: int = 0
    words: int = field(default=0)

    @classmethod
    def told(cls, told: object, *, all_in: str, out: str = "") -> Self | None:
        """What an answer says under these names. None for what is no count of tokens: nobody
        knows then what the call has cost, and its reservation goes on counting.
        """
        details = getattr(told, f"{all_in}_details", None)
        cached = getattr(details, "cached_tokens", None) or 0
        whole, output = getattr(told, all_in, None), getattr(told, out, None) if out else 0
        counts: tuple[Any, ...] = cached, whole, output
        if any(type(count) is not int or not 0 <= count < MOST_TOKENS for count in counts):
            return None
        return cls(fresh=max(0, counts[1] - cached), cached=cached, output=counts[2])

    def cost(self, price: TokenPrice) -> Dollars:
        return price.cost(fresh=self.fresh, output=self.output, cached=self.cached)


def patches(width: int, height: int, detail: str) -> int:
    return min(ceil(width / PATCH) * ceil(height / PATCH), MOST_PATCHES[detail])


def text_tokens(text: str) -> int:
    """A bound, not a count: one for each 3.5 characters of ASCII, one for each byte of the rest."""
    ascii_part = sum(letter < "\x80" for letter in text)
    return ceil(ascii_part / CHARACTERS_PER_TOKEN) + len(text.encode()) - ascii_part + 1
