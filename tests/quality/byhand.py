"""What a person said of photos: a line per photo, its words in columns parted by tabs.

`sources.tsv` tells from which package each photo is.
"""

from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
#: Photos that the eyes were made with, and photos that nothing was made with.
PHOTOS, HELD_OUT, HELD_OUT_AGAIN, UNSEEN = (
    HERE / name for name in ("photos.tsv", "heldout.tsv", "heldout_again.tsv", "unseen.tsv")
)
#: The labels that were looked for in every photo.
MAIN = (
    *("person", "people", "group", "crowd", "portrait", "man", "woman", "child"),
    *("animal", "dog", "cat", "bird", "horse"),
    *("beach", "coast", "sea", "lake", "river", "water"),
    *("forest", "tree", "flower", "field", "mountain"),
    *("road", "street", "city", "building", "house"),
    *("sky", "clouds", "sunset", "night", "snow", "fog", "silhouette", "black and white"),
    *("boat", "airplane", "car", "food", "furniture", "sofa", "indoors", "laptop", "shoe"),
)


def table(path: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Name of the photo, and what was said of it: 1, or 0.5 for perhaps."""
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, *words = line.split("\t")
            said = [word for part in words for word in part.split(", ") if word]
            yield name, {word.rstrip("?"): 0.5 if word.endswith("?") else 1.0 for word in said}
