"""A gallery with a few of the sample photos in it, for tests that only look."""

import httpx

from tests.system.samples import SAMPLES, identities

#: A few that differ in everything.
NAMES = ("bird-on-trunk", "dunes-at-dusk", "lake-reflection", "rocks-in-fog", "tunnel", "two-dogs")


def stock(client: httpx.Client) -> None:
    """Uploads them and waits until all can be searched; those already there cost nothing."""
    for path in SAMPLES:
        if path.stem in NAMES:
            client.post(
                "/api/photos",
                params={"filename": path.name},
                files={"file": (path.name, path.read_bytes())},
            )
    for name in NAMES:
        wait_ready(client, str(identities()[name]))


def wait_ready(client: httpx.Client, photo_id: str) -> None:
    with client.stream("GET", "/api/events", timeout=90) as events:
        if client.get(f"/api/photos/{photo_id}").json()["status"] == "ready":
            return
        for line in events.iter_lines():
            if photo_id in line and '"ready"' in line:
                return
