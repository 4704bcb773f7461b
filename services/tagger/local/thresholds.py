"""Every threshold of the local eyes, in one place. `python -m tests.quality` shows what each buys.

All were set on photos that are not in this repository (docs/local-eyes.md says which), by looking
at the best-ranked ones of each detector and cutting where they stopped being right.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

#: What heads were learned for, and the order of the figures that are given ``_each``.
TECHNIQUES = ("centered", "rule of thirds", "symmetry", "leading lines", "pattern")


def _each(*figures: float) -> Mapping[str, float]:
    return MappingProxyType(dict(zip(TECHNIQUES, figures, strict=True)))


class _Labels(NamedTuple):
    noise: float = 0.012  # a class below this says nothing: a thousand of them are a sure animal
    many: int = 5  # classes that make a word a broad one
    #: Classes that make a word so broad that something of it is seen in every leaf.
    vast: int = 100
    vaguely: float = 0.34  # evidence that such a word needs
    broad: float = 0.24
    middle: float = 0.32
    narrow: float = 0.45
    imagined: float = 0.80  # a class that the model sees in patterns, skies and blur
    of_drawing: float = 0.60  # it knows only photos: what it half sees in a drawing is chance
    plenty: float = 0.80
    #: Of the words that just get over their threshold, so many were right (docs/local-eyes.md).
    least_sure: float = 0.7
    most: int = 16  # more words than this are never shown


class _Things(NamedTuple):
    """What each class needs stands in things.tsv."""

    seen: float = 0.35  # a box below this is no candidate
    candidates: int = 100  # boxes of a class that are compared with each other
    same: float = 0.5  # overlap over union of two boxes round one thing
    same_place: float = 0.65  # and of boxes of two classes
    most: int = 12  # boxes that are told
    surest: float = 0.97
    backed: float = 0.05  # evidence of the classifier that speaks for a thing
    rival: float = 0.25  # evidence of something else that speaks against it
    rival_over: float = 4.0  # times what speaks for it
    rival_area: float = 0.15  # of the photo: a small thing is not what the classifier means
    person: float = 0.6  # at least one must be so sure
    another: float = 0.5  # the others
    group: int = 3
    crowd: int = 8
    portrait: float = 0.18  # of the photo
    portrait_height: float = 0.5  # of its height
    portrait_cut: float = 0.93  # where the box must get to
    portrait_sure: float = 0.85  # of how sure the person is: a player of football is as large
    portrait_others: float = 0.5  # of the largest: all the others together


class _Places(NamedTuple):
    traffic: int = 4  # vehicles
    built: float = 0.1  # evidence of the classifier that something is built there
    outdoors: float = 0.3  # evidence that there is no room
    follows: float = 0.9  # of how sure the thing is: what follows from it


class _Composition(NamedTuple):
    #: A weaker verdict of a rule is not said. On drawings of seeds kept for this, 40 of a family,
    #: it costs 2 of 264 right verdicts and saves 10 of 18 wrong ones.
    said: float = 0.6
    about: float = 0.3  # of the photo: it is about a subject no larger than this
    #: By looks and geometry, 0..1: said from here on...
    likely: Mapping[str, float] = _each(0.6, 0.65, 0.85, 0.6, 0.7)
    #: ...if looks alone say at least so much,
    looks: Mapping[str, float] = _each(0.15, 0.35, 0.2, 0.15, 0.15)
    #: and a rule's verdict stands from here on,
    doubted: Mapping[str, float] = _each(0.5, 0.3, 0.48, 0.3, 0.2)
    #: unless it is weaker than this: then it must be as likely as one without the rule.
    clear: Mapping[str, float] = MappingProxyType({"rule of thirds": 0.7})
    folded: float = 0.4  # by looks, for a rule's upright axis
    doubted_level: float = 0.0
    doubtful: float = 0.5  # how sure such a verdict is
    drawn: float = 0.72  # no photo: what the heads learned of photos does not hold
    off_middle: float = 0.12  # the farthest from it that looks can make 'centered'
    fills: float = 0.65  # of the photo
    across: float = 0.97  # of the side
    power_reach: float = 0.15  # the farthest from a power point, and from a third line
    line_reach: float = 0.08


class _Subject(NamedTuple):
    seen: float = 0.5  # a mask that never gets here has found nothing
    solid: float = 0.6  # of the peak: what belongs to the subject
    speck: float = 0.001  # of the photo: a component below this is noise
    sure: float = 0.78  # mean of the mask inside the subject
    alone: float = 0.6  # of all that stands out, this much is the subject


class _Placement(NamedTuple):
    smallest: float = 0.003  # of the photo
    widest: float = 0.88  # of the side: a thing from border to border stands nowhere
    widest_on_third: float = 0.5
    tallest_on_third: float = 0.9
    cut: float = 0.015  # a subject this near the left or right border is cut by it
    largest_centered: float = 0.45  # beyond, the subject fills the frame
    largest_on_third: float = 0.25  # beyond, "on a point" means nothing
    centre_x: float = 0.07  # from the middle, in widths
    centre_y: float = 0.16  # the eye forgives up and down more
    power_reach: float = 0.10  # from a power point, in sides
    line_reach: float = 0.05  # from a third line, for a subject that is long along it
    long: float = 0.40  # of the side: long along a line
    horizon_reach: float = 0.04  # from a third, in heights
    horizon_strength: float = 0.62


class _Symmetry(NamedTuple):
    side: int = 96  # symmetry is in the large forms
    search: float = 0.16  # twice how far from the middle an upright axis may lie
    search_level: float = 0.4  # a waterline is often off the middle
    contrast: float = 3.0  # grey levels that change across the axis; fog matches any fold
    each: float = 0.37  # both kinds of signed edges must agree at least so much
    enough: float = 0.50
    middle: float = 0.09  # from the middle of the photo
    lively: float = 0.2  # for an axis beyond: of the edges in the richest part of it
    band: float = 0.2  # a part of the axis that matches
    along: float = 0.7  # so many parts must
    plenty: float = 0.85
    alone: float = 0.15  # another axis that is nearly as good means a repeat, not a mirror


class _Lines(NamedTuple):
    side: int = 400
    shortest: float = 0.04  # of the diagonal
    oblique: float = 6.0  # degrees off level or upright: those exist in every building
    tolerance: float = 2.0  # degrees between a segment and the ray through it
    ray_gap: float = 3.0  # degrees that part two rays
    ray_covered: float = 0.10  # of the diagonal: drawn length of a ray that leads
    ray_share: float = 0.33  # of the way from the vanishing point to the border
    ray_reach: float = 0.6  # of that way: where the drawn part must get to
    forgiven: float = 0.6  # of the three, where a learned head says what the lines are
    rays: int = 3
    rays_below: int = 2  # the eye is led from where the viewer stands
    covered: float = 0.5  # diagonals: all leading rays together
    share: float = 0.15  # of the length of all oblique segments
    spread: float = 60.0  # degrees between the outermost rays


class _Pattern(NamedTuple):
    side: int = 128
    thin: float = 8.0  # times as long as wide
    contrast: float = 8.0  # grey levels
    nearest: float = 0.05  # of the short side: finer repeats are texture
    farthest: float = 0.30  # of the short side: fewer than three repeats are none
    first: float = 0.35  # autocorrelation at the strongest step
    second: float = 0.28  # and at the strongest step in another direction
    everywhere: float = 0.25  # the same steps in each corner of the photo
    stripes: float = 0.45  # for a pattern in one direction only: at once, twice and thrice the step
    valley: float = -0.15  # and half-way between


class _Colour(NamedTuple):
    no_colour: float = 6.0  # chroma that not even 2 % of the pixels reach
    one_hue: float = 0.985
    tinted: float = 7.0
    toned: float = 34.0  # a tint is not strong anywhere
    high_key: float = 76.0  # median L*
    high_key_black: float = 30.0  # and no real black
    low_key: float = 22.0
    contrasty: float = 31.0  # deviation of L*
    flat: float = 45.0  # L* between the 2nd and the 98th percentile
    vivid: float = 38.0  # mean chroma
    muted: float = 9.0
    warm: float = 0.7  # of 1: nearly all colour is on one side
    coloured: float = 14.0  # chroma of a pixel that has a colour
    brown_light: float = 48.0
    part: float = 0.25  # of the photo that a colour must take


class _Scene(NamedTuple):
    enough: float = 0.5
    smooth: float = 2.2  # mean of |Laplacian| of L*
    underwater: float = 0.2  # evidence that the blue above is no sky
    cloud: float = 0.05  # of the photo, and as much of blue beside it
    billow: float = 5.5  # deviation of L* in the sky
    night: float = 16.0  # median L*
    lamps: int = 8
    fall: float = 22.0  # L* from the sky of a sunset to its land
    snow: float = 0.28  # of the lower three fifths
    green: float = 0.35  # of the photo
    between: float = 0.22  # of the photo is neither black nor bright
    veil: float = 45.0  # L* that even the darkest place of a corner has
    fog_chroma: float = 12.0
    fog_detail: float = 1.25  # median of |Laplacian| of L*
    long_exposure: float = 1.0  # seconds


class _Focus(NamedTuple):
    blurred: float = 6.0  # grey levels in the sharpest fiftieth of the photo
    contrast: float = 25.0  # fog is not blur
    sharp: float = 9.0
    soft: float = 4.0
    times: float = 4.0  # as sharp as what is around it
    far: float = 0.2  # evidence of a landscape or a building
    backdrop: float = 14.0  # grey levels
    busy: float = 10.0  # of 255: edges in a place where something happens
    calm: float = 0.06  # of the places
    room: float = 0.38  # of the side


class _Mood(NamedTuple):
    pleasure: float = 0.41  # of the middle photo of 500, and how far the outer sixth lies
    pleasure_reach: float = 0.14
    arousal: float = 0.05
    arousal_reach: float = 0.2
    off_middle: float = 0.3
    dark: float = 30.0  # median L*
    bright: float = 55.0  # mean L*
    contrasty: float = 22.0  # deviation of L*
    colourless: float = 12.0  # chroma
    rich: float = 25.0
    saturated: float = 48.0
    tinted: float = 16.0
    pale: float = 62.0  # median L*
    elsewhere: float = 0.25  # evidence, or confidence
    outdoors: float = 0.12  # evidence of the classifier
    nature: float = 0.35
    home: float = 0.2
    one_hue: float = 0.8  # of all chroma on one side: a wash of one colour is not cheerful
    enough: float = 0.35
    most: int = 2
    surest: float = 0.7  # a mood is an estimate, however sure the heads are
    #: By the learned heads: the share of such photos that were right, said from here on.
    likely: Mapping[str, float] = MappingProxyType(
        {
            "cheerful": 0.8,
            "serene": 0.78,
            "dramatic": 0.9,
            "melancholic": 0.65,
            "gloomy": 0.8,
            "mysterious": 0.72,
            "dreamy": 0.5,
            "cosy": 0.7,
            "cold": 0.65,
            "intense": 0.65,
        }
    )


class _Surroundings(NamedTuple):
    surest: float = 0.95
    doubted: float = 0.05  # who else says a word that so few of such photos have is not believed
    fills: float = 0.6  # of the photo
    #: By the learned heads: the share of such photos that were right, said from here on.
    likely: Mapping[str, float] = MappingProxyType(
        {
            **dict.fromkeys(("person", "portrait", "city"), 0.6),
            **dict.fromkeys(("sky", "sunset", "night", "water", "sea", "coast"), 0.7),
            **dict.fromkeys(("mountain", "field", "road", "building"), 0.7),
            **dict.fromkeys(("indoors", "furniture", "food"), 0.7),
            **dict.fromkeys(("forest", "tree", "boat"), 0.75),
            **dict.fromkeys(("snow", "fog", "flower"), 0.7),
            "river": 0.8,
        }
    )


class _Guesses(NamedTuple):
    """Of words that are not said."""

    least: float = 0.1  # share of such photos that were right
    surest: float = 0.69  # nobody is as sure of a guess as of a mood
    below: float = 0.01  # of what a word is said from
    most: int = 12
    #: From such a part of the evidence that a word of the classifier needs on, so many were right.
    half_believed: tuple[tuple[float, float], ...] = ((0.4, 0.4), (0.6, 0.5))


COLOUR: Final = _Colour()
SCENE: Final = _Scene()
FOCUS: Final = _Focus()
MOOD: Final = _Mood()
LABELS: Final = _Labels()
THINGS: Final = _Things()
PLACES: Final = _Places()
SURROUNDINGS: Final = _Surroundings()
GUESSES: Final = _Guesses()
COMPOSITION: Final = _Composition()
SUBJECT: Final = _Subject()
PLACEMENT: Final = _Placement()
SYMMETRY: Final = _Symmetry()
LINES: Final = _Lines()
PATTERN: Final = _Pattern()
