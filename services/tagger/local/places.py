"""Where a photo was taken and what goes on there, as the things in it suggest.

A bed makes a bedroom, a traffic light a street, a ball and somebody to play with it sport. The
classifier's own words for places come from its classes (classes/names.txt); these are for what a
detector sees and a classifier of whole photos does not.
"""

from collections.abc import Mapping, Sequence

from services.tagger.local.things import Seen
from services.tagger.local.thresholds import PLACES as T

#: One thing is enough for these.
TELLING: Mapping[str, Sequence[str]] = {
    "bed": ("indoors", "bedroom"),
    "toilet": ("indoors", "bathroom"),
    "sofa": ("indoors",),
    "screen": ("indoors",),
    "traffic light": ("street", "city"),
    "bus": ("street",),
    "boat": ("water",),
}
#: All things of a row are needed.
TOGETHER: Sequence[tuple[Sequence[str], Sequence[str]]] = (
    (("ball", "person"), ("sport",)),
    (("surfboard", "person"), ("surfing", "sport", "sea", "water")),
    (("chair", "table"), ("indoors",)),
    (("laptop", "screen"), ("office",)),
    (("keyboard", "screen"), ("office",)),
)
ON_STREETS = ("car", "bus", "truck", "motorcycle", "bicycle")
BUILT = ("architecture", "building", "street", "city")
OUTDOORS = ("landscape", "coast", "sky", "boat")


def places(things: Sequence[Seen], evidence: Mapping[str, float]) -> list[Seen]:
    """``evidence`` is what the classifier half believes. As sure as the least that it takes."""
    seen = {thing.text: thing for thing in things}
    found = [
        _of(word, [seen[thing]])
        for thing, words in TELLING.items()
        if thing in seen
        for word in words
    ]
    for needed, words in TOGETHER:
        if all(thing in seen for thing in needed):
            found += [_of(word, [seen[thing] for thing in needed]) for word in words]
    found += _street(seen, evidence)
    outdoors = max((evidence.get(word, 0.0) for word in OUTDOORS), default=0.0)
    return [one for one in found if one.text != "indoors" or outdoors < T.outdoors]


def _street(seen: Mapping[str, Seen], evidence: Mapping[str, float]) -> list[Seen]:
    wheels = [seen[word] for word in ON_STREETS if word in seen]
    if not wheels:
        return []
    if sum(len(thing.boxes) for thing in wheels) >= T.traffic:
        return [_of("street", wheels), _of("traffic", wheels)]
    built = max(evidence.get(word, 0.0) for word in BUILT) >= T.built
    return [_of("street", wheels[:1])] if built else []


def _of(word: str, things: Sequence[Seen]) -> Seen:
    """A place is not pointed at: the boxes are those of what tells it."""
    sure = T.follows * min(thing.sure for thing in things)
    return Seen(word, round(sure, 3), tuple(box for thing in things for box in thing.boxes))
