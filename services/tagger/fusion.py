"""What several providers say of one photo, made one answer. Pure: tags in, tags out.

The rule, in words. Labels of the built-in classifier, and moods guessed from colours, stand only
while no better source has answered. For each composition technique there are two opinions, that
of geometry (g) and that of a vision model (m), if the model has looked at all:

    both say so        1 - (1 - g)(1 - m)     two independent witnesses
    geometry alone     g x GEOMETRY_ALONE     the model looked and did not see it
    the model alone    m x MODEL_ALONE        geometry looked and did not find it

How much a lonely opinion is worth depends on the technique: geometry is seldom wrong about the
middle of the frame, often about patterns, and never says 'framing'. What falls below ``LEAST`` is
not said. The evidence keeps both opinions, and the geometry that the page draws.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from services.common.events import Guess, Sighting, Tag, strongest_of_each

LOCAL = "local"
#: Model names of what is measured rather than recognised; see local/sight.py.
MEASURED = ("pixels-", "exif-", "geometry-")
GEOMETRY_ALONE = {
    "centered": 0.85,
    "symmetry": 0.85,
    "rule of thirds": 0.7,
    "leading lines": 0.7,
    "pattern": 0.5,
    "framing": 0.3,
}
MODEL_ALONE = {
    "centered": 0.7,
    "symmetry": 0.7,
    "rule of thirds": 0.8,
    "leading lines": 0.9,
    "pattern": 0.9,
    "framing": 1.0,
}
LEAST = 0.3
MOST_GUESSES = 50  # as many as the event takes
#: Overlap over union from which two boxes are the same subject.
SAME = 0.5
#: A box of more of the photo than this is what the subject lies on: a table, a bed, the ground.
WHOLE = 0.9


def fuse(sightings: Mapping[str, Sighting]) -> tuple[Tag, ...]:
    """By provider's name; one provider alone is simply heard."""
    if LOCAL not in sightings or len(sightings) == 1:
        return strongest_of_each([tag for one in sightings.values() for tag in one.tags])
    others = [tag for name, one in sightings.items() if name != LOCAL for tag in one.tags]
    kinds = {tag.kind for tag in others}
    vision = "mood" in kinds or "composition" in kinds or _has_caption(sightings)
    ours = [tag for tag in sightings[LOCAL].tags if _stands(tag, kinds, vision)]
    plain = [tag for tag in (*ours, *others) if tag.kind != "composition"]
    geometry = [tag for tag in ours if tag.kind == "composition"]
    model = [tag for tag in others if tag.kind == "composition"]
    composed = _techniques(geometry, model) if vision else geometry
    boxes = [box for tag in others for box in (tag.evidence or {}).get("boxes", [])]
    return strongest_of_each([*plain, *(sharpened(tag, boxes) for tag in composed)])


def guessed(sightings: Mapping[str, Sighting], tags: Sequence[Tag]) -> tuple[Guess, ...]:
    """What is none of the ``tags``, likeliest first. A guess of what others have words for (labels,
    above all) is none: they see better, and have not said it."""
    said = {(tag.kind, tag.text) for tag in tags}
    found = [
        guess
        for name, sighting in sightings.items()
        for guess in sighting.guesses
        if (guess.kind, guess.text) not in said
        and not {"label", guess.kind} & _kinds_of_others(sightings, name)
    ]
    ascending = sorted(found, key=lambda guess: guess.confidence)
    return tuple({(one.kind, one.text): one for one in ascending}.values())[::-1][:MOST_GUESSES]


def _kinds_of_others(sightings: Mapping[str, Sighting], name: str) -> Set[str]:
    return {tag.kind for other, one in sightings.items() if other != name for tag in one.tags}


def _has_caption(sightings: Mapping[str, Sighting]) -> bool:
    return any(one.caption for name, one in sightings.items() if name != LOCAL)


def _stands(tag: Tag, kinds: Set[str], vision: bool) -> bool:
    match tag.kind:
        case "label":
            return "label" not in kinds or tag.model.startswith(MEASURED)
        case "mood":
            return not vision
        case _:
            return True


def _techniques(geometry: Sequence[Tag], model: Sequence[Tag]) -> list[Tag]:
    drawn = {tag.text: tag for tag in geometry}
    told = {tag.text: tag for tag in model}
    both = [_fused(drawn.get(name), told.get(name)) for name in {**drawn, **told}]
    return [tag for tag in both if tag.confidence >= LEAST]


def _fused(geometry: Tag | None, model: Tag | None) -> Tag:
    one = geometry or model
    assert one
    g, m = (tag.confidence if tag else 0.0 for tag in (geometry, model))
    if geometry and model:
        sure = min(0.99, 1 - (1 - g) * (1 - m))
    else:
        alone = GEOMETRY_ALONE if geometry else MODEL_ALONE
        sure = max(g, m) * alone.get(one.text, 0.5)
    told = (model.evidence or {}) if model else {}
    evidence: dict[str, Any] = {
        **told,  # a model server of your own may have drawn what it saw
        **((geometry.evidence or {}) if geometry else {}),
        "geometry": {"confidence": round(g, 3)},
        "model": {"confidence": round(m, 3), **told.get("model", {})},
    }
    source = "+".join(tag.source for tag in (geometry, model) if tag)
    models = "+".join(tag.model for tag in (geometry, model) if tag)
    update = {
        "confidence": round(sure, 3),
        "source": source[:50],
        "model": models[:100],
        "evidence": evidence,
    }
    return one.model_copy(update=update)


def sharpened(tag: Tag, boxes: Sequence[Sequence[float]]) -> Tag:
    """A detector's box is finer than a mask's, when both mean the same thing."""
    subject = (tag.evidence or {}).get("subject")
    if not tag.evidence or not isinstance(subject, dict) or "box" not in subject:
        return tag
    bounding = [box for box in boxes if box[2] * box[3] <= WHOLE]
    best = max(bounding, key=lambda box: overlap(box, subject["box"]), default=None)
    if best is None or overlap(best, subject["box"]) < SAME:
        return tag
    sharper = {**subject, "box": list(best)}
    return tag.model_copy(update={"evidence": {**tag.evidence, "subject": sharper}})


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes: x, y, width, height."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(across, 0.0) * max(down, 0.0)
    union = a[2] * a[3] + b[2] * b[3] - both
    return both / union if union > 0 else 0.0
