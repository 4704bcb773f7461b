"""``make bench``: each part prints its own table; ``python -m bench upload hop`` runs two."""

import importlib
import sys

PARTS = ("hop", "upload", "flow", "cost", "search", "page")


def main() -> None:
    for name in sys.argv[1:] or PARTS:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
