"""Do the verdicts survive what happens to photos: another size, a worse JPEG, a crop, a mirror?"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageOps

from services.tagger.providers.local import LocalTagger


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


def stability(tagger: LocalTagger, photos: list[Path]) -> dict[str, dict[str, float]]:
    """Per change and kind: the share of verdicts (either way) that are the same afterwards."""
    table: dict[str, dict[str, float]] = {}
    before = {path: _verdicts(tagger, path.read_bytes()) for path in photos}
    for change, (apply, quality) in CHANGES.items():
        both: dict[str, list[int]] = {}
        for path in photos:
            after = _verdicts(tagger, _changed(path, apply, quality))
            for kind in ("label", "composition", "mood"):
                old, new = before[path][kind], after[kind]
                counts = both.setdefault(kind, [0, 0])
                counts[0] += len(old & new)
                counts[1] += len(old | new)
        table[change] = {kind: same / max(1, all_) for kind, (same, all_) in both.items()}
    return table


def _changed(path: Path, apply: Callable[[Image.Image], Image.Image], quality: int) -> bytes:
    with Image.open(path) as photo:
        target = io.BytesIO()
        apply(photo.convert("RGB")).save(target, "JPEG", quality=quality)
    return target.getvalue()


def _verdicts(tagger: LocalTagger, photo: bytes) -> dict[str, set[str]]:
    """Words, but for sides: in a mirror, left is right."""
    found: dict[str, set[str]] = {"label": set(), "composition": set(), "mood": set()}
    for tag in tagger.look(photo).tags:
        if tag.text not in ("copy space left", "copy space right"):
            found[tag.kind].add(tag.text)
    return found


def lines_of(table: dict[str, dict[str, float]]) -> Iterator[str]:
    yield "Robustness: verdicts in both over verdicts in either, sample photos:"
    yield f"  {'change':<16} {'label':>6} {'composition':>12} {'mood':>6}"
    for change, same in table.items():
        yield (
            f"  {change:<16} {same['label']:>6.2f} {same['composition']:>12.2f} {same['mood']:>6.2f}"
        )
