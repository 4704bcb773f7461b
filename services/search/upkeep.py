"""What search does for itself now and then, between the sweeps."""

from services.search.database import Pool
from services.search.meaning import KEPT, Meaning, place_words
from services.search.sql import SQL


def upkeep(pool: Pool, meaning: Meaning) -> int:
    """Words and photos counted, old query vectors dropped, new words placed; how many of those.

    One search at a time: two would pay the embedder for the same words.
    """
    with pool.connection() as turn:
        if turn.execute(SQL["take_turn"]).fetchone() != (True,):
            return 0
        with pool.connection() as db:
            db.execute(SQL["fold_tag_use"])
            db.execute(SQL["fold_photo_count"])
            db.execute(SQL["forget_vectors"], {"most": KEPT})
        return place_words(pool, meaning)
