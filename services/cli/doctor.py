"""What is wrong and what to do about it, found out from the outside."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from services.cli.doctor_cloud import cloud
from services.cli.doctor_places import broker, clock, disk, rights
from services.cli.finding import Finding
from services.cli.gateway import Door
from services.cli.places import Places, told
from services.cli.show import duration
from services.cli.trouble import Trouble
from services.common.internal import is_loopback

LONG_SECONDS = 900.0
#: Filters and vectors together need its iterative scans.
PGVECTOR = (0, 8)


Findings = Iterator[Finding]


def examine(places: Places) -> list[Finding]:
    checks: list[Callable[[Places], Findings]] = [_gateway, _search, _gallery, broker, _store]
    checks += [disk, _models, cloud]
    return [finding for check in checks for finding in _run(check, places)]


def _run(check: Callable[[Places], Findings], places: Places) -> list[Finding]:
    name = check.__name__.strip("_")
    try:
        return list(check(places))
    except Trouble as trouble:
        return [Finding(name, "ill", str(trouble))]


def _gateway(places: Places) -> Findings:
    with Door(places.gateway, "IMGCAP_URL", token=places.api_key) as door:
        began = time.monotonic()
        answer = _probe(door)
        milliseconds = (time.monotonic() - began) * 1000
        if answer.is_success:
            yield Finding("gateway", "well", f"{door.url} answers in {milliseconds:.0f} ms")
        else:
            why = answer.text.strip()[:200] or "not ready"
            fix = "it needs search and the store: see below"
            yield Finding("gateway", "ill", f"{door.url}: {why}", fix)
        yield from clock("clock", answer.headers.get("Date", ""))


def _search(places: Places) -> Findings:
    with Door(places.search, "IMGCAP_SEARCH_URL") as door:
        answer = _probe(door)
    if answer.is_success:
        yield Finding("search", "well", f"{door.url} is ready")
    else:
        yield Finding("search", "ill", "it is up, its database is not", "start PostgreSQL")


def _probe(door: Door) -> httpx.Response:
    try:
        return door.client.get("/readyz", timeout=5)
    except httpx.HTTPError as error:
        raise Trouble(
            f"nobody answers at {door.url} ({type(error).__name__}):"
            " start imgcap with `make run`, or set IMGCAP_URL and IMGCAP_SEARCH_URL"
        ) from error


def _gallery(places: Places) -> Findings:
    status = told(places)
    yield from _database(status.get("versions") or {})
    yield from _queues(status.get("queues"))
    yield _waiting(status)
    if failed := (status.get("photos") or {}).get("failed"):
        reasons = [f"{one['photos']} {one['code']}" for one in status.get("failures") or []]
        fix = "“Retry all failed” on the page, or POST /api/photos/retry-failed, tries them again"
        text = f"{failed} failed" + (f": {', '.join(reasons)}" if reasons else "")
        yield Finding("photos", "look", text, fix)
    for one in status.get("providers") or []:
        yield _provider(one)


def _database(versions: Mapping[str, str]) -> Findings:
    """Search is ready only with its schema, so that what it tells is what there is."""
    if not (pgvector := versions.get("pgvector")):
        return
    told = f"PostgreSQL {versions.get('postgresql')}, pgvector {pgvector}"
    text = f"{told}, schema {versions.get('schema')}"
    if _numbers(pgvector) < PGVECTOR:
        fix = "install pgvector 0.8 or newer, then ALTER EXTENSION vector UPDATE"
        yield Finding("database", "look", text, fix)
    else:
        yield Finding("database", "well", text)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _waiting(status: Mapping[str, Any]) -> Finding:
    oldest = status.get("oldest_unfinished_seconds") or 0
    if oldest <= LONG_SECONDS:
        return Finding("waiting", "well", "no photo waits for long")
    left = status.get("backlog_seconds")
    pace = f"; all are done in {duration(left)} at the pace of late" if left else ""
    fix = "its reason is on the page, and in the logs: docs/operations/runbook.md#photos-wait"
    return Finding("waiting", "look", f"a photo waits for {duration(oldest)}{pace}", fix)


def _provider(told: Mapping[str, Any]) -> Finding:
    """As the workers have last found it."""
    name = f"provider {told['name']}"
    match told["state"]:
        case "well":
            return Finding(name, "well", "the workers' last call was answered")
        case "paused":
            fix = "a person must act: docs/operations/runbook.md#a-provider-is-down"
            return Finding(name, "ill", str(told.get("text")), fix)
        case _:
            fix = "it is probed every half minute; photos wait or are partly tagged meanwhile"
            return Finding(name, "look", str(told.get("text")), fix)


def _queues(queues: Mapping[str, Any] | None) -> Findings:
    if queues is None:
        fix = "start RabbitMQ; photos wait in the database until it is back"
        yield Finding("broker", "ill", "away", fix)
        return
    waiting = {name: one["ready"] for name, one in queues.items() if name != "parked"}
    told = ", ".join(f"{name} {count}" for name, count in waiting.items())
    yield Finding("broker", "well", f"waiting: {told}")
    for name in waiting:
        if not queues[name]["consumers"]:
            yield Finding(name, "ill", "nobody consumes its queue", f"start services.{name}")
    if count := queues.get("parked", {}).get("ready"):
        text = f"{count} events that nobody could handle"
        yield Finding("parked", "look", text, "`imgcap parked list`, then replay or drop")


def _store(places: Places) -> Findings:
    settings = places.store
    if settings is None:
        yield Finding("store", "look", "unknown here", "set IMGCAP_STORE__ENDPOINT and its keys")
        return
    from services.common.blobs import Blobs

    where = settings.endpoint or "AWS"
    if Blobs(settings).answers():
        yield Finding("store", "well", f"bucket {settings.bucket} of {where}")
        yield rights(settings)
    else:
        fix = "start it, check its keys, or make the bucket"
        yield Finding("store", "ill", f"no bucket {settings.bucket} at {where}", fix)
    if settings.endpoint:
        try:
            answer = httpx.get(settings.endpoint, timeout=3)
            yield from clock("store's clock", answer.headers.get("Date", ""))
        except httpx.HTTPError:
            return


def _models(places: Places) -> Findings:
    from services.common.models import missing

    if not is_loopback(urlsplit(places.search).hostname or ""):
        return  # where the services run elsewhere, each is ready only with its models
    absent = [file.name for file in missing(places.models)]
    if absent:
        fix = f"python -m services.common.models {places.models}"
        text = f"{', '.join(absent)} missing or damaged in {places.models}"
        yield Finding("models", "look", text, f"only the local providers need them: {fix}")
    else:
        yield Finding("models", "well", f"all there, in {places.models}")
