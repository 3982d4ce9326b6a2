"""Contacts with accounts: taken in by any order and in any parts, corrected and removed, two-way only where known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from fairlead.people import access
from fairlead.territories import actions, noting, queries, rules
from fairlead.territories.models import Activity
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow
from tests.cast import AT, Cast

TODAY = date(2026, 11, 24)
EARLY, LATE = AT - timedelta(days=7), AT
CALL = ActivityRow("1", account="a1", on=date(2026, 11, 2), kind="call", way="two", by="rosa")
MAIL = ActivityRow("2", account="Aalborg Vand", on=date(2026, 11, 20), kind="mail", way="one")
DEALS = ActivityRow("3", deal_id="d1", on=date(2026, 10, 1), kind="visit", way="two", contact="c1")


@pytest.fixture
def there(cast: Cast) -> Cast:
    actions.take_in(
        by=cast.actor("olu"), at=AT, source="crm", people_ids={"rosa": cast.rosa.pk, "pia": cast.pia.pk},
        accounts=[AccountRow("a1", "Aalborg Vand", owner="rosa"), AccountRow("a2", "Bergen Stål", owner="pia")],
        contacts=[ContactRow("c1", account="a1", name="Ida Krogh")],
    )  # fmt: skip
    return cast


def take(
    cast: Cast, *rows: ActivityRow, as_of: datetime = EARLY, by: str = "olu", dry: bool = False
) -> actions.ActivitiesTaken:
    return actions.take_in_activities(
        by=cast.actor(by), at=AT, source="crm", rows=rows, as_of=as_of, people_ids={"rosa": cast.rosa.pk},
        deal_accounts={"d1": "a1"}, dry_run=dry,
    )  # fmt: skip


def counting() -> list[tuple[str, str, str]]:
    rows = Activity.objects.for_system("tests").filter(replaced_at=None, gone=False).order_by("external_id")
    return [(row.external_id, str(row.on), row.way) for row in rows]


def test_contacts_come_once_by_account_or_by_deal(there: Cast) -> None:
    first, again = take(there, CALL, MAIL, DEALS), take(there, DEALS, CALL, MAIL)
    assert (first.added, again.added, again.unchanged) == (3, 0, 3)
    account = queries.account(there.actor("rosa"), source="crm", name="a1")
    assert account is not None
    row = queries.find(there.actor("rosa"), account.public_id, AT)
    kept = queries.activities(row.pk)
    assert [one.external_id for one in kept] == ["2", "1", "3"]
    assert kept[2].contact is not None
    assert kept[2].contact.name == "Ida Krogh"
    assert queries.last_two_way([row.pk], TODAY) == {row.pk: date(2026, 11, 2)}


def test_a_try_changes_nothing(there: Cast) -> None:
    assert take(there, CALL, dry=True).added == 1
    assert counting() == []


def test_every_order_of_files_comes_to_the_same(there: Cast) -> None:
    held = replace(CALL, on=date(2026, 11, 3))
    files = [
        (EARLY, (CALL, MAIL)), (EARLY + timedelta(days=1), (held,)), (EARLY + timedelta(days=2), (CALL,)),
        (LATE, (replace(MAIL, deleted=True),)),
    ]  # fmt: skip
    for order in permutations(files):
        Activity.objects.for_system("tests").delete()
        for as_of, rows in order:
            for row in rows:
                take(there, row, as_of=as_of)
        assert counting() == [("1", "2026-11-02", "two")], order


def test_of_two_said_at_one_moment_the_same_counts_in_any_order(there: Cast) -> None:
    other = replace(CALL, way="one")
    take(there, CALL)
    take(there, other)
    one = counting()
    Activity.objects.for_system("tests").delete()
    take(there, other)
    take(there, CALL)
    assert counting() == one


def test_what_names_no_known_account_is_left_out_and_comes_later(there: Cast) -> None:
    lost = replace(CALL, account="a9", activity_id="9")
    assert take(there, lost).nowhere == 1
    assert counting() == []
    actions.take_in(by=there.actor("olu"), at=AT, source="crm", accounts=[AccountRow("a9", "Cork Dairy")])
    assert take(there, lost).added == 1


def test_only_operations_imports_contacts(there: Cast) -> None:
    with pytest.raises(access.NotAllowed):
        take(there, CALL, by="mina")


@pytest.mark.parametrize(
    ("kind", "words", "way"),
    [
        ("call", ["held"], "two"),
        ("call", ["Completed"], "unknown"),
        ("call", ["f240bbac-87c9-4f6e-bf70-924b57d47db7", "OUTBOUND"], "one"),
        ("call", ["Inbound"], "two"),
        ("meeting", ["COMPLETED"], "two"),
        ("meeting", ["SCHEDULED"], "unknown"),
        ("meeting", ["NO_SHOW"], "one"),
        ("meeting", [], "unknown"),
        ("mail", ["INCOMING_EMAIL"], "two"),
        ("mail", ["EMAIL"], "one"),
        ("mail", ["", ""], "unknown"),
        ("visit", ["done"], "two"),
    ],
)
def test_only_what_is_known_to_be_two_way_is(kind: rules.Kind, words: list[str], way: rules.Way) -> None:
    assert rules.way_of(kind, words) == way


# By hand


def account_of(cast: Cast, name: str = "a1") -> str:
    found = queries.account(cast.actor("olu"), source="crm", name=name)
    assert found is not None
    return found.public_id


def test_a_contact_noted_by_hand_counts_and_can_be_taken_back(there: Cast) -> None:
    account = account_of(there)
    made = noting.note_activity(
        by=there.actor("rosa"), at=AT, account=account, given=noting.Given("call", "two", TODAY)
    )
    assert counting() == [(made.external_id, "2026-11-24", "two")]
    noting.take_back_activity(by=there.actor("rosa"), at=AT, account=account, activity=made.public_id)
    assert counting() == []
    with pytest.raises(access.NotFound):
        noting.take_back_activity(by=there.actor("rosa"), at=AT, account=account, activity=made.public_id)
    assert Activity.objects.for_system("tests").count() == 2


def test_the_same_key_corrects_and_makes_no_second_one(there: Cast) -> None:
    account, by = account_of(there), there.actor("rosa")
    for way in ("one", "one", "two"):
        given = noting.Given("mail", way, TODAY, key="m1")
        noting.note_activities(by=by, at=AT, given=[(account, given)])
    assert [way for _, _, way in counting()] == ["two"]
    noting.note_activities(
        by=by, at=AT, given=[(account, noting.Given("mail", "two", TODAY, key="m1", gone=True))]
    )
    assert counting() == []


def test_one_that_cannot_be_leaves_all_out(there: Cast) -> None:
    good, bad = noting.Given("call", "two", TODAY), noting.Given("call", "two", TODAY + timedelta(days=1))
    with pytest.raises(access.Refusal, match="Contact 2") as refused:
        noting.note_activities(
            by=there.actor("rosa"), at=AT, given=[(account_of(there), good), (account_of(there), bad)]
        )
    assert refused.value.code == "bad_day"
    assert counting() == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (noting.Given("chat", "two", TODAY), "bad_kind"),
        (noting.Given("call", "both", TODAY), "bad_way"),
        (noting.Given("call", "two", None), "bad_day"),
        (noting.Given("call", "two", date(1990, 1, 1)), "bad_day"),
        (noting.Given("call", "two", TODAY, contact="nobody"), "bad_contact"),
    ],
)
def test_what_cannot_be_noted_says_why(there: Cast, given: noting.Given, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        noting.note_activity(by=there.actor("rosa"), at=AT, account=account_of(there), given=given)
    assert refused.value.code == code


@pytest.mark.parametrize(("who", "may"), [("rosa", True), ("mina", True), ("olu", True), ("vera", False)])
def test_who_reads_an_account_notes_only_as_owner_manager_or_operations(
    there: Cast, who: str, may: bool
) -> None:
    given = noting.Given("call", "two", TODAY)
    if may:
        noting.note_activity(by=there.actor(who), at=AT, account=account_of(there), given=given)
        assert len(counting()) == 1
    else:
        with pytest.raises(access.Refusal) as refused:
            noting.note_activity(by=there.actor(who), at=AT, account=account_of(there), given=given)
        assert refused.value.code == "not_yours"


@pytest.mark.parametrize("who", ["ravi", "otto", "pia"])
def test_an_account_out_of_reach_is_not_there(there: Cast, who: str) -> None:
    with pytest.raises(access.NotFound):
        noting.note_activity(
            by=there.actor(who), at=AT, account=account_of(there), given=noting.Given("call", "two", TODAY)
        )


# Tiers, renewals, owners


def accounts(cast: Cast, at: datetime, **said: object) -> None:
    row = replace(AccountRow("a1", "Aalborg Vand", owner="rosa"), **said)  # type: ignore[arg-type]
    people = {"rosa": cast.rosa.pk, "ravi": cast.ravi.pk}
    actions.take_in(by=cast.actor("olu"), at=AT, source="crm", accounts=[row], people_ids=people, as_of=at)


def tier(cast: Cast, day: date = TODAY) -> str:
    row = queries.find(cast.actor("olu"), account_of(cast), AT)
    return queries.tiers_on([row.pk], day).get(row.pk, "")


def test_tiers_of_files_hold_by_their_day_in_any_order(there: Cast) -> None:
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (1, 8, 15)]
    files = list(zip(days, ("A", "B", "A"), strict=True))
    from fairlead.territories.models import AccountTier

    for order in permutations(files):
        AccountTier.objects.for_system("tests").delete()
        for at, name in order:
            accounts(there, at, tier=name)
        assert [tier(there, date(2026, 11, day)) for day in (1, 7, 8, 14, 15, 24)] == list("AABBAA"), order


def test_a_tier_set_by_hand_holds_before_imports_until_it_is_cleared(there: Cast) -> None:
    accounts(there, EARLY, tier="C")
    by = there.actor("olu")
    noting.set_tier(by=by, at=AT, account=account_of(there), tier="a", starts_on=date(2026, 11, 10))
    accounts(there, LATE, tier="B")
    assert tier(there) == "A"
    noting.set_tier(by=by, at=AT, account=account_of(there), tier="", starts_on=TODAY)
    assert tier(there) == "B"
    with pytest.raises(access.Refusal) as refused:
        noting.set_tier(by=by, at=AT, account=account_of(there), tier="Z", starts_on=TODAY)
    assert refused.value.code == "bad_tier"
    with pytest.raises(access.NotAllowed):
        noting.set_tier(by=there.actor("mina"), at=AT, account=account_of(there), tier="A", starts_on=TODAY)


def test_an_older_file_brings_no_renewal_back(there: Cast) -> None:
    from decimal import Decimal

    said = {"renewal_amount": Decimal(900), "renewal_currency": "EUR"}
    files = [
        (EARLY, date(2027, 1, 1)),
        (EARLY + timedelta(days=1), date(2027, 2, 1)),
        (LATE, date(2027, 1, 1)),
    ]
    from fairlead.territories.models import Renewal

    for order in permutations(files):
        Renewal.objects.for_system("tests").delete()
        for at, on in order:
            accounts(there, at, renewal_on=on, **said)
        row = queries.find(there.actor("olu"), account_of(there), AT)
        found = [(one.on, one.amount_minor) for one in queries.renewals([row.pk])]
        assert found == [(date(2027, 1, 1), 90_000)], order


def test_a_change_of_owner_is_kept(there: Cast) -> None:
    from fairlead.territories.models import Owned

    accounts(there, LATE, owner="ravi")
    accounts(there, LATE, owner="ravi")
    kept = Owned.objects.for_system("tests").select_related("before", "owner")
    assert [(one.before and one.before.name, one.owner.name) for one in kept] == [
        ("Rosa Lindqvist", "Ravi Menon")
    ]


def test_a_unit_has_tiers_of_its_own_until_it_follows_the_one_above(there: Cast) -> None:
    by = there.actor("olu")
    assert queries.policy_for([there.rosa.pk])[there.rosa.pk] == rules.Policy()
    noting.set_policy(by=by, at=AT, unit="", tiers=[("Gold", 20), ("", None)], renewal_days=60, words="")
    noting.set_policy(
        by=by, at=AT, unit=there.mina.public_id, tiers=[("A", 10)], renewal_days=30, words="Closer.", after=0
    )
    found = queries.policy_for([there.rosa.pk, there.pia.pk, None])
    assert [found[one].tiers for one in (there.rosa.pk, there.pia.pk, None)] == [
        (("A", 10),), (("Gold", 20),), (("Gold", 20),),
    ]  # fmt: skip
    with pytest.raises(access.Refusal) as refused:
        noting.set_policy(by=by, at=AT, unit="", tiers=[("A", 10)], renewal_days=30, words="", after=0)
    assert refused.value.code == "changed_meanwhile"
    noting.end_policy(by=by, at=AT, unit=there.mina.public_id, after=1)
    assert queries.policy_for([there.rosa.pk])[there.rosa.pk].tiers == (("Gold", 20),)


@pytest.mark.parametrize(
    ("tiers", "days", "code"),
    [
        ([], 30, "no_tiers"),
        ([("A", 10), ("a", 20)], 30, "bad_tier"),
        ([("", 10)], 30, "bad_tier"),
        ([("A", 0)], 30, "bad_days"),
        ([("A", None)], 30, "bad_days"),
        ([("A", 10)], 0, "bad_days"),
    ],
)
def test_tiers_that_say_nothing_are_refused(
    tiers: list[tuple[str, int | None]], days: int, code: str
) -> None:
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_tiers(tiers, days)
    assert refused.value.code == code
