"""Things that can be pointed at: people, animals, vehicles and furniture, each with its box.

A detector knows few classes and sees each of them in all that is a little like it: a lizard is a
bird to it, a butterfly a vase. The classifier knows a thousand and has no boxes. So what the
detector says stands by itself only where it is very sure, and sooner where the classifier half
believes the same; it falls where the classifier is sure of something else. People are the
exception: the classifier knows none, and the detector seldom errs about them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from services.common.inference import Inference
from services.common.models import ModelError
from services.tagger.local.labels import Vocabulary
from services.tagger.local.pixels import Bytes, Floats
from services.tagger.local.technique import rounded
from services.tagger.local.thresholds import THINGS as T

COLUMNS = 7
TABLE = Path(__file__).with_name("things.tsv")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Thing:
    """``box`` is left, top, width, height in 0..1 of the photo; ``sure`` the detector's own."""

    number: int
    sure: float
    box: Box

    @property
    def area(self) -> float:
        return self.box[2] * self.box[3]


@dataclass(frozen=True)
class Seen:
    """A word for the photo, and where what it means was found."""

    text: str
    sure: float
    boxes: tuple[Box, ...]

    def evidence(self) -> dict[str, list[list[float]]]:
        return {"boxes": [rounded(*box) for box in self.boxes]}


@dataclass(frozen=True)
class _Row:
    word: str
    kinds: tuple[str, ...]
    alone: float
    backed: float
    called: tuple[str, ...]


class ThingWords:
    """The table of the detector's classes. Raises ``ModelError`` for one that cannot be read."""

    def __init__(self, table: Path = TABLE) -> None:
        lines = [line.split("\t") for line in table.read_text().splitlines() if line[:1] != "#"]
        if not lines or any(len(line) != COLUMNS for line in lines):
            raise ModelError(f"{table}: not {COLUMNS} columns, parted by tabs, in every line")
        try:
            self.rows = tuple(
                _Row(word, _list(kinds), float(alone), float(backed), _list(called))
                for _, _, word, kinds, alone, backed, called in lines
            )
        except ValueError as error:
            raise ModelError(f"{table}: {error}") from error

    def words(
        self, things: Sequence[Thing], evidence: Mapping[str, float], vocabulary: Vocabulary
    ) -> list[Seen]:
        """``evidence`` is what the classifier half believes, of the words of ``vocabulary``."""
        found = []
        for number, row in enumerate(self.rows):
            same = [thing for thing in things if thing.number == number]
            if not same:
                continue
            if row.word == PERSON:
                found += people(same)
            else:
                found += _said(row, same, evidence, vocabulary)
        return _widest(found)


def _said(
    row: _Row, same: Sequence[Thing], evidence: Mapping[str, float], vocabulary: Vocabulary
) -> list[Seen]:
    called = (row.word, *row.called)
    backing = max(evidence.get(word, 0.0) for word in called)
    rival = vocabulary.other(evidence, called)
    backed = backing >= T.backed and backing * T.rival_over >= rival
    least = row.backed if backed else row.alone
    standing = [thing for thing in same if thing.sure >= least]
    if not standing:
        return []
    best = standing[0]
    living = ANIMAL in row.kinds
    refuted = rival >= T.rival and (living or best.area >= T.rival_area)
    if refuted and not backed:
        return []
    # Two that say the same are two witnesses; that there is food makes a bowl no surer.
    sure = round(min(T.surest, 1 - (1 - best.sure) * (1 - evidence.get(row.word, 0.0))), 3)
    boxes = tuple(thing.box for thing in standing[: T.most])
    return [Seen(word, sure, boxes) for word in (row.word, *row.kinds)]


PERSON, ANIMAL = "person", "animal"


def people(persons: Sequence[Thing]) -> list[Seen]:
    """How many, and whether one of them is what the photo is of; surest first."""
    if not persons or persons[0].sure < T.person:
        return []
    shown = [one for one in persons if one.sure >= T.another]
    boxes = tuple(one.box for one in shown[: T.most])
    found = [Seen(PERSON, _person(shown[0]), boxes)]
    for word, least in (("people", 2), ("group", T.group), ("crowd", T.crowd)):
        if len(shown) >= least:
            found.append(Seen(word, _person(shown[least - 1]), boxes))
    largest = max(shown, key=lambda one: one.area)
    others = sum(one.area for one in shown if one is not largest)
    if _is_portrait(largest) and others < T.portrait_others * largest.area:
        found.append(Seen("portrait", round(T.portrait_sure * largest.sure, 3), (largest.box,)))
    return found


def _person(one: Thing) -> float:
    return round(min(T.surest, one.sure), 3)


def _is_portrait(one: Thing) -> bool:
    """Large, and cut by the lower border: who stands there from head to foot is a figure."""
    _, top, _, height = one.box
    return one.area >= T.portrait and height >= T.portrait_height and top + height >= T.portrait_cut


def _widest(found: Sequence[Seen]) -> list[Seen]:
    """Each word once: as sure as the surest that means it, with the boxes of all."""
    merged: dict[str, Seen] = {}
    for one in sorted(found, key=lambda seen: -seen.sure):
        was = merged.get(one.text)
        boxes = (*was.boxes, *one.boxes)[: T.most] if was else one.boxes
        merged[one.text] = Seen(one.text, was.sure if was else one.sure, boxes)
    return list(merged.values())


def _list(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(", ")))


class ThingModel:
    """Any ONNX file from RGB pixels (0..255, 1 x 3 x side x side) to `boxes` (1 x n x 4, left, top,
    width, height in 0..1) and `scores` (1 x n x classes)."""

    def __init__(self, model: Inference) -> None:
        self._model = model
        self._entry, self._side = model.square_entry()
        if missing := {"boxes", "scores"} - set(model.exits):
            raise ModelError(f"the thing model does not answer {', '.join(sorted(missing))}")

    def answers(self, rgb: Bytes) -> tuple[Floats, Floats]:
        """Boxes (n x 4) and scores (n x classes), as the model has them."""
        size = (self._side, self._side)
        square = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        feed = {self._entry: np.ascontiguousarray(square.transpose(2, 0, 1)[None])}
        boxes, scores = self._model.run(feed, ["boxes", "scores"])
        if boxes.shape[1:] != (boxes.shape[1], 4) or scores.shape[:2] != boxes.shape[:2]:
            raise ModelError("the thing model's boxes are not n x 4 with as many scores")
        return boxes[0], scores[0]

    def things(self, rgb: Bytes) -> list[Thing]:
        return find_things(*self.answers(rgb))


def find_things(boxes: Floats, scores: Floats) -> list[Thing]:
    """The surest of boxes that lie over each other, class by class; surest first."""
    found = []
    for number in np.flatnonzero(scores.max(axis=0, initial=0) >= T.seen).tolist():
        candidates = np.flatnonzero(scores[:, number] >= T.seen)
        order = candidates[np.argsort(-scores[candidates, number], kind="stable")][: T.candidates]
        kept: list[int] = []
        for one in order.tolist():
            if not kept or float(_overlaps(boxes[one], boxes[kept]).max()) < T.same:
                kept.append(one)
        found += [Thing(number, float(scores[one, number]), _inside(boxes[one])) for one in kept]
    return _one_thing_a_place(sorted(found, key=lambda thing: -thing.sure))


def _one_thing_a_place(things: Sequence[Thing]) -> list[Thing]:
    """What is a cup is no bowl: of two classes in one place, the surer."""
    kept: list[Thing] = []
    for thing in things:
        others = [one.box for one in kept if one.number != thing.number]
        overlaps = _overlaps(np.array(thing.box), np.array(others).reshape(-1, 4))
        if float(overlaps.max(initial=0)) < T.same_place:
            kept.append(thing)
    return kept


def _overlaps(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box with each of n x 4."""
    near = np.maximum(box[:2], others[:, :2])
    far = np.minimum(box[:2] + box[2:], others[:, :2] + others[:, 2:])
    both = np.prod(np.clip(far - near, 0, None), axis=1)
    union = box[2] * box[3] + others[:, 2] * others[:, 3] - both
    return np.asarray(both / np.maximum(union, 1e-9), dtype=np.float32)


def _inside(box: Floats) -> Box:
    """What of it lies in the photo."""
    left, top = (min(1.0, max(0.0, float(edge))) for edge in box[:2])
    right, bottom = (min(1.0, max(0.0, float(box[i] + box[i + 2]))) for i in (0, 1))
    return left, top, right - left, bottom - top
