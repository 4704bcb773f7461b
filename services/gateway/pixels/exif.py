"""What the camera wrote, as clean JSON. Every value may be a lie: of the wrong type, endless, full
of control characters; what makes no sense is left out, and nothing here may raise.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from PIL import ExifTags, Image

from services.gateway.pixels.clean import coordinate, number, quantity, taken_at, text

Kept = dict[str, Any]  # the fields of services.common.api.Exif, in JSON's own types
Tags = Mapping[int, Any]
Base, Gps, Ifd = ExifTags.Base, ExifTags.GPS, ExifTags.IFD

MAX_NAME, MAX_LENS = 100, 150
MAX_SECONDS, MAX_F_NUMBER, MAX_ISO, MAX_MM = 1e6, 1000, 10_000_000, 100_000
ISO_OVERFLOW = 65535  # two bytes were not enough: the real one is in a newer tag
ISO_TAGS = (Base.ISOSpeedRatings, Base.RecommendedExposureIndex, Base.ISOSpeed)
DATE_TAGS = (Base.DateTimeOriginal, Base.DateTimeDigitized, Base.DateTime)
MAX_EXIF_BYTES = 2**20  # cameras write at most 64 KB


def read_exif(photo: Image.Image, *, gps: bool) -> tuple[Kept, int]:
    """The fields worth keeping, and the orientation 1 to 8. Call it before the photo is loaded."""
    if len(photo.info.get("exif") or b"") > MAX_EXIF_BYTES:
        photo.info.pop("exif")
    try:
        exif = photo.getexif()
    except MemoryError:
        raise
    except Exception:  # Pillow lets many kinds out when the block is damaged
        return {}, 1
    tags = _tags(exif, Ifd.Exif) | _tags(exif)
    kept = {name: read(tags) for name, read in READERS.items()}
    if gps:
        kept |= _position(_tags(exif, Ifd.GPSInfo))
    return {name: value for name, value in kept.items() if value is not None}, _orientation(tags)


def _tags(exif: Image.Exif, ifd: int | None = None) -> dict[int, Any]:
    """One directory as a dictionary; a tag that cannot be read is left out."""
    found: dict[int, Any] = {}
    with contextlib.suppress(Exception):
        directory = exif if ifd is None else exif.get_ifd(ifd)
        for tag in list(directory):
            with contextlib.suppress(Exception):
                found[tag] = directory[tag]
    return found


def _orientation(tags: Tags) -> int:
    value = tags.get(Base.Orientation)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _exposure(tags: Tags) -> float | None:
    seconds = quantity(tags.get(Base.ExposureTime), MAX_SECONDS)
    if seconds is None and (apex := number(tags.get(Base.ShutterSpeedValue))) is not None:
        seconds = quantity(2.0**-apex if abs(apex) < 30 else None, MAX_SECONDS)
    return seconds


def _f_number(tags: Tags) -> float | None:
    f_number = quantity(tags.get(Base.FNumber), MAX_F_NUMBER)
    if f_number is None and (apex := number(tags.get(Base.ApertureValue))) is not None:
        f_number = quantity(2.0 ** (apex / 2) if abs(apex) < 30 else None, MAX_F_NUMBER)
    return f_number


def _iso(tags: Tags) -> int | None:
    for tag in ISO_TAGS:
        iso = quantity(tags.get(tag), MAX_ISO)
        if iso is not None and iso >= 1 and iso != ISO_OVERFLOW:
            return round(iso)
    return None


def _taken_at(tags: Tags) -> str | None:
    dates = (taken_at(tags.get(tag)) for tag in DATE_TAGS)
    return next((date.isoformat() for date in dates if date), None)


def _position(tags: Tags) -> Kept:
    """Both coordinates or none; 0, 0 is what a camera writes before it knows where it is."""
    latitude = coordinate(tags.get(Gps.GPSLatitude), tags.get(Gps.GPSLatitudeRef), "N", "S", 90)
    longitude = coordinate(tags.get(Gps.GPSLongitude), tags.get(Gps.GPSLongitudeRef), "E", "W", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return {}
    return {"latitude": latitude, "longitude": longitude}


READERS: dict[str, Callable[[Tags], Any]] = {
    "camera_make": lambda tags: text(tags.get(Base.Make), MAX_NAME),
    "camera_model": lambda tags: text(tags.get(Base.Model), MAX_NAME),
    "lens": lambda tags: text(tags.get(Base.LensModel), MAX_LENS),
    "exposure_seconds": _exposure,
    "f_number": _f_number,
    "iso": _iso,
    "focal_length_mm": lambda tags: quantity(tags.get(Base.FocalLength), MAX_MM),
    "taken_at": _taken_at,
}
