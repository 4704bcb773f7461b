"""Many slow clients at once. The gateway is a process of its own, or its attackers would take its
time simply by sharing an interpreter with it.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.gateway.house import jpeg
from tests.gateway.raw import line_to
from tests.gateway.street import Street

CROWD = 300
#: Seconds that an upload may take in the crowd: a promise of the product.
PROMISED = 3.0


@pytest.mark.alone
def test_a_crowd_of_slow_clients_delays_nobody(street: Street) -> None:
    photos = [jpeg() for _ in range(8)]
    with street.gateway(DEADLINES__HEADER=5, DEADLINES__BODY=5), ExitStack() as stack:
        for number in range(CROWD):
            line = stack.enter_context(line_to(street.url))
            if number % 2:
                line.begin("POST", "/api/photos", "Content-Type: image/jpeg", "Content-Length: 99")
                line.send(b"\xff\xd8\xff")
            else:
                line.send("GET / HTTP/1.1\r\nX: ")
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(street.upload, photos))
        assert time.monotonic() - began < 5, "the crowd was gone before the uploads were done"
    assert {answer.status_code for answer in answers} == {202}
    slowest = max(answer.elapsed.total_seconds() for answer in answers)
    print(f"slowest upload in the crowd {slowest:.2f} s")
    assert slowest < PROMISED
