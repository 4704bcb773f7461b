"""The words for what can be wrong with a provider, and what follows from each."""

from datetime import timedelta

from services.common.errors import TryAgain

AWAY, SLOW, CUT, UNWELL = "provider-away", "provider-slow", "provider-cut", "provider-unwell"
BUSY, ANSWER, REFUSED = "provider-busy", "provider-answer", "provider-refused"
KEY, CREDIT = "provider-refuses-key", "provider-no-credit"
MODEL, MISCONFIGURED = "provider-unknown-model", "provider-misconfigured"
BUDGET, BUDGET_LOCAL = "over-budget", "over-budget-local"
#: Another worker asked for the same answer and may be getting it; a batch brings it in its time.
ON_ITS_WAY, IN_BATCH = "answer-on-its-way", "in-batch"

#: Time alone does not mend these: somebody must do something, so nobody is asked meanwhile.
PAUSING = {KEY, CREDIT, MODEL, MISCONFIGURED}
#: Enough of these in a row, and the provider counts as down.
DOWN = {AWAY, SLOW, CUT, UNWELL}
#: Nobody knows whether the call was carried out, and billed.
PERHAPS_PAID = {SLOW, CUT, ANSWER}

#: The one clear sentence for each; ``{who}`` is the provider.
SENTENCES = {
    KEY: "{who} refuses our key: put a valid one into its setting and restart",
    CREDIT: "{who} says that the account has no credit left: add some, photos go on by themselves",
    MODEL: "{who} does not know the model {model}: name another in its setting and restart",
    MISCONFIGURED: "{who} does not accept how we ask: {why}",
}


def pausing(code: str, who: str, *, model: str = "", why: str = "") -> TryAgain:
    text = SENTENCES[code].format(who=who, model=repr(model), why=why)
    return TryAgain(text, code=code, counts=False)


def unwell(code: str, text: str, after: timedelta | None = None) -> TryAgain:
    """``after`` is the earliest next try. Only an answer that we cannot read is the photo's."""
    return TryAgain(text, code=code, counts=code == ANSWER, after=after)
