"""What a query may say. Anything else is a 422, here and not somewhere behind us."""

import unicodedata
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator

from services.common.events import Kind, Status

LONGEST_QUERY = 256


def clean_words(words: str) -> str:
    """NFC, trimmed, on one line. Raises ``ValueError`` for what no keyboard writes."""
    words = unicodedata.normalize("NFC", words).strip()
    if len(words) > LONGEST_QUERY:
        raise ValueError(f"at most {LONGEST_QUERY} characters")
    words = " ".join(words.split()) if any(blank in words for blank in "\t\r\n") else words
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in words):
        raise ValueError("no control characters")
    return words


Words = Annotated[str, AfterValidator(clean_words), Query(max_length=4 * LONGEST_QUERY)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[
    str | None,
    Query(max_length=300, pattern=r"^[\w=-]*$", description="from the page before"),
]
OfStatus = Annotated[Status | None, Query(description="only photos of this status")]
InOrder = Annotated[Literal["newest", "oldest"], Query(description="which photos come first")]
OfKind = Annotated[Kind | None, Query(description="only tags of this kind")]
PhotoId = Annotated[UUID, Path(description="as the upload or a list has named it")]
