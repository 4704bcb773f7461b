"""What the record's exceptions are to whoever asked."""

import psycopg
from psycopg_pool import PoolTimeout

from services.common.problems import Problem, away
from services.search.bringing import Unreadable
from services.search.gallery import BadCursor
from services.search.meaning import EmbedderAway
from services.search.record import NoSuchPhoto, Superseded
from services.search.saved import NoSuchSearch

DATABASE_AWAY = away("database-away", "try again in a moment")
PROBLEMS: dict[type[Exception], Problem] = {
    NoSuchPhoto: Problem(404, "no-such-photo", "there is no such photo"),
    NoSuchSearch: Problem(404, "no-such-search", "there is no such saved search"),
    Unreadable: Problem(422, "unreadable-keywords", "no sidecar, JSON or CSV of keywords"),
    Superseded: Problem(409, "superseded", "the photo was deleted or replaced meanwhile"),
    BadCursor: Problem(400, "bad-cursor", "take the cursor from the page before"),
    EmbedderAway: away("embedder-away", "words cannot be placed now; try again in a moment"),
    psycopg.OperationalError: DATABASE_AWAY,
    psycopg.errors.ReadOnlySqlTransaction: DATABASE_AWAY,
    PoolTimeout: DATABASE_AWAY,
    psycopg.DataError: Problem(422, "bad-request", "a value that no photo can have"),
}


def problem_of(error: Exception) -> Problem:
    """Of the nearest class that is listed. Raises ``KeyError`` if none is."""
    for kind in type(error).__mro__:
        if issubclass(kind, Exception) and kind in PROBLEMS:
            return PROBLEMS[kind]
    raise KeyError(type(error))
