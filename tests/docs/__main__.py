"""``python -m tests.docs`` writes the tables anew, and the page's words for the API."""

from tests.docs.tables import ROOT, TABLES, written
from tests.docs.words import PATH, words


def main() -> None:
    for name, (file, table) in TABLES.items():
        path = ROOT / file
        path.write_text(written(path.read_text(), name, table()))
    (ROOT / PATH).write_text(words())


if __name__ == "__main__":
    main()
