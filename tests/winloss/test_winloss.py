"""Two accounts of a closed deal: who may write and read which, when, and what they come to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

import fairlead
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.people.access import Lending
from fairlead.winloss import actions, queries, rules
from fairlead.winloss.models import Account
from tests.cast import AT
from tests.winloss import house as the_house
from tests.winloss.house import FRIDAY, HEARD, OPS, SAID, TALK, House, full

LATER = AT + timedelta(days=7)
"""After the owner's five working days."""


def refused(code: str, run: object) -> None:
    with pytest.raises(access.Refusal) as found:
        run()  # type: ignore[operator]
    assert found.value.code == code


# What is owed


def test_an_owner_owes_the_larger_deals_that_closed_since_the_rule_and_sees_them_alone(house: House) -> None:
    owed = queries.owed_by(house.actor("rosa"), AT)
    assert [(one.name, one.late) for one in owed] == [("Nordwind", True), ("Kestrel", False)]
    kestrel = owed[1]
    assert (kestrel.due_on, kestrel.age) == (date(2026, 11, 27), 2)
    for who in ("mina", "vera", "olu", "hana"):
        assert queries.listing(house.actor(who), AT).owed == ()


def test_nobody_owes_anything_before_a_rule_asks(cast: object) -> None:
    from tests.cast import present

    the_house.take(present(), [the_house.row("Kestrel", the_house.DEALS["Kestrel"])])
    assert queries.owed_by(present().actor("rosa"), AT) == []
    assert actions.remind(by=access.system("the clock"), at=AT) == 0


def test_what_was_said_is_owed_no_more(house: House) -> None:
    house.say("Kestrel")
    assert [one.name for one in queries.owed_by(house.actor("rosa"), AT)] == ["Nordwind"]


def test_owners_are_told_once_and_not_of_what_is_late(house: House) -> None:
    clock = access.system("the clock")
    assert actions.remind(by=clock, at=AT) == 3
    assert actions.remind(by=clock, at=AT + timedelta(minutes=5)) == 0
    told = Notice.objects.filter(kind="winloss.owed", to_id=house.cast.rosa.pk).get()
    assert told.facts["deal"] == "Kestrel"
    more = the_house.row(
        "Cedar", {"owner": "rosa", "amount": 120, "status": "won", "closed_on": date(2026, 11, 24)}
    )
    the_house.take(house.cast, [more], at=AT, full=False)
    assert actions.remind(by=clock, at=AT + timedelta(minutes=10)) == 1


# The owner's account


def test_the_owner_says_it_and_nobody_in_their_stead(house: House) -> None:
    account = house.say("Kestrel")
    assert (account.source, account.number, account.blind, account.segment) == ("rep", 1, True, "Chemicals")
    for who in ("mina", "ravi", "vera"):
        refused("not_found", lambda who=who: house.say("Kestrel", who=who))
    refused("not_allowed", lambda: house.say("Kestrel", who="olu"))


def test_an_open_deal_is_not_asked_about(house: House) -> None:
    refused("still_open", lambda: house.say("Ostrava"))
    refused("still_open", lambda: house.interview("Ostrava"))
    refused("still_open", lambda: house.ask("Ostrava"))


def test_a_small_or_old_deal_may_be_told_though_nobody_asks(house: House) -> None:
    assert house.say("Quill").number == 1
    assert house.say("Old").number == 1


def test_a_correction_is_a_new_version_and_the_first_stays(house: House) -> None:
    house.say("Kestrel")
    assert house.say("Kestrel").number == 1, "sent twice is kept once"
    house.say("Kestrel", moment="It was the site visit.", after=1)
    page = house.page("Kestrel", "rosa")
    assert page.rep is not None
    assert (page.rep.number, page.rep.said.moment) == (2, "It was the site visit.")
    assert [one.number for one in page.past] == [1]
    refused("changed_meanwhile", lambda: house.say("Kestrel", moment="Once more.", after=1))


def test_what_lacks_is_said_at_once_and_nothing_is_kept(house: House) -> None:
    with pytest.raises(rules.Incomplete) as lacking:
        house.say("Kestrel", primary="", moment="", outcome="won")
    assert {one.field for one in lacking.value.lacks} == {"outcome", "primary", "moment"}
    assert not Account.objects.for_system("a test looks").exists()


# Blind


def test_neither_reads_the_other_before_the_own_is_in(house: House) -> None:
    house.interview("Kestrel")
    before = house.page("Kestrel", "rosa")
    assert (before.buyer, before.buyer_is_in) == (None, True)
    house.say("Kestrel")
    after = house.page("Kestrel", "rosa")
    assert after.buyer is not None
    assert after.beside
    assert not after.same_primary
    ours = Account.objects.for_system("a test looks").get(source="rep")
    assert ours.blind


def test_whoever_interviews_reads_the_sellers_account_only_afterwards(house: House) -> None:
    house.say("Kestrel")
    page = house.page("Kestrel", "olu")
    assert (page.rep, page.rep_is_in) == (None, True)
    assert house.actor("olu") is not None
    assert queries.listing(house.actor("olu"), AT).rows == ()
    house.interview("Kestrel")
    assert house.page("Kestrel", "olu").rep is not None
    assert [one.name for one in queries.listing(house.actor("olu"), AT).rows] == ["Kestrel"]


def test_after_the_owners_time_the_interview_is_read_without_an_own_account(house: House) -> None:
    house.interview("Kestrel")
    assert house.page("Kestrel", "rosa", at=AT + timedelta(days=3)).buyer is None
    assert house.page("Kestrel", "rosa", at=LATER).buyer is not None
    assert not house.say("Kestrel", at=LATER).blind, "written when the interview could be read"


def test_the_manager_reads_both_at_once_and_above_there_is_nothing(house: House) -> None:
    house.say("Kestrel")
    house.interview("Kestrel")
    page = house.page("Kestrel", "mina")
    assert page.rep is not None
    assert page.buyer is not None
    assert not page.may_write
    assert not page.may_interview
    for who in ("vera", "carl", "otto", "ravi", "pia"):
        refused("not_found", lambda who=who: house.page("Kestrel", who))
    for who in ("hana", "ada"):
        refused("not_allowed", lambda who=who: house.page("Kestrel", who))


def test_a_leaders_own_deal_is_blind_for_the_leader_too(house: House) -> None:
    row = DealRow(
        "Minas", name="Minas", account="M", owner="mina", amount=Decimal(400), currency="EUR", stage="Paper",
        close_on=FRIDAY, created_on=date(2026, 6, 1), status="lost", closed_on=FRIDAY,
    )  # fmt: skip
    from fairlead.deals import actions as deals

    deals.take_in(by=OPS, at=AT, source="crm", deals=[row], as_of=AT, people_ids={"mina": house.cast.mina.pk})
    house.interview("Minas")
    assert house.page("Minas", "mina").buyer is None
    assert not [one for one in queries.listing(house.actor("mina"), AT).own if one.name == "Minas"]
    assert house.page("Minas", "vera").buyer is not None


def test_who_stands_in_for_the_manager_reads_as_the_manager(house: House) -> None:
    house.say("Kestrel")
    people.delegate(
        by=house.actor("mina"), at=AT, taker=house.cast.sanna, kind=Lending.FORECAST, starts_at=AT,
        ends_at=AT + timedelta(days=2),
    )  # fmt: skip
    assert house.page("Kestrel", "sanna").rep is not None


def test_who_takes_the_deal_over_reads_nothing_of_what_the_seller_said(house: House) -> None:
    house.say("Kestrel")
    house.interview("Kestrel")
    moved = the_house.row("Kestrel", the_house.DEALS["Kestrel"] | {"owner": "pia"})
    the_house.take(house.cast, [moved], at=AT, full=False)
    page = house.page("Kestrel", "pia", at=AT + timedelta(minutes=1))
    assert (page.rep, page.buyer, page.past) == (None, None, ())
    assert not queries.listing(house.actor("pia"), AT + timedelta(minutes=1)).own


# The interview


def test_neutral_is_nobody_of_the_owners_line_or_team(house: House) -> None:
    for who, code in (("rosa", "own_deal"), ("mina", "in_line"), ("carl", "in_line"), ("ravi", "same_team")):
        refused(code, lambda who=who: house.ask("Kestrel", who))
    names = {one.name for one in queries.neutral(house.actor("olu"), house.id("Kestrel"), AT)}
    assert "Pia Kranz" in names
    assert (
        names & {"Rosa Lindqvist", "Mina Aalto", "Vera Lindholm", "Carl Ek", "Ravi Menon", "Olu Adeyemi"}
        == set()
    )


def test_a_colleague_reads_the_deals_name_and_the_own_interview_and_nothing_else(house: House) -> None:
    house.say("Kestrel")
    request = house.ask("Kestrel", "pia")
    pia = house.actor("pia")
    task = queries.task(pia, request.public_id, AT)
    assert (task.name, task.status, task.written) == ("Kestrel", "lost", None)
    refused("not_found", lambda: queries.page(pia, house.id("Kestrel"), AT))
    actions.write_interview(by=pia, at=AT, request=request.public_id, said=full(HEARD), talk=TALK)
    assert queries.task(pia, request.public_id, AT).written is not None
    refused("not_found", lambda: queries.page(pia, house.id("Kestrel"), AT))
    assert queries.listing(pia, AT).rows == ()
    for who in ("otto", "rosa", "mina", "piet"):
        refused("not_found", lambda who=who: queries.task(house.actor(who), request.public_id, AT))
    assert Notice.objects.filter(kind="winloss.interviewed", to_id=house.cast.mina.pk).exists()


def test_what_is_no_longer_asked_for_is_not_written(house: House) -> None:
    request = house.ask("Kestrel", "pia")
    refused("asked_already", lambda: house.ask("Kestrel", "piet"))
    assert house.ask("Kestrel", "pia") == request, "asked twice is asked once"
    refused("not_allowed", lambda: actions.drop(by=house.actor("mina"), at=AT, request=request.public_id))
    actions.drop(by=house.actor("olu"), at=AT, request=request.public_id)
    actions.drop(by=house.actor("olu"), at=AT, request=request.public_id)
    pia = house.actor("pia")
    refused(
        "no_longer_asked",
        lambda: actions.write_interview(
            by=pia, at=AT, request=request.public_id, said=full(HEARD), talk=TALK
        ),
    )
    assert house.ask("Kestrel", "piet").interviewer == house.cast.piet


def test_notes_from_outside_are_typed_in_under_their_name(house: House) -> None:
    house.interview("Kestrel", talk=replace(TALK, interviewer="Nadia Frost, Northfold Research"))
    page = house.page("Kestrel", "mina")
    assert page.buyer is not None
    assert page.buyer.interviewer == "Nadia Frost, Northfold Research"
    assert page.buyer.by == "Olu Adeyemi"


def test_exact_words_are_shown_with_consent_and_not_after_it_was_taken_back(house: House) -> None:
    words = "You never called back."
    house.interview("Kestrel", talk=replace(TALK, may_quote=True, quote=words))
    page = house.page("Kestrel", "mina")
    assert page.buyer is not None
    assert (page.buyer.quote, page.buyer.paraphrased) == (words, False)
    house.interview("Kestrel", after=1)
    page = house.page("Kestrel", "mina")
    assert page.buyer is not None
    assert (page.buyer.quote, page.buyer.paraphrased) == ("", True)
    assert [one.quote for one in page.past] == [""]


def test_the_owner_answers_under_the_interview_and_who_held_it_reads_it(house: House) -> None:
    request = house.ask("Kestrel", "pia")
    pia = house.actor("pia")
    row = actions.write_interview(by=pia, at=AT, request=request.public_id, said=full(HEARD), talk=TALK)

    def answer(who: str) -> None:
        actions.answer(by=house.actor(who), at=AT, account=row.public_id, words="I called on 3 November.")

    refused("not_yet", lambda: answer("rosa"))
    house.say("Kestrel")
    answer("rosa")
    answer("rosa")
    assert [one.words for one in house.page("Kestrel", "mina").replies] == ["I called on 3 November."]
    assert [one.words for one in queries.task(pia, request.public_id, AT).replies] == [
        "I called on 3 November."
    ]
    for who in ("mina", "ravi"):
        refused("not_found", lambda who=who: answer(who))
    refused(
        "words_missing",
        lambda: actions.answer(by=house.actor("rosa"), at=AT, account=row.public_id, words=" "),
    )


def test_who_takes_the_deal_over_reads_no_answer_of_the_seller_under_a_later_interview(house: House) -> None:
    house.say("Kestrel")
    row = house.interview("Kestrel")
    actions.answer(by=house.actor("rosa"), at=AT, account=row.public_id, words="I called on 3 November.")
    Deal.objects.for_system("a test hands a deal over").filter(external_id="Kestrel").update(
        owner=house.cast.ravi
    )
    house.say("Kestrel", "ravi", after=1)
    house.interview("Kestrel", after=1, moment="At a second talk she named the price.")
    page = house.page("Kestrel", "ravi")
    assert page.buyer is not None
    assert page.replies == ()


# The list


def test_both_sources_use_the_list_of_the_day_the_deal_closed(house: House) -> None:
    house.say("Kestrel")
    short = (rules.Reason("speed", "We were slow"), rules.SHIPPED[-1])
    actions.set_rule(
        by=house.actor("olu"), at=AT, rule=rules.Rule(asks=True, fixed_minor=100_00, reasons=short)
    )
    assert house.page("Kestrel", "olu").rule.reasons == rules.SHIPPED
    account = house.interview("Kestrel", at=AT + timedelta(hours=1))
    assert account.list_version == 1


def test_a_rule_does_not_begin_in_the_past(house: House) -> None:
    yesterday = AT.date() - timedelta(days=1)

    def set_it(who: str) -> None:
        actions.set_rule(by=house.actor(who), at=AT, rule=rules.Rule(), starts_on=yesterday)

    refused("day_over", lambda: set_it("olu"))
    refused("not_allowed", lambda: set_it("mina"))
    assert [one.rule.version for one in queries.versions(house.actor("olu"))] == [1]


# What they come to


def many(house: House, owners: tuple[str, ...] = ("rosa", "ravi", "ines"), of: int = 6) -> None:
    """Deals of these owners with both accounts; all name price, all buyers our process."""
    rows = [
        the_house.row(
            f"D{n}", {"owner": owners[n % len(owners)], "amount": 50, "status": "lost", "closed_on": FRIDAY}
        )
        for n in range(of)
    ]
    the_house.take(house.cast, rows, at=AT, full=False)
    for n in range(of):
        house.say(f"D{n}", who=owners[n % len(owners)])
        house.interview(f"D{n}")


def test_the_executive_reads_counts_and_no_deal(house: House) -> None:
    many(house)
    for who in ("carl", "vera"):
        page = queries.listing(house.actor(who), AT)
        assert (page.rows, page.own) == ((), ())
        assert page.figures is not None
        assert page.figures.comparison.primary == rules.Share(0, 6)
        assert [one.value for one in page.rivals] == ["Acme"]


def test_four_deals_are_too_few_for_any_figure(house: House) -> None:
    many(house, of=4)
    page = queries.listing(house.actor("carl"), AT)
    assert page.figures is not None
    assert (page.figures.reps, page.figures.buyers, page.figures.rivals) == ((), (), ())
    assert page.figures.comparison.primary is None
    assert (page.rivals, page.segments) == ((), ())


def test_no_filter_reaches_what_rests_on_fewer_than_five_deals(house: House) -> None:
    many(house)
    for chosen in (
        queries.Filter(rival="Nobody"),
        queries.Filter(outcome="won"),
        queries.Filter(period="2025Q1"),
    ):
        figures = queries.listing(house.actor("carl"), AT, chosen).figures
        assert figures is not None
        assert (figures.reps, figures.comparison.primary) == ((), None)
    figures = queries.listing(house.actor("carl"), AT, queries.Filter(rival="acme", outcome="lost")).figures
    assert figures is not None
    assert figures.reps


def test_what_is_no_choice_of_a_filter_finds_nothing(house: House) -> None:
    many(house)
    for chosen in (queries.Filter(rival="Bolt"), queries.Filter(segment="Pulp")):
        page = queries.listing(house.actor("carl"), AT, chosen)
        assert page.figures is not None
        assert (page.figures.rep_deals, page.figures.buyer_deals) == (0, 0)


def test_no_count_tells_the_first_account_to_who_writes_the_second(house: House) -> None:
    many(house)
    before = queries.listing(house.actor("olu"), AT).figures
    house.say("Kestrel")
    assert queries.listing(house.actor("olu"), AT).figures == before
    house.interview("Kestrel")
    after = queries.listing(house.actor("olu"), AT).figures
    assert before is not None
    assert after is not None
    assert (after.rep_deals, after.buyer_deals) == (before.rep_deals + 1, before.buyer_deals + 1)


def test_an_account_without_the_other_counts_when_nobody_is_asked_for_it_any_more(house: House) -> None:
    many(house)
    house.say("Kestrel")
    later = AT + timedelta(days=rules.OLDEST_DAYS + 5)
    figures = queries.listing(house.actor("olu", later), later).figures
    assert figures is not None
    assert (figures.rep_deals, figures.buyer_deals) == (7, 6)


def test_how_often_a_seller_agrees_with_buyers_is_for_that_seller_alone(house: House) -> None:
    many(house, owners=("pia",), of=6)
    own = queries.listing(house.actor("pia"), AT).own_comparison
    assert own is not None
    assert own.primary == rules.Share(0, 6)
    for who in ("otto", "carl", "olu"):
        page = queries.listing(house.actor(who), AT)
        assert page.figures is not None
        assert page.figures.comparison.primary is None, "one seller's deals are that seller's figure"
        assert page.own_comparison is None


def test_what_was_written_after_reading_the_other_is_not_compared(house: House) -> None:
    many(house, of=5)
    house.say("D0", primary="process", ratings={}, after=1)
    page = queries.listing(house.actor("mina"), AT)
    assert page.figures is not None
    assert page.figures.comparison.primary == rules.Share(0, 5), "the first word counts"
    assert sum(one.primary.count for one in page.figures.reps if one.key == "process") == 1


def test_a_manager_counts_the_own_line_alone(house: House) -> None:
    many(house)
    figures = queries.listing(house.actor("otto"), AT).figures
    assert figures is not None
    assert (figures.rep_deals, figures.buyer_deals) == (0, 0)


def test_own_rivals_come_from_plan_and_source(house: House) -> None:
    assert queries.rivals_of(house.actor("rosa"), house.id("Kestrel"), AT) == ("Acme",)
    assert queries.rivals_of(house.actor("hana"), house.id("Kestrel"), AT) == ()


# Kept for good


@pytest.mark.parametrize(
    "change", ["UPDATE winloss_account SET moment = 'other'", "DELETE FROM winloss_account"]
)
def test_the_database_changes_nothing_that_was_said(house: House, change: str) -> None:
    house.say("Kestrel")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_keeps_no_quote_without_consent_and_no_interview_without_a_buyer(house: House) -> None:
    account = house.interview("Kestrel")
    for values in ({"quote": "Exactly so.", "may_quote": False}, {"buyer_name": ""}, {"interviewer": None}):
        copy = Account.objects.for_system("a test copies").get(pk=account.pk)
        copy.pk, copy.public_id, copy.number, copy._state.adding = None, "another", 2, True
        for name, value in values.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_nothing_said_here_is_evidence_about_a_person(house: House) -> None:
    request = house.ask("Kestrel", "pia")
    house.say("Kestrel")
    row = house.interview("Kestrel")
    actions.answer(by=house.actor("rosa"), at=AT, account=row.public_id, words="I see it otherwise.")
    actions.drop(by=house.actor("olu"), at=AT, request=request.public_id)
    kinds = set(Entry.objects.filter(kind__startswith="winloss.").values_list("subject_kind", flat=True))
    assert kinds == rules.NEVER_EVIDENCE


def test_no_other_feature_reads_what_was_said() -> None:
    """Whatever is built about people's performance stands in a package of its own, and none may import this one."""
    source, reads = Path(fairlead.__file__).parent, set()
    for path in source.rglob("*.py"):
        if re.search(
            r"^\s*(from|import) fairlead\.winloss|^from fairlead import .*winloss", path.read_text(), re.M
        ):
            reads.add(path.relative_to(source).parts[0])
    assert reads == {"winloss", "web", "api", "cli", "today"}, "a day lists the accounts one owes oneself"


def test_the_ledger_holds_no_sentence_that_cannot_be_erased(house: House) -> None:
    house.say("Kestrel")
    house.interview("Kestrel", talk=replace(TALK, may_quote=True, quote="You never called back."))
    for entry in Entry.objects.filter(kind__startswith="winloss."):
        body = bytes(entry.body).decode()
        assert SAID.moment not in body
        assert "never called" not in body


def test_a_moment_in_the_past_reads_what_was_in_by_then(house: House) -> None:
    house.say("Kestrel")
    page: queries.DealPage = house.page("Kestrel", "mina", at=AT - timedelta(hours=1))
    assert not page.rep_is_in
    assert isinstance(AT, datetime)
