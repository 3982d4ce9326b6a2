"""What HR has to record before results are looked at, and the rule by which they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.grounds import actions, queries
from fairlead.grounds.rules import Rule, ramps_text, read_ramps, refuse_ground, refuse_rule
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people.workdays import countries
from tests.cast import AT, Cast
from tests.looks.making import GIVEN

TODAY = AT.date()
NOW = replace(GIVEN, runs_from=TODAY)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"country": "XX"}, "bad_country"),
        ({"notice_on": None}, "no_notice"),
        ({"notice_on": date(2026, 11, 25)}, "no_notice"),
        ({"notice_words": " "}, "no_notice"),
        ({"basis": ""}, "no_basis"),
        ({"consulted": ""}, "no_consultation"),
        ({"consulted": "held", "consulted_on": None}, "no_consultation"),
        ({"consulted_words": ""}, "no_consultation"),
        ({"runs_from": date(2026, 11, 23)}, "bad_start"),
        ({"runs_from": None}, "bad_start"),
        ({"basis": "x" * 1001}, "text_long"),
    ],
)
def test_nothing_runs_while_one_of_the_three_is_missing(wrong: dict[str, object], code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        refuse_ground(replace(NOW, **wrong), TODAY, countries())  # type: ignore[arg-type]
    assert refused.value.code == code


@given(
    st.dictionaries(
        st.text("abcdefg ", min_size=1)
        .map(lambda text: " ".join(text.split()))
        .filter(lambda text: bool(text))
        | st.just(""),
        st.lists(st.integers(0, 100), min_size=1, max_size=24).map(lambda shares: tuple(sorted(shares))),
        max_size=5,
    )
)
def test_ramps_are_read_as_they_are_written(ramps: dict[str, tuple[int, ...]]) -> None:
    assert read_ramps(ramps_text(ramps)) == ramps


@pytest.mark.parametrize(
    "text", ["Seller 0 50", "Seller:", "Seller: a", "Seller: 50 25", "Seller: 120", "A: 1\na: 2"]
)
def test_a_ramp_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        read_ramps(text)
    assert refused.value.code == "bad_ramp"


@pytest.mark.parametrize(
    "rule", [Rule(line=20), Rule(line=101), Rule(in_a_row=1), Rule(decide_days=5), Rule(early_chance=60)]
)
def test_a_rule_nobody_could_answer_for_is_refused(rule: Rule) -> None:
    with pytest.raises(access.Refusal):
        refuse_rule(rule)


@pytest.mark.django_db
def test_everybody_of_the_unit_is_told_and_can_read_it(cast: Cast) -> None:
    actions.record(by=cast.actor("hana"), at=AT, head=cast.vera.public_id, given=NOW, after_number=0)
    told = set(Notice.objects.filter(kind="grounds.recorded").values_list("to_id", flat=True))
    assert cast.rosa.pk in told
    assert cast.vera.pk in told
    assert cast.olu.pk not in told
    unit = queries.of_me(cast.actor("rosa"), AT)
    assert unit is not None
    assert unit.newest is not None
    assert unit.newest.basis == NOW.basis
    assert queries.of_me(cast.actor("olu"), AT) is None


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["carl", "vera", "mina", "rosa", "olu", "ada"])
def test_hr_alone_records(cast: Cast, name: str) -> None:
    with pytest.raises(access.NotAllowed):
        actions.record(by=cast.actor(name), at=AT, head=cast.vera.public_id, given=NOW, after_number=0)


@pytest.mark.django_db
def test_hr_records_in_its_own_units_alone(cast: Cast) -> None:
    with pytest.raises(access.NotFound):
        actions.record(by=cast.actor("hana"), at=AT, head=cast.carl.public_id, given=NOW, after_number=0)


@pytest.mark.django_db
def test_two_who_record_at_once_are_one_record_and_one_clear_refusal(cast: Cast) -> None:
    hana = cast.actor("hana")
    actions.record(by=hana, at=AT, head=cast.vera.public_id, given=NOW, after_number=0)
    with pytest.raises(access.Refusal) as refused:
        actions.record(by=hana, at=AT, head=cast.vera.public_id, given=NOW, after_number=0)
    assert refused.value.code == "changed_meanwhile"
    assert len(queries.history(hana, cast.vera.public_id, AT)) == 1


@pytest.mark.django_db
def test_a_ground_begins_on_its_day_and_ends_when_it_is_stopped(cast: Cast) -> None:
    hana = cast.actor("hana")
    later = replace(NOW, runs_from=date(2026, 12, 1))
    actions.record(by=hana, at=AT, head=cast.vera.public_id, given=later, after_number=0)
    rosa = cast.rosa.pk
    assert not queries.covered(rosa, date(2026, 11, 30))
    assert queries.covered(rosa, date(2026, 12, 1))
    actions.stop(by=hana, at=AT, head=cast.vera.public_id, words="Not yet agreed.", after_number=1)
    assert not queries.covered(rosa, date(2026, 12, 1))


@pytest.mark.django_db
def test_the_rule_is_versioned_and_read_as_it_was(cast: Cast) -> None:
    hana = cast.actor("hana")
    assert queries.rule(AT).version == 0
    actions.set_rule(by=hana, at=AT, rule=Rule(line=75, ramps={"seller": (0, 50)}), after_version=0)
    actions.set_rule(by=hana, at=AT, rule=Rule(line=85), after_version=1)
    assert [queries.rule_of(version).line for version in (0, 1, 2)] == [80, 75, 85]
    assert queries.rule_of(1).ramp("  Seller ") == (0, 50)
    with pytest.raises(access.Refusal) as refused:
        actions.set_rule(by=hana, at=AT, rule=Rule(), after_version=1)
    assert refused.value.code == "changed_meanwhile"
    with pytest.raises(access.NotAllowed):
        actions.set_rule(by=cast.actor("mina"), at=AT, rule=Rule(), after_version=2)
