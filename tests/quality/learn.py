"""Learns the heads of the local eyes: `python -m tests.quality.learn FOLDER [--keep]`.

With `--keep` the heads that there are stay as they are, to the last bit (another processor's sums
move them by a thousandth or so), and only new ones are added.
FOLDER holds the photos that `photos.tsv` names (all from free packages; none is in the repository).
Ridge regression in its dual form, photos left out in blocks of neighbours (those of one package are
alike), so that what is weighed and printed is what the heads say of photos they have not seen.
To heads that know only photos a drawing may look like anything; so one head tells the two apart.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from services.common.inference import Inference
from services.common.models import FOLDER, LABEL, SUBJECT
from services.tagger.local.guesses import NEVER_SAID
from services.tagger.local.labels import LabelModel, Vocabulary
from services.tagger.local.leanings import HEADS, LAST, LIGHT, LOOKS, TEXTURES, looks
from services.tagger.local.leanings.light import light_and_colours
from services.tagger.local.leanings.measures import MEASURES
from services.tagger.local.pixels import Array, Picture, decode
from services.tagger.local.sight import measured
from services.tagger.local.subject import SubjectModel, find_subject
from services.tagger.local.thresholds import COMPOSITION, MOOD, SURROUNDINGS
from tests.quality.byhand import PHOTOS, table
from tests.quality.leftout import LeftOut, Seen, lines_of
from tests.quality.render_more import FAMILIES

#: What is learned, and the kind of head that it needs.
KINDS = {
    **dict.fromkeys(MEASURES, "composition"),
    **dict.fromkeys(MOOD.likely, "mood"),
    **dict.fromkeys(SURROUNDINGS.likely, "scene"),
    **dict.fromkeys(NEVER_SAID, "guess"),
}
BLOCK = 12
#: From here on it is a drawing.
HALF = COMPOSITION.drawn
#: How many drawings of each family, and of which seed.
DRAWINGS, SEED = 8, 500
#: Ridge of the heads, and of what weighs them with geometry.
RIDGE, RIDGE_WEIGHING = 2.0, 20.0
#: What "perhaps" weighs beside a plain no.
PERHAPS = 0.3


def weights_of(said: Array) -> Array:
    yes, no = (said == 1).sum(), (said == 0).sum()
    many = np.sqrt(no / max(1, yes))
    return np.where(said == 1, many, np.where(said == 0, 1.0, PERHAPS))


def dual(kernel: Array, said: Array, ridge: float) -> tuple[Array, float]:
    """Dual weights of the photos, and what is added."""
    weights = weights_of(said)
    mean = float((said * weights).sum() / weights.sum())
    return np.linalg.solve(kernel + ridge * np.diag(1 / weights), said - mean), mean


def unseen(kernel: Array, said: Array, ridge: float) -> Array:
    """What would be said of each photo by heads that have seen none of its block."""
    blocks = np.arange(len(said)) // BLOCK
    answers = np.zeros(len(said))
    for block in np.unique(blocks):
        out = blocks == block
        alphas, mean = dual(kernel[np.ix_(~out, ~out)], said[~out], ridge)
        answers[out] = kernel[np.ix_(out, ~out)] @ alphas + mean
    return answers


def curve(values: Array, said: Array) -> tuple[float, float]:
    """Logistic curve through yes (and perhaps) against no, by Newton's method."""
    right, slope, offset = (said > 0).astype(float), 4.0, -2.0
    for _ in range(50):
        share = 1 / (1 + np.exp(-(slope * values + offset)))
        gap, steep = share - right, share * (1 - share) + 1e-6
        inputs = np.column_stack([values, np.ones_like(values)])
        step = np.linalg.solve(
            (inputs * steep[:, None]).T @ inputs + 1e-3 * np.eye(2), inputs.T @ gap
        )
        slope, offset = slope - step[0], offset - step[1]
    return float(slope), float(offset)


def shares_of(values: Array, curve_: tuple[float, float]) -> Array:
    return np.asarray(1 / (1 + np.exp(-(curve_[0] * values + curve_[1]))))


def pictures(folder: Path) -> Iterator[tuple[Picture, dict[str, float]]]:
    """The photos, and then the drawings."""
    for name, words in table(PHOTOS):
        yield decode((folder / name).read_bytes()), words
    for draw in FAMILIES.values():
        for number in range(DRAWINGS):
            drawing = draw(np.random.default_rng([SEED, number]))
            words = dict.fromkeys(drawing.open, 0.5) | dict.fromkeys(drawing.truth, 1.0)
            yield Picture(drawing.rgb), words


def seen_in(folder: Path, models: Path) -> Iterator[Seen]:
    labels, vocabulary = LabelModel(Inference(models / LABEL.name)), Vocabulary.read()
    masks = SubjectModel(Inference(models / SUBJECT.name))
    for picture, words in pictures(folder):
        probabilities, embedding = labels.look(picture.rgb)
        assert embedding is not None, "the label model has no layer to learn on"
        geometry = measured(picture, find_subject(masks.mask(picture.rgb)))
        believed = vocabulary.evidence(probabilities)
        yield Seen(embedding, believed, light_and_colours(picture.lab), geometry, words)


def learn(seen: Sequence[Seen]) -> tuple[dict[str, Array], LeftOut]:
    """What is stored (see ``Leanings``), and what would be said of photos that were left out."""
    photos = len(seen) - DRAWINGS * len(FAMILIES)
    layers = np.array([one.embedding for one in seen], dtype=float)
    light = np.array([one.light for one in seen], dtype=float)
    roots = np.sqrt(np.maximum(layers[:, :LAST], 0))
    numbers = np.hstack([roots, layers[:, LAST:], light])[:photos]
    middle, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    deep, textures, pale = looks(layers, light, middle, spread)
    weighing: dict[str, Array] = {}
    said_by: dict[str, Array] = {}
    shares: dict[str, Array] = {}
    heads, curves = [], []
    for name, kind in KINDS.items():
        part = LIGHT[kind]
        said = np.array([one.words.get(name, 0.0) for one in seen[:photos]])
        parts = [(1.0, deep[:photos]), (TEXTURES, textures[:photos]), (part, pale[:photos])]
        kernel = sum((much * (rows @ rows.T) for much, rows in parts), np.zeros(()))
        values = said_by[name] = unseen(kernel, said, RIDGE)
        alphas, mean = dual(kernel, said, RIDGE)
        heads.append(np.concatenate([*(much * (rows.T @ alphas) for much, rows in parts), [mean]]))
        if name in MEASURES:
            measures = np.array([MEASURES[name](one.geometry) for one in seen[:photos]])
            weighing[name], values = weighed(values, measures, said)
        curves.append(curve(values, said))
        shares[name] = shares_of(values, curves[-1])
    head, drawn = _drawn(deep, photos)
    heads.append(np.concatenate([head[:-1], np.zeros(len(middle) - LAST), head[-1:]]))
    stored = {
        **weighing,
        "names": np.array([*KINDS, "drawn"]),
        "kinds": np.array([*KINDS.values(), "domain"]),
        "middle": middle.astype(np.float32),
        "spread": spread.astype(np.float32),
        "heads": np.array(heads).astype(np.float16),
        "curves": np.array(curves),
    }
    return stored, LeftOut(said_by, shares, drawn[:photos])


def _drawn(deep: Array, photos: int) -> tuple[Array, Array]:
    """The head that tells a drawing from a photo, and what it would say of each, unseen."""
    drawn = (np.arange(len(deep)) >= photos).astype(float)
    alphas, mean = dual(deep @ deep.T, drawn, RIDGE)
    values = unseen(deep @ deep.T, drawn, RIDGE)
    wrong = [int((values[drawn == 0] >= HALF).sum()), int((values[drawn == 1] < HALF).sum())]
    print(f"photos taken for drawings {wrong[0]}, drawings taken for photos {wrong[1]}")
    return np.append(deep.T @ alphas, mean), values


def weighed(values: Array, measures: Array, said: Array) -> tuple[Array, Array]:
    """How the head's answers and the measures are weighed, and what comes of it, unseen."""
    looked = LOOKS * (values - values.mean()) / values.std()
    numbers = np.column_stack([looked, measures])
    centred = numbers - numbers.mean(axis=0)
    kernel = centred @ centred.T
    alphas, mean = dual(kernel, said, RIDGE_WEIGHING)
    of_head = [values.mean(), values.std()]
    weights = np.array([*of_head, *numbers.mean(axis=0), *(centred.T @ alphas), mean])
    return weights, unseen(kernel, said, RIDGE_WEIGHING)


def kept(learned: Mapping[str, Array], stored: Mapping[str, Array]) -> dict[str, Array]:
    """What was learned, but as it is stored where it was there before."""
    names = learned["names"].tolist()
    had = {name: row for row, name in enumerate(stored["names"].tolist())}

    def rows(key: str) -> Array:
        fresh = zip(names, learned[key], strict=False)  # a drawing's head has no curve
        return np.array([stored[key][had[name]] if name in had else row for name, row in fresh])

    return {**learned, **stored} | {
        "names": learned["names"],
        "kinds": learned["kinds"],
        "heads": rows("heads"),
        "curves": rows("curves"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.quality.learn")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--keep", action="store_true", help="add heads, and change none")
    parser.add_argument("--models", type=Path, default=FOLDER)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    seen = list(seen_in(given.folder, given.models))
    learned, left_out = learn(seen)
    photos = seen[: len(left_out.drawn)]
    print("\n".join(lines_of(left_out, photos)), flush=True)
    if given.keep:
        with np.load(HEADS) as stored:
            learned = kept(learned, dict(stored))
    np.savez_compressed(HEADS, **learned)  # type: ignore[arg-type]
    print(f"{HEADS}: {HEADS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
