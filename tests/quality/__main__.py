"""`python -m tests.quality [--each N]`: how good the local eyes are; fails below the gates."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from services.common.models import FOLDER, get_models
from services.tagger.providers.local import LocalTagger
from tests.quality import robust, samples, speed, synthetic

SAMPLES = Path(__file__).parents[2] / "samples"

#: The gates of `make quality`.
MACRO_F1 = 0.90
OFF = 0.03
PRECISION = {"label": 0.85, "composition": 0.85, "mood": 0.85}
EACH_TECHNIQUE = 0.75
STABLE = 0.70


def report(models: Path, each: int) -> Iterator[str]:
    """Prints as it goes; yields what is below a gate."""
    score = synthetic.judge(models, each)
    print("\n".join(synthetic.lines_of(score, each)), flush=True)
    if score.macro_f1 < MACRO_F1:
        yield f"macro-F1 {score.macro_f1:.3f} < {MACRO_F1}"
    yield from (
        f"{what} is off by {score.off(what):.3f}" for what in score.errors if score.off(what) > OFF
    )
    tagger, photos = LocalTagger(models), sorted(SAMPLES.glob("*.jpg"))
    agreement = samples.judge_samples(tagger, SAMPLES)
    print("\n".join(samples.lines_of(agreement)), flush=True)
    for kind, least in PRECISION.items():
        if agreement.precision(kind) < least:
            yield f"precision of {kind} {agreement.precision(kind):.3f} < {least}"
    for technique in synthetic.SHIPPED:
        if agreement.precision(technique) < EACH_TECHNIQUE:
            yield f"precision of {technique} {agreement.precision(technique):.3f}"
    table = robust.stability(tagger, [*(p.read_bytes() for p in photos), *robust.drawn(8)])
    print("\n".join(robust.lines_of(table)), flush=True)
    for change, same in table.items():
        yield from (f"{kind} after {change}: {s:.2f}" for kind, s in same.items() if s < STABLE)
    print("\n".join(speed.lines_of(speed.stages(models, photos))), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("--each", type=int, default=100, help="drawings per family")
    parser.add_argument("--models", type=Path, default=FOLDER)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    get_models(given.models)
    failures = list(report(given.models, given.each))
    print("\n".join(f"BELOW THE GATE: {failure}" for failure in failures), file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
