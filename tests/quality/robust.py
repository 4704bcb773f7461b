"""Do the verdicts survive what happens to photos: another size, a worse JPEG, a crop, a mirror?"""

import io
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageOps

from services.tagger.local.leanings.measures import MEASURES
from services.tagger.providers.local import LocalTagger
from tests.quality.render_more import FAMILIES
from tests.quality.synthetic import HELD_OUT


def _smaller(photo: Image.Image) -> Image.Image:
    return photo.resize((photo.width * 3 // 5, photo.height * 3 // 5), Image.Resampling.LANCZOS)


def _cropped(photo: Image.Image) -> Image.Image:
    x, y = photo.width * 2 // 100, photo.height * 2 // 100
    return photo.crop((x, y, photo.width - x, photo.height - y))


def _same(photo: Image.Image) -> Image.Image:
    return photo


CHANGES: dict[str, tuple[Callable[[Image.Image], Image.Image], int]] = {
    "resize to 60 %": (_smaller, 90),
    "JPEG quality 60": (_same, 60),
    "crop 2 % a side": (_cropped, 90),
    "mirror": (ImageOps.mirror, 90),
}


def drawn(each: int) -> list[bytes]:
    """Drawings that have a composition: few photos have one, and a few verdicts measure nothing."""
    drawings = (
        draw(np.random.default_rng([HELD_OUT, number]))
        for draw in FAMILIES.values()
        for number in range(each)
    )
    return [_jpeg(Image.fromarray(one.rgb), 92) for one in drawings if one.truth]


def stability(tagger: LocalTagger, photos: list[bytes]) -> dict[str, dict[str, float]]:
    """Per change and kind, and technique: the share of verdicts that are the same afterwards."""
    table: dict[str, dict[str, float]] = {}
    before = [_verdicts(tagger, photo) for photo in photos]
    for change, (apply, quality) in CHANGES.items():
        both: dict[str, list[int]] = {}
        for photo, was in zip(photos, before, strict=True):
            after = _verdicts(tagger, _changed(photo, apply, quality))
            for kind in (*was, *MEASURES):
                old, new = _of(kind, was), _of(kind, after)
                counts = both.setdefault(kind, [0, 0])
                counts[0] += len(old & new)
                counts[1] += len(old | new)
        table[change] = {kind: same / max(1, all_) for kind, (same, all_) in both.items()}
    return table


def _changed(photo: bytes, apply: Callable[[Image.Image], Image.Image], quality: int) -> bytes:
    with Image.open(io.BytesIO(photo)) as image:
        return _jpeg(apply(image.convert("RGB")), quality)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _verdicts(tagger: LocalTagger, photo: bytes) -> dict[str, set[str]]:
    """Words, but for sides: in a mirror, left is right."""
    found: dict[str, set[str]] = {"label": set(), "composition": set(), "mood": set()}
    for tag in tagger.look(photo).tags:
        if tag.text not in ("copy space left", "copy space right"):
            found[tag.kind].add(tag.text)
    return found


def _of(kind: str, verdicts: dict[str, set[str]]) -> set[str]:
    """Of a kind, or of the one technique of that name."""
    return verdicts[kind] if kind in verdicts else verdicts["composition"] & {kind}


def lines_of(table: dict[str, dict[str, float]]) -> Iterator[str]:
    yield "Robustness: verdicts in both over verdicts in either (photos, drawings):"
    columns = [kind for same in table.values() for kind in same][: 3 + len(MEASURES)]
    yield f"  {'change':<16}" + "".join(f" {kind:>14}" for kind in columns)
    for change, same in table.items():
        yield f"  {change:<16}" + "".join(f" {same[kind]:>14.2f}" for kind in columns)
