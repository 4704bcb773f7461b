"""What is too doubtful to be said: words for search to fall back on, where nothing surer is found.

They come from the learned heads, each of which knows how many of such photos were right, and from
the classifier, for words that it half believes and no head was learned for. Of a drawing nothing is
guessed, for the heads know only photos; nor is a composition, for what is drawn over a photo must
have been measured.
"""

from collections.abc import Iterator, Mapping, Set

from services.common.events import Guess, Kind
from services.tagger.local.labels import Vocabulary
from services.tagger.local.thresholds import GUESSES as T
from services.tagger.local.thresholds import MOOD, SURROUNDINGS

#: Heads whose words are never said: nine of ten are right at no worthwhile share, or classifier
#: and detector say them.
NEVER_SAID = (
    *("people", "group", "animal", "bird", "beach", "lake", "street", "house", "clouds", "sofa"),
    "laptop",
)
Shares = Mapping[str, Mapping[str, float]]
Word = tuple[Kind, str]


def guesses(
    shares: Shares, vocabulary: Vocabulary, evidence: Mapping[str, float], told: Set[Word]
) -> tuple[Guess, ...]:
    """The likeliest of what is not ``told``. ``shares`` are those of photos like this one that have
    it, by kind of head and word, ``evidence`` what the classifier believes."""
    labels = {**shares["guess"], **shares["scene"]}
    unlikely = {text for text, share in labels.items() if share < T.least}
    likely: dict[Word, float] = dict(_by_heads(shares))
    for text, part in vocabulary.half_believed(evidence, unlikely).items():
        if text not in labels:
            likely["label", text] = share_of(part)
    found = sorted(likely.items(), key=lambda item: -item[1])
    return tuple(
        Guess(kind=kind, text=text, confidence=round(share, 3))
        for (kind, text), share in found
        if share >= T.least and (kind, text) not in told
    )[: T.most]


def _by_heads(shares: Shares) -> Iterator[tuple[Word, float]]:
    """Less than each word is said from, though a third mood may be as likely as the two that are
    said."""
    for text, share in shares["guess"].items():
        yield ("label", text), min(T.surest, share)
    for text, share in shares["scene"].items():
        yield ("label", text), min(T.surest, SURROUNDINGS.likely[text] - T.below, share)
    for text, share in shares["mood"].items():
        yield ("mood", text), min(T.surest, MOOD.likely[text] - T.below, share)


def share_of(part: float) -> float:
    """How many words were right for which the classifier had such a part of the evidence that it
    takes to say them."""
    return max((share for least, share in T.half_believed if part >= least), default=0.0)
