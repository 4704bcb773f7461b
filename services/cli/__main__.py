"""`imgcap`: upload, search, look after."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from services.cli import show
from services.cli.audit import auditing
from services.cli.explain import explaining
from services.cli.gateway import Door
from services.cli.money import MANY, cost_is_fine, money
from services.cli.places import places
from services.cli.reembed import reembedding
from services.cli.trouble import Trouble
from services.cli.upkeep import upkeep

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="imgcap: upload photos, find them by what is in them, look after the gallery.",
)

Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def gateway(connections: int = 8) -> Door:
    where = places()
    return Door(where.gateway, "IMGCAP_URL", connections=connections, token=where.api_key)


@app.command()
def upload(
    paths: Annotated[list[Path], typer.Argument(help="Photos, and folders of photos.")],
    wait: Annotated[bool, typer.Option("--wait", help="Return when they can be found.")] = False,
    parallel: Annotated[int, typer.Option(min=1, max=32, help="Photos sent at once.")] = 4,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to try again while the gateway is away.")
    ] = 120,
    local_only: Annotated[
        bool, typer.Option("--local-only", help="Nothing of these photos may leave the house.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Do not wait a day for half the price, however many.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before many photos cost.")] = False,
    json: Json = False,
) -> None:
    """Send photos. Sending a photo twice does no harm, so a cut upload is just started again."""
    from services.cli.upload import find_photos, send_all, wait_for

    found, began = find_photos(paths), time.monotonic()
    with gateway(connections=parallel) as door:
        if found.photos:
            door.knock()
        if (
            len(found.photos) >= MANY
            and not local_only
            and not cost_is_fine(door, len(found.photos), now=now, yes=yes)
        ):
            raise typer.Exit(1)
        report = send_all(
            door,
            found.photos,
            parallel=parallel,
            patience=patience,
            console=show.err,
            local_only=local_only,
            now=now,
        )
        report.refused += found.absent
        ended = {}
        if wait and not report.stopped:
            pending = [one.id for one in report.sent if one.status not in ("ready", "partial")]
            ended = wait_for(door, pending, seconds=600, console=show.err)
    failed = show.uploaded(report, ended, time.monotonic() - began, machine=json)
    if report.stopped:
        raise typer.Exit(130)
    if failed:
        raise typer.Exit(1)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What is in the photo, its mood, its composition.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Photos to show.")] = 20,
    json: Json = False,
) -> None:
    """Find photos: imgcap search "a melancholic beach"."""
    with gateway() as door:
        answer = door.ask("GET", "/api/search", params={"q": query, "limit": limit})
    show.as_json(answer) if json else show.hits(answer)


@app.command()
def status(json: Json = False) -> None:
    """How many photos there are, and what waits."""
    with gateway() as door:
        answer = door.ask("GET", "/api/status")
    show.as_json(answer) if json else show.gallery(answer)


app.registered_commands += upkeep.registered_commands + money.registered_commands
app.registered_commands += reembedding.registered_commands + explaining.registered_commands
app.registered_commands += auditing.registered_commands
app.registered_groups += upkeep.registered_groups


def main() -> None:
    try:
        app(prog_name="imgcap")
    except Trouble as trouble:
        show.err.print("imgcap:", show.plain(trouble), style="red", soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:  # piped into head
        sys.stderr.close()


if __name__ == "__main__":
    main()
