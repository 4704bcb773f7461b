"""``python -m tests.docs`` writes the tables anew."""

from tests.docs.tables import ROOT, TABLES, written


def main() -> None:
    for name, (file, table) in TABLES.items():
        path = ROOT / file
        path.write_text(written(path.read_text(), name, table()))


if __name__ == "__main__":
    main()
