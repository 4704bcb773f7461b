"""`imgcap explain`: of a file, and of a photo in the gallery."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from services.cli.places import Places
from services.common.models import EYES, FOLDER, get_models
from tests.cli.conftest import Gateway, Imgcap

ROOT = Path(__file__).parents[2]
TUNNEL = ROOT / "samples" / "tunnel.jpg"
PHOTO = "6ba7b812-9dad-11d1-80b4-00c04fd430c8"


def test_a_file_is_looked_at_here_and_drawn_upon(imgcap: Imgcap, tmp_path: Path) -> None:
    get_models(ROOT / FOLDER, EYES)
    said = imgcap("explain", TUNNEL, IMGCAP_MODELS=str(ROOT / FOLDER))
    assert (said.code, said.err) == (0, "")
    assert "upright axis at" in said.out
    assert "they meet at" in said.out
    assert "drawn in tunnel-explained.jpg" in said.out
    with Image.open(tmp_path / "tunnel-explained.jpg") as drawn, Image.open(TUNNEL) as photo:
        assert abs(drawn.width / drawn.height - photo.width / photo.height) < 0.01


def test_a_photo_of_the_gallery_is_explained_by_what_the_gallery_knows(
    imgcap: Imgcap, gateway: Gateway, tmp_path: Path
) -> None:
    evidence: dict[str, Any] = {
        "axis": {"from": [0.5, 0], "to": [0.5, 1]}, "lines": "of somebody else", "subject": [1e99],
    }  # fmt: skip
    tag = {"kind": "composition", "text": "symmetry", "confidence": 0.8, "source": "cloud"}
    hostile = {"kind": "label", "text": "sub\u202eway", "confidence": 0.9, "source": "cloud"}
    gateway.answers[f"/api/photos/{PHOTO}"] = {
        "filename": "../../holiday.heic", "display": f"/api/photos/{PHOTO}/display",
        "tags": [{**tag, "evidence": evidence}, hostile], "caption": "a tunnel", "cost": "0.001",
    }  # fmt: skip
    gateway.answers[f"/api/photos/{PHOTO}/display"] = TUNNEL.read_bytes()
    said = imgcap("explain", PHOTO, "--json", IMGCAP_URL=gateway.url)
    assert said.code == 0, said.err
    assert [tag["text"] for tag in said.json["tags"]] == ["symmetry", "sub\u202eway"]
    drawn = Image.open(io.BytesIO((tmp_path / "holiday-explained.jpg").read_bytes())).convert("RGB")
    red, green, _ = np.asarray(drawn)[drawn.height // 3, drawn.width // 2]
    assert red > 200 > 100 > green
    plain = imgcap("explain", PHOTO, "--out", "x.jpg", IMGCAP_URL=gateway.url)
    assert "a tunnel" in plain.out
    assert "sub·way" in plain.out
    assert (tmp_path / "x.jpg").is_file()


def test_what_is_no_photo_is_said_in_one_sentence(
    imgcap: Imgcap, gateway: Gateway, tmp_path: Path
) -> None:
    (tmp_path / "notes.jpg").write_text("no photo")
    for what, complaint in (
        ("notes.jpg", "cannot decode the photo"),
        ("nowhere.jpg", "neither a file nor the id of a photo"),
        (PHOTO, "there is no such photo"),
    ):
        said = imgcap("explain", what, IMGCAP_URL=gateway.url, IMGCAP_MODELS=str(ROOT / FOLDER))
        assert (said.code, said.out) == (1, "")
        assert complaint in said.err


def test_without_models_the_command_that_gets_them_is_named(imgcap: Imgcap, tmp_path: Path) -> None:
    said = imgcap("explain", TUNNEL, IMGCAP_DATA=str(tmp_path / "none"))
    assert said.code == 1
    assert "python -m services.common.models" in said.err
    assert Places({}, tmp_path).models == tmp_path / "models"
