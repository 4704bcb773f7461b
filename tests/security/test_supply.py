"""What imgcap is made of: nothing with a known hole, everything with a hash, all of it listed."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.version import Version

from services.common.models import FILES
from services.embedded.sbom import PINNED, bill

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
TABLE = tomllib.loads(Path(__file__).with_name("minimum.toml").read_text())
ADVISORY = re.compile(r"^(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})$")
#: pip checks these in a virtual environment of its own.
HASHED = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(text: str) -> Iterator[tuple[str, str]]:
    for name, version, _ in PINNED.findall(text):
        yield re.sub(r"[-_.]+", "-", name).lower(), version


def npm() -> Iterator[tuple[str, str]]:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    for place, package in lock["packages"].items():
        if place:
            yield place.rpartition("node_modules/")[2], package["version"]


def too_old(found: Iterator[tuple[str, str]], table: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        f"{name} {version} has {table[name]['for']}: at least {table[name]['least']}"
        for name, version in found
        if name in table and Version(version) < Version(table[name]["least"])
    ]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_lock_holds_a_package_with_a_known_hole(lock: Path) -> None:
    assert too_old(locked(lock.read_text()), TABLE["pypi"]) == []


def test_the_page_is_built_of_nothing_with_a_known_hole() -> None:
    assert too_old(npm(), TABLE["npm"]) == []


def test_an_old_package_would_be_found() -> None:
    assert too_old(iter([("pillow", "12.9.9"), ("pillow", "13.0.0")]), TABLE["pypi"]) == [
        f"pillow 12.9.9 has {TABLE['pypi']['pillow']['for']}: at least 13.0.0"
    ]


def test_every_row_names_an_advisory_and_a_package_that_we_use() -> None:
    ours = {name for lock in LOCKS for name, _ in locked(lock.read_text())}
    for source, known in (("pypi", ours), ("npm", {name for name, _ in npm()})):
        for name, row in TABLE[source].items():
            assert name in known, name
            assert row["for"], name
            assert all(ADVISORY.match(advisory) for advisory in row["for"]), name


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_is_locked_by_hash_and_from_nowhere(lock: Path) -> None:
    text = lock.read_text()
    pinned = PINNED.findall(text)
    assert pinned
    assert all(HASHED.search(rest) for _, _, rest in pinned)
    assert "://" not in text


def test_the_bill_of_materials_is_cyclonedx_and_whole() -> None:
    told = json.loads(bill())
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(part["name"].lower(), part.get("version")) for part in told["components"]}
    for lock in ("run.txt", "models.txt"):
        text = (ROOT / "requirements" / lock).read_text()
        assert {(name.lower(), version) for name, version, _ in PINNED.findall(text)} <= listed
    assert {name.rpartition("/")[2].lower() for name, _ in npm()} <= {name for name, _ in listed}
    digests = {
        digest["content"] for part in told["components"] for digest in part.get("hashes", ())
    }
    assert {file.sha256 for file in FILES} <= digests
    assert ("rabbitmq-server") in {name for name, _ in listed}


def test_whoever_finds_a_hole_is_told_where_to_say_so() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    assert "private" in text
    assert "docs/security.md" in text
