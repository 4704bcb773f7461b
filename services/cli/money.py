"""What photos cost: quote before, spend after."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import show
from services.cli.gateway import Door
from services.cli.places import places

money = typer.Typer()

#: From so many photos on, an upload says first what they will cost.
MANY = 100

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@money.command()
def quote(
    what: Annotated[list[str], typer.Argument(help="A number of photos, or files and folders.")],
    now: Annotated[bool, typer.Option("--now", help="Without waiting for half the price.")] = False,
    json: Json = False,
) -> None:
    """Say what photos would cost with the providers that are set. Nothing is paid or sent."""
    with Door(places().gateway, "IMGCAP_URL", token=places().api_key) as door:
        answer = door.ask("GET", "/api/quote", params=_asked(_count(what), now=now))
    if json:
        show.as_json(answer)
        return
    show.say(answer["text"])
    if answer["lines"]:
        show.rows(
            ["what", "model", "a photo", "all", "by"],
            ([*_line(line), _by(line, answer)] for line in answer["lines"]),
        )
    if not answer["fits"]:
        show.say("more than is left of the budget: photos would wait, or go local", "yellow")


def cost_is_fine(door: Door, photos: int, *, yes: bool, now: bool = False) -> bool:
    """Says what so many photos will cost, and asks, where there is a person to be asked."""
    answer = door.ask("GET", "/api/quote", params=_asked(photos, now=now))
    if not float(answer["total"]):
        return True
    show.err.print(show.plain(answer["text"]), soft_wrap=True)
    return yes or not sys.stdin.isatty() or typer.confirm("Send them?", err=True)


def _asked(photos: int, *, now: bool) -> dict[str, Any]:
    return {"photos": photos, **({"now": "true"} if now else {})}


def _count(what: list[str]) -> int:
    if len(what) == 1 and what[0].replace(",", "").isdigit():
        return int(what[0].replace(",", ""))
    from services.cli.upload import find_photos

    return len(find_photos([Path(one) for one in what]).photos)


def _line(line: dict[str, Any]) -> list[str]:
    each, total = float(line["each"]), float(line["total"])
    return [line["what"], line["model"], f"${each:.6f}", f"${total:.4f}"]


def _by(line: dict[str, Any], answer: dict[str, Any]) -> str:
    if line["measured"]:
        return "what it cost lately"
    return f"prices of {answer['prices_of']}"


@money.command()
def spend(
    days: Annotated[int, typer.Option(min=1, max=400, help="Back from today.")] = 31,
    json: Json = False,
) -> None:
    """Say what was paid, to whom, and what is left."""
    with Door(places().gateway, "IMGCAP_URL", token=places().api_key) as door:
        answer = door.ask("GET", "/api/spend", params={"days": days})
    if json:
        show.as_json(answer)
        return
    show.rows(
        ["day", "provider", "model", "calls", "cost"],
        (
            [one["day"], one["provider"], one["model"], one["calls"], f"${float(one['cost']):.4f}"]
            for one in answer["days"]
        ),
    )
    for budget in answer["budgets"]:
        spent, cap = float(budget["spent"]), float(budget["cap"])
        show.say(f"this {budget['unit']}: ${spent:.4f} of ${cap:.2f}")
