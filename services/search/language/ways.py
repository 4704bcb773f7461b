"""The sides of an 'or': each that has something to rank by is a way of its own to be a match."""

from dataclasses import replace

from services.search.language.plan import (
    EVERYTHING,
    NOTHING,
    Condition,
    Either,
    Every,
    Never,
    Only,
    Part,
    path_of,
    ranks,
    wants_of,
)

#: To lack what is denied is less than to have what is wanted beside it.
NOT_THERE = 0.75


def with_ways(part: Part) -> Part:
    """The same, where each side of an 'or' that has wants is a way of its own to be a match.

    'Not mountain or sea' is what shows the sea, and, for less, what has no mountain. '(cat 2021) or
    bird' is a cat of that year, or a bird of any.
    """
    match part:
        case Either(children) if ranks(part):
            return Either(tuple(map(_as_a_way, children)))
        case Every(children):
            return Every(tuple(map(with_ways, children)))
    return part


def _as_a_way(part: Part) -> Part:
    if isinstance(part, Every):
        rest = path_of(Every(tuple(child for child in part.children if not ranks(child))))
        ways = with_ways(part)
        if rest is None or not ranks(part):
            return ways
        # What the index knows nothing of is found by the words of names, not by reading everything.
        sought = path_of(part, within=True, keys=True) or NOTHING
        return Only(ways, Condition(rest, sought=sought))
    if not isinstance(part, Never):
        return with_ways(part)
    meant = next((want.meant for want, _ in wants_of(part.child) if want.meant), None)
    if meant is not None:
        meant = replace(meant, meaning=f"not {meant.meaning}", kind="filter")
    return Condition(path_of(part) or EVERYTHING, meant, worth=NOT_THERE)


def alternatives(part: Part) -> list[Condition]:
    """Conditions that stand beside wants in an 'or', or in one of its sides: there they do not
    filter, they rank or let others rank."""
    match part:
        case Either(children) if ranks(part):
            return [c for c in children if isinstance(c, Condition)] + [
                one for child in children for one in alternatives(child)
            ]
        case Only(child, gate):
            return [gate, *alternatives(child)]
        case Every(children) | Either(children):
            return [one for child in children for one in alternatives(child)]
    return []
