"""Answers as people read them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from services.cli.upload import Report

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def plain(text: object) -> Text:
    """Names and words come from anywhere: what would steer a terminal is shown as a dot."""
    return Text("".join(one if one.isprintable() else "·" for one in str(text)))


def say(text: str, style: str = "") -> None:
    line = plain(text)
    line.stylize(style)
    out.print(line, soft_wrap=True)


def as_json(answer: Any) -> None:
    out.print(json.dumps(answer, indent=2, ensure_ascii=False), markup=False, soft_wrap=True)


def rows(titles: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(title, overflow="fold")
    for line in lines:
        table.add_row(*(plain(cell) for cell in line))
    out.print(table)


def hits(answer: Mapping[str, Any]) -> None:
    """How alike, which photo, and why."""
    if not answer["photos"]:
        say(f"nothing found for “{answer['query']}”")
        return
    rows(
        ["likeness", "photo", "why", "id"],
        (
            [f"{hit['likeness']:.2f}", hit["filename"], why(hit["why"]), hit["id"]]
            for hit in answer["photos"]
        ),
    )
    say(f"{len(answer['photos'])} of {answer['total']}", "dim")


def why(reasons: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{'perhaps ' if one.get('guess') else ''}{one['tag']} ({one['kind']}, {one['share']:.0%})"
        for one in reasons[:3]
    )


def gallery(answer: Mapping[str, Any]) -> None:
    counts = {state: count for state, count in answer["photos"].items() if count}
    told = ", ".join(f"{count} {state}" for state, count in counts.items()) or "none yet"
    say(f"photos   {told}")
    say(f"tags     {answer['tags']}")
    oldest = answer.get("oldest_unfinished_seconds")
    say(f"waiting  {duration(oldest) if oldest is not None else 'nothing waits'}")
    say(f"spent    ${float(answer['spent']):.2f}")
    if waits := answer.get("batches"):
        say(f"batches  {in_batches(waits)}")
    say(f"version  {answer['version']}")
    queues = answer.get("queues")
    if queues is None:
        say("broker   away; photos wait in the database meanwhile", "yellow")
        return
    rows(
        ["queue", "waiting", "workers"],
        ([name, one["ready"], one["consumers"]] for name, one in queues.items()),
    )


def in_batches(waits: Mapping[str, Any]) -> str:
    until = f", answered by {waits['until'][:16]} UTC" if waits["until"] else ""
    sent = f"{waits['sent']} photos sent ({waits['done']} answered){until}"
    return f"{waits['waiting']} photos wait to be sent, {sent}"


def duration(seconds: float) -> str:
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"


def findings(found: Mapping[str, Any]) -> None:
    """What an audit found."""
    say(f"{found.get('photos', 0)} photos, {found.get('objects', 0)} objects")
    for what, meaning in (
        ("orphans", "bytes that belong to no photo"),
        ("missing", "photos without their bytes"),
    ):
        for one in found.get(what, []):
            say(f"{meaning}: {one}", "yellow")
    if not found.get("orphans") and not found.get("missing"):
        say("nothing missing, nothing left over", "green")
    if found.get("fixed"):
        say(f"{found['fixed']} will be gone within minutes")


def uploaded(
    report: "Report", ended: Mapping[str, Mapping[str, Any]], seconds: float, *, machine: bool
) -> bool:
    """Tell what became of every photo; True when not all is well."""
    failed = [one for one in report.sent if ended.get(one.id, {}).get("status") == "failed"]
    if machine:
        _uploaded_as_json(report, ended)
        return bool(report.refused or failed)
    for refused in report.refused:
        say(f"refused: {refused.path}: {refused.message} ({refused.code})", "red")
    for one in failed:
        reason = ended[one.id].get("reason") or {}
        say(f"failed: {one.path}: {reason.get('text', '')} ({reason.get('code', '')})", "red")
    known = sum(one.duplicate for one in report.sent)
    told = [f"{len(report.sent) - known} sent"]
    told += [f"{known} known already"] if known else []
    told += [f"{len(ended) - len(failed)} searchable"] if ended else []
    told += [f"{len(report.refused)} refused"] if report.refused else []
    say(f"{', '.join(told)} in {duration(seconds)}")
    if report.stopped:
        say("stopped: start it again to go on, nothing is sent twice")
    return bool(report.refused or failed)


def _uploaded_as_json(report: "Report", ended: Mapping[str, Mapping[str, Any]]) -> None:
    photos = [
        {
            "path": str(one.path),
            "id": one.id,
            "status": ended.get(one.id, {}).get("status", one.status),
            "duplicate": one.duplicate,
        }
        for one in report.sent
    ]
    refused = [
        {"path": str(one.path), "code": one.code, "message": one.message} for one in report.refused
    ]
    as_json({"photos": photos, "refused": refused})
