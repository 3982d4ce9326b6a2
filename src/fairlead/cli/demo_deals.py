"""What Marlow's people know of their deals: criteria, and what buyers said, wrote and did."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fairlead.deals.models import Deal
from fairlead.forecasting.simulate import marlow
from fairlead.people import access, queries
from fairlead.people.models import Person
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from fairlead.qualification import actions as evidence
from fairlead.qualification import templates

_EXITS = {
    "Discovery": {"pain": 2},
    "Proposal": {"pain": 2, "economic_buyer": 2, "decision_process": 1},
    "Negotiation": {"pain": 2, "economic_buyer": 3, "decision_process": 2, "paper_process": 2, "champion": 2},
}
"""What Marlow asks for before a deal leaves a stage."""

_MAILS = "https://mail.marlow.example/"
_SAID: dict[tuple[str, str], tuple[tuple[str, int, str, str, str], ...]] = {
    ("rosa", "Nordwind Paper Mills"): (
        ("pain", 2, "2026-10-21", "Two lines lose 4 % of pulp to late readings", "Marta Lind, plant manager"),
        ("pain", 3, "2026-11-03", "Sent the loss report of both lines", "Marta Lind, plant manager"),
        ("economic_buyer", 2, "2026-10-28", "Decides alone up to 300 thousand", "Karin Holm, CFO"),
        ("economic_buyer", 3, "2026-11-12", "Budget of 250 approved for 2026", "Karin Holm, CFO"),
        ("metrics", 2, "2026-11-10", "Pays back in 14 months at their loss rate", "Marta Lind, plant manager"),
        ("decision_criteria", 3, "2026-09-08", "Sent the list: drift, service, price", "Jens Aho, head of IT"),
        ("decision_process", 2, "2026-11-12", "Plant manager proposes, CFO signs, board is told", "Karin Holm, CFO"),
        ("paper_process", 1, "2026-11-19", "Purchasing needs ten working days, we believe", ""),
        ("champion", 3, "2026-11-18", "Brought the security review through without conditions", "Jens Aho, head of IT"),
        ("competition", 2, "2026-11-10", "One rival offer, 12 % lower, for one site only", "Marta Lind, plant manager"),
    ),
    ("rosa", "Ostrava Works"): (
        ("pain", 2, "2026-10-30", "The old probe stopped the line twice in October", "Petr Havel, shift lead"),
        ("economic_buyer", 1, "2026-11-02", "The plant director decides, we think", ""),
        ("decision_process", 2, "2026-11-16", "Wants to sign before the holidays", "Petr Havel, shift lead"),
    ),
    ("ravi", "Kestrel Chemicals"): (
        ("pain", 3, "2026-10-12", "Sent the fine they paid in spring", "Anna Reuter, compliance"),
        ("economic_buyer", 2, "2026-10-19", "The site budget is hers", "Jo Ferris, site manager"),
        ("paper_process", 3, "2026-11-23", "Security review starts on 7 January", "Dan Wolff, IT security"),
        ("metrics", 2, "2026-10-19", "One avoided fine pays for it", "Jo Ferris, site manager"),
        ("decision_criteria", 2, "2026-10-19", "Approval by the regulator comes first", "Anna Reuter, compliance"),
        ("decision_process", 2, "2026-10-19", "IT security, then the site manager", "Jo Ferris, site manager"),
        ("champion", 2, "2026-10-26", "Will present it to the site", "Anna Reuter, compliance"),
        ("competition", 1, "2026-10-26", "Nobody else is approved, we think", ""),
    ),
    ("ines", "Lumen Foods"): (
        ("pain", 2, "2026-11-05", "Every third batch is tested again by hand", "Ida Moreau, head of quality"),
        ("economic_buyer", 1, "2026-11-09", "The head of purchasing signs, we think", ""),
        ("metrics", 1, "2026-11-09", "Saves two people a shift, by our count", ""),
        ("champion", 2, "2026-11-18", "Asked us to show it to her board", "Ida Moreau, head of quality"),
    ),
    ("tomas", "Sable Dairy"): (
        ("pain", 2, "2026-09-15", "Spoilt milk in summer", "Ole Brandt, dairy manager"),
        ("economic_buyer", 2, "2026-09-22", "Signs up to 100 thousand", "Ole Brandt, dairy manager"),
    ),
    ("piet", "Port of Rye"): (
        ("pain", 3, "2026-11-06", "The harbour office wrote the leak report", "Gwen Hale, harbour master"),
        ("economic_buyer", 2, "2026-11-06", "The council decides on her proposal", "Gwen Hale, harbour master"),
        ("decision_process", 2, "2026-11-20", "The council meets on 12 January", "Gwen Hale, harbour master"),
    ),
    ("femi", "Gdynia Harbour"): (
        ("pain", 2, "2026-10-08", "They test the basin by hand twice a day", "Ewa Krol, operations"),
        ("competition", 2, "2026-10-08", "Two others were invited to the tender", "Ewa Krol, operations"),
    ),
    ("sven", "Alder Water"): (
        ("pain", 2, "2026-11-11", "The council asks for readings every hour", "Tom Birk, waterworks"),
    ),
}  # fmt: skip
"""Who, deal -> criterion, score, day, what, the person at the buyer ('' for our own belief)."""


def fill(everybody: dict[str, Person], begun: datetime) -> None:
    """Put MEDDPICC in force for Marlow and give deals of the story their evidence."""
    evidence.set_criteria(
        by=access.system("the demo fills its company"), at=begun, name="MEDDPICC", template="meddpicc",
        criteria=templates.BY_KEY["meddpicc"].criteria, exits=_EXITS, starts_on=begun.date(),
    )  # fmt: skip
    for (who, name), rows in _SAID.items():
        deal = deal_of(everybody[who], name)
        for number, (criterion, score, on, what, buyer) in enumerate(rows):
            day = date.fromisoformat(on)
            at = datetime(day.year, day.month, day.day, 16, number, tzinfo=marlow.ZONE)
            at = min(at, marlow.NOW - timedelta(minutes=40))
            person, _, role = buyer.partition(", ")
            evidence.score(
                by=queries.actor(everybody[who].pk, at), at=at, deal=deal.public_id, criterion=criterion,
                score=score, what=what, on=day, buyer_name=person, buyer_role=role,
                link=f"{_MAILS}{deal.external_id.lower()}-{number}" if score == 3 else "",
            )  # fmt: skip


def plan(everybody: dict[str, Person]) -> None:
    """Rosa's plan for Nordwind, tested by Mina, who opened the team's; Femi's for Gdynia, just begun."""
    for who, name, at, content in _PLANS:
        deal = deal_of(everybody[who], name)
        after = 1 if content is _NORDWIND else 0
        plans.save(
            by=queries.actor(everybody[who].pk, at), at=at, deal=deal.public_id, after_version=after,
            plan=plan_rules.plan_of(content),
        )  # fmt: skip
    nordwind, at = (
        deal_of(everybody["rosa"], "Nordwind Paper Mills"),
        datetime(2026, 11, 20, 9, 5, tzinfo=marlow.ZONE),
    )
    plans.test(
        by=queries.actor(everybody["mina"].pk, at), at=at, deal=nordwind.public_id, version=2,
        words="I played Karin Holm: the price per site held, the day did not, so purchasing starts now.",
    )  # fmt: skip
    opened = datetime(2026, 11, 20, 9, 15, tzinfo=marlow.ZONE)
    plans.open_to_team(by=queries.actor(everybody["mina"].pk, opened), at=opened, on=True)


_NORDWIND: dict[str, Any] = {
    "what": "Pulp monitoring on two sites", "how_much": "240 thousand over three years", "by_when": "2026-12-14",
    "signed_by": "Karin Holm", "strategy": "direct", "why": "We lead on payback and the review is passed.",
    "changes_if": "the rival offers both sites: then divide, site 1 first.",
    "rivals": [
        {"name": "Doing nothing", "case": "4 % of pulp lost on two lines, every month"},
        {"name": "The cheaper offer", "case": "One site only, and nobody within 8 hours"},
    ],
    "players": [
        {"name": "Karin Holm", "role": "CFO", "influence": "decides", "stance": "neutral", "contact_on": "2026-11-12"},
        {"name": "Marta Lind", "role": "plant manager", "influence": "uses", "stance": "for",
         "contact_on": "2026-11-18"},
        {"name": "Jens Aho", "role": "head of IT", "influence": "stops", "stance": "neutral",
         "contact_on": "2026-11-18"},
    ],
    "tactics": [
        {"action": "Payback sheet with their loss rate", "serves": "metrics", "owner": "Rosa", "buyer": "Marta Lind",
         "due_on": "2026-11-12", "done_when": "she corrects a figure", "state": "done"},
        {"action": "Contract template", "serves": "paper_process", "owner": "Rosa", "buyer": "Jens Aho",
         "due_on": "2026-11-20", "done_when": "the template is here"},
        {"action": "Call on the three-year price", "serves": "economic_buyer", "owner": "Vera", "buyer": "Karin Holm",
         "due_on": "2026-11-26", "done_when": "the price is confirmed"},
        {"action": "Cost of waiting on one page", "serves": "strategy", "owner": "Rosa", "buyer": "Marta Lind",
         "due_on": "2026-11-30", "done_when": "she sends it on"},
    ],
    "resources": [
        {"what": "Reference call with a customer like them", "kind": "reference", "state": "granted",
         "who": "Mina", "on": "2026-11-13"},
        {"what": "Confirm the three-year price to Karin Holm", "kind": "executive", "state": "asked",
         "who": "Vera", "on": "2026-11-19", "needed_by": "2026-11-26"},
        {"what": "An engineer on site for two days", "kind": "people", "state": "refused", "who": "Otto",
         "on": "2026-11-10"},
    ],
    "risks": [
        {"what": "Purchasing has not started by 30 November",
         "answer": "Karin Holm names the day with purchasing on the line"},
        {"what": "The budget moves into 2027", "kill": True},
    ],
}  # fmt: skip
_PLANS: tuple[tuple[str, str, datetime, dict[str, Any]], ...] = (
    (
        "rosa", "Nordwind Paper Mills", datetime(2026, 11, 5, 17, 20, tzinfo=marlow.ZONE),
        {
            **_NORDWIND,
            "players": [{"name": "Marta Lind", "role": "plant manager", "influence": "uses",
                         "stance": "for", "contact_on": "2026-11-03"}],
            "tactics": [{**_NORDWIND["tactics"][0], "state": "to_do"}],
            "resources": [],
            "risks": [],
        },
    ),
    ("rosa", "Nordwind Paper Mills", datetime(2026, 11, 19, 16, 40, tzinfo=marlow.ZONE), _NORDWIND),
    (
        "femi", "Gdynia Harbour", datetime(2026, 11, 17, 11, 15, tzinfo=marlow.ZONE),
        {
            "what": "Basin sensors", "how_much": "260 thousand", "strategy": "indirect",
            "why": "By price alone two others are ahead.",
            "players": [{"name": "Ewa Krol", "role": "operations", "influence": "uses", "contact_on": "2026-10-08"}],
            "tactics": [{"action": "Day on the basin with operations", "serves": "strategy", "due_on": "2026-12-03"}],
            "resources": [
                {"what": "An introduction to the harbour director", "kind": "executive", "state": "asked",
                 "who": "Carl", "on": "2026-11-17"},
            ],
        },
    ),
)  # fmt: skip


def deal_of(owner: Person, name: str) -> Deal:
    """The open deal of the story with a name."""
    rows = Deal.objects.for_system("the demo acts on deals of its story").filter(owner=owner, name=name)
    row = rows.filter(status="open").first()
    if row is None:
        raise RuntimeError(f"The demo's story has no open deal {name} of {owner.name}.")
    return row
