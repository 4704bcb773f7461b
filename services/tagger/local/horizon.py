"""The horizon: one level line from side to side that parts two halves of different light."""

from dataclasses import dataclass

import cv2
import numpy as np

from services.tagger.local.pixels import Floats

WIDTH, HEIGHT = 96, 120
MARGIN = 8  # rows at the top and the bottom: a border is no horizon


@dataclass(frozen=True)
class Horizon:
    """``y`` is 0..1 from the top, ``strength`` 0..1."""

    y: float
    strength: float


def find_horizon(lab: Floats) -> Horizon | None:
    """``strength`` is the share of columns whose own best edge lies on the line."""
    small = cv2.resize(lab, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 1.5)
    step = np.abs(cv2.Sobel(soft, cv2.CV_32F, 0, 1)).sum(axis=2)
    step[:MARGIN], step[-MARGIN:] = 0, 0
    line = np.median(step, axis=1)
    row = int(line.argmax())
    if line[row] < 6:  # fog: no column has an edge worth the name
        return None
    near = np.abs(step.argmax(axis=0) - row) <= 2
    weights = line[max(0, row - 2) : row + 3]
    centre = float((weights * np.arange(max(0, row - 2), row + 3)).sum() / weights.sum())
    return Horizon(y=(centre + 0.5) / HEIGHT, strength=float(near.mean()))
