"""A synthetic composition set: photos-to-be whose composition is known, for they were drawn so.

Easier than photos (no published detector gets beyond F1 0.79 on those), and said so wherever the
figures appear. Each family of positives has its confounder: what looks nearly so, and is not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Random = np.random.Generator

WIDTH, HEIGHT = 640, 448
THIRDS = (1 / 3, 2 / 3)
PLACEMENT = frozenset({"centered", "rule of thirds"})


@dataclass(frozen=True)
class Drawing:
    """What was drawn, the techniques that are truly in it, and their true geometry.

    ``open`` are those that the drawing does not settle: which shape of a jumble stands out, and so
    whether it stands in the middle, is chance. They count neither way.
    """

    rgb: Pixels
    truth: frozenset[str] = frozenset()
    geometry: dict[str, Any] = field(default_factory=dict)
    open: frozenset[str] = frozenset()


def noise(random: Random, size: float, width: int = WIDTH, height: int = HEIGHT) -> Plane:
    """Clouds of about ``size`` pixels, 0 on average, about 1 high."""
    small = (max(3, int(height / size)), max(3, int(width / size)))
    rough = random.normal(size=small).astype(np.float32)
    return np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC))


def backdrop(random: Random) -> Plane:
    """Uneven light on something out of focus."""
    tint = random.uniform(40, 190, 3).astype(np.float32)
    shade = 14 * noise(random, 160) + 5 * noise(random, 45)
    slope = np.linspace(-1, 1, WIDTH) * random.uniform(-25, 25)
    tilt = np.linspace(-1, 1, HEIGHT)[:, None] * random.uniform(-25, 25)
    return np.asarray(tint + (shade + slope + tilt)[..., None], dtype=np.float32)


def finished(random: Random, plane: Plane) -> Pixels:
    grain = random.normal(scale=random.uniform(1, 4), size=plane.shape)
    return np.asarray(np.clip(plane + grain, 0, 255), dtype=np.uint8)


def blob(random: Random, x: float, y: float, size: float) -> NDArray[np.bool_]:
    """A lumpy solid shape whose centre of weight is at ``x``, ``y``."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    waves = [random.uniform(0.08, 0.2) * np.sin(k * angles + random.uniform(0, 6)) for k in (2, 3)]
    reach = size * (1 + np.sum(waves, axis=0))
    outline = np.stack([reach * np.cos(angles), 1.5 * reach * np.sin(angles)], axis=1)
    lean = np.radians(random.uniform(25, 65) * random.choice([-1, 1]))  # no mirror axis
    outline = outline @ np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    for _ in range(2):  # the second time moved by what the weight was off
        points = (outline + np.array([x * WIDTH, y * HEIGHT])).astype(np.int32)
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.fillPoly(mask, [points], 1)
        moments = cv2.moments(mask, binaryImage=True)
        off = [
            x * WIDTH - moments["m10"] / moments["m00"],
            y * HEIGHT - moments["m01"] / moments["m00"],
        ]
        outline = outline + off
    return np.asarray(mask > 0)


def thing(random: Random, x: float, y: float) -> Pixels:
    """One clear subject at a place."""
    plane = backdrop(random)
    mask = blob(random, x, y, random.uniform(38, 62))
    colour = random.uniform(0, 255, 3)
    while np.abs(colour - plane[mask].mean(axis=0)).sum() < 220:
        colour = random.uniform(0, 255, 3)
    detail = 22 * noise(random, 14) + 14 * noise(random, 5)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)[..., None]
    drawn = plane * (1 - soft) + (colour + detail[..., None]) * soft
    return finished(random, drawn.astype(np.float32))


def centered(random: Random) -> Drawing:
    x, y = 0.5 + random.uniform(-0.03, 0.03), 0.5 + random.uniform(-0.05, 0.05)
    return Drawing(thing(random, x, y), frozenset({"centered"}), {"point": (x, y)})


def on_a_power_point(random: Random) -> Drawing:
    x, y = (random.choice(THIRDS) + random.uniform(-0.025, 0.025) for _ in range(2))
    return Drawing(thing(random, x, y), frozenset({"rule of thirds"}), {"point": (x, y)})


def off_the_thirds(random: Random) -> Drawing:
    """In a corner, at a border, or half-way between the middle and a border."""
    side = random.choice([-1, 1], 2)
    places = [(0.32, 0.30), (0.34, 0.0), (0.0, 0.31)]
    x, y = 0.5 + side * np.array(places[random.integers(3)])
    return Drawing(thing(random, float(x), float(y)))


def horizon(random: Random, y: float) -> Pixels:
    """Sky over sea or land."""
    sky, land = random.uniform(120, 235, 3), random.uniform(15, 95, 3)
    rows = np.arange(HEIGHT)[:, None, None] / HEIGHT
    light = sky - 45 * (1 - rows) + 7 * noise(random, 150)[..., None]
    ground = land + 5 * noise(random, 30)[..., None] + 5 * noise(random, 6)[..., None]
    ground = ground * (1 + 0.3 * rows)
    edge = HEIGHT * y + 1.2 * noise(random, 90)
    below = (np.arange(HEIGHT)[:, None] > edge)[..., None]
    return finished(random, np.where(below, ground, light).astype(np.float32))


def horizon_on_a_third(random: Random) -> Drawing:
    y = float(random.choice(THIRDS) + random.uniform(-0.012, 0.012))
    return Drawing(horizon(random, y), frozenset({"rule of thirds"}), {"horizon": y})


def horizon_elsewhere(random: Random) -> Drawing:
    return Drawing(horizon(random, float(random.choice([0.15, 0.5, 0.86]))))


def jumble(random: Random, width: int, height: int, count: int) -> Plane:
    """Shapes anywhere, of any colour: something for a mirror to stand beside."""
    plane = np.full((height, width, 3), random.uniform(30, 220, 3), np.float32)
    plane += 10 * noise(random, 60, width, height)[..., None]
    for _ in range(count):
        colour = random.uniform(0, 255, 3).tolist()
        x, y = int(random.uniform(0, width)), int(random.uniform(0, height))
        radius = int(random.uniform(0.05, 0.17) * height)
        if random.random() < 0.5:
            cv2.circle(plane, (x, y), radius, colour, -1, cv2.LINE_AA)
        else:
            turn = random.uniform(0, 180)
            box = cv2.boxPoints(((x, y), (radius * 2.4, radius * 1.2), turn)).astype(np.int32)
            cv2.fillPoly(plane, [box], colour, cv2.LINE_AA)
    return plane


def mirrored(random: Random) -> Drawing:
    axis = 0.5 + random.uniform(-0.04, 0.04)
    half = round(axis * WIDTH)
    count = int(random.integers(9, 20))
    longer = max(half, WIDTH - half)
    right = jumble(random, longer, HEIGHT, count)
    plane = np.concatenate([right[:, ::-1][:, longer - half :], right[:, : WIDTH - half]], axis=1)
    plane = plane + 5 * noise(random, 30)[..., None]
    plane = plane + (np.linspace(-14, 14, WIDTH) * random.choice([-1, 1]))[None, :, None]
    true = {"axis_x": half / WIDTH}
    return Drawing(finished(random, plane), frozenset({"symmetry"}), true, PLACEMENT)


def reflected(random: Random) -> Drawing:
    """A shore and its image in the water: darker, softer, and a little broken."""
    line = int(HEIGHT * (0.5 + random.uniform(-0.05, 0.05)))
    upper = jumble(random, WIDTH, max(line, HEIGHT - line), int(random.integers(10, 20)))[-line:]
    lower = cv2.GaussianBlur(upper[::-1], (0, 0), sigmaX=0.6, sigmaY=random.uniform(1, 3))
    lower = np.vstack([lower, lower[::-1]])[: HEIGHT - line] * random.uniform(0.6, 0.9)
    shift = (3 * np.sin(np.arange(len(lower)) / 5)).astype(int)
    lower = np.stack([np.roll(row, by, axis=0) for row, by in zip(lower, shift, strict=True)])
    plane = np.vstack([upper, lower]).astype(np.float32)
    true = {"axis_y": line / HEIGHT}
    return Drawing(finished(random, plane), frozenset({"symmetry"}), true, PLACEMENT)


def near_mirror(random: Random) -> Drawing:
    """Two halves that balance: the same things again, or others in the same colours, unmirrored."""
    half = jumble(random, WIDTH // 2, HEIGHT, int(random.integers(9, 20)))
    if random.random() < 0.5:
        other = half  # moved, not mirrored
    else:
        other = jumble(random, WIDTH // 2, HEIGHT, int(random.integers(9, 20)))
    plane = np.concatenate([half, other], axis=1) + 5 * noise(random, 30)[..., None]
    return Drawing(finished(random, plane.astype(np.float32)), open=PLACEMENT)


FAMILIES: dict[str, Callable[[Random], Drawing]] = {
    "subject in the middle": centered,
    "subject on a power point": on_a_power_point,
    "horizon on a third": horizon_on_a_third,
    "subject off the thirds": off_the_thirds,
    "horizon elsewhere": horizon_elsewhere,
    "mirror": mirrored,
    "reflection": reflected,
    "near mirror": near_mirror,
}
