"""Asks of the cast, for the tests of executive asks: Rosa's deal Nordwind with a plan, Mina approves, Vera is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.asks import actions, queries, rules
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from tests.calls.company import Company
from tests.cast import AT

TODAY = AT.date()
DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 27)
PLAN = plan_rules.Plan(
    what="Two sites", how_much="240", by_when=date(2026, 12, 14), signed_by="Karin Holm",
    players=(plan_rules.Player("Karin Holm", "CFO", "decides"), plan_rules.Player("Jens Aho", "head of IT", "stops")),
)  # fmt: skip
CONTENT = rules.Content(
    "call", "Karin Holm", "CFO", "Confirm the three-year price to her.", "She names the day of signature.", FRIDAY,
    "It is in Mina’s number; ask Mina.", "Ten minutes, one to one.", "Budget of 250 approved.",
    ("A price below 78 thousand a year", "Another pilot"),
)  # fmt: skip
BLOCK = replace(CONTENT, kind="block", buyer="", buyer_role="", purpose="Free an engineer for two days.")
DEBRIEF = rules.Debrief(
    "She wants the price in writing, then signs.", "yes", TODAY, "Our legal review takes ten days.",
    "A review within two days", date(2026, 12, 1),
    (rules.Word("The three-year price in writing", "executive", FRIDAY), rules.Word("The data sheet", "owner", FRIDAY)),
)  # fmt: skip


def planned(team: Company, deal: str = "Nordwind", who: str = "rosa", plan: plan_rules.Plan = PLAN) -> str:
    """A deal with a plan; its public id."""
    public_id = team.deals[deal].public_id
    plans.save(by=team.cast.actor(who), at=AT, deal=public_id, after_version=0, plan=plan)
    return public_id


def sent(
    team: Company,
    content: rules.Content = CONTENT,
    to: str = "vera",
    *,
    who: str = "rosa",
    deal: str = "",
    key: str = "form",
    at: datetime = AT,
) -> str:
    """An ask that waits for the manager; its public id. Without ``deal`` Nordwind gets its plan first."""
    row = actions.write(
        by=team.cast.actor(who, at), at=at, deal=deal or planned(team), addressee=getattr(team.cast, to),
        content=content, key=key,
    )  # fmt: skip
    return row.public_id


def step(
    team: Company, who: str, ask: str, kind: rules.Kind, key: str = "", at: datetime = AT, **more: Any
) -> None:
    actions.act(
        by=team.cast.actor(who, at),
        at=at,
        ask=ask,
        kind=kind,
        key=key or f"{who} {kind} {at.isoformat()}",
        **more,
    )


def approved(team: Company, content: rules.Content = CONTENT, to: str = "vera") -> str:
    ask = sent(team, content, to)
    step(team, "mina", ask, "approved")
    return ask


def accepted(team: Company, content: rules.Content = CONTENT) -> str:
    ask = approved(team, content)
    step(team, "vera", ask, "accepted", on=TODAY)
    return ask


def done(team: Company) -> str:
    ask = accepted(team)
    actions.debrief(by=team.cast.actor("vera"), at=AT, ask=ask, given=DEBRIEF, key="debrief")
    return ask


def state(team: Company, ask: str, who: str = "rosa", at: datetime = AT) -> str:
    return queries.one(team.cast.actor(who, at), ask, at).line.standing.state
