"""A photographer who never gives up: uploads until it is answered, deletes at any moment."""

import io
import random
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Lock
from time import monotonic, sleep
from uuid import UUID

import httpx
import numpy as np
from PIL import Image

#: What an answer may be while things die: never a 500, never a hang.
MEANWHILE = {503}
SIDE = 48


def photo(number: int, seed: int) -> bytes:
    """A small JPEG that is like no other."""
    noise = np.random.default_rng([seed, number]).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=70)
    return file.getvalue()


@dataclass
class Memory:
    """What the client was promised. Times are ``monotonic``."""

    accepted: dict[UUID, int] = field(default_factory=dict)
    deleted: dict[UUID, float] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: Lock = field(default_factory=Lock)


class Client:
    def __init__(self, gateway: str, memory: Memory, seed: int) -> None:
        self.http = httpx.Client(base_url=gateway, timeout=15)
        self.memory, self.seed = memory, seed
        self.random = random.Random(seed)

    def upload(self, number: int) -> UUID:
        body, name = photo(number, self.seed), f"photo {number}.jpg"
        answer = self._until_answered(
            "POST",
            "/api/photos",
            params={"filename": name},
            content=body,
            headers={"Content-Type": "image/jpeg"},
        )
        of = UUID(answer.json()["photos"][0]["id"])
        with self.memory.lock:
            self.memory.accepted[of] = number
        return of

    def delete(self, of: UUID) -> None:
        self._until_answered("DELETE", f"/api/photos/{of}")
        with self.memory.lock:
            self.memory.deleted[of] = monotonic()

    def _until_answered(self, method: str, address: str, **request: object) -> httpx.Response:
        while True:
            began = monotonic()
            try:
                answer = self.http.request(method, address, **request)  # type: ignore[arg-type]
            except httpx.HTTPError:
                sleep(self.random.uniform(0.05, 0.3))
                continue
            with self.memory.lock:
                self.memory.slowest = max(self.memory.slowest, monotonic() - began)
                if answer.status_code not in {200, 202, 204, *MEANWHILE}:
                    self.memory.odd.append(f"{method} {answer.status_code} {answer.text[:200]}")
            if answer.is_success:
                return answer
            sleep(self.random.uniform(0.1, 0.4))


def work(client: Client, numbers: range, stop: Flag, share_deleted: float, pause: float) -> None:
    """Upload each photo, some of them twice, delete some at a random later moment."""
    doomed: list[tuple[float, UUID]] = []
    for number in numbers:
        if stop.is_set():
            break
        of = client.upload(number)
        if client.random.random() < 0.05:
            client.upload(number)
        if client.random.random() < share_deleted:
            doomed.append((monotonic() + client.random.uniform(0, 4), of))
        while doomed and doomed[0][0] < monotonic():
            client.delete(doomed.pop(0)[1])
        sleep(pause)
    for _, of in doomed:
        client.delete(of)
    client.http.close()
