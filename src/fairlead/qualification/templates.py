"""The methods that ship with Fairlead, in its own words. An organisation takes a copy of one and edits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairlead.qualification.rules import Criterion

SOON, SLOW = 30, 60
"""Days: what people want, fear and promise changes within a month; how a house decides and pays changes slower."""


@dataclass(frozen=True, slots=True)
class Template:
    """A method: its name, what it is good for, its criteria."""

    key: str
    name: str
    says: str
    criteria: tuple[Criterion, ...]


_METRICS = Criterion(
    "metrics", "Value in their figures", "Which figure of theirs changes, by how much, and who says so?",
    "We computed it from figures of others.", "A buyer person named the figure and agreed with the size.",
    "Their own calculation, or a mail that corrects ours.", SLOW,
)  # fmt: skip
_BUYER = Criterion(
    "economic_buyer", "Economic buyer", "Who can say yes when everybody else says no, and have we spoken?",
    "We think we know who it is.", "That person told us that the decision is theirs.",
    "That person wrote the budget, or signed something before.", SLOW,
)  # fmt: skip
_RULES = Criterion(
    "decision_criteria", "Decision criteria", "By what do they compare, and which of it favours us?",
    "We guess from similar deals.", "A buyer person told us the list and its order.",
    "We hold their list in writing.", SLOW,
)  # fmt: skip
_PATH = Criterion(
    "decision_process", "Decision path", "Who proposes, who agrees, who signs, in which order and by when?",
    "We assume it goes as it did elsewhere.", "A buyer person walked us through the steps and the days.",
    "They sent the steps, or have taken the first of them.", SLOW,
)  # fmt: skip
_PAPER = Criterion(
    "paper_process", "Paper process", "What happens between yes and signature, and how many days does it take?",
    "We assume a length.", "Purchasing or legal told us steps and days.",
    "Their template, security form or purchase request is here.", SLOW,
)  # fmt: skip
_PAIN = Criterion(
    "pain", "Need", "What hurts whom so much that doing nothing is worse?",
    "We see it and they have not said it.", "The person it hurts told us.",
    "They wrote it down, or showed us the damage.", SOON,
)  # fmt: skip
_CHAMPION = Criterion(
    "champion", "Champion", "Who sells for us when we are not in the room, and has the weight to do it?",
    "Somebody is friendly.", "Somebody told us what they will say and to whom.",
    "Somebody brought us to the economic buyer, or sent our paper on.", SOON,
)  # fmt: skip
_COMPETITION = Criterion(
    "competition", "Competition", "Whom do they compare us with, doing nothing and doing it themselves included?",
    "We suppose who else is there.", "A buyer person named the others and where they stand.",
    "We hold an offer, a scoring or a mail that shows it.", SOON,
)  # fmt: skip
_NEED_BANT = Criterion(
    "need", "Need", "What must be better afterwards, and for whom?", "We see it and they have not said it.",
    "The person who has the need told us.", "It stands in a paper of theirs.", SOON,
)  # fmt: skip

TEMPLATES: tuple[Template, ...] = (
    Template(
        "four_questions", "The four questions", "The least that decides whether to go on. Good to begin with.",
        (
            Criterion(
                "opportunity", "Is there an opportunity?",
                "Who has a problem, money for it and a day by which it must be gone?",
                "We believe so.", "A buyer person named the problem and the day.",
                "They gave it a budget, a project or a request in writing.", SOON,
            ),
            Criterion(
                "compete", "Can we compete?", "Do we fit what they need, and can we deliver it on their day?",
                "We believe so.", "They told us that we are on the list, and why.",
                "They tried it, visited a customer of ours, or asked for an offer by name.", SLOW,
            ),
            Criterion(
                "win", "Can we win?", "Who with weight wants us, and how do they decide?",
                "We believe so.", "Somebody with weight told us that they prefer us, and how it is decided.",
                "Somebody with weight acted for us.", SOON,
            ),
            Criterion(
                "worth", "Is it worth winning?", "What is it worth to us against what it costs, now and later?",
                "We believe so.", "They told us the size, the years and what follows.",
                "Size and years stand in a paper of theirs.", SLOW,
            ),
        ),
    ),
    Template(
        "meddicc", "MEDDICC", "For sales to companies with several people who decide.",
        (_METRICS, _BUYER, _RULES, _PATH, _PAIN, _CHAMPION, _COMPETITION),
    ),
    Template(
        "meddpicc", "MEDDPICC", "The same, with the paper between yes and signature.",
        (_METRICS, _BUYER, _RULES, _PATH, _PAPER, _PAIN, _CHAMPION, _COMPETITION),
    ),
    Template(
        "bant", "BANT", "For short sales with one or two people who decide.",
        (
            Criterion(
                "budget", "Budget", "How much money is there, whose is it, and for which year?",
                "We assume an amount.", "Whoever owns the money named it.", "It stands in a budget or an order.", SLOW,
            ),
            Criterion(
                "authority", "Authority", "Who decides, and have we spoken to them?",
                "We think we know.", "That person told us that the decision is theirs.",
                "That person decided something of the kind before, or wrote to us.", SLOW,
            ),
            _NEED_BANT,
            Criterion(
                "timing", "Timing", "Which day of theirs makes it necessary, and what happens if it passes?",
                "We hope for a day.", "A buyer person named the day and what depends on it.",
                "The day stands in a plan or a contract of theirs.", SOON,
            ),
        ),
    ),
    Template(
        "spiced", "SPICED", "For subscriptions, where the result after the sale counts.",
        (
            Criterion(
                "situation", "Situation", "What is there today: systems, people, contracts and their ends?",
                "We read about it.", "A buyer person described it.", "We saw it or hold it in writing.", SLOW,
            ),
            _PAIN,
            Criterion(
                "impact", "Impact", "What does solving it change, in figures and for a person?",
                "We computed it.", "A buyer person named the change and agreed with its size.",
                "It stands in a paper of theirs.", SLOW,
            ),
            Criterion(
                "critical_event", "Critical event", "Which day must it be there, and what happens if it is not?",
                "We hope for a day.", "A buyer person named the day and what depends on it.",
                "The day stands in a plan or a contract of theirs.", SOON,
            ),
            Criterion(
                "decision", "Decision", "Who decides, by what, through which steps?",
                "We assume it.", "A buyer person told us who, by what and how.",
                "They sent the steps, or have taken the first of them.", SLOW,
            ),
        ),
    ),
)  # fmt: skip
BY_KEY: Mapping[str, Template] = {template.key: template for template in TEMPLATES}
DEFAULT = TEMPLATES[0]
"""In force until an organisation chooses."""
