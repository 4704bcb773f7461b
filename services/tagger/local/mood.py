"""Mood as colour and light suggest it: an estimate, and marked as one.

No one can read a mood from colour alone; but colour shifts it, and by how much was measured.
Valdez and Mehrabian (1994, "Effects of color on emotions", J. Exp. Psychology: General 123(4))
had 250 people rate colours: pleasure = 0.69 brightness + 0.22 saturation, arousal = -0.31
brightness + 0.60 saturation. That contrast and many edges arouse, and that warm colours do so
more than cool ones, is in Machajdik and Hanbury (2010, "Affective image classification", ACM MM)
and Ou et al. (2004, "A study of colour emotion", Color Research and Application 29(3)).

Nature looked at in peace restores: Ulrich (1983, "Aesthetic and affective response to natural
environment") and Kaplan (1995, "The restorative benefits of nature", J. Environmental Psychology
15). And what amuses has many colours, not one (Machajdik and Hanbury, figure 2).

The words are corners of the circle of valence and energy (Russell, 1980), with what must be seen
besides. A photo near the middle of the circle gets none.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from services.common.events import Feeling
from services.tagger.local.colour import Light
from services.tagger.local.pixels import Floats
from services.tagger.local.scene import OUTDOORS
from services.tagger.local.thresholds import MOOD as T

#: Light that blurs what it falls on.
SOFT = ("fog", "shallow depth of field")
#: Where nobody sits by a fire, and where somebody may.
NOT_AT_HOME = ("animal", "plant", "greenery", "sunset")
HOME = ("furniture", "drink", "coffee", "tableware", "kitchenware", "lamp", "book", "candle")
NATURE = ("landscape", "coast", "water")


def feeling_of(lab: Floats, light: Light) -> Feeling:
    brightness = float(lab[..., 0].mean()) / 100
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    saturation = float(np.mean(chroma / np.sqrt(chroma**2 + lab[..., 0] ** 2 + 1e-6)))
    pleasure = 0.69 * brightness + 0.22 * saturation
    arousal = -0.31 * brightness + 0.60 * saturation
    contrast = (light.deviation - 20) / 20
    valence = (pleasure - T.pleasure) / T.pleasure_reach + 0.15 * light.warmth
    energy = (arousal - T.arousal) / T.arousal_reach + 0.25 * contrast + 0.1 * light.warmth
    return Feeling(valence=round(math.tanh(valence), 3), energy=round(math.tanh(energy), 3))


def estimated(feeling: Feeling) -> dict[str, Any]:
    """The evidence of a mood that nobody but these pixels speaks for."""
    return {"estimated": True, **feeling.model_dump()}


def _most(seen: Mapping[str, float], words: Sequence[str]) -> float:
    return max(seen.get(word, 0.0) for word in words)


def moods(feeling: Feeling, light: Light, seen: Mapping[str, float]) -> dict[str, float]:
    """At most two words of a closed list of ten, each 0.35..0.7: never sure.

    ``seen`` is what is known of the scene: a blue sky at noon is not cold, a red cup not a sunset.
    """
    v, e = feeling.valence, feeling.energy
    dark, bright = light.middle < T.dark, light.mean > T.bright
    pleasant, unpleasant = v > T.off_middle, v < -T.off_middle
    lively, still = e > T.off_middle, e < -T.off_middle
    outdoors = _most(seen, OUTDOORS) > T.outdoors
    fog, blur = (seen.get(word, 0.0) > 0 for word in SOFT)
    homely = _most(seen, HOME) > T.home and _most(seen, NOT_AT_HOME) < T.elsewhere
    nature = _most(seen, NATURE)
    # Gentle light on land or water is peaceful, whatever its colours say of pleasure.
    gentle = nature > T.nature and light.deviation < T.contrasty and not dark
    peace = 0.4 + 0.5 * nature * (1 - light.deviation / T.contrasty) if gentle else 0.0
    warm, cool = light.warmth > 0.6, light.warmth < -0.5
    colourful = light.one_hue < T.one_hue
    hidden = light.chroma < T.rich and not blur  # a close-up hides nothing
    felt = {
        "cheerful": min(v, e) if pleasant and lively and bright and colourful else 0,
        "serene": max(peace, min(v, -e) if pleasant and still and outdoors else 0),
        "dramatic": min(-v, e) if unpleasant and lively and light.deviation > T.contrasty else 0,
        "melancholic": min(-v, -e) if unpleasant and still and outdoors and not warm else 0,
        "gloomy": -v if unpleasant and dark and light.chroma < T.colourless else 0,
        "mysterious": -v if unpleasant and dark and hidden and not warm else 0,
        "dreamy": 0.5 if (fog and not dark) or (blur and light.middle > T.pale) else 0,
        "cosy": light.warmth - 0.2 if warm and homely and light.chroma > T.tinted else 0,
        "cold": -light.warmth if cool and outdoors and not bright else 0,
        "intense": e if e > 0.6 and light.chroma > T.saturated else 0,
    }
    strongest = sorted(felt.items(), key=lambda item: -item[1])[: T.most]
    return {
        word: round(0.35 + 0.35 * min(1.0, strength), 3)
        for word, strength in strongest
        if strength > T.enough
    }


def surest(shares: Mapping[str, float]) -> dict[str, float]:
    """What the learned heads are sure enough of: at most two, and never surer than an estimate."""
    found = sorted(shares.items(), key=lambda item: -item[1])
    likely = [
        (word, round(min(T.surest, share), 3)) for word, share in found if share >= T.likely[word]
    ]
    return dict(likely[: T.most])
