"""`python -m services.tagger.explain FILE`: what the local eyes see in a photo, and where."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.common.errors import Refuse
from services.common.events import Sighting, Tag
from services.common.models import EYES, FOLDER, missing
from services.tagger.local.annotate import SHAPELESS, explain

KINDS = ("label", "mood", "composition", "user")


def lines_of(sighting: Sighting) -> Iterator[str]:
    """A line for each tag, surest first within its kind, with what can be said of its evidence."""
    if sighting.caption:
        yield sighting.caption
    for kind in KINDS:
        tags = sorted((t for t in sighting.tags if t.kind == kind), key=lambda t: -t.confidence)
        for number, tag in enumerate(tags):
            yield _line(kind if number == 0 else "", tag)
    if not sighting.tags:
        yield "nothing that it is sure of"


def _line(kind: str, tag: Tag) -> str:
    why = because(tag.evidence or {})
    return f"{kind:<12} {tag.text:<24} {tag.confidence:.2f}  {tag.model or tag.source:<20} {why}"


def because(evidence: dict[str, Any]) -> str:
    """The geometry in words and percent of the photo: what a person looks for in the drawing."""
    said = []
    for key, say in SAYINGS.items():
        # Evidence of somebody else's model may have any shape under our names.
        with suppress(*SHAPELESS):
            said += [say(evidence[key])]
    return ", ".join(filter(None, said))


def _at(point: Sequence[float]) -> str:
    return f"{point[0]:.0%} across, {point[1]:.0%} down"


def _axis(axis: dict[str, Sequence[float]]) -> str:
    (x1, y1), (x2, y2) = axis["from"], axis["to"]
    upright, level = f"upright axis at {x1:.0%} across", f"level axis at {(y1 + y2) / 2:.0%} down"
    return upright if x1 == x2 else level


SAYINGS: dict[str, Callable[[Any], str]] = {
    "subject": lambda subject: f"subject at {_at(subject['point'])}",
    "power_point": lambda point: f"power point at {_at(point)}",
    "horizon": lambda y: f"horizon at {y:.0%} down",
    "axis": _axis,
    "lines": lambda lines: f"{len(lines)} lines",
    "vanishing_point": lambda point: f"they meet at {_at(point)}",
    "lattice": lambda lattice: f"repeats in {len(lattice['steps'])} direction(s)",
    "boxes": lambda boxes: f"at {len(boxes)} place(s)",
    "frame": lambda box: f"{box[2]:.0%} x {box[3]:.0%} of the photo",
    "estimated": lambda yes: "estimated" if yes else "",
    "valence": lambda valence: f"valence {valence:+.2f}",
    "energy": lambda energy: f"energy {energy:+.2f}",
}


def look(photo: bytes, models: Path) -> Sighting:
    """Raises ``Refuse`` when the bytes are not a photo."""
    from services.tagger.providers.local import LocalTagger

    return LocalTagger(models).look(photo)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.tagger.explain", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, help="the drawing; else beside where you are")
    parser.add_argument("--seen", type=Path, help="JSON of tags that were seen before")
    parser.add_argument("--models", type=Path, default=FOLDER)
    parser.add_argument("--json", action="store_true", help="print the tags as JSON")
    given = parser.parse_args(arguments)
    out = given.out or Path(f"{given.file.stem}-explained.jpg")
    try:
        photo = given.file.read_bytes()
        sighting = _sighting(given, photo)
        out.write_bytes(explain(photo, sighting.tags))
    except (Refuse, OSError, ValidationError) as error:
        print(f"{given.file}: {error}", file=sys.stderr)
        return 1
    if given.json:
        print(json.dumps({**sighting.model_dump(mode="json"), "drawing": str(out)}, indent=2))
    else:
        # Words of a cloud model come from anywhere: what would steer a terminal becomes a dot.
        for line in (*lines_of(sighting), f"drawn in {out}"):
            print("".join(one if one.isprintable() else "·" for one in line.rstrip()))
    return 0


def _sighting(given: argparse.Namespace, photo: bytes) -> Sighting:
    if given.seen:
        return Sighting.model_validate_json(given.seen.read_bytes())
    if missing(given.models, EYES):
        raise Refuse(f"no models: python -m services.common.models {given.models} gets them")
    return look(photo, given.models)


if __name__ == "__main__":
    raise SystemExit(main())
