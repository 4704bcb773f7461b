"""A photo as one text: what its place in the space of meaning is made of."""

from collections.abc import Sequence

from services.common.events import Tag

LONGEST = 300  # characters; models look at the first hundred words or so
NOTHING_SEEN = "a photo"


def describe(caption: str, tags: Sequence[Tag]) -> str:
    """Its caption, then its tags, surest first, while there is room.

    The order is part of the meaning, for a model weighs first what it reads first. Equally sure
    tags go by the alphabet, so that one photo always gets one text.
    """
    surest = sorted(tags, key=lambda tag: (-tag.confidence, tag.text, tag.kind))
    words = list(dict.fromkeys(tag.text for tag in surest))
    text = caption.strip()[:LONGEST]
    for word in words:
        longer = f"{text}, {word}" if text else word
        if len(longer) > LONGEST:
            break
        text = longer
    return text or NOTHING_SEEN
