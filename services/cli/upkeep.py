"""The operator's commands: doctor, parked, audit, reconcile."""

from typing import Annotated, Any

import typer

from services.cli import show
from services.cli.gateway import Door
from services.cli.money import cost_is_fine
from services.cli.places import places, search_door

upkeep = typer.Typer()
parked = typer.Typer(no_args_is_help=True, help="Events that nobody could handle.")
upkeep.add_typer(parked, name="parked")

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
PhotoIds = Annotated[list[str] | None, typer.Argument(help="Ids of photos; none means all.")]

#: Listing a large bucket takes its time.
LONG_SECONDS = 3600.0
MARKS = {"well": ("✓", "green"), "look": ("!", "yellow"), "ill": ("✗", "red")}


@upkeep.command()
def doctor(json: Json = False) -> None:
    """Say what is wrong and what to do about it. Exit code 1 if something is ill."""
    from services.cli.doctor import examine

    findings = examine(places())
    if json:
        show.as_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            mark, colour = MARKS[finding.state]
            show.say(f"{mark} {finding.what}: {finding.text}", colour)
            if finding.fix:
                show.say(f"    {finding.fix}")
    if any(finding.state == "ill" for finding in findings):
        raise typer.Exit(1)


@upkeep.command()
def retag(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask what it may cost.")] = False,
) -> None:
    """Look at all photos anew, as after a change of provider or model.

    What was paid for before is not paid again; many photos wait for half the price.
    """
    where = places()
    with Door(where.gateway, "IMGCAP_URL", token=where.api_key) as door:
        counts = door.ask("GET", "/api/status")["photos"]
        photos = sum(counts.get(state, 0) for state in ("ready", "partial", "failed"))
        if not cost_is_fine(door, photos, yes=yes):
            raise typer.Exit(1)
        told: dict[str, Any] = {"left": 1}
        retagged = 0
        while told["left"]:
            again = {name: told[name] for name in ("before", "together") if name in told}
            told = door.ask("POST", "/api/photos/retag", params=again)
            retagged += told["retried"]
    show.say(f"{retagged} photos will be looked at anew")


@parked.command("list")
def list_parked(json: Json = False) -> None:
    """Show them, and why they are there."""
    from services.cli.parked import parked_at

    with parked_at(places().broker) as queue:
        letters = [letter for letter, _ in queue.visit(lambda _: "keep")]
    told = [
        {
            "event": one.name,
            "photo_id": one.photo_id,
            "occurred_at": one.occurred_at,
            "queue": one.queue,
            "reason": one.reason,
        }
        for one in letters
    ]
    if json:
        show.as_json(told)
    elif told:
        show.rows(list(told[0]), (list(one.values()) for one in told))
    else:
        show.say("nothing is parked")


@parked.command()
def replay(photo_ids: PhotoIds = None) -> None:
    """Send them to their queues again."""
    settled = _settle("replay", photo_ids)
    show.say(f"{settled['replay']} sent again, {settled['keep']} kept")


@parked.command()
def drop(
    photo_ids: PhotoIds = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Throw them away. No photo is lost by it: its row decides what happens next."""
    if not yes and not photo_ids:
        typer.confirm("Throw all parked events away?", abort=True)
    settled = _settle("drop", photo_ids)
    show.say(f"{settled['drop']} thrown away, {settled['keep']} kept")


def _settle(verdict: Any, photo_ids: list[str] | None) -> dict[str, int]:
    from services.cli.parked import parked_at

    with parked_at(places().broker) as queue:
        visited = queue.visit(
            lambda letter: verdict if not photo_ids or letter.photo_id in photo_ids else "keep"
        )
    verdicts = [done for _, done in visited]
    return {name: verdicts.count(name) for name in ("replay", "drop", "keep")}


@upkeep.command()
def audit(
    fix: Annotated[
        bool, typer.Option("--fix", help="Remove bytes that belong to nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare the record with the bytes: nothing missing, nothing left over."""
    with search_door() as door:
        found = door.ask("POST", "/internal/v1/audit", params={"fix": fix}, timeout=LONG_SECONDS)
    if json:
        show.as_json(found)
    else:
        show.findings(found)
    if found.get("missing") or (found.get("orphans") and not fix):
        raise typer.Exit(1)


@upkeep.command()
def reconcile(
    from_bucket: Annotated[
        bool, typer.Option("--from-bucket", help="Make rows for photos whose bytes are there.")
    ] = False,
) -> None:
    """Rebuild the record from the bytes, after a database was lost. Nothing is paid again."""
    if not from_bucket:
        raise typer.BadParameter("say --from-bucket: it is the only place to rebuild from")
    with search_door() as door:
        found = door.ask("POST", "/internal/v1/reconcile", timeout=LONG_SECONDS)
    show.say(f"{found.get('rebuilt', 0)} photos rebuilt; they are queued and will be searchable")
