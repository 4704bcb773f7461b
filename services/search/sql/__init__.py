"""Every query is a file named after the function that runs it."""

from pathlib import Path

SQL = {path.stem: path.read_bytes() for path in Path(__file__).parent.glob("*.sql")}
