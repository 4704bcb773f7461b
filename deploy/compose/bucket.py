"""Makes the bucket of `docker compose up`, as soon as the store answers."""

import sys
import time

from services.common.blobs import Blobs
from services.common.errors import TryAgain
from services.common.settings import CommonSettings

PATIENCE = 60.0  # seconds; then compose says so


def main() -> None:
    blobs, deadline = Blobs(CommonSettings().store, patience=5.0), time.monotonic() + PATIENCE
    while True:
        try:
            blobs.make_bucket()
        except TryAgain as error:
            if time.monotonic() > deadline:
                sys.exit(f"the store does not answer: {error}")
            time.sleep(0.5)
        else:
            return print(f"the bucket {blobs.bucket} is there", flush=True)


if __name__ == "__main__":
    main()
