"""What a PromQL expression asks for, series by series, as Prometheus' own grammar has it."""

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as promql

#: What Prometheus itself puts onto every series that it scrapes.
GIVEN = frozenset({"job", "instance", "le"})
OWN = {"up": frozenset({"job", "instance"})}


@dataclass(frozen=True)
class Series:
    name: str
    labels: frozenset[str]


def series(expression: str) -> Iterator[Series]:
    """Every selector with the labels it names, and those that results are grouped or joined by.

    Raises ``ValueError`` for what is no PromQL.
    """
    grouped: set[str] = set()
    selectors: list[promql.VectorSelector] = []

    def visit(node: promql.Expr) -> bool:
        match node:
            case promql.VectorSelector():
                selectors.append(node)
            case promql.AggregateExpr(modifier=modifier) if modifier is not None:
                grouped.update(modifier.labels)
            case promql.BinaryExpr(modifier=modifier) if modifier is not None and modifier.matching:
                grouped.update(modifier.matching.labels)
        return True

    promql.walk(promql.parse(expression), visit)
    for selector in selectors:
        named = {matcher.name for matcher in selector.matchers.matchers}
        yield Series(selector.name or "", frozenset(named | grouped))


def complaints(expression: str, exposed: dict[str, frozenset[str]]) -> list[str]:
    """What of an expression no service tells: names, or labels of a name."""
    wrong = []
    for one in series(expression):
        known = {**exposed, **OWN}.get(one.name)
        if known is None:
            wrong.append(f"nobody tells {one.name}")
        elif absent := one.labels - known - GIVEN:
            wrong.append(f"{one.name} has no label {', '.join(sorted(absent))}")
    return wrong
