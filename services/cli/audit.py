"""`imgcap audit-log`: who signed in, made keys, shared, changed roles, deleted."""

from typing import Annotated

import typer
from rich.table import Table

from services.cli import show
from services.cli.gateway import Door
from services.cli.places import places

auditing = typer.Typer()


@auditing.command("audit-log")
def audit_log(
    limit: Annotated[int, typer.Option(min=1, max=200, help="Entries to show.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Who did what; needs IMGCAP_API_KEY with the scope admin."""
    where = places()
    with Door(where.gateway, "IMGCAP_URL", token=where.api_key) as door:
        answer = door.ask("GET", "/api/audit", params={"limit": limit})
    if json:
        return show.as_json(answer)
    table = Table("when", "who", "did", "from")
    for entry in answer["entries"]:
        told = (entry["at"][:19], entry["name"], entry["what"], entry["address"])
        table.add_row(*(show.plain(text) for text in told))
    show.out.print(table)
