"""`python -m tests.quality.search`: the table of search quality, ours beside three baselines.

``--misses`` also prints the queries that are answered worst; ``--half tuning`` only the half that
the weights may be fitted to.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg

from services.common.models import get_models
from services.embedded.database import Database
from services.tagger.providers.local import LocalTagger
from tests.neighbours import a_database, copy_of_template, make_template
from tests.quality.search import alike, baselines
from tests.quality.search.gallery import MODELS, Gallery, Local
from tests.quality.search.measures import HEAD, Figures, figures, ndcg
from tests.quality.search.photos import Described, all_photos
from tests.quality.search.pixels import EACH, all_pixels
from tests.quality.search.queries import DESCRIBED, PIXELS, Graded, all_queries


def measure(
    queries: Sequence[Graded],
    photos: Sequence[Described],
    way: Callable[[str], Sequence[Described]],
) -> Figures:
    answers, nonsense = [], []
    for query in queries:
        shown = way(query.q)
        if query.kind == "nonsense":
            nonsense.append(len(shown))
        else:
            ideal = [query.grade(photo) for photo in photos]
            answers.append(([query.grade(photo) for photo in shown], ideal))
    return figures(answers, nonsense)


def misses(gallery: Gallery, queries: Sequence[Graded]) -> None:
    for query in queries:
        shown = gallery.found(query.q)
        grades = [query.grade(photo) for photo in shown]
        ideal = [query.grade(photo) for photo in gallery.photos]
        right, there = sum(map(bool, grades)), sum(map(bool, ideal))
        worth = ndcg(grades, ideal) if query.kind != "nonsense" else float(not shown)
        if worth < 0.9 or right < 0.8 * len(grades):
            print(f"{worth:.2f} {right}/{len(grades)} of {there}  {query.kind}: {query.q}")


def tables(
    node: Database, name: str, photos: Sequence[Described], file: Path, wanted: argparse.Namespace
) -> None:
    """Ours beside the others, on each half of the queries."""
    queries = all_queries(file)
    tuning = [query for query in queries if not query.held_out]
    held_out = [query for query in queries if query.held_out]
    with copy_of_template(node) as url, psycopg.connect(url, autocommit=True) as db:
        gallery = Gallery(db, photos, Local())
        ways = {
            "imgcap": gallery.found,
            "the seed's way (50-d, flat L2)": baselines.seed(gallery, tuning),
            "photo vector only": baselines.photo_vector(gallery, tuning),
            "lexical only": baselines.lexical(gallery),
        }
        for half, some in {"tuning": tuning, "held-out": held_out}.items():
            if wanted.half in (half, "both"):
                print(f"\n{half}: {len(some)} queries, {len(photos)} {name}\n{HEAD}")
                for way_name, way in ways.items():
                    print(measure(some, photos, way).row(way_name))
                if wanted.misses:
                    misses(gallery, some)
        if file == DESCRIBED:
            print(f"\n{alike.HEAD}")
            for half, asked in zip(("tuning", "held-out"), alike.halves(photos), strict=True):
                if wanted.half in (half, "both"):
                    print(alike.measure_alike(gallery, asked).row(half))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--half", choices=["tuning", "held-out", "both"], default="both")
    parser.add_argument("--set", choices=["described", "pixels", "both"], default="both")
    parser.add_argument("--each", type=int, default=EACH, help="drawings of each family")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, a_database(Path(folder)) as node:
        make_template(node)
        if wanted.set != "pixels":
            tables(node, "described photos", all_photos(), DESCRIBED, wanted)
        if wanted.set != "described":
            get_models(MODELS)
            seen = all_pixels(LocalTagger(MODELS), wanted.each)
            tables(node, "photos and drawings, looked at", seen, PIXELS, wanted)


if __name__ == "__main__":
    main()
