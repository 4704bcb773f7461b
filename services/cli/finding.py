"""What a check of the doctor says."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """``fix`` is what to do; empty when all is well."""

    what: str
    state: Literal["well", "look", "ill"]
    text: str
    fix: str = ""
