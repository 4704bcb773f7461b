"""Where the subject is: the mask of a salient-object network, read with care.

The raw mask is used. Stretching it to 0..1, as background removers do, finds a subject in fog.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from services.common.inference import Inference
from services.tagger.local.pixels import Bytes, Floats
from services.tagger.local.technique import rounded
from services.tagger.local.thresholds import SUBJECT as T

#: The mask is read between its pixels, for a box that is finer than they are.
FINER = 4


@dataclass(frozen=True)
class Subject:
    """All in 0..1 of the photo. ``share`` is how much of all that stands out belongs to it."""

    x: float
    y: float
    box: tuple[float, float, float, float]
    area: float
    share: float
    strength: float

    def evidence(self) -> dict[str, Any]:
        return {"box": rounded(*self.box), "point": rounded(self.x, self.y)}


class SubjectModel:
    """U²-Net-p, or any ONNX file from RGB (0..255) to a mask of 0..1, its first output."""

    def __init__(self, model: Inference) -> None:
        self._model = model
        self._entry, self._side = model.square_entry()
        self._mask = model.exits[0]

    def mask(self, rgb: Bytes) -> Floats:
        size = (self._side, self._side)
        square = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        feed = {self._entry: np.ascontiguousarray(square.transpose(2, 0, 1)[None])}
        return np.asarray(self._model.run(feed, [self._mask])[0][0, 0], dtype=np.float32)


def find_subject(mask: Floats) -> Subject | None:
    """The largest thing that stands out, or nothing."""
    size = (mask.shape[1] * FINER, mask.shape[0] * FINER)
    mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    peak = float(mask.max())
    if peak < T.seen:
        return None
    solid = (mask > max(T.seen, T.solid * peak)).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(solid)
    if count < 2:
        return None
    height, width = mask.shape
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, across, down, area = (int(number) for number in stats[largest])
    if area < T.speck * mask.size:
        return None
    weights = np.where(parts == largest, mask, 0)
    total = float(weights.sum())
    return Subject(
        x=float(weights.sum(axis=0) @ (np.arange(width) + 0.5)) / total / width,
        y=float(weights.sum(axis=1) @ (np.arange(height) + 0.5)) / total / height,
        box=(left / width, top / height, across / width, down / height),
        area=area / mask.size,
        share=area / int(solid.sum()),
        strength=total / area,
    )
