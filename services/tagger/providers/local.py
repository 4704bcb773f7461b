"""Tags without a network: a classifier for labels, a subject mask and geometry for composition."""

from pathlib import Path

import cv2

from services.common.events import PhotoFacts, Sighting, Tag
from services.common.inference import Inference
from services.tagger.local.labels import LabelModel, Vocabulary, labels
from services.tagger.local.pixels import decode
from services.tagger.local.placement import placement
from services.tagger.local.subject import SubjectModel, find_subject
from services.tagger.local.symmetry import symmetry

LABELS, GEOMETRY = "efficientnet-lite2", "geometry-1"


class LocalTagger:
    """Safe to use from several threads: it holds models and tables, and nothing changes."""

    name = "local"
    version = "1"
    paid = False

    def __init__(self, models: Path, *, threads: int = 1) -> None:
        cv2.setNumThreads(threads)  # the threads of the service are the handlers
        self._labels = LabelModel(Inference(models / "label.onnx", threads=threads))
        self._subject = SubjectModel(Inference(models / "subject.onnx", threads=threads))
        self._vocabulary = Vocabulary.read()

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:
        """Raises ``Refuse`` when the photo cannot be decoded."""
        del facts
        picture = decode(photo)
        words = labels(self._vocabulary.evidence(self._labels.probabilities(picture.rgb)))
        found = (placement(find_subject(self._subject.mask(picture.rgb))), symmetry(picture.gray))
        techniques = [technique for technique in found if technique is not None]
        tags = [
            Tag(kind="label", text=word, confidence=sure, source=self.name, model=LABELS)
            for word, sure in words.items()
        ] + [
            Tag(
                kind="composition",
                text=technique.name,
                confidence=technique.confidence,
                source=self.name,
                model=GEOMETRY,
                evidence=technique.evidence,
            )
            for technique in techniques
        ]
        return Sighting(tags=tuple(tags))
