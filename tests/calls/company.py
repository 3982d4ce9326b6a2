"""Deals, targets and calls of the cast for the tests of the forecast call. Money in euros unless it says minor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fairlead.calls import actions
from fairlead.calls.models import Submission
from fairlead.deals.models import Category, Deal, Import, Source
from fairlead.forecasting.periods import Calendar, Period
from fairlead.people import access
from tests.cast import AT, Cast

Q4 = Calendar().period("2026Q4")
WEEK = timedelta(days=7)
STAGES = {"Talk": "pipeline", "Offer": "best_case", "Paper": "commit"}
OPS = access.system("tests of the forecast call")


@dataclass
class Company:
    """The cast with a source to put deals into."""

    cast: Cast
    source: Source
    run: Import
    deals: dict[str, Deal] = field(default_factory=dict)

    def deal(
        self,
        name: str,
        owner: str,
        euros: int | None,
        stage: str = "Paper",
        close_on: date | None = date(2026, 12, 10),
        status: str = "open",
        closed_on: date | None = None,
        at: datetime = AT - 3 * WEEK,
    ) -> Deal:
        """Put one deal there, or change the one of that name."""
        values = {
            "name": name,
            "owner": getattr(self.cast, owner),
            "amount_minor": None if euros is None else euros * 100,
            "home_minor": None if euros is None else euros * 100,
            "currency": "EUR",
            "stage": stage,
            "close_on": close_on,
            "status": status,
            "closed_on": closed_on,
            "run": self.run,
            "digest": 0,
            "first_recorded_at": at,
            "last_recorded_at": at,
            "changed_at": at,
        }
        rows = Deal.objects.for_system("tests put deals there")
        self.deals[name], _ = rows.update_or_create(source=self.source, external_id=name, defaults=values)
        return self.deals[name]

    def won(self, name: str, owner: str, euros: int, closed_on: date = date(2026, 10, 20)) -> Deal:
        return self.deal(name, owner, euros, "Paper", closed_on, "won", closed_on)

    def change(self, name: str, **values: object) -> None:
        rows = Deal.objects.for_system("tests change deals").filter(external_id=name)
        if "euros" in values:
            euros = values.pop("euros")
            minor = None if euros is None else int(str(euros)) * 100
            values |= {"amount_minor": minor, "home_minor": minor}
        rows.update(**values)

    def target(self, name: str, euros: int, period: Period = Q4, at: datetime = AT - 6 * WEEK) -> None:
        person = getattr(self.cast, name)
        actions.set_target(by=OPS, at=at, person=person, period=period, amount_minor=euros * 100)

    def call(self, name: str, euros: int | None, at: datetime = AT - timedelta(days=1)) -> None:
        minor = None if euros is None else euros * 100
        actions.set_call(
            by=self.cast.actor(name, at),
            at=at,
            person=getattr(self.cast, name),
            period=Q4,
            amount_minor=minor,
        )

    def submit(
        self, name: str, euros: int, reason: str = "", at: datetime = AT, key: str = "", previous: str = ""
    ) -> Submission:
        return actions.submit(
            by=self.cast.actor(name, at),
            at=at,
            person=getattr(self.cast, name),
            period=Q4,
            amount_minor=euros * 100,
            reason=reason,
            key=key or f"{name} {at.isoformat()}",
            expected_previous=previous,
        )


def build(cast: Cast) -> Company:
    """The cast with a source, a current import and mapped stages."""
    source = Source.objects.create(name="cast", kind="fairlead")
    run = Import.objects.create(
        source=source,
        by="system: tests",
        started_at=AT - 9 * WEEK,
        as_of=AT - 9 * WEEK,
        status="current",
        file_name="",
    )
    for stage, category in STAGES.items():
        Category.objects.create(
            stage=stage,
            category=category,
            starts_on=date(2023, 1, 1),
            set_at=AT - 9 * WEEK,
            by="system: tests",
        )
    return Company(cast, source, run)


def mina_team(company: Company) -> Company:
    """Mina's team as on the Call page: targets, deals and calls (in euros)."""
    for name, target in (("rosa", 700), ("ravi", 600), ("ines", 650), ("tomas", 450)):
        company.target(name, target)
    company.won("Arden", "rosa", 392)
    company.won("Sable", "ravi", 214)
    company.won("Lumen", "ines", 401)
    company.won("Tarn", "tomas", 183)
    company.deal("Nordwind", "rosa", 240, close_on=date(2026, 12, 14))
    company.deal("Ostrava", "rosa", 84, "Offer")
    company.deal("Kestrel", "ravi", 190)
    company.deal("Quill", "ravi", 72)
    company.deal("Brightwater", "ines", 165, "Offer")
    company.deal("Vale", "tomas", 120)
    company.deal("Halden", "rosa", 58, close_on=None)
    company.deal("Corran", "ines", 131, "Paused")
    return company
