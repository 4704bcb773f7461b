"""Tags without a network: a classifier for labels, a detector, a subject mask, and geometry."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np

from services.common.events import (
    Guess,
    Kind,
    PhotoFacts,
    Sighting,
    Tag,
    strongest_of_each,
)
from services.common.inference import Inference
from services.common.modelfile import digest, have
from services.common.models import LABEL, SUBJECT, THING, ModelError
from services.tagger.fusion import sharpened
from services.tagger.local.colour import Light
from services.tagger.local.guesses import guesses
from services.tagger.local.labels import LabelModel, Vocabulary
from services.tagger.local.leanings import Leaned, Leanings
from services.tagger.local.leanings.light import light_and_colours
from services.tagger.local.mood import feeling_of
from services.tagger.local.pixels import decode
from services.tagger.local.places import places
from services.tagger.local.sight import words
from services.tagger.local.subject import SubjectModel
from services.tagger.local.surroundings import believed, surer, surroundings
from services.tagger.local.things import Seen, ThingModel, ThingWords
from services.tagger.local.thresholds import LABELS as LABELS_NEED
from services.tagger.settings import Settings

LABELS, THINGS = "efficientnet-lite2", "ssd-mobilenet-v2"


class LocalTagger:
    """Safe to use from several threads: it holds models and tables, and nothing changes.

    ``label_model`` and ``thing_model`` (each with the table of its words) and ``subject_model``
    replace the models of the folder; docs/models.md says what such a file must look like.
    """

    name = "local"
    version = "10"  # and, with models of your own, a digest of them
    paid = False

    def __init__(
        self,
        models: Path,
        *,
        threads: int = 1,
        label_model: Path | None = None,
        label_words: Path | None = None,
        subject_model: Path | None = None,
        thing_model: Path | None = None,
        thing_words: Path | None = None,
    ) -> None:
        cv2.setNumThreads(threads)  # the threads of the service are the handlers
        self._labels = LabelModel(Inference(label_model or models / LABEL.name, threads=threads))
        self._subject = SubjectModel(
            Inference(subject_model or models / SUBJECT.name, threads=threads, alone=True)
        )
        self._things = ThingModel(Inference(thing_model or models / THING.name, threads=threads))
        self._vocabulary = Vocabulary.read(label_words) if label_words else Vocabulary.read()
        self._thing_words = ThingWords(thing_words) if thing_words else ThingWords()
        # The heads were learned on the layer of one model: another's says nothing to them.
        self._leanings = None if label_model else self._heads(models)
        self._label_name = label_model.stem[:100] if label_model else LABELS
        self._thing_name = thing_model.stem[:100] if thing_model else THINGS
        given = (label_model, label_words, subject_model, thing_model, thing_words)
        if own := [path for path in given if path]:
            self.version += "-" + hashlib.sha256("".join(map(digest, own)).encode()).hexdigest()[:8]
            self._try_out()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """With the models that the settings name. Raises ``ModelError``."""
        return cls(
            settings.models,
            label_model=have(settings.label_model, settings.models),
            label_words=have(settings.label_words, settings.models),
            subject_model=have(settings.subject_model, settings.models),
            thing_model=have(settings.thing_model, settings.models),
            thing_words=have(settings.thing_words, settings.models),
        )

    def _heads(self, models: Path) -> Leanings:
        """Raises ``ModelError`` where the label model is that of another release."""
        heads = Leanings.read()
        _, embedding = self._labels.look(np.zeros((64, 64, 3), np.uint8))
        if embedding is None or len(embedding) != heads.width:
            raise ModelError(
                f"{models / LABEL.name} is not the label model that the heads were learned on:"
                f" get it by python -m services.common.models {models}"
            )
        return heads

    def _try_out(self) -> None:
        """A model that does not fit is told of at the start, not with the first photo."""
        black = np.zeros((64, 64, 3), np.uint8)
        classes = len(self._labels.probabilities(black))
        words_for = len(self._vocabulary.speaks_for)
        if classes != words_for:
            raise ModelError(
                f"the label model has {classes} classes, its table has words for {words_for}:"
                " IMGCAP_LABEL_MODEL and IMGCAP_LABEL_WORDS belong together"
            )
        kinds, rows = self._things.answers(black)[1].shape[1], len(self._thing_words.rows)
        if kinds != rows:
            raise ModelError(
                f"the thing model has {kinds} classes, its table has words for {rows}:"
                " IMGCAP_THING_MODEL and IMGCAP_THING_WORDS belong together"
            )
        mask = self._subject.mask(black)
        if mask.ndim != 2 or not (mask.min() >= 0 and mask.max() <= 1):
            raise ModelError("the subject model's first output is no mask of 0 to 1")

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:
        """Raises ``Refuse`` when the photo cannot be decoded."""
        picture = decode(photo)
        probabilities, embedding = self._labels.look(picture.rgb)
        leaned = None
        if self._leanings and embedding is not None:
            leaned = self._leanings.of(embedding, light_and_colours(picture.lab))
        evidence = self._vocabulary.evidence(probabilities)
        seen = self._thing_words.words(self._things.things(picture.rgb), evidence, self._vocabulary)
        tags = self._recognised(evidence, seen, leaned)
        mask = self._subject.mask(picture.rgb)
        light = Light.of(picture.lab)
        feeling = feeling_of(picture.lab, light)
        boxes = [box for thing in seen for box in thing.boxes]
        told = {tag.text for tag in tags}
        tags += [
            sharpened(
                self._tag(word.kind, word.text, word.confidence, word.model, word.evidence), boxes
            )
            for word in words(picture, light, feeling, mask, evidence, facts, leaned, told)
        ]
        said = strongest_of_each(tags)
        return Sighting(tags=said, guesses=self._guessed(evidence, leaned, said), feeling=feeling)

    def _recognised(
        self, evidence: Mapping[str, float], seen: Sequence[Seen], leaned: Leaned | None
    ) -> list[Tag]:
        """What the classifier and the detector say, where the learned heads can believe it."""
        shares = leaned.shares("scene") if leaned else {}
        least = LABELS_NEED.of_drawing if leaned and leaned.drawn else 0.0
        tags = [
            self._tag("label", text, sure, self._label_name)
            for text, sure in self._vocabulary.labels(evidence, least).items()
            if believed(shares, text)
        ]
        tags += [
            self._tag("label", thing.text, thing.sure, self._thing_name, thing.evidence())
            for thing in (*seen, *places(seen, evidence))
            if believed(shares, thing.text, thing.boxes)
        ]
        return surer(tags, surroundings(shares))

    def _guessed(
        self, evidence: Mapping[str, float], leaned: Leaned | None, said: Sequence[Tag]
    ) -> tuple[Guess, ...]:
        """Without heads nothing: how much a guess is worth was measured with them."""
        if leaned is None or leaned.drawn:
            return ()
        shares = {kind: leaned.shares(kind) for kind in ("scene", "guess", "mood")}
        return guesses(shares, self._vocabulary, evidence, {(tag.kind, tag.text) for tag in said})

    def _tag(
        self,
        kind: Kind,
        text: str,
        sure: float,
        model: str,
        evidence: dict[str, Any] | None = None,
    ) -> Tag:
        return Tag(
            kind=kind, text=text, confidence=sure, source=self.name, model=model, evidence=evidence
        )
