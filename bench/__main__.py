"""``make bench``: each part prints its own table; ``python -m bench upload hop`` runs two.

A dash begins what is for the parts: ``python -m bench search --photos 5000``.
"""

import importlib
import sys
from itertools import takewhile

PARTS = ("hop", "upload", "flow", "cost", "search", "page")


def main() -> None:
    named = list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    for name in named or PARTS:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
