"""Sharpness, depth of field and room for words: what is sharp, and where nothing happens."""

from collections.abc import Mapping

import cv2
import numpy as np

from services.tagger.local.pixels import Array, Bytes, Floats
from services.tagger.local.subject import Subject
from services.tagger.local.technique import rounded
from services.tagger.local.thresholds import FOCUS as T

#: Words of the classifier for what is sharp from front to back.
FAR = ("landscape", "architecture", "vehicle", "monument")


def sharpness(gray: Bytes) -> tuple[float, Array]:
    """How sharp the sharpest fiftieth of the photo is (grey levels), and a map of it, 32 x 32."""
    fine = np.abs(cv2.Laplacian(gray, cv2.CV_32F))
    tiles = cv2.resize(fine, (32, 32), interpolation=cv2.INTER_AREA)
    return float(np.percentile(tiles, 98)), tiles


def focus(
    gray: Bytes, subject: Subject | None, mask: Floats, seen: Mapping[str, float]
) -> dict[str, float]:
    """`blurred` when nothing is sharp; `shallow depth of field` when only the subject is."""
    best, tiles = sharpness(gray)
    contrast = float(gray.std())
    if best < T.blurred and contrast > T.contrast:
        return {"blurred": round(0.5 + 0.4 * (1 - best / T.blurred), 3)}
    # A sky behind a mountain is as smooth as any blur, and as far away as the mountain.
    far_away = max(seen.get(word, 0.0) for word in FAR) > T.far
    if far_away or subject is None or subject.strength < 0.8 or not 0.01 < subject.area < 0.6:
        return {}
    inside = cv2.resize(mask, (32, 32), interpolation=cv2.INTER_AREA) > 0.5
    around = ~cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if inside.sum() < 6 or around.sum() < 200:
        return {}
    sharp, soft = float(np.percentile(tiles[inside], 75)), float(np.percentile(tiles[around], 80))
    # A plain backdrop is smooth too, but it is flat; a blurred one still has its light and shade.
    far = cv2.resize(gray, (32, 32), interpolation=cv2.INTER_AREA)[around]
    if sharp < T.sharp or soft > T.soft or sharp < T.times * soft or far.std() < T.backdrop:
        return {}
    return {
        "shallow depth of field": round(min(0.9, 0.5 + 0.1 * (sharp / (soft + 0.5) - T.times)), 3)
    }


def copy_space(gray: Bytes, mask: Floats) -> tuple[dict[str, float], list[float]] | None:
    """The largest calm side of the photo: its words, and its box (x, y, width, height)."""
    edges = cv2.Canny(cv2.GaussianBlur(gray, (0, 0), 1.2), 30, 80)
    busy = cv2.resize(edges, (24, 24), interpolation=cv2.INTER_AREA) > T.busy
    busy |= cv2.resize(mask, (24, 24), interpolation=cv2.INTER_AREA) > 0.3
    if busy.mean() < 0.04:  # nothing anywhere: not room, but emptiness
        return {"negative space": 0.6}, [0.0, 0.0, 1.0, 1.0]
    depths = {
        "left": _calm(busy.mean(axis=0)),
        "right": _calm(busy.mean(axis=0)[::-1]),
        "top": _calm(busy.mean(axis=1)),
        "bottom": _calm(busy.mean(axis=1)[::-1]),
    }
    side, depth = max(depths.items(), key=lambda item: item[1])
    if depth < T.room:
        return None
    boxes = {
        "left": (0, 0, depth, 1),
        "right": (1 - depth, 0, depth, 1),
        "top": (0, 0, 1, depth),
        "bottom": (0, 1 - depth, 1, depth),
    }
    sure = round(min(0.9, 0.5 + (depth - T.room)), 3)
    return {"copy space": sure, f"copy space {side}": sure}, rounded(*boxes[side])


def _calm(busy: Array) -> float:
    """How deep, 0..1, the calm reaches from the first line on."""
    loud = np.nonzero(np.cumsum(busy) / (np.arange(len(busy)) + 1) > T.calm)[0]
    return float(loud[0] if len(loud) else len(busy)) / len(busy)
