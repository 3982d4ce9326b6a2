"""What a part of a message needs of an executive, in the manager's words. Nothing of it is kept here.

The deal's owner reads an ask and the plan it comes from: words that are nearly the sender's are a pass as it is, and
what may not be passed on yet becomes no ask either.
"""

from __future__ import annotations

from datetime import datetime

from fairlead.asks import queries as asks
from fairlead.desk import hints, queries, rules
from fairlead.people import access
from fairlead.promises.rules import sentence


def parts_of(text: str) -> tuple[str, ...]:
    """The sentences of a message, in order."""
    return tuple(text[start:end].strip() for start, end in hints.sentences(text))


def may_ask(actor: access.Actor, line: queries.Line) -> bool:
    """Whether the reader of a desk may turn a part of a message into an ask: as the manager of its deal's owner."""
    return bool(line.deal_id) and asks.may_write(actor, line.owner)


def need_of(
    actor: access.Actor, page: queries.MessagePage, words: str, at: datetime, *, as_it_is: bool = False
) -> str:
    """What is needed, in one sentence, for a message that the actor reads. Raises NearVerbatim where the words are
    nearly the sender's and nobody ticked that they go ``as_it_is``; Refused: text_missing, text_long, not_yet;
    NotAllowed."""
    line = page.line
    if not may_ask(actor, line):
        raise access.NotAllowed("ask.write")
    waits = [moment for moment in (line.release_at, line.confidential) if moment and moment > at]
    if waits:
        raise access.Refused(
            "not_yet", "Nobody hears of it before it is released: the deal’s owner would read the ask."
        )
    said = sentence(words, what="what you need")
    found = rules.overlap(f"{line.title}\n{line.text}", said)
    if rules.is_near(found, queries.limits(at)) and not as_it_is:
        raise NearTheirs(found)
    return said


class NearTheirs(rules.NearVerbatim):
    """The words are nearly the sender's, and the deal's owner would read them."""

    def __init__(self, found: rules.Overlap) -> None:
        super().__init__(found)
        self.sentence = (
            f"{found.share} % of these words are the original’s, {found.longest} of them in one run, and the deal’s "
            "owner reads an ask. Reword what is marked, or tick that it goes as it is."
        )
