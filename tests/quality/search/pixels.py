"""Photos and drawings as the local eyes see them: nothing is described, everything is looked at.

The 32 sample photos, with what one person saw in them (two passes), and drawings of the families
of compositions, in a colour that is known because they were painted with it. The eyes are told
nothing of either. Dates and cameras are what a file would say.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

import cv2
import numpy as np
from PIL import Image

from services.common.api import Exif, Swatch
from services.gateway.pixels.palette import palette_of
from services.tagger.providers.local import LocalTagger
from tests.quality.__main__ import SAMPLES
from tests.quality.render import Drawing, Pixels
from tests.quality.render_more import FAMILIES
from tests.quality.samples import hand_labels
from tests.quality.search.photos import Described

EACH = 16
#: These show that no technique is there, and leave open whether others are.
TRAPS = {"near mirror", "opening in a wall", "vignette"}
#: Seeds that neither the eyes nor the gates of composition were made with.
SEED = 40_000
TINTS = {
    "red": (215, 35, 30), "orange": (245, 135, 20), "yellow": (245, 225, 40),
    "green": (40, 160, 50), "teal": (0, 140, 140), "blue": (25, 60, 220), "purple": (130, 40, 160),
    "pink": (250, 140, 185), "brown": (120, 70, 35), "grey": (190, 190, 190),
}  # fmt: skip
CAMERAS = (("Leica", "M10"), ("Canon", "EOS R5"), ("Apple", "iPhone 14"))
ISO = (100, 400, 1600, 6400)


def all_pixels(tagger: LocalTagger, each: int) -> list[Described]:
    """32 photos and ``each`` drawings of every family but the traps."""
    things = [*photos(), *drawings(each)]
    return [
        looked_at(tagger, name, rgb, truth, number)
        for number, (name, rgb, truth) in enumerate(things)
    ]


def photos() -> Iterator[tuple[str, Pixels, set[str]]]:
    kinds = {"labels": "label", "techniques": "technique", "moods": "mood", "colours": "colour"}
    for name, passes in hand_labels().items():
        truth = {
            f"{kind}:{word}"
            for key, kind in kinds.items()
            for one in passes.values()
            for word in one[key]
        }
        bgr = cv2.imread(str(SAMPLES / name))
        assert bgr is not None
        yield name, np.asarray(bgr[..., ::-1], np.uint8), truth


def drawings(each: int) -> Iterator[tuple[str, Pixels, set[str]]]:
    tints = list(TINTS.items())
    families = [(name, draw) for name, draw in FAMILIES.items() if name not in TRAPS]
    for place, (family, draw) in enumerate(families):
        for number in range(each):
            drawing: Drawing = draw(np.random.default_rng([SEED, number]))
            colour, tint = tints[(number + 3 * place) % len(tints)]
            truth = {f"technique:{name}" for name in drawing.truth}
            truth |= {f"colour:{colour}", f"painted:{colour}"}
            truth |= {f"maybe:{name}" for name in drawing.open}
            truth |= {"label:black and white"} if colour == "grey" else set()
            yield f"{family} {number}", painted(drawing.rgb, tint), truth


def painted(rgb: Pixels, tint: tuple[int, int, int]) -> Pixels:
    """The same light and shade in one colour."""
    light = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    low, high = np.percentile(light, (1, 99))
    light = np.clip((light - low) / max(1.0, high - low), 0, 1) * 0.75 + 0.3
    return np.asarray(np.clip(light[..., None] * np.array(tint), 0, 255), np.uint8)


def looked_at(
    tagger: LocalTagger, name: str, rgb: Pixels, truth: set[str], number: int
) -> Described:
    made, jpeg = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]))
    assert made
    maker, model = CAMERAS[number % len(CAMERAS)]
    taken = datetime(2018 + number % 8, 1 + number % 12, 1 + number % 28, 12)
    exif = Exif(camera_make=maker, camera_model=model, iso=ISO[number % 4], taken_at=taken)
    truth |= {f"camera:{maker.lower()}", f"iso:{exif.iso}", f"year:{taken.year}"}
    truth |= {f"month:{taken.year}-{taken.month:02}", f"m:{taken.month}"}
    height, width = rgb.shape[:2]
    seen = tagger.look(jpeg.tobytes())
    return Described(
        # A camera's name for it: the name of the file must not give the answer away.
        f"IMG_{1000 + number}_{sha256(name.encode()).hexdigest()[:8]}",
        frozenset(truth),
        seen.tags,
        palette(rgb),
        exif,
        width,
        height,
        seen.guesses,
    )


def palette(rgb: Pixels) -> tuple[Swatch, ...]:
    """As the gateway makes it, of a thumbnail."""
    thumb = Image.fromarray(rgb)
    thumb.thumbnail((400, 400))
    return tuple(Swatch.model_validate(swatch) for swatch in palette_of(thumb))
