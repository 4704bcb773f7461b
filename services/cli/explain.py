"""`imgcap explain`: what is seen in a photo, and a picture that shows where.

The drawing belongs to the eyes, and the command may import neither: it starts them.
"""

import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from services.cli.gateway import Door
from services.cli.places import places
from services.cli.trouble import Trouble

explaining = typer.Typer()

EYES = ["-m", "services.tagger.explain"]
#: What the eyes are made of; the command alone can be installed without it.
PARTS = ("cv2", "onnxruntime", "PIL")
SECONDS = 120.0


@explaining.command()
def explain(
    photo: Annotated[str, typer.Argument(help="A file, or the id of a photo in the gallery.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The picture; else NAME-explained.jpg, here.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Print what is seen in a photo, and write a copy with grid, lines, axis and box drawn in.

    A file is looked at here, by the local eyes; nothing is sent. Of a photo in the gallery, all
    that the gallery knows is shown.
    """
    if not all(map(find_spec, PARTS)):
        raise Trouble("the eyes are not installed here: pip install 'imgcap[tagger]'")
    asked = ["--json"] if json else []
    if Path(photo).is_file():
        where = ["--out", str(out)] if out else []
        return _look([photo, "--models", str(places().models), *where, *asked])
    with tempfile.TemporaryDirectory() as scratch:
        display, seen, name = _fetched(_id_of(photo), Path(scratch))
        target = out or Path(f"{Path(name).stem or 'photo'}-explained.jpg")
        _look([str(display), "--seen", str(seen), "--out", str(target), *asked])


def _look(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *EYES, *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise Trouble(done.stderr.strip().rpartition("\n")[2])
    typer.echo(done.stdout, nl=False)


def _id_of(photo: str) -> UUID:
    try:
        return UUID(photo)
    except ValueError as error:
        raise Trouble(f"{photo} is neither a file nor the id of a photo") from error


def _fetched(photo_id: UUID, folder: Path) -> tuple[Path, Path, str]:
    """The display copy, what was seen in it, and the photo's name."""
    with Door(places().gateway, "IMGCAP_URL", token=places().api_key) as door:
        detail = door.ask("GET", f"/api/photos/{photo_id}")
        display = door.client.get(detail["display"], follow_redirects=True)
        if not display.is_success:
            raise Trouble(f"the display copy cannot be had: {display.status_code}")
    seen = {name: detail[name] for name in ("tags", "caption", "cost")}
    (folder / "display.jpg").write_bytes(display.content)
    (folder / "seen.json").write_text(json.dumps(seen))
    return folder / "display.jpg", folder / "seen.json", str(detail["filename"])
