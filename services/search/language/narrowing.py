"""``kind:=name``: of the matches those that are called just so, as a facet counts them.

It decides who is a match and nothing else: neither what is alike, nor where the matches end.
"""

from services.search.language.known import Terms
from services.search.language.plan import Condition, Meant, has_tag
from services.search.language.syntax import Field, show

#: Names of the fields, and the kinds of facets that they name.
FACETS = {
    "label": "label",
    "mood": "mood",
    "technique": "composition",
    "composition": "composition",
    "user": "user",
    "color": "colour",
    "colour": "colour",
    "camera": "camera",
    "lens": "lens",
    "year": "year",
    "orientation": "orientation",
}


def narrowing(terms: Terms, field: Field) -> Condition | None:
    """None for a field that is no facet, or that says more than a name."""
    kind = FACETS.get(field.name)
    if kind is None or field.comparison != "=" or field.values:
        return None
    name = " ".join(field.bound.lower().split())
    ids = [term.number for term in terms.exactly(name, [kind]) if term.text == name]
    meant = Meant(field.span, show(field), kind, name, show(field))
    return Condition(has_tag(ids), meant, narrows=True)
