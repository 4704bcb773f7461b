"""`python -m tests.quality.search.tune`: where the cut serves the tuning half best.

Held-out queries are never looked at here. What it prints is entered in ``weights.py`` by hand.
"""

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg

from services.search.cutoff import cut
from services.search.weights import CUT
from tests.neighbours import a_database, copy_of_template, make_template
from tests.quality.search.gallery import Gallery, Local
from tests.quality.search.measures import HEAD, figures
from tests.quality.search.photos import all_photos
from tests.quality.search.queries import all_queries

FLOORS, BESTS, OF_BEST, GAPS, CLEAR = (
    (0.26, 0.30, 0.34),
    (0.30, 0.36, 0.42),
    (0.42, 0.48, 0.54, 0.6, 0.66),
    (0.14, 0.18, 0.24, 0.3),
    (0.45, 0.62),
)


def main() -> None:
    photos = all_photos()
    queries = [query for query in all_queries() if not query.held_out]
    with tempfile.TemporaryDirectory() as folder, a_database(Path(folder)) as node:
        make_template(node)
        with copy_of_template(node) as url, psycopg.connect(url, autocommit=True) as db:
            gallery = Gallery(db, photos, Local())
            answers = {q.q: gallery.matches(q.q) for q in queries}
    ideal = {q.q: [q.grade(photo) for photo in photos] for q in queries}
    rows = []
    for floor, best, of_best, gap, clear in itertools.product(FLOORS, BESTS, OF_BEST, GAPS, CLEAR):
        table = replace(
            CUT,
            floor=(0.12, floor, 0.7),
            best=(0.12, best, 0.7),
            of_best=(0.0, of_best, 0.9),
            gap=(1.0, gap, 0.06),
            clear=(0.0, clear, 0.8),
        )
        graded, nonsense = [], []
        for query in queries:
            found, likenesses, covers = answers[query.q]
            shown = cut(likenesses, covers, 50, table) if covers else len(found)
            if query.kind == "nonsense":
                nonsense.append(shown)
            else:
                grades = [query.grade(photo) for photo in found[:shown]]
                graded.append((grades, ideal[query.q]))
        told = figures(graded, nonsense)
        worth = told.ndcg + told.recall + min(told.shown, 0.9) + told.empty
        rows.append((worth, (floor, best, of_best, gap, clear), told))
    print(HEAD)
    for _, numbers, told in sorted(rows, key=lambda row: -row[0])[:12]:
        print(told.row(str(numbers)))


if __name__ == "__main__":
    main()
