"""Asks a process on this machine how it is: ``python -S -m services.common.ask readyz [PORT]``.

For health checks of containers. They run every few seconds beside the work, so this imports next to
nothing: a tenth of what the usual HTTP client takes.
"""

import os
import socket
import sys

PATIENCE = 4.0  # seconds


def ask(probe: str, port: int, host: str = "127.0.0.1") -> str:
    """The status line of the answer. Raises ``OSError`` if there is none."""
    with socket.create_connection((host, port), PATIENCE) as connection:
        connection.settimeout(PATIENCE)
        connection.sendall(f"GET /{probe} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return answer.readline().decode("latin-1").strip()


def main() -> None:
    probe = sys.argv[1] if len(sys.argv) > 1 else "readyz"
    port = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("IMGCAP_PORT", "9000")
    try:
        answer = ask(probe, int(port))
    except OSError as error:
        sys.exit(f"{probe}: {error}")
    if answer.split(" ")[1:2] != ["200"]:
        sys.exit(f"{probe}: {answer}")


if __name__ == "__main__":
    main()
