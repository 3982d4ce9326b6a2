"""What the company owes: the catalogue, days, deliveries, debts that open and are lifted by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from fairlead.debts import actions as debts
from fairlead.debts import queries as debt_queries
from fairlead.debts.models import Debt
from fairlead.enablement import actions, catalogue, queries, rules
from fairlead.enablement.models import Delivery, EntryVersion
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.qualification.rules import Sent
from fairlead.standing import actions as standing
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.enablement import making
from tests.enablement.making import GIVEN, SAID

DAY = timedelta(days=1)


def states(cast: Cast, who: str = "rosa", at: object = AT) -> list[str]:
    return [line.state for line in queries.mine(cast.actor(who), AT).lines]


def open_debts(cast: Cast, who: str = "rosa") -> list[debt_queries.Line]:
    return [
        line for line in debt_queries.book(cast.actor(who), AT).owed_to_me if line.source_kind == "catalogue"
    ]


# Days


def test_nothing_is_late_before_it_was_asked_for(cast: Cast) -> None:
    making.item(cast, at=AT - 10 * DAY, days=5)
    making.item(cast, at=AT - 10 * DAY, days=12, what="Another day")
    page = queries.mine(cast.actor("rosa"), AT)
    assert [(line.state, line.days_late) for line in page.lines] == [("late", 5), ("due", 0)]
    assert page.lines[0].begins_on == (AT - 10 * DAY).date()


def test_days_count_from_the_start_in_the_role_and_again_from_a_launch(cast: Cast) -> None:
    by = cast.actor("olu")
    standing.set_seat(
        by=by,
        at=AT,
        person=cast.rosa.public_id,
        job="Hunter",
        segment="",
        starts_on=date(2026, 11, 2),
        ramps=True,
    )
    actions.set_product(by=by, at=AT, name="Flow analyser", launched_on=date(2026, 11, 16))
    making.item(cast, role="hunter", days=10)
    making.item(cast, role="Hunter", product="flow  analyser", days=10, what="The analyser")
    page = queries.mine(cast.actor("rosa"), AT)
    assert [line.due_on for line in page.lines] == [date(2026, 11, 12), date(2026, 11, 26)]
    assert queries.mine(cast.actor("ravi"), AT).lines == ()


def test_what_is_for_newcomers_is_not_owed_to_who_was_there(cast: Cast) -> None:
    making.item(cast, scope="new")
    assert states(cast) == []
    standing.set_seat(
        by=cast.actor("olu"),
        at=AT,
        person=cast.ravi.public_id,
        job="Scout",
        segment="",
        starts_on=AT.date(),
        ramps=True,
    )
    making.item(cast, scope="new", role="Scout", what="A day with a scout")
    assert states(cast, "ravi") == ["due"]


def test_whoever_was_said_to_sell_one_product_is_owed_that_one(cast: Cast) -> None:
    by = cast.actor("olu")
    for name in ("Analyser", "Service"):
        actions.set_product(by=by, at=SAID, name=name, launched_on=date(2024, 1, 1))
        making.item(cast, product=name, what=f"About {name}")
    assert len(states(cast)) == 2
    mina = cast.actor("mina")
    actions.set_sells(by=mina, at=AT, person=cast.rosa.public_id, products=["service"], starts_on=AT.date())
    lines = queries.mine(cast.actor("rosa"), AT).lines
    assert [(line.item.product, line.due_on) for line in lines] == [("Service", AT.date() + 30 * DAY)]
    with pytest.raises(access.NotFound):
        actions.set_sells(by=mina, at=AT, person=cast.pia.public_id, products=["Service"], starts_on=None)


def test_a_product_that_is_sold_no_more_owes_nothing(cast: Cast) -> None:
    by = cast.actor("olu")
    actions.set_product(by=by, at=SAID, name="Analyser", launched_on=None)
    making.item(cast, product="Analyser")
    assert states(cast) == ["late"]
    actions.set_product(by=by, at=AT, name="analyser", launched_on=None, retired=True)
    assert states(cast) == []


DAYS = st.dates(date(2020, 1, 1), date(2027, 1, 1))


@given(DAYS, DAYS, st.one_of(st.none(), DAYS), st.booleans())
def test_a_day_is_never_before_anything_it_waits_for(
    since: date, role: date, launch: date | None, new: bool
) -> None:
    item = rules.Item(
        1, None, "Seller", "P", "market", "x", "y", 1, 10, "new" if new else "all", False, AT, since, since
    )
    seller = rules.Seller(2, "seller", role, 3, None)
    begun = rules.begins(item, seller, {"p": launch})
    own = max(day for day in (role, launch) if day is not None)
    if new and own < since:
        assert begun is None
    else:
        assert begun == max(since, own)


# Versions


def test_a_version_keeps_deliveries_unless_it_asks_for_them_again(cast: Cast) -> None:
    key = making.item(cast)
    making.delivered(cast, key, "rosa", at=AT - 5 * DAY)
    by, owner = cast.actor("olu"), cast.sanna.public_id
    actions.keep_item(by=by, at=AT - 4 * DAY, given=replace(GIVEN, days=20), owner=owner, item=key, after=1)
    assert states(cast) == ["delivered"]
    actions.keep_item(by=by, at=AT - 3 * DAY, given=replace(GIVEN, days=2), owner=owner, item=key, again=True)
    assert states(cast) == ["late"]
    assert [one.number for one in queries.one_item(by, key, AT)[1]] == [3, 2, 1]
    with pytest.raises(access.Refusal) as refused:
        actions.keep_item(by=by, at=AT, given=GIVEN, owner=owner, item=key, after=2)
    assert refused.value.code == "changed_meanwhile"


def test_the_same_again_is_no_version(cast: Cast) -> None:
    key = making.item(cast)
    actions.keep_item(by=cast.actor("olu"), at=AT, given=GIVEN, owner=cast.sanna.public_id, item=key)
    assert EntryVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": " "}, "no_role"), ({"kind": "song"}, "bad_kind"), ({"what": ""}, "text_missing"),
        ({"proof": ""}, "text_missing"), ({"days": None}, "bad_days"), ({"days": 9999}, "bad_days"),
        ({"product": "Nothing"}, "no_product"), ({"scope": "some"}, "bad_scope"), ({"what": "x" * 301}, "text_long"),
    ],
)  # fmt: skip
def test_an_item_that_says_too_little_is_refused(cast: Cast, change: dict[str, object], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        making.item(cast, **change)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_manager_adds_items_for_the_own_team_alone(cast: Cast) -> None:
    key = making.item(cast, who="mina", owner="mina", team=True)
    assert states(cast, "rosa") == ["late"]
    assert states(cast, "pia") == []
    for name in ("otto", "rosa"):
        assert not [one for one in queries.listing(cast.actor(name), AT) if one.may]
    with pytest.raises(access.NotFound):
        actions.retire_item(by=cast.actor("otto"), at=AT, item=key)
    with pytest.raises(access.NotAllowed):
        making.item(cast, who="mina", owner="mina")
    actions.retire_item(by=cast.actor("mina"), at=AT, item=key)
    assert states(cast, "rosa") == []


def test_a_file_of_items_is_taken_in_whole_or_not_at_all(cast: Cast) -> None:
    good = actions.Wanted("", GIVEN, cast.sanna.public_id)
    bad = actions.Wanted("", replace(GIVEN, kind="song"), cast.sanna.public_id)
    with pytest.raises(access.Refusal):
        actions.load(by=cast.actor("olu"), at=AT, rows=[good, bad])
    assert not EntryVersion.objects.exists()
    assert actions.load(by=cast.actor("olu"), at=AT, rows=[good, good]) == 2


# Delivering and rating


def test_delivered_to_all_at_once_with_evidence(cast: Cast) -> None:
    key = making.item(cast)
    page = queries.owe(cast.actor("sanna"), AT)
    everybody = [line.person.public_id for line in page.items[0].open]
    assert len(everybody) == 7
    pdf = Sent("slides.txt", b"The slides.")
    made = actions.deliver(
        by=cast.actor("sanna"),
        at=AT,
        item=key,
        persons=everybody,
        on=AT.date() - DAY,
        link="https://x.test/y",
        file=pdf,
    )
    assert len(made) == 7
    line = queries.mine(cast.actor("rosa"), AT).lines[0]
    assert line.file is not None
    assert (line.state, line.by, line.file.name) == ("delivered", "Sanna Berg", "slides.txt")
    for name, reads in (
        ("rosa", True),
        ("pia", True),
        ("mina", True),
        ("sanna", True),
        ("hana", False),
        ("vera", False),
    ):
        if reads:
            assert queries.file(cast.actor(name), line.file.public_id, AT)[2] == b"The slides."
        else:
            with pytest.raises(access.NotFound):
                queries.file(cast.actor(name), line.file.public_id, AT)
    again = actions.deliver(
        by=cast.actor("sanna"), at=AT, item=key, persons=everybody, on=AT.date(), words="Again."
    )
    assert again == []
    ledger.verify()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": AT.date() + DAY}, "bad_day"), ({"on": None}, "bad_day"), ({"words": ""}, "no_evidence"),
        ({"persons": []}, "nobody"), ({"link": "ftp://x"}, "bad_link"),
    ],
)  # fmt: skip
def test_a_delivery_needs_a_day_somebody_and_what_shows_it(
    cast: Cast, change: dict[str, object], code: str
) -> None:
    key = making.item(cast)
    sent: dict[str, object] = {"persons": [cast.rosa.public_id], "on": AT.date(), "words": "Held."}
    with pytest.raises(access.Refusal) as refused:
        actions.deliver(by=cast.actor("sanna"), at=AT, item=key, **sent | change)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_only_who_answers_for_it_delivers(cast: Cast) -> None:
    key = making.item(cast)
    for name in ("olu", "mina", "rosa"):
        with pytest.raises(access.NotFound):
            making.delivered(cast, key, "rosa", who=name)


def test_the_words_of_a_rating_are_for_who_answers_and_nobody_else(cast: Cast) -> None:
    key = making.item(cast)
    making.delivered(cast, key, "rosa")
    given_ = Delivery.objects.for_system("a test asks for it").get().public_id
    actions.rate(by=cast.actor("rosa"), at=AT, delivery=given_, rating="no_help", words="Too short by half.")
    assert queries.mine(cast.actor("rosa"), AT).lines[0].words == "Too short by half."
    owners = queries.owe(cast.actor("sanna"), AT).items[0].done
    assert [(one.rating, one.words) for one in owners] == [("no_help", "Too short by half.")]
    managers = queries.of_person(cast.actor("mina"), cast.rosa.public_id, AT).lines[0]
    assert (managers.rating, managers.words) == ("no_help", "")
    for name in ("ravi", "vera", "olu", "hana", "otto"):
        with pytest.raises(access.Refusal):
            queries.of_person(cast.actor(name), cast.rosa.public_id, AT)
    told = Notice.objects.filter(kind="enablement.rated").get()
    assert "Too short" not in str(told.facts)
    with pytest.raises(access.NotFound):
        actions.rate(by=cast.actor("pia"), at=AT, delivery=given_, rating="helped")


def test_who_did_not_get_it_says_so_and_it_is_owed_again(cast: Cast) -> None:
    key = making.item(cast)
    making.delivered(cast, key, "rosa", "ravi")
    row = Delivery.objects.for_system("a test asks for it").get(person=cast.rosa).public_id
    with pytest.raises(access.Refusal) as refused:
        actions.undeliver(by=cast.actor("rosa"), at=AT, delivery=row)
    assert refused.value.code == "text_missing"
    actions.undeliver(by=cast.actor("rosa"), at=AT, delivery=row, words="I was at a customer.")
    assert (states(cast), states(cast, "ravi")) == (["late"], ["delivered"])
    with pytest.raises(access.Refusal):
        actions.undeliver(by=cast.actor("rosa"), at=AT, delivery=row, words="Again.")
    with pytest.raises(access.NotFound):
        actions.undeliver(by=cast.actor("ravi"), at=AT, delivery=row, words="Not mine.")
    making.delivered(cast, key, "rosa")
    assert states(cast) == ["delivered"]


# Debts by themselves


def test_what_is_late_becomes_a_company_debt_once_and_is_lifted_when_delivered(cast: Cast) -> None:
    key = making.item(cast, days=30)
    assert actions.watch(at=AT) == 7
    assert actions.watch(at=AT) == 0
    (debt,) = open_debts(cast)
    assert (debt.item, debt.owner.name, debt.since, debt.age_days) == (
        GIVEN.what, "Sanna Berg", (SAID + 30 * DAY).date(), 10,
    )  # fmt: skip
    making.delivered(cast, key, "rosa")
    assert open_debts(cast) == []
    assert actions.watch(at=AT) == 0
    assert len(open_debts(cast, "ravi")) == 1


def test_a_delivery_taken_back_opens_the_debt_anew(cast: Cast) -> None:
    key = making.item(cast)
    actions.watch(at=AT)
    making.delivered(cast, key, "rosa")
    row = Delivery.objects.for_system("a test asks for it").get().public_id
    actions.undeliver(by=cast.actor("sanna"), at=AT, delivery=row)
    assert actions.watch(at=AT) == 1
    assert len(open_debts(cast)) == 1


def test_what_is_retired_is_owed_no_more_and_a_new_owner_owes_it(cast: Cast) -> None:
    key = making.item(cast)
    actions.watch(at=AT)
    by = cast.actor("olu")
    actions.keep_item(by=by, at=AT, given=GIVEN, owner=cast.otto.public_id, item=key)
    assert actions.watch(at=AT) == 14
    assert [debt.owner.name for debt in open_debts(cast)] == ["Otto Brandt"]
    actions.retire_item(by=by, at=AT, item=key)
    assert actions.watch(at=AT) == 7
    assert open_debts(cast) == []
    assert actions.watch(at=AT) == 0


def test_delivered_or_let_go_on_the_page_of_debts_counts_here(cast: Cast) -> None:
    making.item(cast)
    actions.watch(at=AT)
    one, other = (open_debts(cast, name)[0].public_id for name in ("rosa", "ravi"))
    debts.act(by=cast.actor("sanna"), at=AT, debt=one, kind="delivered", words="Held on Monday.")
    debts.act(by=cast.actor("ravi"), at=AT, debt=other, kind="lifted", words="I know it.")
    assert (states(cast, "rosa"), states(cast, "ravi")) == (["delivered"], ["waived"])
    assert actions.watch(at=AT) == 0
    debts.act(by=cast.actor("rosa"), at=AT, debt=one, kind="disputed", words="I was away.")
    assert states(cast, "rosa") == ["late"]


def test_nobody_owes_themself(cast: Cast) -> None:
    making.item(cast, owner="rosa")
    assert actions.watch(at=AT) == 6
    assert open_debts(cast) == []


def test_a_seller_who_left_is_owed_no_more(cast: Cast) -> None:
    making.item(cast)
    actions.watch(at=AT)
    type(cast.rosa).objects.filter(pk=cast.rosa.pk).update(ends_on=AT.date())
    assert actions.watch(at=AT) == 1


# Who reads what


def test_peers_hr_and_those_above_read_nothing(cast: Cast) -> None:
    making.item(cast)
    for name in cast.names:
        actor = cast.actor(name)
        try:
            queries.of_person(actor, cast.rosa.public_id, AT)
            assert name in ("rosa", "mina"), name
        except access.Refusal:
            assert name not in ("rosa", "mina"), name


def test_operations_sees_counts_of_five_people_or_more(cast: Cast) -> None:
    whole, small = making.item(cast), making.item(cast, who="otto", owner="sanna", team=True)
    making.delivered(cast, whole, "rosa", "pia")
    counts = {line.public_id: line.count for line in queries.listing(cast.actor("olu"), AT)}
    assert counts[whole] == catalogue.Count(7, 2, 5, None, None)
    assert counts[small] == catalogue.Count(2, None, None, None, None)
    assert all(line.count is None for line in queries.listing(cast.actor("mina"), AT))


def test_what_was_said_is_never_changed(cast: Cast) -> None:
    key = making.item(cast)
    making.delivered(cast, key, "rosa")
    with pytest.raises(DatabaseError), transaction.atomic():
        Delivery.objects.for_system("a test tries it").update(words="Other.")
    with pytest.raises(DatabaseError), transaction.atomic():
        EntryVersion.objects.update(days=1)


def test_debts_of_deals_are_left_alone(team: Company) -> None:
    making.item(team.cast)
    actions.watch(at=AT)
    kinds = set(Debt.objects.for_system("a test asks for it").values_list("source_kind", flat=True))
    assert kinds == {"catalogue"}
