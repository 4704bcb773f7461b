"""Which variables mean something: a mistyped one would be passed over without a word."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "IMGCAP_"
#: Made from the settings of all services (tests/docs), so it is whole; nothing is imported for it.
TABLE = "docs/settings.md"
#: ``X_FILE`` names a file with the value of ``X``.
FILE = "_FILE"


def unknown(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that looks like one of ours and is none."""
    said = sorted(name.upper() for name in environment if name.upper().startswith(PREFIX))
    known = set(re.findall(r"\bIMGCAP_\w+", (ROOT / TABLE).read_text())) if said else set()
    for name in said:
        whole = any(other.startswith(f"{name}__") for other in known)  # a group, given as JSON
        if not (whole or name in known or name.removesuffix(FILE) in known):
            near = get_close_matches(name, known, 1, 0.8)
            yield f"{name} is no setting; " + (
                f"do you mean {near[0]}?" if near else f"see {TABLE}"
            )
