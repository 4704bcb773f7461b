"""Which photos are worth weighing: several arms, each behind the filter, chosen by its size."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from threading import Lock
from typing import Any
from uuid import UUID

from services.search.database import Db
from services.search.evidence import Evidences
from services.search.language.known import Terms
from services.search.language.lexicon import COLOUR_NAMES
from services.search.language.plan import Filter, has_tag
from services.search.sql import SQL
from services.search.understanding import Understood
from services.search.vocabulary import Floats, vector_literal


@dataclass(frozen=True)
class Depth:
    """How many photos of each arm are weighed, and how broadly the index of meaning is walked.

    ``fewer`` and ``narrow`` in their stead where all photos that have all that is wanted are
    weighed, if that is another number. ``of_words`` of all wanted tags together, if not ``most``.
    """

    most: int
    nearest: int
    ef: int
    fewer: int = 0
    narrow: int = 0
    of_words: int = 0

    @property
    def sure(self) -> int:
        """So many of the best are the best of all; what was not weighed could stand before more."""
        return self.most // 3


#: Enough for the first pages; whoever wants more, or all of them in another order, waits longer.
#: (An index that is walked for more than ``ef`` begins again: 200 for 300 took a quarter more.)
SHALLOW, DEEP = Depth(300, 300, 300), Depth(2000, 200, 400)
#: Where all words are known the meaning of the whole photo has an eighth of the say: it tells those
#: apart that have the words equally. Of one word, and of several that few photos have together, 100
#: of the nearest lose nothing; of common pairs they lose one in twenty-five of the ten best.
BY_HEART = Depth(300, 300, 300, 100, 100)
#: Of a gallery so small more is weighed at once: its owner knows how many there must be.
FEW, FEW_WEIGHED = 5000, Depth(1000, 200, 200)
#: Photos that a filtered walk finds.
FOUND = 100
#: Behind a filter each photo of a tag or of a walk costs the look at those that do not pass, and
#: those that have all that is wanted cost nothing but themselves: of them more are weighed.
FILTERED = Depth(600, 60, 400, of_words=150)
#: Where so many pass most looks are not in vain. (Where half pass, as few as behind a narrower
#: filter missed 6 of a hundred of the ten best; these miss 3, for 3 ms of CPU more.)
MANY, WIDE = 0.25, Depth(600, 150, 400, of_words=300)
#: Galleries up to this size are walked as broadly as it stands here, others more, up to what the
#: index takes. (Of a million 300 missed 5 to 7 of a hundred, 600 miss 4 and less.)
WALKED, BROADEST = 250_000, 1000
#: How far a filtered walk goes on when few of those that it meets pass.
TUPLES = 60_000
#: Photos asked for an estimate of how many pass.
SAMPLE = 500
#: Seconds for which sizes stay true enough. (A small gallery soon has many times its size.)
FRESH, SOON = 10.0, 1.0
#: The order of the vector in the column ``colours``.
COLOUR_ORDER = (
    "black", "grey", "white", "red", "orange", "yellow", "lime", "green", "teal", "cyan", "blue",
    "sky blue", "navy", "purple", "magenta", "pink", "brown", "beige", "gold", "olive",
)  # fmt: skip
assert set(COLOUR_ORDER) == COLOUR_NAMES


@dataclass
class Sizes:
    """How many photos there are and how many pass a filter, about; remembered for seconds."""

    known: dict[tuple[str, Filter | None], tuple[float, float]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def passing(self, db: Db, owner: str, through: Filter | None) -> float:
        now = time.monotonic()
        with self.lock:
            size, until = self.known.get((owner, through), (0.0, 0.0))
        if now < until:
            return size
        size = self._count(db, owner, through)
        with self.lock:
            if len(self.known) > 1000:
                self.known.clear()
            self.known[owner, through] = (size, now + (FRESH if size > FEW else SOON))
        return size

    def _count(self, db: Db, owner: str, through: Filter | None) -> float:
        if through is None:
            row = db.execute(SQL["gallery_size"]).fetchone()
            return float(row[0]) if row else 0.0
        everything = self.passing(db, owner, None)
        if everything <= FEW:
            return everything
        fields = {"owner": owner, **filtering(through), "percent": 100 * SAMPLE / everything}
        passed, seen = db.execute(SQL["sample_facts"], fields).fetchone() or (0, 1)
        return everything * float(passed) / max(1, seen)


@dataclass(frozen=True)
class Found:
    """What is to be ranked. ``capped``: some arm had more photos than it was asked for."""

    evidences: Evidences
    capped: bool


def find(
    db: Db, owner: str, asked: Understood, sizes: Sizes, terms: Terms, *, deep: bool = False
) -> Found:
    """The photos worth weighing, and what speaks for each."""
    everything = sizes.passing(db, owner, None)
    passing = sizes.passing(db, owner, asked.filter) if asked.filter else everything
    few = is_few(passing, everything, asked.filter)
    if deep:
        depth = DEEP
    elif asked.filter is None or few:
        depth = at_first(everything, asked)
    else:
        depth = WIDE if passing >= MANY * everything else FILTERED
    heard = asked.vector is not None and asked.model is not None
    fields = {
        **_weighed(owner, asked),
        **_arms(asked, terms, few and everything > FEW),
        "most": depth.most,
        "half": depth.most // 2,
        "nearest": depth.nearest,
        "ef": broadly(depth.ef, everything),
        "fewer": depth.fewer or depth.nearest,
        "narrow": broadly(depth.narrow or depth.ef, everything),
        "walk": heard and not few,
        "compare": heard and few,
    }
    fields |= {"limits": _limits(asked, fields["tag_ids"], depth.of_words or depth.most)}
    return _ask(db, fields, plan_each=few and asked.filter is not None)


def broadly(ef: int, everything: float) -> int:
    """How broadly a gallery of this size is walked, to miss no more than in a small one."""
    return min(BROADEST, round(ef * sqrt(max(1.0, everything / WALKED))))


def is_few(passing: float, everything: float, through: Filter | None) -> bool:
    """Whether those that pass are all compared: exact, and no slower than a walk.

    A walk meets ``everything / passing`` photos for each that passes, and each of them costs the
    more the less of a large gallery is at hand: a hundredth of a million takes 75 ms of CPU if all
    are compared, and 415 if they are walked to.
    """
    if everything <= FEW:
        return True
    return through is not None and passing**2 <= FOUND * everything * max(1.0, everything / WALKED)


def filtering(through: Filter | None) -> dict[str, str | None]:
    """A filter as every query takes it."""
    return {
        "filter": through.key if through else None,
        "rest": through.rest if through else None,
    }


def at_first(everything: float, asked: Understood) -> Depth:
    if everything <= FEW:
        return FEW_WEIGHED
    return BY_HEART if all(want.known for want in asked.wants) else SHALLOW


def weigh(db: Db, owner: str, asked: Understood, photo_ids: Iterable[UUID]) -> Evidences:
    """What speaks for each of these."""
    ids = "{" + ",".join(str(photo_id) for photo_id in photo_ids) + "}"
    return _ask(db, {**NO_ARMS, **_weighed(owner, asked), "photo_ids": ids}).evidences


NO_ARMS: dict[str, Any] = {
    "tag_ids": [], "limits": [], "colours": [], "together": None, "maybe": [], "newest": False,
    "most": 0, "sure_ids": [], "wants": [], "half": 0, "nearest": 0, "ef": 1, "fewer": 0,
    "narrow": 1, "tuples": TUPLES, "walk": False, "compare": False, "photo_ids": "{}",
}  # fmt: skip


def _weighed(owner: str, asked: Understood) -> dict[str, Any]:
    """What every candidate is asked, however it was found."""
    feelings = [want.feeling for want in asked.wants if want.feeling]
    return {
        "owner": owner,
        **filtering(asked.filter),
        "words": [want.text if want.lexical else "" for want in asked.wants],
        "conditions": [condition.path for condition in asked.conditions],
        "keys": [condition.key for condition in asked.conditions],
        "feeling": "({},{})".format(*feelings[0]) if feelings else None,
        "vector": asked.place,
        "model_id": asked.model["model_id"] if asked.model else None,
        "photo_ids": "{}",
        "tuples": TUPLES,
    }


def _ask(db: Db, fields: dict[str, Any], *, plan_each: bool = False) -> Found:
    # One plan serves all but a filter that few pass: that one says how it is best looked for.
    db.execute(SQL["plan_each"] if plan_each else SQL["plan_once"])
    # Written out, numbers of any size are one type, and the statement is planned once.
    fields |= {name: _array(fields[name]) for name in ARRAYS}
    row = db.execute(SQL["weigh_candidates"], fields, binary=True).fetchone()
    assert row is not None  # it counts
    *sent, capped = row
    return Found(Evidences.of(*sent), capped)


#: Lists of numbers.
ARRAYS = ("tag_ids", "limits", "sure_ids", "wants")


def _array(numbers: list[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


def _arms(asked: Understood, terms: Terms, narrow: bool) -> dict[str, Any]:
    """``narrow``: few of many pass, so that a tag's photos are found through the filter."""
    tags = [number for number in asked.likeness() if number > 0]
    together = asked.together()
    if narrow and tags:
        together = " && ".join([*asked.keys, has_tag(tags)])
    # Photos that have all tags, the surest of them: behind a filter nobody knows which pass.
    sure = [(n, want) for want, some in enumerate(asked.every) for n in some if n > 0]
    if asked.filter:
        sure = []
    return {
        "tag_ids": [] if narrow else tags,
        "colours": _colours(asked, terms),
        "together": together,
        "maybe": asked.maybe(),
        "newest": not asked.ranks,
        "sure_ids": [number for number, _ in sure],
        "wants": [want for _, want in sure],
    }


def _limits(asked: Understood, tags: list[int], most: int) -> list[int]:
    """The words themselves share the room; those that are only near get the less, the less near."""
    like = asked.likeness()
    sure = sum(like[number] >= 0.8 for number in tags)
    room = max(most // max(1, sure), most // 6)
    return [room if like[n] >= 0.8 else max(room // 16, int(room * like[n] ** 3)) for n in tags]


def _colours(asked: Understood, terms: Terms) -> list[str]:
    likeness = asked.likeness()
    named = [n for n in likeness if n < 0 and terms.by_number[n].kind == "colour"]
    return [
        vector_literal([float(name == terms.by_number[n].text) for name in COLOUR_ORDER])
        for n in named
        if likeness[n] == 1.0  # a shade of what is asked for has no walk of its own
    ]


def nearest(
    db: Db,
    owner: str,
    asked: Understood,
    place: Floats,
    *,
    exact: bool,
    everything: float = 0.0,
) -> list[tuple[UUID, float]]:
    """The photos nearest to a place in the space of meaning, and how near (cosine)."""
    if asked.model is None:
        return []
    fields = {
        "owner": owner,
        **filtering(asked.filter),
        "vector": vector_literal(place),
        "model_id": asked.model["model_id"],
        "most": DEEP.nearest,
        "ef": broadly(DEEP.nearest, everything),
        "tuples": TUPLES,
    }
    query = "near_photos_exactly" if exact else "near_photos"
    return db.execute(SQL[query], fields).fetchall()
