"""Draws over a photo why its composition was named, and where the things in it were seen."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import cv2
import numpy as np

from services.common.events import Tag
from services.tagger.local.pixels import Bytes, decode

SIDE = 1280  # pixels on the long side of the drawing; a photo is never made larger
QUALITY = 88
WHITE, YELLOW, RED, CYAN, GREEN, MAGENTA = (
    (255, 255, 255),
    (255, 214, 10),
    (255, 69, 58),
    (100, 210, 255),
    (48, 209, 88),
    (255, 55, 195),
)
Colour = tuple[int, int, int]
#: What comes of evidence that is not ours: other names, other shapes, numbers beyond all pixels.
SHAPELESS = (KeyError, TypeError, ValueError, IndexError, OverflowError, cv2.error)


def explain(photo: bytes, tags: Iterable[Tag]) -> bytes:
    """The photo as a JPEG with the evidence of its composition and its things drawn in."""
    return annotate(decode(photo, SIDE).rgb, tags)


def annotate(rgb: Bytes, tags: Iterable[Tag]) -> bytes:
    """A JPEG. Tags without geometry leave no mark; each name is written once, at the top."""
    canvas = _Canvas(np.ascontiguousarray(rgb))
    tags = list(tags)
    for boxes, names in _things(tags).items():
        for box in boxes:
            with suppress(*SHAPELESS):
                canvas.box(box, GREEN)
                canvas.write_at(", ".join(names), box)
    techniques = [tag for tag in tags if tag.kind == "composition" and tag.evidence]
    for tag in techniques:
        for key, value in (tag.evidence or {}).items():
            with suppress(*SHAPELESS):
                MARKS[key](canvas, value)
    for row, tag in enumerate(techniques):
        canvas.write(f"{tag.text} {tag.confidence:.2f}", row)
    pixels = cv2.cvtColor(canvas.pixels, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return encoded.tobytes()


class _Canvas:
    """Takes coordinates of 0..1, and makes lines that show on any ground."""

    def __init__(self, pixels: Bytes) -> None:
        self.pixels = pixels.copy()
        self.height, self.width = pixels.shape[:2]
        self.pen = max(1, round(max(self.height, self.width) / 400))

    def at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self.width), round(y * self.height)

    def line(self, ends: Sequence[float], colour: Colour) -> None:
        start, end = self.at(*ends[:2]), self.at(*ends[2:])
        for tone, pen in ((0, 0, 0), self.pen + 2), (colour, self.pen):
            cv2.line(self.pixels, start, end, tone, pen, cv2.LINE_AA)

    def box(self, box: Sequence[float], colour: Colour) -> None:
        x, y, width, height = box
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
            self.line([*one, *other], colour)

    def dot(self, point: Sequence[float], colour: Colour, size: int = 4) -> None:
        for tone, radius in ((0, 0, 0), size * self.pen + 2), (colour, size * self.pen):
            cv2.circle(self.pixels, self.at(*point), radius, tone, -1, cv2.LINE_AA)

    def write(self, text: str, row: int) -> None:
        scale = self.pen / 3
        self._letters(text, (round(24 * scale), round((row + 1) * 44 * scale)), scale)

    def write_at(self, text: str, box: Sequence[float]) -> None:
        """Small, inside the lower left corner of a box."""
        x, y = self.at(box[0], box[1] + box[3])
        self._letters(text, (x + 3 * self.pen, y - 4 * self.pen), max(0.4, self.pen / 5))

    def _letters(self, text: str, place: tuple[int, int], scale: float) -> None:
        for tone, pen in ((0, 0, 0), self.pen + 3), (WHITE, self.pen):
            face = cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(self.pixels, text, place, face, scale, tone, pen, cv2.LINE_AA)


def _things(tags: Iterable[Tag]) -> dict[tuple[tuple[float, ...], ...], list[str]]:
    """The names of each set of boxes: a dog is an animal too, and drawn once."""
    found: dict[tuple[tuple[float, ...], ...], list[str]] = {}
    for tag in tags:
        with suppress(*SHAPELESS):
            boxes = tuple(tuple(map(float, box)) for box in (tag.evidence or {})["boxes"])
            found.setdefault(boxes, []).append(tag.text)
    return found


def _subject(canvas: _Canvas, subject: dict[str, Any]) -> None:
    canvas.box(subject["box"], YELLOW)
    canvas.dot(subject["point"], RED)


def _power_point(canvas: _Canvas, point: Sequence[float]) -> None:
    for third in (1 / 3, 2 / 3):
        canvas.line([third, 0, third, 1], WHITE)
        canvas.line([0, third, 1, third], WHITE)
    canvas.dot(point, CYAN)


def _horizon(canvas: _Canvas, y: float) -> None:
    for third in (1 / 3, 2 / 3):
        canvas.line([0, third, 1, third], WHITE)
    canvas.line([0, y, 1, y], RED)


def _axis(canvas: _Canvas, axis: dict[str, Sequence[float]]) -> None:
    canvas.line([*axis["from"], *axis["to"]], MAGENTA)


def _lines(canvas: _Canvas, lines: Iterable[Sequence[float]]) -> None:
    for line in lines:
        canvas.line(line, GREEN)


def _lattice(canvas: _Canvas, lattice: dict[str, Any]) -> None:
    origin = np.array(lattice["origin"])
    first = np.array(lattice["steps"][0])
    second = np.array(lattice["steps"][1]) if len(lattice["steps"]) > 1 else np.zeros(2)
    for i in range(-40, 41):
        for j in range(-40, 41) if second.any() else (0,):
            place = origin + i * first + j * second
            if ((place > 0) & (place < 1)).all():
                canvas.dot(place.tolist(), CYAN, 2)


MARKS: dict[str, Callable[[_Canvas, Any], None]] = {
    "frame": lambda canvas, frame: canvas.box(frame, CYAN),
    "power_point": _power_point,
    "horizon": _horizon,
    "lattice": _lattice,
    "lines": _lines,
    "vanishing_point": lambda canvas, point: canvas.dot(point, MAGENTA),
    "axis": _axis,
    "subject": _subject,
}
