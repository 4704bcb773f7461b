"""What a photo leans to by its looks, learned from photos labelled by hand.

Geometry alone knows no road from a roof. The picture classifier does: its last layer before the
classes says what kind of place a photo shows, and an earlier one what it is made of (a cloud, snow,
a field of flowers are textures before they are things), at no cost, for both have been computed
anyway. So for each technique, mood and scene there is a linear head over the last layer (1280
numbers), over means and deviations of the earlier one's channels (1440), and over light and colours
(81), and for each technique a second one that weighs the first together with what geometry has
measured. A logistic curve turns the sum into a share of photos that are right. Heads of the kind
"guess" are for words that are never sure enough to be said (guesses.py).

`python -m tests.quality.learn FOLDER` learns them anew; docs/local-eyes.md has figures.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from services.tagger.local.leanings.light import NUMBERS
from services.tagger.local.leanings.measures import MEASURES, Geometry
from services.tagger.local.pixels import Array, Floats
from services.tagger.local.thresholds import COMPOSITION

HEADS = Path(__file__).parent / "heads.npz"
#: Numbers of the last layer; what follows in an embedding is of the earlier one.
LAST = 1280
#: How much of the kernel the earlier layer is beside the last.
TEXTURES = 0.6
#: How much of the kernel light and colours are, by kind of head.
LIGHT = {"composition": 0.0, "mood": 0.5, "scene": 0.1, "guess": 0.1}
#: How much a head's own verdict counts among the measures, in their unit.
LOOKS = 1.5


def looks(embedding: Array, light: Array, middle: Array, spread: Array) -> list[Array]:
    """What heads see of a photo (or of many, a row each): the last layer, the earlier one, and
    light and colours, each centred and of length 1. ``middle`` and ``spread`` are those of all."""
    textures, width = embedding[..., LAST:], embedding.shape[-1]
    parts = (
        np.sqrt(np.maximum(embedding[..., :LAST], 0)) - middle[:LAST],
        (textures - middle[LAST:width]) / spread[LAST:width],
        (light - middle[width:]) / spread[width:],
    )
    return [part / (np.linalg.norm(part, axis=-1, keepdims=True) + 1e-9) for part in parts]


@dataclass(frozen=True)
class Leanings:
    """The learned heads; nothing changes in them."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    middle: Array
    spread: Array
    heads: Array
    """A row per name: the weights of all that it sees, and what is added."""
    weighing: dict[str, Array]
    """By technique: mean and deviation of the head, means and weights of all, what is added."""
    curves: Array
    """A row per name: slope and offset of the logistic curve."""

    @classmethod
    def read(cls, path: Path = HEADS) -> "Leanings":
        with np.load(path) as stored:
            names = tuple(str(name) for name in stored["names"])
            return cls(
                names=names,
                kinds=tuple(str(kind) for kind in stored["kinds"]),
                middle=stored["middle"],
                spread=stored["spread"],
                heads=stored["heads"].astype(np.float32),
                weighing={name: stored[name] for name in names if name in MEASURES},
                curves=stored["curves"],
            )

    @property
    def width(self) -> int:
        """Of the embedding that the heads were learned on."""
        return len(self.middle) - NUMBERS

    def scores(self, embedding: Floats, light: Floats) -> dict[str, float]:
        """What each head says, 0 (not) to 1 (yes), more or less."""
        seen = looks(embedding, light, self.middle, self.spread)
        values = self.heads[:, :-1] @ np.concatenate(seen) + self.heads[:, -1]
        return dict(zip(self.names, values.tolist(), strict=True))

    def of(self, embedding: Floats, light: Floats) -> "Leaned":
        return Leaned(self, self.scores(embedding, light))

    def share(self, name: str, value: float) -> float:
        slope, offset = self.curves[self.names.index(name)]
        return float(1 / (1 + np.exp(-(slope * value + offset))))


@dataclass(frozen=True)
class Leaned:
    """What the heads say of one photo."""

    heads: Leanings
    scores: dict[str, float]

    @property
    def drawn(self) -> bool:
        """No photo, and so nothing that the heads know of."""
        return self.scores["drawn"] >= COMPOSITION.drawn

    def shares(self, kind: str) -> dict[str, float]:
        """How sure each mood, or each scene, is, 0..1; of what is no photo nothing is known."""
        if self.drawn:
            return {}
        kinds = zip(self.heads.names, self.heads.kinds, strict=True)
        wanted = [name for name, one in kinds if one == kind]
        return {name: self.heads.share(name, self.scores[name]) for name in wanted}

    def sure(self, seen: Geometry, technique: str) -> float:
        """How sure a technique is, 0..1, by looks and geometry together."""
        measures, weights = MEASURES[technique](seen), self.heads.weighing[technique]
        return self.heads.share(technique, weigh(self.scores[technique], measures, weights))


def weigh(head: float, measures: tuple[float, ...], weights: Array) -> float:
    """``weights``: mean and deviation of the head, means of all, weights of all, what is added."""
    count = len(measures) + 1
    numbers = np.array([LOOKS * (head - weights[0]) / weights[1], *measures])
    means, each = weights[2 : 2 + count], weights[2 + count : 2 + 2 * count]
    return float((numbers - means) @ each + weights[-1])
