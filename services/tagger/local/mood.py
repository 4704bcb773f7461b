"""Mood as colour and light suggest it: an estimate, and marked as one.

No one can read a mood from colour alone; but colour shifts it, and by how much was measured.
Valdez and Mehrabian (1994, "Effects of color on emotions", J. Exp. Psychology: General 123(4))
had 250 people rate colours: pleasure = 0.69 brightness + 0.22 saturation, arousal = -0.31
brightness + 0.60 saturation. That contrast and many edges arouse, and that warm colours do so
more than cool ones, is in Machajdik and Hanbury (2010, "Affective image classification", ACM MM)
and Ou et al. (2004, "A study of colour emotion", Color Research and Application 29(3)).

The words are corners of the circle of valence and energy (Russell, 1980), with what must be seen
besides. A photo near the middle of the circle gets none.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.tagger.local.colour import Light
from services.tagger.local.pixels import Floats
from services.tagger.local.thresholds import MOOD as T


@dataclass(frozen=True)
class Feeling:
    """Where a photo lies on the circle, both -1..1."""

    valence: float
    energy: float

    @classmethod
    def of(cls, lab: Floats, light: Light) -> "Feeling":
        brightness = float(lab[..., 0].mean()) / 100
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        saturation = float(np.mean(chroma / np.sqrt(chroma**2 + lab[..., 0] ** 2 + 1e-6)))
        pleasure = 0.69 * brightness + 0.22 * saturation
        arousal = -0.31 * brightness + 0.60 * saturation
        contrast = (light.deviation - 20) / 20
        valence = (pleasure - T.pleasure) / T.pleasure_reach + 0.15 * light.warmth
        energy = (arousal - T.arousal) / T.arousal_reach + 0.25 * contrast + 0.1 * light.warmth
        return cls(round(math.tanh(valence), 3), round(math.tanh(energy), 3))

    def evidence(self) -> dict[str, Any]:
        return {"estimated": True, "valence": self.valence, "energy": self.energy}


def moods(feeling: Feeling, light: Light) -> dict[str, float]:
    """At most two words of a closed list of ten, each 0.35..0.7: never sure."""
    v, e = feeling.valence, feeling.energy
    dark, pale = light.middle < 30, light.middle > 70
    lively, still = e > T.off_middle, e < -T.off_middle
    good, bad = v > T.off_middle, v < -T.off_middle
    soft = light.deviation < 17
    felt = {
        "cheerful": min(v, e) if good and lively else 0,
        "serene": min(v, -e) if good and still else 0,
        "dramatic": min(-v, e) + 0.2 if bad and lively and light.deviation > 18 else 0,
        "melancholic": min(-v, -e) + 0.2 if bad and still and not dark else 0,
        "gloomy": -v if bad and dark and light.chroma < 18 else 0,
        "mysterious": -v if dark and light.white > 45 and light.deviation > 12 and not good else 0,
        "dreamy": 0.4 if pale and soft and light.chroma < 25 else 0,
        "cosy": light.warmth if light.warmth > 0.6 and light.chroma > 18 and not pale else 0,
        "cold": -light.warmth if light.warmth < -0.55 and light.chroma > 8 else 0,
        "intense": e if e > 0.6 and light.chroma > 40 else 0,
    }
    strongest = sorted(felt.items(), key=lambda item: -item[1])[: T.most]
    return {
        word: round(0.35 + 0.35 * min(1.0, strength), 3)
        for word, strength in strongest
        if strength > T.enough
    }
