"""What evidence comes to: never more than it rests on, less with age, as weak as the weakest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.people import access
from fairlead.qualification import rules, templates

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)

scores = st.integers(0, 3)
days = st.dates(date(2026, 1, 1), DAY)


@st.composite
def histories(draw: Any) -> list[rules.Row]:
    """Scores of one criterion with some of them taken back, as the database would hold them."""
    rows: list[rules.Row] = []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        standing = rules.standing(rows)
        if standing and draw(st.booleans()) and draw(st.booleans()):
            rows.append(rules.Row(number, 0, DAY, AT, standing[-1].number))
        else:
            rows.append(rules.Row(number, draw(scores), draw(days), AT))
    return rows


@given(histories(), st.integers(7, 365), days)
def test_a_grade_is_never_above_the_newest_standing_evidence(
    rows: list[rules.Row], limit: int, on: date
) -> None:
    grade = rules.grade(rows, limit, on)
    standing = rules.standing(rows)
    assert grade.counted <= grade.said == (standing[-1].score if standing else 0)
    assert grade.said - grade.counted in (0, 1)


@given(histories(), st.integers(7, 365), days, st.integers(0, 400))
def test_with_the_days_a_grade_only_falls(rows: list[rules.Row], limit: int, on: date, later: int) -> None:
    then, now = rules.grade(rows, limit, on), rules.grade(rows, limit, on + timedelta(days=later))
    assert now.counted <= then.counted
    assert now.said == then.said


@given(histories(), st.integers(7, 365))
def test_the_last_full_day_is_the_limit_itself(rows: list[rules.Row], limit: int) -> None:
    standing = rules.standing(rows)
    if not standing or standing[-1].score == 0:
        return
    last = standing[-1].on + timedelta(days=limit)
    assert rules.grade(rows, limit, last).stale_since is None
    after = rules.grade(rows, limit, last + timedelta(days=1))
    assert (after.counted, after.stale_since) == (standing[-1].score - 1, last + timedelta(days=1))


@given(st.dictionaries(st.sampled_from("abcdefgh"), scores, min_size=1))
def test_the_weakest_is_the_least_and_names_all_that_have_it(counted: dict[str, int]) -> None:
    least, names = rules.weakest(counted)
    assert least == min(counted.values())
    assert set(names) == {key for key, score in counted.items() if score == least}


@given(st.dictionaries(st.sampled_from("abcdefgh"), scores))
def test_a_criterion_nobody_scored_never_raises_a_deal(counted: dict[str, int]) -> None:
    unknown = rules.grade([], 30, DAY).counted
    assert rules.weakest({**counted, "new": unknown})[0] == 0 <= rules.weakest(counted)[0]


@given(histories(), st.integers(7, 365))
def test_taking_the_newest_back_restores_what_stood_before(rows: list[rules.Row], limit: int) -> None:
    before = rules.grade(rows, limit, DAY)
    more = [*rows, rules.Row(90, 3, DAY, AT)]
    assert rules.grade([*more, rules.Row(91, 0, DAY, AT, undoes=90)], limit, DAY) == before


@given(st.dictionaries(st.sampled_from("abcd"), scores), st.dictionaries(st.sampled_from("abcdef"), scores))
def test_a_stage_lacks_exactly_what_is_below_its_least(
    counted: dict[str, int], wanted: dict[str, int]
) -> None:
    lacks = rules.missing(counted, wanted)
    for key, least in wanted.items():
        assert (key in lacks) == (key in counted and counted[key] < least)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"score": 4}, "bad_score"),
        ({"score": 1, "what": " "}, "what_missing"),
        ({"score": 2, "buyer": ""}, "buyer_missing"),
        ({"score": 3, "buyer": " "}, "buyer_missing"),
        ({"on": DAY + timedelta(days=1)}, "day_later"),
    ],
)
def test_what_the_scale_does_not_carry_is_refused(more: dict[str, object], code: str) -> None:
    given_: dict[str, object] = {"score": 2, "what": "They said it.", "on": DAY, "buyer": "Karin Holm"}
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_score(**{**given_, **more}, today=DAY)  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(
    "link",
    [
        "http://buyer.test/a", "javascript:alert(1)", "https://", "https://me:secret@buyer.test/", "ftp://buyer.test",
        "//buyer.test/a", "https://buyer.test/a b", "https://buyer.test\\@evil.test", "https://[bad", "x" * 600,
    ],
)  # fmt: skip
def test_only_a_plain_https_address_is_kept_as_a_link(link: str) -> None:
    with pytest.raises(access.Refusal):
        rules.https(link)


def test_an_https_address_is_kept_as_it_is() -> None:
    assert rules.https(" https://mail.buyer.test/m?id=3#top ") == "https://mail.buyer.test/m?id=3#top"
    assert rules.https("") == ""


@pytest.mark.parametrize("template", templates.TEMPLATES, ids=lambda one: one.key)
def test_every_method_that_ships_can_be_put_in_force(template: templates.Template) -> None:
    rules.refuse_criteria(template.criteria, {"Offer": {template.criteria[0].key: 2}})
    for one in template.criteria:
        assert one.question.endswith("?")
        assert all(text.endswith(".") for text in one.counts)


def test_a_criterion_that_two_methods_share_means_the_same_in_both() -> None:
    known: dict[str, rules.Criterion] = {}
    for template in templates.TEMPLATES:
        for one in template.criteria:
            assert known.setdefault(one.key, one) == one


def test_a_new_criterion_gets_a_key_that_was_never_used() -> None:
    assert rules.key_of("Security & legal", ["pain"]) == "security_legal"
    assert rules.key_of("Pain", ["pain", "pain_2"]) == "pain_3"
    assert rules.key_of("§§", []).startswith("c")
