"""CPU time per photo and stage, one thread, for a photo at its display size."""

import io
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from PIL import Image

from services.common.inference import Inference
from services.common.models import LABEL, SUBJECT, THING
from services.tagger.local.colour import Light, colours, tones
from services.tagger.local.focus import copy_space, focus
from services.tagger.local.labels import LabelModel, Vocabulary
from services.tagger.local.lines import convergence
from services.tagger.local.mood import feeling_of, moods
from services.tagger.local.pattern import repeats
from services.tagger.local.pixels import Floats, Picture, decode
from services.tagger.local.scene import scene
from services.tagger.local.subject import SubjectModel, find_subject
from services.tagger.local.symmetry import mirror
from services.tagger.local.things import ThingModel
from services.tagger.providers.local import LocalTagger

DISPLAY = 2000  # pixels on the long side
Answer = TypeVar("Answer")


class Clock:
    """CPU milliseconds of each stage, one entry per photo."""

    def __init__(self) -> None:
        self.stages: dict[str, list[float]] = {}

    def __call__(self, stage: str, work: Callable[[], Answer]) -> Answer:
        began = time.process_time()
        answer = work()
        self.stages.setdefault(stage, []).append(1000 * (time.process_time() - began))
        return answer


def displayed(path: Path) -> bytes:
    """The photo as the gateway would have it: 2000 pixels, JPEG quality 82."""
    with Image.open(path) as photo:
        scale = DISPLAY / max(photo.size)
        size = (round(photo.width * scale), round(photo.height * scale))
        target = io.BytesIO()
        photo.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(target, "JPEG", quality=82)
    return target.getvalue()


def stages(models: Path, photos: list[Path]) -> Clock:
    tagger, clock = LocalTagger(models), Clock()
    label_model = LabelModel(Inference(models / LABEL.name))
    subject_model = SubjectModel(Inference(models / SUBJECT.name))
    thing_model = ThingModel(Inference(models / THING.name))
    vocabulary = Vocabulary.read()
    tagger.look(displayed(photos[0]))
    for path in photos:
        photo = displayed(path)
        clock("all of it", partial(tagger.look, photo))
        picture = clock("decode", partial(decode, photo))
        probabilities = clock("labels", partial(label_model.probabilities, picture.rgb))
        clock("things", partial(thing_model.things, picture.rgb))
        mask = clock("subject mask", partial(subject_model.mask, picture.rgb))
        _without_networks(clock, picture, mask, vocabulary.evidence(probabilities))
    return clock


def _without_networks(
    clock: Clock, picture: Picture, mask: Floats, evidence: dict[str, float]
) -> None:
    gray, lab = picture.gray, picture.lab
    subject = find_subject(mask)
    clock("symmetry", partial(mirror, gray))
    clock("leading lines", partial(convergence, gray))
    clock("pattern", partial(repeats, gray))
    light = clock("colour and mood", partial(Light.of, lab))
    clock("colour and mood", partial(tones, light))
    clock("colour and mood", partial(colours, lab))
    clock("colour and mood", lambda: moods(feeling_of(lab, light), light, evidence))
    clock("scene and light", partial(scene, lab, light, evidence))
    clock("focus and space", partial(focus, gray, subject, mask, evidence))
    clock("focus and space", partial(copy_space, gray, mask))


def lines_of(clock: Clock) -> Iterator[str]:
    photos = len(clock.stages["all of it"])
    yield f"Speed: CPU ms per photo of {DISPLAY} pixels, one thread, median of {photos}:"
    for stage, times in clock.stages.items():
        whole = len(times) // photos
        per_photo = [sum(times[i * whole : (i + 1) * whole]) for i in range(photos)]
        yield f"  {stage:<16} {statistics.median(per_photo):>7.1f}"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"  most memory that this process has held {most:.0f} MiB"
