"""Words that a gallery's photos have: some known words are only others', or of deleted photos."""

from collections.abc import Iterable

from services.search.database import Db
from services.search.language.plan import Want
from services.search.remembered import Lately
from services.search.sql import SQL

#: Seconds for which a word that was in use counts as in use.
FRESH, MOST = 10.0, 20_000


class Used:
    """Only what is in use is remembered, so that new words are there at once."""

    def __init__(self) -> None:
        self._there: Lately[bool] = Lately(FRESH, MOST)

    def there(self, db: Db, owner: str, numbers: Iterable[int]) -> set[int]:
        """Which of these tags some photo of the gallery has."""
        tags = [number for number in numbers if number > 0]
        if not tags:
            return set()
        fields = {"owner": owner, "tag_ids": tags, "limit": len(tags)}
        return {number for number, _ in db.execute(SQL["complete_tags"], fields)}

    def absent(self, db: Db, owner: str, wants: Iterable[Want]) -> frozenset[int]:
        """The tags of wants of which the gallery has no photo at all, by any of their names.

        What somebody took from a photo stays known: else its meaning would bring the photo back.
        What a photo perhaps has is known too.
        """
        named = [tags for want in wants if (tags := _tags(want))]
        asked = [tags for tags in named if not any(self._there.get((owner, n)) for n in tags)]
        if not asked:
            return frozenset()
        every = list(set().union(*asked))
        fields = {"owner": owner, "tag_ids": every, "limit": len(every)}
        there = {number for number, _ in db.execute(SQL["complete_tags"], fields)}
        if any(not tags & there for tags in asked):
            for query in ("rejected_tags", "guessed_tags"):
                there |= {number for (number,) in db.execute(SQL[query], fields)}
        for number in there:
            self._there.keep((owner, number), True)
        return frozenset().union(*(tags for tags in asked if not tags & there))


def _tags(want: Want) -> set[int]:
    """Tags that are the want by name; a colour, say, no photo needs a word for."""
    numbers = want.likeness if want.known else {}
    return set() if any(number < 0 for number in numbers) else set(numbers)
