"""What Marlow's people did about flags: a snooze, a correction for the CRM, and a deal review that is half done."""

from __future__ import annotations

from datetime import date, timedelta

from fairlead.cli.demo_deals import deal_of
from fairlead.forecasting.simulate import marlow
from fairlead.health import actions
from fairlead.people import access, queries
from fairlead.people.models import Person

_REVIEWED = marlow.LAST_WEEK + timedelta(hours=2)
_TODAY = marlow.NOW - timedelta(minutes=25)


def fill(everybody: dict[str, Person]) -> None:
    """Mina sent Ravi a message last week, and today noted a question and thanks; Tomas snoozed a flag."""

    def by(name: str) -> access.Actor:
        return queries.actor(everybody[name].pk, _TODAY)

    def deal(name: str, called: str) -> str:
        return deal_of(everybody[name], called).public_id

    mina = by("mina")
    actions.note(
        by=mina, at=_REVIEWED, deal=deal("ravi", "Kestrel Chemicals"), kind="question",
        text="Who at Kestrel books the security review, and have we asked them ourselves?",
    )  # fmt: skip
    actions.send(by=mina, at=_REVIEWED, to=everybody["ravi"].public_id)
    actions.note(
        by=mina, at=_TODAY, deal=deal("ines", "Lumen Foods"), kind="question",
        text="Who signs above 100 thousand, and when do we meet them?",
    )  # fmt: skip
    actions.note(
        by=mina, at=_TODAY, deal=deal("rosa", "Nordwind Paper Mills"), kind="thanks",
        text="the CFO’s word on the budget, in writing",
    )  # fmt: skip
    actions.snooze(
        by=by("tomas"), at=_TODAY, deal=deal("tomas", "Sable Dairy"), flag="single_thread", until=date(2026, 12, 10),
        reason="Ole Brandt signs alone up to 100 thousand, and this is less.",
    )  # fmt: skip
    actions.propose(
        by=by("otto"), at=_TODAY, deal=deal("piet", "Port of Rye"), field="next_step",
        new="Papers to the harbour office by 5 January, council on the 12th",
    )  # fmt: skip
