"""Many photos at once: found in folders, sent side by side, and followed until searchable."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag

import httpx
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from services.cli.gateway import Door
from services.cli.sending import Refused, Sender, Sent
from services.cli.trouble import Trouble

#: What is taken from a folder; a file that is named is sent whatever it is called.
PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".heif", ".tif", ".tiff"}
DONE = {"ready", "partial", "failed"}
LOOK_EVERY = 0.5  # seconds
LOOKED_AT_ONCE = 16


@dataclass
class Found:
    photos: list[Path] = field(default_factory=list)
    absent: list[Refused] = field(default_factory=list)


@dataclass
class Report:
    sent: list[Sent] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    stopped: bool = False


def find_photos(paths: Sequence[Path]) -> Found:
    """Folders to their last corner, hidden ones left out; each file once, in order of its path."""
    found = Found()
    for path in paths:
        if path.is_dir():
            found.photos += sorted(_inside(path))
        elif path.is_file():
            found.photos.append(path)
        else:
            found.absent.append(Refused(path, "no-such-file", "there is no such file"))
    found.photos = list(dict.fromkeys(found.photos))
    return found


def _inside(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() in PHOTOS:
                yield Path(parent, name)


def send_all(
    door: Door,
    photos: Sequence[Path],
    *,
    parallel: int,
    patience: float,
    console: Console,
    local_only: bool = False,
    now: bool = False,
) -> Report:
    """Ctrl-C ends it early: what was sent is kept, and sending the rest later is safe."""
    report, stop = Report(), Flag()
    with (
        _sending(console, photos) as (moved, one_more),
        ThreadPoolExecutor(parallel) as pool,
    ):
        together = 0 if now else len(photos)
        sender = Sender(door, patience, stop, moved, local_only, together)
        futures = [pool.submit(sender.send, path) for path in photos]
        try:
            for future in as_completed(futures):
                match future.result():
                    case Sent() as sent:
                        report.sent.append(sent)
                    case refused:
                        report.refused.append(refused)
                one_more()
        except (KeyboardInterrupt, Trouble) as error:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, Trouble):
                raise
            report.stopped = True
    return report


@contextmanager
def _sending(
    console: Console, photos: Sequence[Path]
) -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
    progress = Progress(
        TextColumn("sending {task.fields[number]}/{task.fields[count]}"),
        BarColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    sizes = [path.stat().st_size for path in photos if path.exists()]
    with progress:
        task = progress.add_task("", total=sum(sizes), number=0, count=len(photos))
        number = 0

        def one_more() -> None:
            nonlocal number
            number += 1
            progress.update(task, number=number)

        yield lambda moved: progress.advance(task, moved), one_more


def wait_for(
    door: Door, ids: Sequence[str], *, seconds: float, console: Console
) -> dict[str, dict[str, object]]:
    """What became of each photo; raises ``Trouble`` when for so long none came to an end.

    They come to an end about in the order in which they were sent, so that the next few are
    looked at, and whatever takes longer goes to the back.
    """
    waiting, ended = deque(dict.fromkeys(ids)), dict[str, dict[str, object]]()
    deadline = time.monotonic() + seconds
    columns = (TextColumn("searchable"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=len(waiting))
        while waiting:
            before = len(ended)
            for _ in range(min(len(waiting), LOOKED_AT_ONCE)):
                photo_id = waiting.popleft()
                photo = _look(door, photo_id)
                if photo.get("status") in DONE:
                    ended[photo_id] = photo
                else:
                    waiting.append(photo_id)
            progress.update(task, completed=len(ended))
            if len(ended) > before:
                deadline = time.monotonic() + seconds
            elif time.monotonic() > deadline:
                raise Trouble(
                    f"{len(waiting)} photos are not searchable after {seconds:.0f} s:"
                    " `imgcap doctor` says why"
                )
            else:
                time.sleep(LOOK_EVERY)
    return ended


def _look(door: Door, photo_id: str) -> dict[str, object]:
    try:
        answer = door.client.get(f"/api/photos/{photo_id}")
    except httpx.HTTPError:
        return {"status": "queued"}  # as far as we know
    if answer.status_code == 404:
        return {"status": "failed", "reason": {"code": "deleted", "text": "it was deleted"}}
    return door.read(answer) if answer.is_success else {"status": "queued"}
