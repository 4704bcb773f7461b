"""A photo's light and colours in 81 numbers, for the heads that learned from photos."""

import cv2
import numpy as np

from services.tagger.local.pixels import Floats

#: Columns and rows of the places that are looked at one by one.
PLACES = (4, 3)
#: How many they are.
NUMBERS = 81


def light_and_colours(lab: Floats) -> Floats:
    """Mean L*a*b* and detail of twelve places; histograms of lightness, hue and chroma; contrast.

    After Machajdik and Hanbury (2010, "Affective image classification", ACM MM): lightness,
    saturation, hue and their layout are what the mood of a picture shows in. Each about 0..2.
    """
    places = cv2.resize(lab, PLACES, interpolation=cv2.INTER_AREA).ravel() / 50
    lightness, a, b = (lab[..., i].ravel() for i in range(3))
    chroma, hue, count = np.hypot(a, b), np.arctan2(b, a), lightness.size
    detail = np.abs(cv2.Laplacian(np.ascontiguousarray(lab[..., 0]), cv2.CV_32F))
    numbers = (
        places,
        3 * np.histogram(lightness, bins=8, range=(0, 100))[0] / count,
        np.histogram(hue, bins=12, range=(-np.pi, np.pi), weights=chroma)[0] / count / 10,
        3 * np.histogram(chroma, bins=6, range=(0, 80))[0] / count,
        cv2.resize(detail, PLACES, interpolation=cv2.INTER_AREA).ravel() / 8,
        [lightness.std() / 20, chroma.std() / 15],
        np.percentile(lightness, (2, 25, 50, 75, 98)) / 50,
    )
    return np.concatenate(numbers).astype(np.float32)
