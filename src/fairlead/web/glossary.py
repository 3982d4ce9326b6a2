"""The words of Fairlead that a newcomer asks about: shown where they stand, and printed as a page of the docs."""

from __future__ import annotations

TERMS: dict[str, str] = {
    "call": "The number somebody stands behind for a period. A rep’s follows from the deals until it is set; nobody"
    " overwrites it.",
    "category": "How a deal counts: Commit, Most Likely, Best Case, Pipeline or Omitted. It follows from the stage,"
    " or is set by the owner.",
    "company debt": "Something the company owes a rep since it refused it: it stays open until it is delivered.",
    "deal plan": "What is to be signed, who decides, our case against each rival, the next acts with their days, and"
    " when we stop. Kept in versions.",
    "desk": "Where messages from above arrive. The manager answers, holds or passes them in other words.",
    "estimate": "The computed range of a period, from the history of all deals. It is never edited by hand.",
    "evidence": "What the buyer said, wrote or did, per criterion, from 0 unknown over 1 our belief to 3 the buyer"
    " wrote or did it.",
    "exit": "A deal that leaves the forecast of the period: lost, pushed out, or not in its category any more. A large"
    " one asks for a packet, another for one sentence, a lost one for its reason, a first push for nothing.",
    "overlay": "What a manager counts instead of a rep’s call, with a note. The rep’s call stands beside it.",
    "overlay credit": "A share of a deal that credits somebody who helped. It has a column of its own and is in no"
    " sum.",
    "packet": "What a large deal leaves the forecast with, on one form of ten minutes: what failed, with what was known"
    " before and now; at least two alternatives that were considered; what replaces it, or what is missing. It is"
    " never evidence about a person.",
    "player": "A person at the buyer, with influence and stance as far as they are known.",
    "split": "How a deal’s money is divided among people, 100 % together. Each part counts where its person is.",
    "submission": "A call that went up. It is never changed; a correction is a new one, and the team gets a copy.",
    "tester": "Somebody who did not write a version of a plan, tries to break it, and signs with a sentence: what was"
    " tried, and what held. It is optional, and the author is told.",
    "untold": "A change in the forecast that stands in no submission and in no notice upwards yet.",
    "up-card": "One page about a deal for people above, made from evidence and plan: where we are, what could go wrong,"
    " what we do, how they can help. It names the manager to ask and no rep.",
}
"""Term -> what it means here, in a sentence or two."""


def question(term: str) -> str:
    """What somebody asks who meets the term: "What is a packet?"."""
    article = "an" if term[0] in "aeio" or term.startswith(("un", "up")) else "a"
    return f"What is {article} {term}?"
