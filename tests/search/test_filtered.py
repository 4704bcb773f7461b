"""Search behind filters in a gallery of thousands: nothing that passes is missed."""

import re
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest

from bench.searchable import Filled, fill, unit
from bench.searchrows import CAMERAS, OWNER
from services.embedded.database import Database
from services.search import candidates
from services.search.database import Db
from services.search.evidence import SEEN
from services.search.language.numbers import range_path
from services.search.meaning import Meaning
from services.search.query import Asking, Question
from services.search.sql import SQL
from services.search.understanding import Understood
from services.search.vocabulary import Vocabulary
from tests.neighbours import copy_of_template
from tests.search.photos import ByHand

PHOTOS, WORDS, TOP, QUERIES = 5000, 3000, 10, 12


class Filling:
    def __init__(self, db: Db, filled: Filled) -> None:
        self.db, self.filled = db, filled
        self.asking = Asking(Vocabulary(), Meaning(ByHand()))

    def asked(self, number: int, camera: str) -> Understood:
        """Two words, placed as the generator places them; the filter is the camera."""
        words = [self.filled.words[place * 7919 % WORDS] for place in (number, number + 3)]
        vectors = [self.filled.vectors[self.filled.words.index(word)] for word in words]
        place = unit(np.sum(vectors, axis=0, keepdims=True))[0]
        whole = " ".join(words)
        self.asking.vocabulary.look(self.db)
        model = self.asking.vocabulary.model
        assert model
        self.asking.meaning._remember(model["model_id"], {whole: place})
        return self.asking.understand(self.db, f'{whole} camera:"{camera}"')


@pytest.fixture(scope="module")
def filling(database_node: Database) -> Iterator[Filling]:
    with copy_of_template(database_node) as url:
        filled = fill(url, PHOTOS, words=WORDS)
        with psycopg.connect(url, autocommit=True) as db:
            yield Filling(db, filled)


@pytest.mark.parametrize("camera", list(CAMERAS))
def test_behind_a_filter_the_nearest_ten_are_found(
    filling: Filling, monkeypatch: pytest.MonkeyPatch, camera: str
) -> None:
    """As in a large gallery: few that pass are compared, many are walked to by the index."""
    monkeypatch.setattr(candidates, "FEW", 50)
    monkeypatch.setattr(candidates, "FOUND", 2)
    found = there = 0
    for number in range(QUERIES):
        asked = filling.asked(number, camera)
        with filling.db.transaction():
            weighed = candidates.find(
                filling.db, OWNER, asked, candidates.Sizes(), filling.asking.vocabulary.terms
            ).evidences
            assert asked.vector is not None
            exact = candidates.nearest(filling.db, OWNER, asked, asked.vector, exact=True)[:TOP]
        best = set(np.argsort(-np.nan_to_num(weighed.likeness, nan=-1))[:TOP].tolist())
        ours = {weighed.photo_id(row) for row in best}
        found, there = found + len(ours & {one for one, _ in exact}), there + len(exact)
    assert found / there >= 0.99


def test_the_generator_writes_what_the_trigger_would(filling: Filling) -> None:
    """Or the benchmark would measure something else."""
    rows = filling.db.execute(
        "SELECT f.seen, packed(s.tags, s.sure, '{}'), f.facts || f.rare, s.facts,"
        " f.words::text, s.words::text,"
        " f.print_bits::text, s.print_bits::text, f.print_keys, s.print_keys,"
        " (f.colours <=> s.colours) < 1e-3"
        " FROM photo_facts f JOIN photo_seen s USING (photo_id) LIMIT 25"
    ).fetchall()
    for seen, packed, *pairs, near in rows:
        ours, theirs = (dict(np.frombuffer(tags, SEEN).tolist()) for tags in (seen, packed))
        assert ours == pytest.approx(theirs, abs=1)
        ours, theirs = pairs[0], pairs[1]
        assert (set(ours.pop("t")), near) == (set(theirs.pop("t")), True)
        assert ours.pop("k") == pytest.approx(theirs.pop("k"), abs=1)
        assert ours == theirs
        assert pairs[2::2] == pairs[3::2]


@pytest.mark.parametrize(
    ("field", "key", "text"),
    [("iso", "iso", "200..400"), ("iso", "iso", "3200"), ("width", "w", "3000..5000"),
     ("year", "y", "2006..2008"), ("megapixels", "mp", "11..13")],
)  # fmt: skip
def test_a_range_of_numbers_is_looked_up_and_misses_nothing(
    filling: Filling, field: str, key: str, text: str
) -> None:
    path = range_path(key, text)
    low, _, high = text.partition("..")
    slack = 0.0 if high else 0.02 * float(low)
    fields = {"key": key, "low": float(low) - slack, "high": float(high or low) + slack}
    plain = filling.db.execute(
        "SELECT count(*) FROM photo_facts"
        " WHERE (facts ->> %(key)s)::float BETWEEN %(low)s AND %(high)s", fields,
    ).fetchone()  # fmt: skip
    query = "SELECT count(*) FROM photo_facts WHERE facts @@ %(path)s::jsonpath"
    with filling.db.transaction():
        filling.db.execute("SET LOCAL enable_seqscan = off")
        plan = filling.db.execute(f"EXPLAIN {query}".encode(), {"path": path}).fetchall()
        assert filling.db.execute(query, {"path": path}).fetchone() == plain, field
    assert any("photo_facts_facts" in line for (line,) in plan)


def test_a_search_in_it_answers(filling: Filling) -> None:
    asked = filling.asked(1, "fuji x100")
    with filling.db.transaction():
        answer = filling.asking.answer(filling.db, Question(OWNER, asked.q), asked)
    assert len(answer.photos) == 50 or answer.complete


def test_one_plan_for_all_queries_looks_up_photos_that_have_all_words(filling: Filling) -> None:
    """Told apart from the filter, for a condition that may be missing is none for an index."""
    names: list[bytes] = []

    def numbered(found: re.Match[bytes]) -> bytes:
        if found[1] not in names:
            names.append(found[1])
        return b"$%d" % (names.index(found[1]) + 1)

    query = re.sub(rb"%\((\w+)\)s", numbered, SQL["weigh_candidates"])
    rows = filling.db.execute(b"EXPLAIN (GENERIC_PLAN) " + query).fetchall()
    plan = "\n".join(line for (line,) in rows)
    assert "photo_facts_facts" in plan[plan.index("CTE by_all") : plan.index("CTE newest")]


def test_the_index_of_meaning_is_walked_before_the_first_query(filling: Filling) -> None:
    def walks() -> int:
        filling.db.execute("SELECT pg_stat_force_next_flush()")
        row = filling.db.execute(
            "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'photo_vector_model_1'"
        ).fetchone()
        return int(row[0]) if row else 0

    filling.db.execute(
        "INSERT INTO query_vector (model_id, text, embedding)"
        " SELECT 1, photo_id::text, embedding FROM photo_vector LIMIT 3 ON CONFLICT DO NOTHING"
    )
    before = walks()
    filling.asking.warm(filling.db)
    assert walks() >= before + 3
