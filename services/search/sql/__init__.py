"""Every query is a file named after the function that runs it."""

from pathlib import Path


def _plain(written: str) -> bytes:
    """Without comments and margins: psycopg remembers how to send what is at most 4 KiB long."""
    lines = (line.strip() for line in written.splitlines())
    return "\n".join(line for line in lines if not line.startswith("--")).encode()


SQL = {path.stem: _plain(path.read_text()) for path in Path(__file__).parent.glob("*.sql")}
