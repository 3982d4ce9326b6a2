"""A look at Rosa's results in October, and diagnoses of it by Mina. The third quarter is over since SWEPT."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fairlead.diagnoses import actions, queries, rules
from fairlead.diagnoses.models import Diagnosis
from fairlead.diagnoses.rules import Remedy
from tests import cast as the_cast
from tests import replay
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.looks import making as looks

OPENED = datetime(2026, 10, 7, 9, tzinfo=UTC)
"""A Wednesday, the day after the look opened."""
SHARED = datetime(2026, 10, 8, 9, tzinfo=UTC)
WAITED = datetime(2026, 10, 16, 9, tzinfo=UTC)
"""The first morning after the five working days: Thursday to Thursday."""
WORDS = "Teach-back 9 of 20 on 2 October."


def company() -> Company:
    return replay.once("diagnosed", _built)


def _built() -> Company:
    made = looks.past(the_company.build(the_cast.build()))
    looks.ground(made.cast)
    looks.sweep()
    return made


def look() -> str:
    return looks.look().public_id


def given(verdicts: str, words: str = WORDS) -> list[tuple[str, str]]:
    """ "ppf" as a form sends it."""
    names = {"p": "pass", "f": "fail", "-": ""}
    return [(names[one], words if one != "-" else "") for one in verdicts.ljust(7, "-")]


def opened(company: Company, at: datetime = OPENED, by: str = "mina") -> Diagnosis:
    return actions.open_(by=company.cast.actor(by, at), at=at, look=look())


def drafted(
    company: Company, verdicts: str, words: str = WORDS, at: datetime = OPENED, by: str = "mina"
) -> str:
    """The public id of a draft of these verdicts."""
    row = opened(company, at, by)
    number = queries.standing_of(row).newest.number
    actions.save(
        by=company.cast.actor(by, at),
        at=at,
        diagnosis=row.public_id,
        given=given(verdicts, words),
        after=number,
    )
    return row.public_id


def act(
    company: Company, who: str, diagnosis: str, kind: str, words: str = "", at: datetime = SHARED
) -> None:
    actions.act(by=company.cast.actor(who, at), at=at, diagnosis=diagnosis, kind=kind, words_=words)


def shared(company: Company, verdicts: str, words: str = WORDS) -> str:
    address = drafted(company, verdicts, words)
    act(company, "mina", address, "shared")
    return address


REMEDIES = {
    "change": Remedy("The target of the fourth quarter is 500.", "target", due_on=date(2026, 10, 30)),
    "talk": Remedy(
        "Six new opportunities a month.", talk_on=date(2026, 10, 20), review_on=date(2026, 11, 20)
    ),
    "agreement": Remedy("Calls on Tuesdays.", talk_on=date(2026, 10, 20), review_on=date(2026, 11, 20)),
    "plan": Remedy(),
    "redeployment": Remedy(),
}


def used(company: Company, verdicts: str, remedy: Remedy | None = None, at: datetime = SHARED) -> str:
    """Shared, answered with nothing to add, and used."""
    address = shared(company, verdicts)
    act(company, "rosa", address, "nothing_to_add")
    use(company, address, remedy, at)
    return address


def use(
    company: Company, address: str, remedy: Remedy | None = None, at: datetime = SHARED, by: str = "mina"
) -> None:
    row = Diagnosis.objects.for_system("a test asks for it").get(public_id=address)
    layer = queries.standing_of(row).newest.findings.failing
    assert layer is not None
    chosen = remedy or REMEDIES[rules.ROUTE_OF[layer]]
    actions.use(by=company.cast.actor(by, at), at=at, diagnosis=address, remedy=chosen)


def observations(company: Company, diagnosis: str) -> None:
    """Two of Mina's and one of Otto's, over two quarters."""
    mina, otto = company.cast.actor("mina", OPENED), company.cast.actor("otto", OPENED)
    for day in (date(2026, 8, 4), date(2026, 10, 5)):
        actions.observe(
            by=mina, at=OPENED, diagnosis=diagnosis, on=day, words_="Left the visit after ten minutes."
        )
    asked = actions.ask(by=mina, at=OPENED, diagnosis=diagnosis, observer=company.cast.otto.public_id)
    actions.answer(
        by=otto, at=OPENED, asked=asked.public_id, kind="observed", on=date(2026, 9, 1), words_="Sent no reply.",
    )  # fmt: skip


def later(days: int) -> datetime:
    return SHARED + timedelta(days=days)
