"""The sentences of agreements, and what one can begin from. Notices say that something waits, never what. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.agreements.rules import Content

NOTICES = {
    "agreements.written": "A version of your working agreement waits for you.",
    "agreements.signed": "A version of your working agreement is signed by both of you.",
    "agreements.asked_back": "There is a question on a version of your working agreement.",
    "agreements.withdrawn": "A version of your working agreement was taken back.",
    "agreements.ended": "Your working agreement ends on {day}.",
    "agreements.moved": "Your working agreement with your former manager ended with the change. You can carry it over.",
    "agreements.review": "The review date of your working agreement has come.",
}
"""Notice kind -> sentence."""

STATES = {
    "waiting": "waits for a signature",
    "asked_back": "asked back",
    "withdrawn": "did not come into force",
    "in_force": "in force",
    "replaced": "replaced",
    "ended": "ended",
}
"""State of a version -> words."""

DONE = {
    "signed": "signed",
    "asked_back": "asked back",
    "withdrawn": "took it back",
    "ended": "ended it",
    "settled": "closed what was still open of it",
}
"""Act -> what was done, after a name."""


@dataclass(frozen=True, slots=True)
class Template:
    """Something to begin from. Everything in it is meant to be changed."""

    key: str
    name: str
    says: str
    content: Content
    review_days: int


TEMPLATES = (
    Template(
        "new",
        "New in the job",
        "The first months: much help, short ways, questions are welcome.",
        Content(
            affects="I do not know yet which questions from above are urgent and which are not, so I drop everything "
            "for each of them.",
            shielded=("Questions from above that come past you", "Forecast talks upstairs in my first quarter"),
            hours="8:30 to 17:30; call me at any time within them",
            channels="Chat for small things, a call for everything I am stuck with",
            news_hours=24,
            plans_weekday=4,
            rep_owes=("I say when I am stuck after half a day of trying",),
            needs=("To hear of a first mistake from you and not from the customer",),
            manager_owes=(
                "An hour with you each week that I do not move",
                "I go along to your first three meetings with an economic buyer",
            ),
        ),
        60,
    ),
    Template(
        "experienced",
        "Experienced",
        "Few words: a clear result, room in how to get there, early warnings.",
        Content(
            affects="The same question asked three times by three people costs me the morning in which I write offers.",
            shielded=("The same question from more than one person", "Calls from above while I am at a customer"),
            hours="My own; reachable from 9:00 to 17:00",
            channels="Mail; the phone when it burns",
            news_hours=24,
            plans_weekday=3,
            rep_owes=("One number, and the reason when it moves",),
            needs=("Bad news before anybody above has it", "A plan I can take upstairs without calling you"),
            manager_owes=(
                "I answer for your deals upstairs without calling you first",
                "An answer on discounts within one working day",
            ),
        ),
        90,
    ),
    Template(
        "remote",
        "Remote",
        "Other places, other hours: what is written counts, and nobody waits for a chance meeting.",
        Content(
            affects="A message at my night reads like an alarm, and I cannot ask what is behind it.",
            shielded=("Messages that ask for an answer outside my hours", "Meetings with me alone on a screen"),
            hours="9:00 to 17:00 in my time zone",
            channels="Written first; a call by appointment",
            news_hours=24,
            plans_weekday=4,
            rep_owes=("I write down by my evening what changed that day",),
            needs=("To see from your plans where a deal stands without asking",),
            manager_owes=(
                "What was decided without you stands in writing on the same day",
                "Our meetings change between your morning and mine",
            ),
        ),
        90,
    ),
)  # fmt: skip


def template(key: str) -> Template | None:
    """A template by its key; None for another one."""
    return next((one for one in TEMPLATES if one.key == key), None)
