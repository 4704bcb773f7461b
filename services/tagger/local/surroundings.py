"""What kind of place a photo shows, by the learned heads: the classifier has a class for each breed
of dog, and none for a forest, a road or a city.

What a head hardly believes is not believed of others either: the detector takes a statue for a
person, and a plain wall is blue like a sky.
"""

from collections.abc import Iterable, Mapping, Sequence

from services.common.events import Tag
from services.tagger.local.things import Box
from services.tagger.local.thresholds import SURROUNDINGS as T

#: What else is there, where this is.
IMPLIES: Mapping[str, Sequence[str]] = {
    "portrait": ("person",),
    "forest": ("tree",),
    "sea": ("water",),
}
#: How many they are cannot be told where there is nobody.
OF_PEOPLE = ("people", "group", "crowd", "portrait")


def surroundings(shares: Mapping[str, float]) -> dict[str, float]:
    """``shares`` are those of photos like this one that have it, by word."""
    found: dict[str, float] = {}
    for name, share in shares.items():
        if share >= T.likely[name]:
            sure = round(min(T.surest, share), 3)
            for word in (name, *IMPLIES.get(name, ())):
                found[word] = max(sure, found.get(word, 0.0))
    return found


def believed(shares: Mapping[str, float], text: str, boxes: Sequence[Box] = ()) -> bool:
    """Whether a word that somebody else says can be; ``boxes`` are where it was seen."""
    words = ["person"] if text in OF_PEOPLE else []
    # Who fills the photo is what it is of, though it looks like no portrait that was learned.
    if text != "portrait" or all(box[2] * box[3] < T.fills for box in boxes):
        words.append(text)
    return all(shares.get(word, 1.0) >= T.doubted for word in words)


def surer(tags: Iterable[Tag], found: Mapping[str, float]) -> list[Tag]:
    """As sure as the heads are, where those are surer. The places that tags point at are kept."""
    return [
        tag.model_copy(update={"confidence": max(tag.confidence, found.get(tag.text, 0.0))})
        for tag in tags
    ]
