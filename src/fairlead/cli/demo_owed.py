"""What Marlow owes its account executives for two products; what Tomas, the newest, has; what Rosa knows."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.cli.demo_deals import deal_of
from fairlead.enablement import actions, rules, statement
from fairlead.enablement import queries as owed
from fairlead.enablement.rules import Given, Known
from fairlead.forecasting.simulate import marlow
from fairlead.people import access, queries
from fairlead.people.models import Person
from fairlead.qualification.rules import Sent

ROLE = "Account executive"
PRODUCTS = (("Sensors", date(2019, 3, 1)), ("Flow analyser", date(2026, 4, 1)))
_ITEMS: tuple[tuple[str, Given], ...] = (
    ("olu", Given(ROLE, "", "tools", "The quote tool: access and an hour with it", "A first quote was made", 7, "new")),
    ("sanna", Given(ROLE, "", "market", "Two days with the market desk: tenders, rivals, prices", "Both days were held",
                    30, "new")),
    ("otto", Given(ROLE, "Sensors", "product", "The sensor range, hands on in the lab", "The day in the lab was held",
                   45, "new")),
    ("otto", Given(ROLE, "Sensors", "customer", "A visit to a plant that has run sensors for a year",
                   "The visit was made, with a user", 60, "new")),
    ("sanna", Given(ROLE, "Flow analyser", "product", "Half a day with an analyser engineer", "It was held", 30)),
    ("vera", Given(ROLE, "Flow analyser", "market", "Who else sells flow analysers, with prices",
                   "The page is written and not older than a quarter", 14, "new")),
    ("vera", Given(ROLE, "Flow analyser", "customer", "A reference customer to call", "The call was made", 45, "new")),
)  # fmt: skip
_DELIVERED = (
    (0, (8, 7), ("tomas",), "Access since Tuesday; the first quote was for Amber Motors.", "helped", ""),
    (1, (8, 28), ("tomas",), "Held on 27 and 28 August, with the folder of the desk.", "in_part",
     "Prices were two years old. The part on tenders I use every week."),
    (2, (9, 15), ("tomas",), "The day in the lab, with the small range.", "", ""),
    (4, (8, 27), ("rosa", "ravi", "ines", "pia", "piet", "femi", "gro", "sven", "saga", "kofi", "lena"),
     "Half-days of 20 and 27 August, with the test rig.", "", ""),
)  # fmt: skip
_HELPED = (
    ("rosa", "helped"),
    ("ines", "helped"),
    ("pia", "in_part"),
    ("piet", "helped"),
    ("saga", "no_help"),
)
_KNOWN = (
    ("rosa", (10, 19), "", Known(
        "account", "Nordwind after the merger of its mills", "Nordwind Paper Mills",
        "Both mills buy through Karin Holm since May. She pays for loss that is measured, not for sensors. "
        "The south mill counts loss per line, the north mill per shift, and neither trusts the other’s figure.",
        "Annual report, Marta Lind, a day in the south mill", date(2026, 10, 16))),
    ("rosa", (11, 9), "", Known(
        "industry", "Why pulp loss is counted per line", "Pulp and paper",
        "A line stops for an hour for a wrong reading; that hour costs more than the sensor. Who counts per shift "
        "does not see it.", "Two users, the trade paper of September", date(2026, 11, 6))),
    ("tomas", (11, 12), "ines", Known(
        "teach_back", "What a sensor is worth to a foundry", "Sensors",
        "Shown to Ines in half an hour: what it measures, what the shift leader does with it, what an hour of "
        "standstill costs.", "", date(2026, 11, 11))),
)  # fmt: skip


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """From the catalogue of August to this morning's look at what is late."""
    ids = _keep(everybody)
    _deliver(everybody, ids)
    at = _at(11, 2, 9)
    actions.set_sells(
        by=queries.actor(everybody["mina"].pk, at), at=at, person=everybody["tomas"].public_id,
        products=[name for name, _ in PRODUCTS], starts_on=at.date(),
    )  # fmt: skip
    _know(everybody)
    _library(everybody)
    actions.watch(at=_at(11, 24, 8))
    _statement(everybody)


_SHEET = "line,hours lost a month,cost of an hour,lost a month\nSouth 1,3,1800,5400\nSouth 2,1,1800,1800\n"


def _library(everybody: dict[str, Person]) -> None:
    """A sheet Rosa made, thanked for; a gap of hers with an answer that is proposed; one of Ravi's that is open."""
    at = _at(10, 20, 10)
    piece = actions.keep_material(
        by=queries.actor(everybody["rosa"].pk, at), at=at,
        given=rules.Offered(
            "Loss per line: the sheet for a first meeting", "Shows what standstill costs in the buyer’s own figures",
            "customer", "Sensors", ROLE, "",
        ),
        file=Sent("loss-per-line.txt", _SHEET.encode()),
    )  # fmt: skip
    at = _at(10, 27, 9)
    actions.thank(by=queries.actor(everybody["ines"].pk, at), at=at, material=piece.material.public_id)
    for name, day, kind, words in (
        ("rosa", 12, "market", "What tenders ask of suppliers outside the country, and by when"),
        ("ravi", 17, "market", "Which rivals sell analysers as a service, and what is in the price"),
    ):
        at = _at(11, day, 15)
        by = queries.actor(everybody[name].pk, at)
        product = "Flow analyser" if name == "ravi" else ""
        actions.tell_gap(by=by, at=at, kind=kind, product=product, words=words)
    at = _at(11, 19, 11)
    actions.keep_material(
        by=queries.actor(everybody["sanna"].pk, at), at=at, answers_gaps=True,
        given=rules.Offered(
            "Tender calendar with conditions", "What public buyers ask for, and their closing days", "market", "", "",
            "https://market-desk.marlow.example/tenders",
        ),
    )  # fmt: skip


def _statement(everybody: dict[str, Person]) -> None:
    """The support statement of this year for the whole company, issued by operations."""
    at = _at(11, 24, 8, 30)
    by = queries.actor(everybody["olu"].pk, at)
    made = statement.drafted(by=by, at=at, year=2026, unit="", role="", supporters=4)
    statement.issue(by=by, at=at, year=2026, unit="", role="", supporters=4, seen=made.digest)


def _keep(everybody: dict[str, Person]) -> list[str]:
    at = _at(8, 3, 8)
    olu = queries.actor(everybody["olu"].pk, at)
    for name, launched in PRODUCTS:
        actions.set_product(by=olu, at=at, name=name, launched_on=launched)
    return [
        actions.keep_item(
            by=olu, at=at, given=given, owner=everybody[owner].public_id
        ).entry.public_id
        for owner, given in _ITEMS
    ]  # fmt: skip


def _deliver(everybody: dict[str, Person], ids: list[str]) -> None:
    for number, (month, day), names, words, rating, said in _DELIVERED:
        at = _at(month, day, 16)
        owner = everybody[_ITEMS[number][0]]
        made = actions.deliver(
            by=queries.actor(owner.pk, at), at=at, item=ids[number], on=at.date(), words=words,
            persons=[everybody[name].public_id for name in names],
        )  # fmt: skip
        by_person = {one.person_id: one.public_id for one in made}
        rated = [(name, rating) for name in names if rating] or list(_HELPED if len(names) > 1 else ())
        for name, what in rated:
            rater = queries.actor(everybody[name].pk, at)
            actions.rate(by=rater, at=at, delivery=by_person[everybody[name].pk], rating=what, words=said)


def _know(everybody: dict[str, Person]) -> None:
    made: list[str] = []
    for who, (month, day), assessor, given in _KNOWN:
        at = _at(month, day, 15)
        by = queries.actor(everybody[who].pk, at)
        row = actions.keep_known(
            by=by, at=at, given=given, assessor=everybody[assessor].public_id if assessor else ""
        )
        made.append(row.knowledge.public_id)
    at = _at(11, 13, 9)
    actions.assess(
        by=queries.actor(everybody["ines"].pk, at), at=at, known=made[2],
        grades=dict(zip(rules.RUBRIC, ("clear", "clear", "in_part"), strict=True)),
        words="The hour of standstill was ours. Ask the shift leader for theirs.",
    )  # fmt: skip
    at = _at(11, 20, 11)
    rosa, deal = queries.actor(everybody["rosa"].pk, at), deal_of(everybody["rosa"], "Nordwind Paper Mills")
    places = owed.cites(rosa, deal.public_id, at).places
    for wanted in ("strategy:", "tactic:Cost of waiting on one page"):
        if wanted not in places:
            raise access.Refused("no_place", f"The demo's plan has no {wanted}")
        actions.cite(by=rosa, at=at, deal=deal.public_id, known=made[0], where=wanted)
