"""The other half of the synthetic set: repeats, lines and frames."""

from collections.abc import Callable

import cv2
import numpy as np

from tests.quality import render
from tests.quality.render import (
    HEIGHT,
    PLACEMENT,
    WIDTH,
    Drawing,
    Plane,
    Random,
    backdrop,
    finished,
    jumble,
    noise,
)


def motif(random: Random, size: int) -> Plane:
    """A small thing without a mirror axis of its own, and where it is (0..1)."""
    tile = np.zeros((size, size), np.float32)
    corners = (size * (0.5 + 0.42 * random.uniform(-1, 1, (4, 2)))).astype(np.int32)
    cv2.fillPoly(tile, [corners[:3]], 1.0, cv2.LINE_AA)
    cv2.circle(tile, tuple(corners[3].tolist()), max(2, size // 6), 1.0, -1, cv2.LINE_AA)
    return tile


def lattice(random: Random) -> Drawing:
    """The same thing at fixed steps, brick-wise or not, in uneven light."""
    across, down = random.uniform(42, 90), random.uniform(42, 90)
    lean = float(random.choice([0.0, 0.5])) * across
    size = int(0.8 * min(across, down))
    one = motif(random, size)
    ink, paper = random.uniform(0, 110, 3), random.uniform(140, 255, 3)
    cover = np.zeros((HEIGHT + 2 * size, WIDTH + 2 * size), np.float32)
    for row in range(-1, int(HEIGHT / down) + 2):
        for column in range(-2, int(WIDTH / across) + 2):
            x = round(column * across + (row % 2) * lean + size / 2 + random.normal(scale=0.8))
            y = round(row * down + size / 2 + random.normal(scale=0.8))
            if x < 0 or y < 0 or x + size > cover.shape[1] or y + size > cover.shape[0]:
                continue
            part = cover[y : y + size, x : x + size]
            np.maximum(part, one, out=part)
    cover = cover[size // 2 : size // 2 + HEIGHT, size // 2 : size // 2 + WIDTH, None]
    plane = paper * (1 - cover) + ink * cover
    plane = plane * (1 + 0.18 * noise(random, 220)[..., None])
    steps = [(across / WIDTH, 0.0), (lean / WIDTH, down / HEIGHT)]
    if lean:
        steps.append((0.0, 2 * down / HEIGHT))
    drawn = finished(random, plane.astype(np.float32))
    return Drawing(drawn, frozenset({"pattern"}), {"steps": steps})


def random_texture(random: Random) -> Drawing:
    """Gravel, grass, or the same thing strewn about: alike everywhere, at no step."""
    kind = int(random.integers(3))
    if kind == 0:
        plane = 128 + 40 * noise(random, random.uniform(5, 22))[..., None] * random.uniform(
            0.5, 1, 3
        )
    elif kind == 1:
        grain = random.normal(size=(HEIGHT, WIDTH)).astype(np.float32)
        blades = cv2.GaussianBlur(grain, (0, 0), sigmaX=1.2, sigmaY=random.uniform(5, 12))
        plane = 110 + 40 * (blades / blades.std())[..., None] * np.array([0.6, 1.0, 0.5])
    else:
        one = motif(random, 44)
        plane = np.full((HEIGHT, WIDTH, 3), random.uniform(140, 255, 3), np.float32)
        for _ in range(90):
            x, y = int(random.uniform(0, WIDTH - 44)), int(random.uniform(0, HEIGHT - 44))
            turn = cv2.getRotationMatrix2D((22, 22), random.uniform(0, 360), 1)
            cover = cv2.warpAffine(one, turn, (44, 44))[..., None]
            part = plane[y : y + 44, x : x + 44]
            part[:] = part * (1 - cover) + 40 * cover
    return Drawing(finished(random, np.asarray(plane, dtype=np.float32)))


def ground(random: Random, line: float) -> Plane:
    plane = backdrop(random) * 0.7 + 50
    rows = np.arange(HEIGHT)[:, None, None] > line * HEIGHT
    land = random.uniform(40, 120, 3) + 8 * noise(random, 12)[..., None]
    return np.asarray(np.where(rows, land, plane + 30), dtype=np.float32)


def converging(random: Random) -> Drawing:
    """A road, rails or a row of things that run from the lower border to one far point."""
    x, y = random.uniform(0.25, 0.75), random.uniform(0.25, 0.5)
    point = np.array([x * WIDTH, y * HEIGHT])
    plane = ground(random, y)
    tone = random.uniform(0, 255, 3)
    while np.abs(tone - plane[-40:].mean(axis=(0, 1))).sum() < 230:
        tone = random.uniform(0, 255, 3)
    ends = np.sort(random.uniform(-0.35, 1.35, int(random.integers(4, 8))))
    for end in [-0.1 - random.uniform(0, 0.3), *ends, 1.1 + random.uniform(0, 0.3)]:
        foot = np.array([end * WIDTH, HEIGHT * 1.02])
        side = np.array([random.uniform(5, 11), 0])
        start = point + (foot - point) * random.uniform(0.04, 0.2)
        shape = np.array([start, foot - side, foot + side]).astype(np.int32)
        cv2.fillPoly(plane, [shape], tone.tolist(), cv2.LINE_AA)
    geometry = {"vanishing_point": (x, y)}
    return Drawing(finished(random, plane), frozenset({"leading lines"}), geometry)


def lines_that_lead_nowhere(random: Random) -> Drawing:
    """Parallel slanting lines, or lines that cross each other anywhere."""
    plane = backdrop(random)
    tone = (255 - plane.mean(axis=(0, 1))).tolist()
    if random.random() < 0.5:
        angle = np.radians(random.uniform(20, 70) * random.choice([-1, 1]))
        normal = np.array([-np.sin(angle), np.cos(angle)])
        for offset in np.cumsum(random.uniform(25, 130, 24)) - 900:
            middle = np.array([WIDTH / 2, HEIGHT / 2]) + offset * normal
            reach = 1000 * np.array([np.cos(angle), np.sin(angle)])
            ends = [tuple((middle + s * reach).astype(int).tolist()) for s in (-1, 1)]
            cv2.line(plane, ends[0], ends[1], tone, int(random.integers(3, 9)), cv2.LINE_AA)
    else:
        for _ in range(int(random.integers(6, 14))):
            ends = [(int(random.uniform(0, WIDTH)), int(random.uniform(0, HEIGHT))) for _ in "ab"]
            cv2.line(plane, ends[0], ends[1], tone, int(random.integers(3, 9)), cv2.LINE_AA)
    return Drawing(finished(random, plane))


def framed(random: Random) -> Drawing:
    """A view through an opening. 'framing' is not shipped, so nothing else may be claimed."""
    plane = jumble(random, WIDTH, HEIGHT, 14)
    left, top = (random.uniform(0.05, 0.12) for _ in range(2))
    right, low = (random.uniform(0.3, 0.4) for _ in range(2))  # off the middle, for what it is not
    wall = random.uniform(5, 45, 3) + 4 * noise(random, 20)[..., None]
    opening = np.zeros((HEIGHT, WIDTH), bool)
    rows, columns = (
        slice(int(top * HEIGHT), int((1 - low) * HEIGHT)),
        slice(int(left * WIDTH), int((1 - right) * WIDTH)),
    )
    opening[rows, columns] = True
    plane = np.where(opening[..., None], plane, wall)
    return Drawing(finished(random, plane.astype(np.float32)), open=PLACEMENT)


def vignetted(random: Random) -> Drawing:
    plane = jumble(random, WIDTH, HEIGHT, 14)
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    shade = np.clip(1.15 - 0.55 * (x**2 + y**2), 0.1, 1)[..., None]
    return Drawing(finished(random, (plane * shade).astype(np.float32)), open=PLACEMENT)


FAMILIES: dict[str, Callable[[Random], Drawing]] = {
    **render.FAMILIES,
    "lattice": lattice,
    "random texture": random_texture,
    "converging lines": converging,
    "lines that lead nowhere": lines_that_lead_nowhere,
    "opening in a wall": framed,
    "vignette": vignetted,
}
