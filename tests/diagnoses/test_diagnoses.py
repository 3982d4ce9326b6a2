"""Who writes, reads, answers and uses a diagnosis, and where each layer leads, from the look to its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from fairlead.debts import actions as owing
from fairlead.debts import queries as debts
from fairlead.diagnoses import actions, queries, rules, wording
from fairlead.diagnoses.models import Act, Asked, Diagnosis, Observation, Remedy, Version
from fairlead.grounds import actions as grounds
from fairlead.help import actions as help_actions
from fairlead.improvement import actions as improvement
from fairlead.ledger.models import Entry, Personal
from fairlead.looks import actions as looks
from fairlead.looks import queries as look_queries
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import actions as people
from fairlead.promises import actions as promising
from fairlead.promises import queries as promises
from fairlead.standing import actions as standing
from tests.calls.company import Company
from tests.diagnoses import making
from tests.diagnoses.making import OPENED, SHARED, WAITED, act, drafted, shared, use, used
from tests.looks import making as looked

pytestmark = pytest.mark.django_db


def _row(address: str) -> Diagnosis:
    rows = Diagnosis.objects.for_system("a test asks for it").select_related("look", "person")
    return rows.get(public_id=address)


def _page(company: Company, who: str, address: str, at: datetime = SHARED) -> queries.Page:
    return queries.one(company.cast.actor(who, at), address, at)


def _code(refused: pytest.ExceptionInfo[access.Refusal]) -> str:
    return refused.value.code


# Drafts


def test_a_draft_is_the_managers_alone(company: Company) -> None:
    address = drafted(company, "ppf")
    assert _page(company, "mina", address, OPENED).shown.findings.verdicts == "ppf"
    for name in set(company.cast.names) - {"mina"}:
        with pytest.raises((access.NotFound, access.NotAllowed)):
            _page(company, name, address, OPENED)
    assert not Notice.objects.filter(kind__startswith="diagnoses.").exists()
    assert look_queries.standing_of(looked.look()).diagnosed is None


def test_a_look_has_one_diagnosis_at_a_time_and_opening_it_again_is_the_draft(company: Company) -> None:
    assert making.opened(company).pk == making.opened(company).pk
    act(company, "mina", making.drafted(company, "pf"), "shared")
    with pytest.raises(access.Refusal) as refused:
        making.opened(company, SHARED)
    assert _code(refused) == "diagnosis"


@pytest.mark.parametrize("name", ["rosa", "vera", "otto", "olu", "hana", "ravi", "ada", "carl"])
def test_nobody_else_opens_one(company: Company, name: str) -> None:
    with pytest.raises((access.NotFound, access.NotAllowed)):
        actions.open_(by=company.cast.actor(name, OPENED), at=OPENED, look=making.look())
    assert not Diagnosis.objects.for_system("a test counts").exists()


def test_each_save_is_a_version_and_the_same_again_is_none(company: Company) -> None:
    address = drafted(company, "p")
    row, mina = _row(address), company.cast.actor("mina", OPENED)
    assert len(queries.versions_of(row)) == 2
    again = actions.save(by=mina, at=OPENED, diagnosis=address, given=making.given("p"), after=2)
    assert again.number == 2
    with pytest.raises(access.Refusal) as refused:
        actions.save(by=mina, at=OPENED, diagnosis=address, given=making.given("pf"), after=1)
    assert _code(refused) == "changed_meanwhile"


def test_words_about_the_person_are_refused_by_every_door_and_the_sellers_never(company: Company) -> None:
    row, mina = making.opened(company), company.cast.actor("mina", OPENED)
    with pytest.raises(access.Refusal) as refused:
        actions.save(
            by=mina,
            at=OPENED,
            diagnosis=row.public_id,
            given=making.given("f", "Rosa is old and lazy."),
            after=1,
        )
    assert _code(refused) == "about_the_person"
    assert "“old” in the evidence of environment" in refused.value.sentence
    address = shared(company, "pf")
    for kind in ("withdrawn",):
        with pytest.raises(access.Refusal) as refused:
            act(company, "mina", address, kind, "She was too anxious.")
        assert _code(refused) == "about_the_person"
    act(company, "rosa", address, "answered", "I was ill in June and depressed in July.")
    with pytest.raises(access.Refusal) as refused:
        use(
            company,
            address,
            rules.Remedy("Be less shy.", talk_on=date(2026, 10, 20), review_on=date(2026, 11, 2)),
        )
    assert _code(refused) == "about_the_person"


def test_the_database_takes_no_layer_out_of_order_and_none_without_evidence(company: Company) -> None:
    row = making.opened(company)
    common = {"diagnosis": row, "number": 9, "facts": {}, "digest": "", "by": company.cast.mina, "at": OPENED}
    wrong = [
        {"verdicts": "fp", "words_0": "x", "words_1": "x"},
        {"verdicts": "pff", "words_0": "x", "words_1": "x", "words_2": "x"},
        {"verdicts": "pf", "words_0": "x"},
        {"verdicts": "p", "words_0": "x", "words_2": "x"},
        {"verdicts": "f", "words_0": "x", "words_1": "x"},
        {"verdicts": "x", "words_0": "x"},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Version.objects.bulk_create([Version(**common, **values)])
    Version.objects.create(**common, verdicts="pf", words_0="x", words_1="x")


def test_the_database_takes_no_route_of_another_layer(company: Company) -> None:
    row = making.opened(company)
    for layer, route in ((0, "plan"), (3, "redeployment"), (6, "plan"), (7, "plan")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Remedy.objects.create(
                diagnosis=row, layer=layer, route=route, source="x", by=company.cast.mina, at=OPENED
            )


# Sharing, reading, answering


def test_the_seller_is_told_and_reads_it_with_the_manager_and_hr_from_sharing_on(company: Company) -> None:
    address = shared(company, "pppf")
    for name in ("rosa", "mina", "hana"):
        page = _page(company, name, address)
        assert page.shown.findings.words[3] == making.WORDS
    assert _page(company, "rosa", address).moment.waits_until == date(2026, 10, 15)
    for name in set(company.cast.names) - {"rosa", "mina", "hana"}:
        with pytest.raises((access.NotFound, access.NotAllowed)):
            _page(company, name, address)
    (told,) = Notice.objects.filter(kind__startswith="diagnoses.")
    assert (told.to_id, told.kind, told.facts) == (company.cast.rosa.pk, "diagnoses.shared", {})
    assert look_queries.mine(company.cast.actor("rosa", SHARED), SHARED)[0].state == "diagnosis"


def test_what_is_shared_is_frozen_and_what_is_read_has_a_digest(company: Company) -> None:
    address = shared(company, "pf")
    with pytest.raises(access.Refusal) as refused:
        actions.save(
            by=company.cast.actor("mina", SHARED),
            at=SHARED,
            diagnosis=address,
            given=making.given("ppf"),
            after=3,
        )
    assert _code(refused) == "shared"
    version = queries.versions_of(_row(address))[-1]
    assert len(version.digest) == 64


def test_it_is_not_used_before_the_seller_answered_or_five_working_days_are_over(company: Company) -> None:
    address = shared(company, "pppf")
    for at in (SHARED, WAITED - timedelta(days=1)):
        with pytest.raises(access.Refusal) as refused:
            use(company, address, at=at)
        assert _code(refused) == "waits"
    use(company, address, at=WAITED)
    assert queries.standing_of(_row(address)).state == "used"


@pytest.mark.parametrize("kind", ["answered", "nothing_to_add"])
def test_an_answer_ends_the_wait_and_having_read_it_does_not(company: Company, kind: str) -> None:
    address = shared(company, "pppf")
    act(company, "rosa", address, "read")
    with pytest.raises(access.Refusal):
        use(company, address)
    act(company, "rosa", address, kind, "It is the training I never got." if kind == "answered" else "")
    use(company, address)
    assert queries.standing_of(_row(address)).used is not None


def test_leave_is_not_counted_in_the_wait(company: Company) -> None:
    address = shared(company, "pppf")
    standing.write_leave(
        by=company.cast.actor("hana", SHARED), at=SHARED, person=company.cast.rosa.public_id, first=date(2026, 10, 12),
        last=date(2026, 10, 16), reason="Private.",
    )  # fmt: skip
    with pytest.raises(access.Refusal):
        use(company, address, at=WAITED)
    assert _page(company, "rosa", address).moment.waits_until == date(2026, 10, 22)


def test_the_box_is_the_sellers_and_stays_open_after_use(company: Company) -> None:
    address = used(company, "pppf")
    with pytest.raises(access.Refusal) as refused:
        act(company, "mina", address, "answered", "She agrees.")
    assert _code(refused) == "not_yours"
    act(company, "rosa", address, "answered", "Please count June.")
    assert [one.words for one in _page(company, "mina", address).line.standing.answers] == [
        "Please count June."
    ]


def test_taken_back_it_is_another_version_the_answers_stay_and_the_wait_begins_anew(company: Company) -> None:
    address = shared(company, "pf")
    act(company, "rosa", address, "answered", "The pipeline was handed over.")
    act(company, "mina", address, "taken_back")
    assert _page(company, "rosa", address).shown.number == 3, "what was shared last"
    mina = company.cast.actor("mina", SHARED)
    newest = queries.standing_of(_row(address)).newest.number
    actions.save(by=mina, at=SHARED, diagnosis=address, given=making.given("f"), after=newest)
    assert _page(company, "rosa", address).shown.findings.verdicts == "pf", (
        "the new draft is the manager's alone"
    )
    act(company, "mina", address, "shared")
    page = _page(company, "rosa", address)
    assert (page.shown.findings.verdicts, len(page.line.standing.answers)) == ("f", 1)
    assert [one.number for one in page.others] == [3]
    with pytest.raises(access.Refusal) as refused:
        use(company, address)
    assert _code(refused) == "waits"


def test_who_acts_on_a_page_that_was_answered_meanwhile_reads_that_first(company: Company) -> None:
    address = shared(company, "pf")
    act(company, "rosa", address, "answered", "Please wait.")
    with pytest.raises(access.Refusal) as refused:
        actions.act(
            by=company.cast.actor("mina", SHARED), at=SHARED, diagnosis=address, kind="taken_back", after=1
        )
    assert _code(refused) == "changed_meanwhile"


def test_withdrawn_the_look_is_open_again_and_another_may_be_opened(company: Company) -> None:
    address = shared(company, "pf")
    with pytest.raises(access.Refusal) as refused:
        act(company, "mina", address, "withdrawn", " ")
    assert _code(refused) == "text_missing"
    act(company, "mina", address, "withdrawn", "The handed over accounts explain it.")
    look = look_queries.standing_of(looked.look())
    assert (look.open, look.diagnosed) == (True, None)
    assert making.opened(company, SHARED).number == 2
    assert _page(company, "rosa", address).line.standing.state == "withdrawn"


def test_a_draft_is_set_aside_without_anybody_knowing(company: Company) -> None:
    address = drafted(company, "p")
    act(company, "mina", address, "withdrawn")
    assert not Notice.objects.filter(kind__startswith="diagnoses.").exists()
    with pytest.raises(access.NotFound):
        _page(company, "rosa", address)
    assert making.opened(company).number == 2


def test_where_every_layer_passes_the_look_is_closed_with_a_reason(company: Company) -> None:
    address = drafted(company, "ppppppp")
    with pytest.raises(access.Refusal) as refused:
        act(company, "mina", address, "shared")
    assert _code(refused) == "nothing_found"
    mina = company.cast.actor("mina", SHARED)
    actions.close(
        by=mina,
        at=SHARED,
        diagnosis=address,
        reason="luck",
        words_="Both orders slipped by days in September.",
    )
    assert look_queries.mine(company.cast.actor("rosa", SHARED), SHARED)[0].state == "waived"
    other = company.cast.actor("mina", SHARED)
    with pytest.raises(access.Refusal):
        actions.close(by=other, at=SHARED, diagnosis=address, reason="luck", words_="Again.")


def test_while_something_was_found_the_look_is_not_closed_from_the_diagnosis_nor_beside_it(
    company: Company,
) -> None:
    address = drafted(company, "pf")
    mina = company.cast.actor("mina", SHARED)
    with pytest.raises(access.Refusal) as refused:
        actions.close(by=mina, at=SHARED, diagnosis=address, reason="luck", words_="Luck.")
    assert _code(refused) == "something_found"
    act(company, "mina", address, "shared")
    with pytest.raises(access.Refusal) as refused:
        looks.act(by=mina, at=SHARED, look=making.look(), kind="waived", reason="luck", words="Luck.")
    assert _code(refused) == "diagnosis"


@pytest.mark.parametrize("kind", ["diagnosed", "decided", "reopened"])
def test_nobody_moves_a_look_by_hand_to_where_its_diagnosis_leads(company: Company, kind: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        looks.act(by=company.cast.actor("mina", SHARED), at=SHARED, look=making.look(), kind=kind, words="x")
    assert _code(refused) == "bad_step"


def test_the_clock_of_the_look_stops_at_use_and_its_delay_is_kept(company: Company) -> None:
    address = shared(company, "pppf")
    late = looked.LATE
    hana = company.cast.actor("hana", late)
    (line,) = look_queries.register(hana, late)
    assert (line.state, line.due.late) == ("overdue", 4)
    use(company, address, at=late)
    (line,) = look_queries.register(hana, late)
    assert (line.state, line.decided_late) == ("decided", 4)
    assert look_queries.waiting(company.cast.actor("mina", late), late) == 0


def test_nothing_goes_on_where_hr_stopped(company: Company) -> None:
    address = shared(company, "pppf")
    act(company, "rosa", address, "nothing_to_add")
    grounds.stop(
        by=company.cast.actor("hana", SHARED), at=SHARED, head=company.cast.vera.public_id, words="Begun anew.",
        after_number=1,
    )  # fmt: skip
    with pytest.raises(access.Refusal) as refused:
        use(company, address)
    assert _code(refused) == "stopped"


# Who sees what


def test_a_superior_sees_that_there_is_one_and_nothing_of_it(company: Company) -> None:
    vera = company.cast.actor("vera", SHARED)
    address = drafted(company, "pppf")
    assert queries.statuses_below(vera, SHARED) == []
    act(company, "mina", address, "shared")
    (status,) = queries.statuses_below(vera, SHARED)
    assert (status.manager.name, status.state, status.since) == ("Mina Aalto", "shared", SHARED.date())
    assert set(queries.Status.__dataclass_fields__) == {"manager", "since", "state", "on"}
    assert queries.statuses_below(company.cast.actor("carl", SHARED), SHARED) == []
    act(company, "rosa", address, "nothing_to_add")
    use(company, address)
    assert queries.statuses_below(vera, SHARED)[0].state == "used"


def test_hr_has_it_in_the_register_with_its_layer_once_it_was_used(company: Company) -> None:
    hana = company.cast.actor("hana", SHARED)
    address = drafted(company, "pppf")
    assert queries.register(hana) == {}
    act(company, "mina", address, "shared")
    one = queries.register(hana)[making.look()]
    assert (one.public_id, one.state, one.layer) == (address, "shared", None)
    act(company, "rosa", address, "nothing_to_add")
    use(company, address)
    assert queries.register(hana)[making.look()].layer == 3


def _moves_to_otto(company: Company, at: datetime) -> None:
    cast = company.cast
    people.move(by=access.system("test"), at=at, person=cast.rosa, manager=cast.otto, starts_on=at.date())
    people.settle_lines(on=at.date())


def test_a_former_manager_loses_sight_at_once_and_finds_no_words_in_the_ledger(company: Company) -> None:
    address = used(company, "pf")
    act(company, "rosa", address, "answered", "Handed over.")
    _moves_to_otto(company, SHARED)
    with pytest.raises(access.NotFound):
        _page(company, "mina", address)
    for kind in ("withdrawn", "held"):
        with pytest.raises(access.NotFound):
            act(company, "mina", address, kind, "x")
    said = " ".join(str(bytes(one.body)) for one in Entry.objects.all())
    said += " ".join(Personal.objects.values_list("text", flat=True))
    for words in (making.WORDS, "Six new opportunities", "Handed over."):
        assert words not in said
    assert _page(company, "otto", address).side == "manager"


def test_a_new_manager_reads_what_was_shared_and_uses_only_own_words(company: Company) -> None:
    address = shared(company, "pf")
    act(company, "rosa", address, "nothing_to_add")
    _moves_to_otto(company, SHARED)
    with pytest.raises(access.Refusal) as refused:
        use(company, address, by="otto")
    assert _code(refused) == "not_your_words"
    act(company, "otto", address, "taken_back")
    page = _page(company, "otto", address)
    assert (page.editable, page.own) == (True, False)
    actions.save(
        by=company.cast.actor("otto", SHARED), at=SHARED, diagnosis=address, given=making.given("f", "Two accounts."),
        after=page.newest,
    )  # fmt: skip
    act(company, "otto", address, "shared")
    act(company, "rosa", address, "nothing_to_add")
    use(company, address, by="otto")
    assert queries.usable(company.cast.rosa.pk) is not None


def test_a_draft_of_a_former_manager_is_read_by_nobody_and_ends_with_the_next_one(company: Company) -> None:
    address = drafted(company, "pf", "The secret draft of Mina.")
    _moves_to_otto(company, OPENED)
    for name in ("mina", "otto", "rosa", "hana"):
        with pytest.raises((access.NotFound, access.NotAllowed)):
            _page(company, name, address, OPENED)
    assert making.opened(company, OPENED, "otto").number == 2
    assert queries.standing_of(_row(address)).state == "withdrawn"


def test_a_diagnosis_is_not_withdrawn_while_a_plan_runs_that_came_of_it(company: Company) -> None:
    address = used(company, "pppf")
    by = company.cast.actor("mina", SHARED)
    plan = improvement.begin(by=by, at=SHARED, person=company.cast.rosa.public_id).public_id
    with pytest.raises(access.Refusal, match="Withdraw that first"):
        act(company, "mina", address, "withdrawn", "It was wrong.")
    improvement.act(by=by, at=SHARED, plan=plan, kind="withdrawn", words="The diagnosis was wrong.")
    act(company, "mina", address, "withdrawn", "It was wrong.")
    with pytest.raises(access.Refusal, match="No plan without a diagnosis"):
        improvement.begin(by=by, at=SHARED, person=company.cast.rosa.public_id)


def test_requests_for_help_that_wait_are_counted_for_the_two_alone(company: Company) -> None:
    asked = help_actions.Asked("Nordwind", "A day in the lab.", "I asked the lab.")
    early = OPENED - timedelta(days=20)
    help_actions.ask(by=company.cast.actor("rosa", early), at=early, given=asked, key="diagnosis")
    address = shared(company, "pf")
    assert _page(company, "rosa", address).help == (1, 1)
    assert _page(company, "mina", address).help == (1, 1)
    assert _page(company, "hana", address).help is None
    assert "help" not in str(queries.versions_of(_row(address))[-1].facts).lower()


# Observations and fit


def test_fit_fails_only_with_three_behaviours_by_two_people_over_two_quarters(company: Company) -> None:
    address = drafted(company, "pppppp")
    mina = company.cast.actor("mina", OPENED)
    with pytest.raises(access.Refusal) as refused:
        actions.save(by=mina, at=OPENED, diagnosis=address, given=making.given("ppppppf"), after=2)
    assert _code(refused) == "fit_lacks"
    making.observations(company, address)
    actions.save(by=mina, at=OPENED, diagnosis=address, given=making.given("ppppppf"), after=2)
    act(company, "mina", address, "shared")
    seen = _page(company, "rosa", address).seen
    assert [(one.by.name, one.on) for one in seen] == [
        ("Mina Aalto", date(2026, 8, 4)), ("Otto Brandt", date(2026, 9, 1)), ("Mina Aalto", date(2026, 10, 5)),
    ]  # fmt: skip


def test_an_observation_that_is_taken_back_before_sharing_is_missing_again(company: Company) -> None:
    address = drafted(company, "pppppp")
    making.observations(company, address)
    mina = company.cast.actor("mina", OPENED)
    actions.save(by=mina, at=OPENED, diagnosis=address, given=making.given("ppppppf"), after=2)
    actions.take_back(by=mina, at=OPENED, diagnosis=address, about=1)
    with pytest.raises(access.Refusal) as refused:
        act(company, "mina", address, "shared")
    assert _code(refused) == "fit_lacks"


def test_observations_are_not_asked_for_before_the_six_other_layers_passed(company: Company) -> None:
    address = drafted(company, "ppppp")
    mina = company.cast.actor("mina", OPENED)
    with pytest.raises(access.Refusal) as refused:
        actions.ask(by=mina, at=OPENED, diagnosis=address, observer=company.cast.otto.public_id)
    assert _code(refused) == "too_early"
    with pytest.raises(access.Refusal) as refused:
        actions.observe(by=mina, at=OPENED, diagnosis=address, on=date(2026, 9, 1), words_="Left early.")
    assert _code(refused) == "too_early"


@pytest.mark.parametrize("name", ["rosa", "mina", "ravi", "ines", "pia", "sven", "hana"])
def test_peers_team_mates_hr_and_the_two_themselves_are_not_asked(company: Company, name: str) -> None:
    address = drafted(company, "pppppp")
    with pytest.raises(access.Refusal) as refused:
        actions.ask(
            by=company.cast.actor("mina", OPENED), at=OPENED, diagnosis=address,
            observer=getattr(company.cast, name).public_id,
        )  # fmt: skip
    assert _code(refused) == "no_observer"


def _asked(company: Company, name: str = "otto") -> tuple[str, str]:
    address = drafted(company, "pppppp")
    row = actions.ask(
        by=company.cast.actor("mina", OPENED), at=OPENED, diagnosis=address,
        observer=getattr(company.cast, name).public_id,
    )  # fmt: skip
    return address, row.public_id


def test_who_is_asked_reads_a_name_and_own_words_and_nothing_else(company: Company) -> None:
    address, asked = _asked(company)
    otto = company.cast.actor("otto", OPENED)
    line = queries.asked_one(otto, asked)
    assert (line.person, line.by, line.open, line.seen) == ("Rosa Lindqvist", "Mina Aalto", True, ())
    with pytest.raises((access.NotFound, access.NotAllowed)):
        _page(company, "otto", address, OPENED)
    for name in set(company.cast.names) - {"otto"}:
        with pytest.raises(access.NotFound):
            queries.asked_one(company.cast.actor(name, OPENED), asked)
    assert set(queries.AskedLine.__dataclass_fields__) == {
        "public_id", "person", "by", "at", "open", "declined", "seen",
    }  # fmt: skip


def test_asking_twice_asks_once_and_who_declines_may_still_write(company: Company) -> None:
    address, asked = _asked(company)
    mina, otto = company.cast.actor("mina", OPENED), company.cast.actor("otto", OPENED)
    actions.ask(by=mina, at=OPENED, diagnosis=address, observer=company.cast.otto.public_id)
    assert Asked.objects.for_system("a test counts").count() == 1
    actions.answer(by=otto, at=OPENED, asked=asked, kind="declined")
    assert queries.asked_one(otto, asked).declined
    actions.answer(
        by=otto, at=OPENED, asked=asked, kind="observed", on=date(2026, 9, 1), words_="Sent no reply."
    )
    line = queries.asked_one(otto, asked)
    assert (line.declined, len(line.seen)) == (False, 1)
    actions.answer(by=otto, at=OPENED, asked=asked, kind="taken_back", about=line.seen[0][0])
    assert queries.asked_one(otto, asked).seen == ()


def test_an_observer_writes_no_words_about_the_person_and_none_after_sharing(company: Company) -> None:
    address, asked = _asked(company)
    otto = company.cast.actor("otto", OPENED)
    with pytest.raises(access.Refusal) as refused:
        actions.answer(
            by=otto, at=OPENED, asked=asked, kind="observed", on=date(2026, 9, 1), words_="Rosa was moody."
        )
    assert _code(refused) == "about_the_person"
    actions.save(
        by=company.cast.actor("mina", OPENED),
        at=OPENED,
        diagnosis=address,
        given=making.given("pppppf"),
        after=2,
    )
    act(company, "mina", address, "shared")
    with pytest.raises(access.Refusal) as refused:
        actions.answer(
            by=otto, at=SHARED, asked=asked, kind="observed", on=date(2026, 9, 1), words_="Sent no reply."
        )
    assert _code(refused) == "closed"
    assert not queries.asked_one(otto, asked).open


def test_nobody_takes_back_what_another_saw(company: Company) -> None:
    address = drafted(company, "pppppp")
    making.observations(company, address)
    with pytest.raises(access.Refusal):
        actions.take_back(by=company.cast.actor("mina", OPENED), at=OPENED, diagnosis=address, about=3)
    assert Observation.objects.for_system("a test counts").filter(kind="taken_back").count() == 0


# Each layer to its end


def test_layer_0_as_a_target_becomes_a_promise_of_the_manager(company: Company) -> None:
    address = used(company, "f")
    page = _page(company, "rosa", address)
    assert page.remedy is not None
    promise = promises.one(company.cast.actor("rosa", SHARED), page.remedy.thing, SHARED)
    assert (promise.owner.name, promise.made_to.name, promise.standing.due_on) == (
        "Mina Aalto", "Rosa Lindqvist", date(2026, 10, 30),
    )  # fmt: skip
    promising.keep(by=company.cast.actor("mina", SHARED), at=SHARED, promise=promise.public_id)
    assert (
        promises.one(company.cast.actor("rosa", SHARED), page.remedy.thing, SHARED).standing.state == "kept"
    )
    _moves_to_otto(company, SHARED)
    with pytest.raises(access.NotFound):
        promises.one(company.cast.actor("mina", SHARED), page.remedy.thing, SHARED)


def test_layer_0_as_a_debt_says_nothing_of_the_diagnosis_to_its_owner(company: Company) -> None:
    debt = rules.Remedy("A day in the lab.", "debt", company.cast.otto.public_id, date(2026, 10, 30))
    address = used(company, "f", debt)
    remedy = _page(company, "rosa", address).remedy
    assert remedy is not None
    line = debts.one(company.cast.actor("otto", SHARED), remedy.thing, SHARED)
    assert (line.item, line.owner.name, line.owed_to.name, line.side) == (
        "A day in the lab.", "Otto Brandt", "Rosa Lindqvist", "owes",
    )  # fmt: skip
    assert line.source_kind == "manager"
    assert address not in (line.source_id, line.public_id)
    told = Notice.objects.filter(to_id=company.cast.otto.pk)
    assert {notice.kind for notice in told} == {"debts.opened", "grounds.recorded"}
    otto = company.cast.actor("otto", SHARED)
    owing.act(by=otto, at=SHARED, debt=line.public_id, kind="delivered", words="Held on 8 October.")
    assert debts.one(company.cast.actor("rosa", SHARED), remedy.thing, SHARED).standing.state == "delivered"


def test_withdrawn_after_use_takes_what_it_made_along(company: Company) -> None:
    debt = rules.Remedy("A day in the lab.", "debt", company.cast.otto.public_id, date(2026, 10, 30))
    address = used(company, "f", debt)
    remedy = _page(company, "rosa", address).remedy
    assert remedy is not None
    act(company, "mina", address, "withdrawn", "The lab day was held in May.")
    assert debts.one(company.cast.actor("rosa", SHARED), remedy.thing, SHARED).standing.state == "lifted"
    assert look_queries.standing_of(looked.look()).open
    assert queries.usable(company.cast.rosa.pk) is None
    again = making.drafted(company, "f", at=SHARED)
    act(company, "mina", again, "shared")
    act(company, "rosa", again, "nothing_to_add")
    use(company, again)
    promise = _page(company, "rosa", again).remedy
    assert promise is not None
    act(company, "mina", again, "withdrawn", "Set by mistake.")
    line = promises.one(company.cast.actor("rosa", SHARED), promise.thing, SHARED)
    assert line.standing.state == "withdrawn"


def test_a_debt_is_not_owed_by_the_person_themself(company: Company) -> None:
    debt = rules.Remedy("A day in the lab.", "debt", company.cast.rosa.public_id, date(2026, 10, 30))
    with pytest.raises(access.Refusal) as refused:
        used(company, "f", debt)
    assert _code(refused) == "bad_owner"


@pytest.mark.parametrize("verdicts", ["pf", "ppf"])
def test_layers_1_and_2_lead_to_a_talk_that_is_held_and_looked_at_again(
    company: Company, verdicts: str
) -> None:
    address = used(company, verdicts)
    with pytest.raises(access.Refusal) as refused:
        act(company, "mina", address, "held", "Spoken.", making.later(11))
    assert _code(refused) == "not_yet"
    act(company, "mina", address, "not_held", "The train was late.", making.later(12))
    with pytest.raises(access.Refusal):
        act(company, "mina", address, "kept", "Seven.", making.later(43))
    act(company, "mina", address, "held", "We went through the list.", making.later(13))
    act(company, "rosa", address, "answered", "Four of the six are not mine to find.", making.later(13))
    with pytest.raises(access.Refusal):
        act(company, "mina", address, "not_kept", "Two.", making.later(42))
    act(company, "mina", address, "kept", "Seven by 18 November.", making.later(43))
    now = _page(company, "rosa", address, making.later(43)).line.standing
    assert now.reviewed is not None
    assert (now.reviewed.kind, len(now.answers)) == ("kept", 1)


@pytest.mark.parametrize(("verdicts", "layer"), [("pppf", 3), ("ppppf", 4)])
def test_layers_3_and_4_lead_to_a_plan_and_nothing_else_here(
    company: Company, verdicts: str, layer: int
) -> None:
    address = used(company, verdicts)
    usable = queries.usable(company.cast.rosa.pk)
    assert usable == queries.Usable(address, layer, making.WORDS, company.cast.mina.pk, SHARED)
    assert _page(company, "mina", address).may == ("withdrawn",)
    assert queries.one(company.cast.actor("mina", SHARED), address, SHARED).remedy.route == "plan"  # type: ignore[union-attr]


def test_layer_5_leads_to_an_agreement_that_both_sign_and_look_at_again(company: Company) -> None:
    address = used(company, "pppppf")
    act(company, "mina", address, "held", "Spoken.", making.later(12))
    act(company, "mina", address, "signed", at=making.later(12))
    with pytest.raises(access.Refusal):
        act(company, "mina", address, "signed", at=making.later(12))
    with pytest.raises(access.Refusal) as refused:
        act(company, "mina", address, "kept", "Held.", making.later(43))
    assert _code(refused) == "not_yet"
    act(company, "rosa", address, "signed", at=making.later(13))
    act(
        company,
        "mina",
        address,
        "not_kept",
        "Two Tuesdays of five, 27 October and 3 November.",
        making.later(43),
    )
    page = _page(company, "rosa", address, making.later(43))
    assert page.line.standing.signed == {company.cast.mina.pk, company.cast.rosa.pk}
    assert page.line.standing.reviewed is not None
    assert page.line.standing.reviewed.kind == "not_kept"


def test_layer_6_leads_to_a_talk_with_hr_and_no_plan(company: Company) -> None:
    address = drafted(company, "pppppp")
    making.observations(company, address)
    mina = company.cast.actor("mina", OPENED)
    actions.save(by=mina, at=OPENED, diagnosis=address, given=making.given("ppppppf"), after=2)
    act(company, "mina", address, "shared")
    act(company, "rosa", address, "answered", "I would rather work with the existing customers.")
    use(company, address)
    usable = queries.usable(company.cast.rosa.pk)
    assert usable is not None
    assert usable.layer == rules.FIT
    assert _page(company, "hana", address).remedy.route == "redeployment"  # type: ignore[union-attr]


# The clock


def test_the_clock_tells_of_a_wait_that_is_over_and_of_talks_and_reviews_once(company: Company) -> None:
    address = shared(company, "pf")
    assert actions.watch(at=WAITED - timedelta(days=1)) == 0
    assert actions.watch(at=WAITED) == 1
    assert actions.watch(at=WAITED) == 0
    use(company, address, at=WAITED)
    talk, review = (
        datetime(2026, 10, 20, 9, tzinfo=WAITED.tzinfo),
        datetime(2026, 11, 20, 9, tzinfo=WAITED.tzinfo),
    )
    assert actions.watch(at=talk) == 2
    assert actions.watch(at=talk) == 0
    assert actions.watch(at=review) == 2
    kinds = Notice.objects.filter(kind__startswith="diagnoses.").values_list("kind", flat=True)
    assert {"diagnoses.may_use", "diagnoses.talk_day", "diagnoses.review_day"} <= set(kinds)


# What is computed


def test_the_facts_are_the_looks_own_arithmetic_and_nothing_stands_beside_will_and_fit(
    company: Company,
) -> None:
    address = drafted(company, "p")
    facts = queries.versions_of(_row(address))[-1].facts
    results = facts["results"]
    assert [one["percent"] for one in results["quarters"]] == [50, 70]
    assert (results["own"]["won"], results["own"]["closed"]) == (6, 12)
    assert results["peers"]["rate"] == 50
    assert results["change"] is None, "two quarters are too few to name a change"
    points = wording.beside(facts, lambda minor: f"{minor // 100}")
    assert points[5] == points[6] == ()
    assert "the size of deals" in next(one.says for one in points[1] if one.name == "Where the gap is")


def test_a_product_line_that_peers_took_up_and_the_seller_did_not_is_named(company: Company) -> None:
    for name in ("ravi", "ines", "pia"):
        for n in range(3):
            company.change(f"{name} 3 won {n}", product="Analyser" if n < 2 else "Sensor")
            company.change(f"{name} 2 won {n}", product="Sensor")
    for period in (2, 3):
        for n in range(3):
            company.change(f"rosa {period} won {n}", product="Sensor")
    for n in range(3):
        company.won(f"rosa more {n}", "rosa", 1, date(2026, 8, 20))
        company.change(f"rosa more {n}", product="Sensor")
    address = drafted(company, "p")
    knowledge = queries.versions_of(_row(address))[-1].facts["knowledge"]
    assert knowledge["won"] == 9
    assert {one["name"]: (one["own_count"], one["peers_count"]) for one in knowledge["lines"]} == {
        "Analyser": (0, 33), "Sensor": (100, 67),
    }  # fmt: skip
    assert knowledge["new"] == ["Analyser"]


def test_facts_are_taken_anew_when_it_is_shared(company: Company) -> None:
    address = drafted(company, "pf")
    company.won("rosa found", "rosa", 200, date(2026, 9, 30))
    act(company, "mina", address, "shared")
    facts = queries.versions_of(_row(address))[-1].facts
    assert [one["percent"] for one in facts["results"]["quarters"]] == [50, 103]


def test_of_fewer_than_five_peers_nothing_is_compared(company: Company) -> None:
    cast = company.cast
    for name in ("ravi", "ines"):
        standing.set_seat(
            by=cast.actor("olu", making.OPENED), at=making.OPENED, person=getattr(cast, name).public_id, job="Seller",
            segment="Utilities", starts_on=date(2026, 1, 1), ramps=False,
        )  # fmt: skip
    facts = queries.versions_of(_row(drafted(company, "p")))[-1].facts
    assert facts["peers"] == 4
    assert (facts["results"]["peers"], facts["effort"]["peers"], facts["skill"], facts["knowledge"]["lines"]) == (
        None, None, [], None,
    )  # fmt: skip


def test_every_act_has_its_words_and_nothing_else_is_an_act() -> None:
    assert set(wording.ACTED) == set(rules.KINDS)
    assert set(wording.DONE) == set(rules.KINDS)
    assert set(wording.SAYS) == set(rules.WORDED)
    assert {kind for kind, _ in Act._meta.get_field("kind").choices or ()} == set(rules.KINDS)
