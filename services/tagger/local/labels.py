"""What is in the photo: the classes of a picture classifier, said in plain words.

A classifier gives one probability per class and the classes are finer than the words people use:
twenty breeds at three per cent each are a sure dog. So the evidence of a word is the sum over all
classes that are, or are a kind of, that word.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from services.common.inference import Inference
from services.common.models import ModelError
from services.tagger.local.pixels import Bytes, Floats
from services.tagger.local.thresholds import LABELS as T

COLUMNS = 5
TABLE = Path(__file__).parent / "classes" / "classes.tsv"


@dataclass(frozen=True)
class Vocabulary:
    """The words, which classes speak for each (row per class, column per word), and how much
    evidence each word needs."""

    words: tuple[str, ...]
    speaks_for: Floats
    enough: Floats
    #: Of each class: its own word, and that word with what else it is.
    classes: tuple[tuple[str, frozenset[str]], ...]
    #: Of each word: itself, and what else every class is that speaks for it.
    always: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, table: Path = TABLE) -> "Vocabulary":
        lines = [line.split("\t") for line in table.read_text().splitlines() if line[:1] != "#"]
        if not lines or any(len(line) != COLUMNS for line in lines):
            raise ModelError(f"{table}: not {COLUMNS} columns, parted by tabs, in every line")
        classes = [[word, *filter(None, parents.split(", "))] for *_, word, parents in lines]
        words = tuple(dict.fromkeys(word for ones in classes for word in ones))
        column = {word: number for number, word in enumerate(words)}
        imagined = {word for _, _, doubt, word, _ in lines if doubt}
        speaks_for = np.zeros((len(classes), len(words)), dtype=np.float32)
        for row, (word, *parents) in enumerate(classes):
            # What was perhaps imagined speaks softly for what it would be a kind of.
            speaks_for[row, [column[one] for one in parents]] = 0.5 if word in imagined else 1
            speaks_for[row, column[word]] = 1
        # A word of many classes is hard to hit by chance; one that is often imagined is not.
        breadth = (speaks_for > 0).sum(axis=0)
        enough = np.select(
            [breadth >= T.vast, breadth >= T.many, breadth > 1],
            [T.vaguely, T.broad, T.middle],
            default=T.narrow,
        )
        enough[[column[word] for word in imagined]] = T.imagined
        kin = tuple((word, frozenset((word, *parents))) for word, *parents in classes)
        always: dict[str, frozenset[str]] = {}
        for _, ones in kin:
            always.update({one: always.get(one, ones) & ones for one in ones})
        return cls(words, speaks_for, enough.astype(np.float32), kin, always)

    def evidence(self, probabilities: Floats) -> dict[str, float]:
        """Every word that some class speaks for, surest first."""
        sums = np.where(probabilities >= T.noise, probabilities, 0) @ self.speaks_for
        order = np.argsort(-sums, kind="stable")
        return {self.words[i]: min(1.0, float(sums[i])) for i in order if sums[i] > 0}

    def labels(self, evidence: Mapping[str, float], least: float = 0.0) -> dict[str, float]:
        """The words that are sure enough, with a confidence, surest first. ``least`` is evidence
        that each needs, whatever is enough for it."""
        enough = dict(zip(self.words, self.enough.tolist(), strict=True))
        found = [(w, e) for w, e in evidence.items() if e >= max(least, enough[w])]
        return {w: _sure(e, enough[w]) for w, e in found[: T.most]}

    def half_believed(
        self, evidence: Mapping[str, float], unlikely: Set[str] = frozenset()
    ) -> dict[str, float]:
        """The words that are not sure enough, each with the part of the evidence it needs; none
        that is often imagined, and none that would be a kind of what is ``unlikely``."""
        enough = dict(zip(self.words, self.enough.tolist(), strict=True))
        return {
            word: much / enough[word]
            for word, much in evidence.items()
            if much < enough[word] < T.imagined and not self.always[word] & unlikely
        }

    def other(self, evidence: Mapping[str, float], words: Sequence[str]) -> float:
        """The most that is believed of one class that is none of ``words``, nor a kind of them."""
        wanted = set(words)
        return max(
            (evidence.get(word, 0.0) for word, kin in self.classes if not kin & wanted), default=0.0
        )


def _sure(evidence: float, enough: float) -> float:
    share = min(1.0, max(0.0, (evidence - enough) / (T.plenty - enough)))
    return round(T.least_sure + (0.97 - T.least_sure) * share, 3)


class LabelModel:
    """Any ONNX file from RGB pixels (0..255, n x 3 x side x side) to `prob` (n x classes)."""

    def __init__(self, model: Inference) -> None:
        self._model = model
        self._entry, self._side = model.square_entry()
        if "prob" not in model.exits:
            raise ModelError(f"the label model answers {', '.join(model.exits)}, and no prob")
        self._wanted = ["prob", *(exit_ for exit_ in model.exits if exit_ == "embedding")]

    def look(self, rgb: Bytes) -> tuple[Floats, Floats | None]:
        """The probabilities, and the layer before the classes if the model shows it."""
        size = (self._side, self._side)
        square = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        feed = {self._entry: np.ascontiguousarray(square.transpose(2, 0, 1)[None])}
        answers = self._model.run(feed, self._wanted)
        embedding = np.asarray(answers[1], np.float32).ravel() if len(answers) > 1 else None
        return np.asarray(answers[0][0], dtype=np.float32), embedding

    def probabilities(self, rgb: Bytes) -> Floats:
        return self.look(rgb)[0]
