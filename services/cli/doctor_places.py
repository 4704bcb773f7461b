"""What the doctor tries by itself: the broker, the store's rights, clocks, the disk."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.finding import Finding
from services.cli.places import Places
from services.cli.show import duration
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.common.settings import StoreSettings

Findings = Iterator[Finding]

GB = 10**9
#: Below the first photos are refused soon; below the second the broker stops its publishers.
SCARCE, FULL = 5 * GB, GB
#: S3 refuses requests that are signed further from its own time.
CLOCK_SECONDS = 300.0
#: Where the gateway's role may write; nothing stays there.
CHECK_KEY = "photos/doctor/check"


def broker(places: Places) -> Findings:
    """Asked from here, when this command knows where it is; else search's word counts."""
    from pika import BlockingConnection
    from pika.exceptions import AMQPError, ProbableAuthenticationError

    try:
        settings = places.broker
    except Trouble:
        return
    try:
        with BlockingConnection(settings.parameters) as connection:
            told = getattr(getattr(connection, "_impl", None), "server_properties", None) or {}
            channel = connection.channel()
            channel.exchange_declare(settings.topology.exchange, "topic", passive=True)
    except ProbableAuthenticationError:
        fix = "put the right name and password into IMGCAP_BROKER__URL"
        yield Finding("broker's door", "ill", "it refuses us", fix)
    except (AMQPError, OSError) as error:
        fix = "start it, or set IMGCAP_BROKER__URL; uploads go on meanwhile"
        yield Finding("broker's door", "ill", type(error).__name__, fix)
    else:
        yield Finding("broker's door", "well", f"RabbitMQ {told.get('version', '')} lets us in")


def rights(settings: "StoreSettings") -> Finding:
    """Whether we may do there what gateway and sweeper do."""
    from services.common.blobs import Blobs
    from services.common.errors import Refuse, TryAgain

    blobs = Blobs(settings)
    try:
        blobs.put(CHECK_KEY, b"imgcap doctor", "text/plain")
        blobs.get(CHECK_KEY)
        blobs.delete([CHECK_KEY])
    except (TryAgain, Refuse) as error:
        fix = "allow to put, get, list and delete in it: docs/providers/s3.md"
        return Finding("store's rights", "ill", f"{settings.bucket}: {error}", fix)
    return Finding("store's rights", "well", f"{settings.bucket} can be written, read and cleared")


def clock(what: str, date: str) -> Findings:
    """``date`` is the header of that name: the time there."""
    try:
        apart = abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds())
    except (ValueError, TypeError):
        return
    if apart > CLOCK_SECONDS:
        fix = "set both clocks by NTP: S3 refuses what is signed at another time"
        yield Finding(what, "ill", f"{duration(apart)} apart from ours", fix)
    else:
        yield Finding(what, "well", f"within {max(1, round(apart))} s of ours")


def disk(places: Places) -> Findings:
    """Of this machine: where `make run` keeps everything, or where we stand."""
    folder = places.folder if places.folder.exists() else Path()
    free = shutil.disk_usage(folder).free
    text = f"{free / GB:.1f} GB free at {folder.resolve()}"
    if free >= SCARCE:
        yield Finding("disk", "well", text)
    else:
        fix = "make room: docs/operations/runbook.md#the-disk-is-full"
        yield Finding("disk", "ill" if free < FULL else "look", text, fix)
