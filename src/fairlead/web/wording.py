"""Sentences for the kinds of the ledger, in one place, so that a kind without wording can be found by a test."""

from __future__ import annotations

ACTS: dict[str, str] = {
    "settings.organisation": "set how the organisation counts time and money",
    "settings.days_off": "added days off",
    "settings.day_off_taken_back": "made a day off a working day again",
    "person.added": "added {subject}",
    "person.moved": "moved {subject} to another manager",
    "people.taken_in": "imported people from {subject}",
    "account.roles": "set the roles of {subject}",
    "account.opened": "opened an account for {subject}",
    "account.closed": "closed the account of {subject}",
    "account.delegated": "lent rights to {subject}",
    "account.delegation_ended": "took lent rights back from {subject}",
    "call.set": "set the own call",
    "call.typed_in": "typed in the call of {subject}",
    "calls.past_taken_in": "took over numbers of past periods",
    "calls.reminded": "reminded leaders of their number",
    "calls.submitted": "submitted a number",
    "calls.withdrawn": "withdrew a submission",
    "deal.categorised": "chose the category of a deal",
    "deal.missing_answered": "answered for a vanished deal",
    "estimate.computed": "computed the estimates",
    "import.accounts": "imported accounts and contacts",
    "import.current": "imported deals",
    "overlay.set": "set an overlay beside the call of {subject}",
    "overlay.reset": "took back the overlay beside the call of {subject}",
    "news.told": "told news and changes upward",
    "news.surprise": "counted a surprise of the team",
    "news.reported": "told news of a deal",
    "news.corrected": "corrected news of a deal",
    "news.withdrawn": "took news of a deal back",
    "news.thanked": "thanked for news told early",
    "promise.made": "made or wrote down a promise",
    "promise.kept": "kept a promise",
    "promise.moved": "moved a promise to another day",
    "promise.withdrawn": "withdrew a promise",
    "promise.confirmed": "confirmed that a promise was kept",
    "promise.not_kept": "said that a promise was not kept",
    "promise.undone": "took back the last step with a promise",
    "promise.reminded": "reminded of promises that are due tomorrow",
    "evidence.scored": "scored a criterion of a deal",
    "evidence.undone": "took a score of a deal back",
    "plan.saved": "saved a version of a deal plan",
    "plan.tested": "tested a deal plan",
    "settings.criteria": "set the criteria deals are scored by",
    "settings.category": "mapped a stage to a category",
    "settings.rates": "set conversion rates",
    "submission.opened": "opened a submission",
    "targets.set": "set the target of {subject}",
    "targets.taken_in": "imported targets",
    "token.made": "made an API token",
    "token.revoked": "revoked an API token",
}
"""kind -> what the actor did; {subject} is filled in."""


def act_sentence(kind: str, subject: str) -> str:
    """The sentence of a kind. A kind without wording is shown by its name rather than hidden."""
    return ACTS.get(kind, kind.replace(".", ": ").replace("_", " ")).format(subject=subject)
