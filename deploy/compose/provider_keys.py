"""Profile `cloud`: hands the providers' keys to those who ask providers, each as a file of its own.

Compose brings a file with the owner and mode that it has outside, and a key should be nobody's to
read there: so root takes it, and the services get theirs.
"""

import sys
from pathlib import Path

from deploy.compose.prepare import READERS, write

NAMES = ("openai_key", "aws_access_key", "aws_secret_key")
ASKING = ("tagger", "embedder", "search")


def main(root: Path, given: Path) -> None:
    for name in NAMES:
        text = (given / name).read_text().strip()
        for service in ASKING:
            write(root / service, name, text, READERS[service])
        print(f"{name}: {'handed on' if text else 'empty, so not used'}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
