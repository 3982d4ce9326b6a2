"""The watch starts with a look or an empty seat, for whoever answers for it; at no other time is there such a list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from fairlead.ledger.models import Entry
from fairlead.looks import actions as look_actions
from fairlead.looks.models import Look
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.models import Person
from fairlead.territories import actions, noting
from fairlead.territories import queries as territories
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow
from fairlead.watch import queries
from fairlead.web import losses
from tests.calls import company as the_company
from tests.cast import AT, Cast
from tests.looks import making

TODAY = date(2026, 11, 24)
LOOKED_AT = datetime(2026, 10, 20, 9, tzinfo=UTC)


@pytest.fixture
def company(cast: Cast) -> the_company.Company:
    """Rosa and Pia with two accounts each, one of them long without contact, and deals beside."""
    made = the_company.build(cast)
    rows = [
        AccountRow("a1", "Aalborg", owner="rosa", industry="water", tier="A"),
        AccountRow(
            "a2", "Arhus", owner="rosa", tier="B", renewal_on=date(2026, 12, 24), renewal_amount=Decimal(50),
            renewal_currency="EUR",
        ),
        AccountRow("b1", "Bergen", owner="pia", tier="A"),
        AccountRow("n1", "Nowhere", tier="A"),
    ]  # fmt: skip
    ids = {name: getattr(cast, name).pk for name in cast.names}
    source = made.source.name
    actions.take_in(by=cast.actor("olu"), at=AT, source=source, accounts=rows, people_ids=ids)
    actions.take_in_activities(
        by=cast.actor("olu"), at=AT, source=source, as_of=AT, people_ids=ids, deal_accounts={},
        rows=[
            ActivityRow("1", account="a1", on=TODAY - timedelta(days=122), kind="call", way="two", by="rosa"),
            ActivityRow("2", account="a1", on=TODAY - timedelta(days=2), kind="mail", way="one", by="rosa"),
            ActivityRow("3", account="a2", on=TODAY - timedelta(days=2), kind="call", way="two", by="rosa"),
        ],
    )  # fmt: skip
    for name, owner, euros, status, account, step in (
        ("open", "rosa", 100, "open", "Aalborg", ""), ("won", "rosa", 40, "won", "a1", ""),
        ("old", "rosa", 7, "won", "a1", ""), ("hers", "pia", 900, "open", "Aalborg", ""),
    ):  # fmt: skip
        closed = {"won": date(2026, 5, 1), "old": date(2025, 5, 1)}.get(name)
        row = made.deal(name, owner, euros, status=status, closed_on=closed)
        row.account, row.next_step = account, step
        row.save()
    return made


def look(cast: Cast, person: Person, ground: int | None = None) -> Look:
    return Look.objects.create(
        person=person, quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        ground_id=ground or making.ground(cast).pk, facts=making.FACTS, digest="", opened_at=making.SWEPT,
    )  # fmt: skip


def test_own_accounts_are_always_there_with_their_arithmetic(company: the_company.Company) -> None:
    lines = queries.mine(company.cast.actor("rosa"), AT)
    assert [line.name for line in lines] == ["Aalborg", "Arhus"]
    first, second = lines
    assert first.breach
    assert [one.says for one in first.reasons] == [
        "122 days since two-way contact, tier A allows 30", "1 open deal without a next step",
    ]  # fmt: skip
    assert (first.money.open, first.money.year, first.money.total) == (10_000, 4_000, 14_000), (
        "not Pia's deal"
    )
    assert (second.money.renewals, second.breach) == (5_000, False)


def test_who_takes_an_account_over_is_not_blamed_for_what_was_before(company: the_company.Company) -> None:
    cast = company.cast
    ids = {name: getattr(cast, name).pk for name in cast.names}

    def owned_by(name: str) -> list[tuple[str, bool, str]]:
        actions.take_in(
            by=cast.actor("olu"), at=AT, source=company.source.name, people_ids=ids,
            accounts=[AccountRow("a1", "Aalborg", owner=name, industry="water", tier="A")],
        )  # fmt: skip
        lines = queries.mine(cast.actor(name), AT)
        return [(one.name, one.breach, one.reasons[0].says) for one in lines if one.name == "Aalborg"]

    new = "122 days since two-way contact, taken over today: first contact within 30 days"
    assert owned_by("ravi") == [("Aalborg", False, new)]
    assert owned_by("rosa") == [("Aalborg", False, new)], "it came back, and counts anew"


def test_nobody_is_blamed_for_a_time_before_their_first_day(company: the_company.Company) -> None:
    cast = company.cast
    Person.objects.filter(pk=cast.rosa.pk).update(starts_on=TODAY - timedelta(days=1))
    line = queries.mine(cast.actor("rosa"), AT)[0]
    assert (line.name, line.breach, line.due_on) == ("Aalborg", False, TODAY + timedelta(days=29))
    look(cast, cast.rosa)
    _, _, seen = queries.of_seller(cast.actor("mina"), cast.rosa.public_id, AT)
    assert [one.breach for one in seen] == [False, False], "the manager is told the same"


@pytest.mark.parametrize("who", ["carl", "vera", "mina", "otto", "sanna"])
def test_without_a_look_no_leader_has_a_list(company: the_company.Company, who: str) -> None:
    with pytest.raises(access.NotFound):
        queries.of_seller(company.cast.actor(who), company.cast.rosa.public_id, AT)


@pytest.mark.parametrize("who", ["rosa", "ravi", "olu", "hana", "ada"])
def test_who_leads_nobody_has_no_such_page_at_all(company: the_company.Company, who: str) -> None:
    look(company.cast, company.cast.rosa)
    with pytest.raises(access.NotAllowed):
        queries.of_seller(company.cast.actor(who), company.cast.rosa.public_id, AT)


@pytest.mark.parametrize("who", ["carl", "vera", "otto", "sanna"])
def test_a_look_gives_the_list_to_the_manager_alone(company: the_company.Company, who: str) -> None:
    cast = company.cast
    before = _refusal(cast, who)
    made = look(cast, cast.rosa)
    person, found, lines = queries.of_seller(cast.actor("mina"), cast.rosa.public_id, AT)
    assert (person.name, found) == ("Rosa Lindqvist", made.public_id)
    assert [line.name for line in lines] == ["Aalborg", "Arhus"]
    assert _refusal(cast, who) == before == _refusal(cast, who, "nobody at all")
    assert queries.looked_at(cast.actor(who), AT) == []
    assert not queries.watched(cast.actor(who), cast.rosa.pk, AT)


def _refusal(cast: Cast, who: str, person: str = "") -> str:
    with pytest.raises(access.NotFound) as refused:
        queries.of_seller(cast.actor(who), person or cast.rosa.public_id, AT)
    return refused.value.sentence


def test_the_list_is_gone_with_the_decision_and_with_the_manager(company: the_company.Company) -> None:
    cast = company.cast
    made = look(cast, cast.rosa)
    assert queries.watched(cast.actor("mina"), cast.rosa.pk, AT)
    people.move(by=cast.actor("olu"), at=AT, person=cast.rosa, manager=cast.otto, starts_on=TODAY)
    assert not queries.watched(cast.actor("mina"), cast.rosa.pk, AT)
    assert queries.watched(cast.actor("otto"), cast.rosa.pk, AT)
    look_actions.act(
        by=cast.actor("otto"),
        at=AT,
        look=made.public_id,
        kind="waived",
        words="Two late deals.",
        reason="late_deal",
        after=0,
    )
    assert not queries.watched(cast.actor("otto"), cast.rosa.pk, AT)
    with pytest.raises(access.NotFound):
        queries.of_seller(cast.actor("otto"), cast.rosa.public_id, AT)


def test_what_is_lent_does_not_lend_the_list(company: the_company.Company) -> None:
    from fairlead.people.access import Lending

    cast = company.cast
    look(cast, cast.rosa)
    for kind in Lending:
        people.delegate(
            by=cast.actor("mina"),
            at=AT,
            taker=cast.otto,
            kind=kind,
            starts_at=AT,
            ends_at=AT + timedelta(days=2),
        )
    with pytest.raises(access.NotFound):
        queries.of_seller(cast.actor("otto"), cast.rosa.public_id, AT)


# Empty seats


def leave(cast: Cast, name: str = "rosa") -> Person:
    """Somebody left ten days ago."""
    person: Person = getattr(cast, name)
    people.move(
        by=cast.actor("olu"), at=AT, person=person, manager=None, starts_on=TODAY - timedelta(days=10)
    )
    Person.objects.filter(pk=person.pk).update(ends_on=TODAY - timedelta(days=10))
    return person


def test_no_seat_is_empty_while_everybody_is_there(company: the_company.Company) -> None:
    assert queries.seats(company.cast.actor("mina"), AT) == []
    assert [one.key for one in queries.seats(company.cast.actor("olu"), AT)] == [queries.NOBODYS]


def test_an_empty_seat_is_seen_by_its_leader_the_one_above_and_operations(
    company: the_company.Company,
) -> None:
    cast = company.cast
    gone = leave(cast)
    for who in ("mina", "vera", "olu"):
        assert gone.public_id in [one.key for one in queries.seats(cast.actor(who), AT)], who
    for who in ("carl", "otto", "sanna"):
        assert queries.seats(cast.actor(who), AT) == [], who
        with pytest.raises(access.NotFound):
            queries.seat(cast.actor(who), gone.public_id, AT)
    with pytest.raises(access.NotAllowed):
        queries.seats(cast.actor("ravi"), AT)


def test_a_seats_money_counts_every_deal_of_the_account(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    seen = queries.seat(cast.actor("mina"), gone.public_id, AT)
    assert [line.name for line in seen.lines] == ["Aalborg", "Arhus"]
    assert seen.lines[0].money.open == 100_000
    assert (seen.sums.breach, seen.leader, seen.may_cover) == (1, "Mina Aalto", True)


def test_a_seat_of_a_leader_who_left_too_goes_to_the_one_above(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    leave(cast, "mina")
    assert queries.seat(cast.actor("vera"), gone.public_id, AT).leader == "Vera Lindholm"


def test_the_account_of_an_empty_seat_is_read_by_its_leader(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    account = queries.seat(cast.actor("mina"), gone.public_id, AT).lines[0].public_id
    page = queries.page(cast.actor("mina"), account, AT)
    assert (page.empty, page.may_cover, page.may_note) == (True, True, True)
    with pytest.raises(access.NotFound):
        queries.page(cast.actor("otto"), account, AT)


# Covering it


def cover(cast: Cast, key: str, who: str = "mina", **said: str) -> int:
    plan = queries.cover_plan(cast.actor(who), key, AT)
    line = {
        "account": plan.lines[0].line.public_id,
        "interim": cast.ravi.public_id,
        "hand_over": "Folder.",
        "first_call_on": "2026-11-26",
    }
    mates = queries.mate_ids(queries.mates_of(cast.actor(who), key, AT))
    after = {plan.lines[0].line.public_id: plan.lines[0].number}
    return noting.cover(by=cast.actor(who), at=AT, mates=mates, lines=[{**line, **said}], after=after)


def test_a_cover_plan_suggests_and_the_leader_decides(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    plan = queries.cover_plan(cast.actor("mina"), gone.public_id, AT)
    assert {name for _, name in plan.mates} == {"Ravi Menon", "Ines Duarte", "Tomas Novak"}
    assert all(line.suggested and line.why for line in plan.lines)
    assert plan.missing == 2
    assert cover(cast, gone.public_id) == 1
    assert cover(cast, gone.public_id) == 0, "the same again is nothing new"
    assert queries.cover_plan(cast.actor("mina"), gone.public_id, AT).missing == 1
    assert Notice.objects.filter(to_id=cast.ravi.pk, kind="territories.cover").count() == 1
    assert Entry.objects.filter(kind="cover.written").count() == 1


def test_whoever_covers_reads_the_account_meanwhile_and_says_what_was_done(
    company: the_company.Company,
) -> None:
    cast = company.cast
    gone = leave(cast)
    assert queries.mine(cast.actor("ravi"), AT) == []
    cover(cast, gone.public_id)
    (line,) = queries.mine(cast.actor("ravi"), AT)
    assert (line.name, line.mine) == ("Aalborg", False)
    noting.mark(by=cast.actor("ravi"), at=AT, account=line.public_id, what="handed_over", done=True)
    noting.note_activity(
        by=cast.actor("ravi"), at=AT, account=line.public_id, given=noting.Given("call", "two", TODAY)
    )
    page = queries.page(cast.actor("mina"), line.public_id, AT)
    assert page.cover is not None
    assert set(page.cover.done) == {"handed_over"}
    assert page.cover.called_on == TODAY
    assert not page.line.breach
    cover(cast, gone.public_id, interim=cast.ines.public_id)
    assert queries.mine(cast.actor("ravi"), AT) == []
    with pytest.raises(access.NotFound):
        queries.page(cast.actor("ravi"), line.public_id, AT)


def test_a_new_owner_in_the_crm_ends_the_seat(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    cover(cast, gone.public_id)
    actions.take_in(
        by=cast.actor("olu"), at=AT, source=company.source.name, people_ids={"tomas": cast.tomas.pk},
        accounts=[AccountRow("a1", "Aalborg", owner="tomas"), AccountRow("a2", "Arhus", owner="tomas")],
    )  # fmt: skip
    assert queries.seats(cast.actor("mina"), AT) == []
    assert queries.mine(cast.actor("ravi"), AT) == [], "covering ends with the seat"
    assert {line.name for line in queries.mine(cast.actor("tomas"), AT)} == {"Aalborg", "Arhus"}


def come_back(cast: Cast, name: str = "rosa") -> None:
    Person.objects.filter(pk=getattr(cast, name).pk).update(ends_on=None)


def test_people_of_an_account_are_flagged_where_they_are_no_way_to_it(company: the_company.Company) -> None:
    cast, source = company.cast, company.source.name
    people_ = [
        ContactRow("k1", "a2", "Ida", state="there"), ContactRow("k2", "a2", "Jon", state="left"),
        ContactRow("k3", "a2", "Kim"), ContactRow("k4", "a2", "Lea", state="bounced"),
    ]  # fmt: skip
    actions.take_in(by=cast.actor("olu"), at=AT, source=source, contacts=people_)
    actions.take_in_activities(
        by=cast.actor("olu"), at=AT, source=source, as_of=AT + timedelta(hours=1), people_ids={}, deal_accounts={},
        rows=[
            ActivityRow("3", account="a2", deleted=True),
            ActivityRow("4", account="a2", on=TODAY - timedelta(days=5), kind="call", way="two", contact="k1"),
        ],
    )  # fmt: skip
    (line,) = [one for one in queries.mine(cast.actor("rosa"), AT) if one.name == "Arhus"]
    assert line.reasons[-1].code == "buyers"
    seen = {
        one.row.name: (one.stale, one.last)
        for one in queries.page(cast.actor("rosa"), line.public_id, AT).buyers
    }
    assert seen == {
        "Ida": ("", TODAY - timedelta(days=5)), "Kim": ("silent", None), "Jon": ("left", None),
        "Lea": ("bounced", None),
    }  # fmt: skip
    back = [ContactRow("k2", "a2", "Jon", state="there"), ContactRow("k4", "a2", "Lea")]
    actions.take_in(by=cast.actor("olu"), at=AT, source=source, contacts=back)
    seen = {
        one.row.name: (one.stale, one.last)
        for one in queries.page(cast.actor("rosa"), line.public_id, AT).buyers
    }
    assert (seen["Jon"][0], seen["Lea"][0]) == ("silent", "bounced"), "what is not said stays"


def test_an_owner_who_comes_back_ends_the_cover_at_once(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    cover(cast, gone.public_id)
    (line,) = queries.mine(cast.actor("ravi"), AT)
    come_back(cast)
    assert queries.mine(cast.actor("ravi"), AT) == []
    with pytest.raises(access.NotFound):
        queries.page(cast.actor("ravi"), line.public_id, AT)
    with pytest.raises(access.NotFound):
        noting.note_activity(
            by=cast.actor("ravi"), at=AT, account=line.public_id, given=noting.Given("call", "two", TODAY)
        )
    assert queries.first_calls(cast.actor("ravi"), AT) == []
    assert queries.page(cast.actor("rosa"), line.public_id, AT).cover is None


def test_a_cover_does_not_come_back_when_the_owner_leaves_once_more(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    cover(cast, gone.public_id)
    system = access.system("tests")
    assert noting.watch(by=system, at=AT) == 0, "the seat is empty"
    come_back(cast)
    assert (noting.watch(by=system, at=AT), noting.watch(by=system, at=AT)) == (1, 0)
    assert Entry.objects.filter(kind="cover.ended").count() == 1
    Person.objects.filter(pk=gone.pk).update(ends_on=TODAY)
    assert queries.mine(cast.actor("ravi"), AT) == []
    assert queries.cover_plan(cast.actor("mina"), gone.public_id, AT).missing == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"interim": "nobody"}, "bad_mate"),
        ({"first_call_on": "2026-11-01"}, "bad_day"),
        ({"first_call_on": "soon"}, "bad_day"),
        ({"hand_over": "x" * 201}, "text_long"),
    ],
)
def test_a_cover_that_cannot_be_says_why(
    company: the_company.Company, said: dict[str, str], code: str
) -> None:
    gone = leave(company.cast)
    with pytest.raises(access.Refusal) as refused:
        cover(company.cast, gone.public_id, **said)
    assert refused.value.code == code


def test_two_who_write_at_once_do_not_overwrite_each_other(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    account = queries.cover_plan(cast.actor("mina"), gone.public_id, AT).lines[0].line.public_id
    cover(cast, gone.public_id)
    with pytest.raises(access.Refusal) as refused:
        noting.cover(
            by=cast.actor("mina"), at=AT, mates={cast.ines.public_id: cast.ines.pk}, after={account: 0},
            lines=[{"account": account, "interim": cast.ines.public_id}],
        )  # fmt: skip
    assert refused.value.code == "changed_meanwhile"


def test_the_one_above_reads_the_plan_and_does_not_write_it(company: the_company.Company) -> None:
    cast = company.cast
    gone = leave(cast)
    assert not queries.cover_plan(cast.actor("vera"), gone.public_id, AT).seat.may_cover
    with pytest.raises(access.Refusal) as refused:
        cover(cast, gone.public_id, who="vera")
    assert refused.value.code == "not_yours"


def test_accounts_that_are_nobodys_are_covered_by_operations(company: the_company.Company) -> None:
    cast = company.cast
    assert cover(cast, queries.NOBODYS, who="olu") == 1
    assert [line.name for line in queries.mine(cast.actor("ravi"), AT)] == ["Nowhere"]


# One account


def test_a_loss_has_its_story_as_far_as_the_reader_may_read_it(company: the_company.Company) -> None:
    row = company.deal("gone", "rosa", 60, status="lost", closed_on=date(2026, 11, 1))
    row.account, row.extra = "Aalborg", {"Lost reason": "Price", "Competitor": "Kestrel"}
    row.save()
    cast = company.cast
    account = queries.mine(cast.actor("rosa"), AT)[0].public_id
    rosa = cast.actor("rosa")
    (lost,) = queries.page(rosa, account, AT).lost
    loss = losses.loss(rosa, lost, AT)
    assert (loss.deal.name, loss.why, loss.rival) == ("gone", (("the source", "Price"),), "Kestrel")
    row.owner = cast.pia
    row.save()
    assert queries.page(cast.actor("rosa"), account, AT).lost == ()


def test_a_search_finds_what_may_be_read_and_says_nothing_of_how_it_is_looked_after(
    company: the_company.Company,
) -> None:
    cast = company.cast
    assert [one.name for one in queries.search(cast.actor("mina"), "a", AT)] == ["Aalborg", "Arhus"]
    assert [one.name for one in queries.search(cast.actor("otto"), "A", AT)] == []
    assert {one.name for one in queries.search(cast.actor("olu"), "", AT)} == {
        "Aalborg",
        "Arhus",
        "Bergen",
        "Nowhere",
    }
    assert set(queries.Named.__dataclass_fields__) == {
        "public_id",
        "name",
        "industry",
        "country",
        "owner",
    }


def test_renewals_count_at_todays_rate_and_say_where_there_is_none(company: the_company.Company) -> None:
    cast = company.cast
    account = queries.mine(cast.actor("rosa"), AT)[0].public_id
    noting.note_renewal(
        by=cast.actor("rosa"), at=AT, account=account, on=date(2026, 12, 1), amount_minor=100, currency="SEK"
    )
    (renewal,) = queries.page(cast.actor("rosa"), account, AT).line.facts.renewals
    assert (renewal.minor, renewal.unconverted) == (None, "SEK")
    from fairlead.deals import actions as deals
    from fairlead.deals.rules import RateRow

    deals.set_rates(by=cast.actor("olu"), at=AT, rates=[RateRow("SEK", date(2026, 1, 1), Decimal("0.1"))])
    (renewal,) = queries.page(cast.actor("rosa"), account, AT).line.facts.renewals
    assert renewal.minor == 10
    found = territories.find(cast.actor("rosa"), account, AT)
    noting.end_renewal(
        by=cast.actor("rosa"), at=AT, account=account, renewal=territories.renewals([found.pk])[0].public_id
    )
    assert queries.page(cast.actor("rosa"), account, AT).line.facts.renewals == ()
