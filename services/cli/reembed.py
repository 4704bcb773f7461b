"""Another embedding model, from the outside: build beside, switch, go back."""

from typing import Annotated, Any

import typer

from services.cli import show
from services.cli.gateway import Door
from services.cli.places import search_door
from services.cli.trouble import Trouble

reembedding = typer.Typer()

PATH = "/internal/v1/models"
STEP_SECONDS = 120.0


@reembedding.command()
def reembed(
    model: Annotated[str, typer.Option(help="The model that the embedder must have.")] = "",
    embedder: Annotated[
        str, typer.Option(help="The embedder with it; else the one that is running.")
    ] = "",
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Let the model before answer again.")
    ] = False,
    build_only: Annotated[
        bool, typer.Option("--build-only", help="Build its vectors, switch later.")
    ] = False,
) -> None:
    """Place all photos and words by another model; searches go on by the old one meanwhile."""
    with search_door() as door:
        if rollback:
            return _tell(door.ask("POST", f"{PATH}:rollback"))
        built = _build(door, model, embedder)
        if build_only:
            return show.say(f"{built} is built; `imgcap reembed` switches to it")
        _tell(door.ask("POST", f"{PATH}:switch", params={"name": built}))


def _build(door: Door, model: str, embedder: str) -> str:
    """The name of the model that has placed everything."""
    params = {"embedder": embedder} if embedder else {}
    before: Any = None
    while True:
        left = door.ask("POST", f"{PATH}:build", params=params, timeout=STEP_SECONDS)
        name = str(left["model"])
        if model and name.partition("@")[0] != model.partition("@")[0]:
            raise Trouble(f"the embedder has {name}, not {model}: set its model and restart it")
        if not left["photos"] and not left["words"]:
            return name
        if left == before:
            raise Trouble("nothing moves: look into the embedder's log")
        before = left
        show.say(f"{name}: {left['photos']} photos and {left['words']} words to go")


def _tell(answer: Any) -> None:
    active = next((one["name"] for one in answer["models"] if one["active"]), "none")
    show.say(f"{active} answers from now on; the others are kept: imgcap reembed --rollback")
