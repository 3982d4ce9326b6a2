"""A shield is agreed between a rep and the manager, in versions that both sign, and read by nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairlead.help import actions, queries
from fairlead.people import access
from fairlead.people import actions as people_actions
from fairlead.promises import queries as promises
from fairlead.reviews import actions as review_actions
from fairlead.reviews import queries as reviews
from tests.cast import AT, Cast
from tests.help.helping import HOUR, agreed, answered, complained, step, wished
from tests.help.test_help import OPS, refused


def pairs(cast: Cast, name: str, at: object = AT + 3 * HOUR) -> list[queries.Pair]:
    return queries.pairs(cast.actor(name, at), at)  # type: ignore[arg-type]


def test_a_shield_is_between_the_two_and_nobody_else(cast: Cast) -> None:
    agreed(cast)
    for name in cast.names:
        assert len(pairs(cast, name)) == (name in ("rosa", "mina")), name
    assert pairs(cast, "rosa")[0].newest.state == "agreed"


def test_when_both_signed_every_line_is_a_promise_both_ways(cast: Cast) -> None:
    row = answered(cast, wished(cast).public_id)
    assert promises.book(cast.actor("rosa"), AT + HOUR).made_to_me == ()
    actions.act_on_shield(
        by=cast.actor("rosa"), at=AT + HOUR, shield=row.public_id, kind="signed", digest=row.digest
    )
    book = promises.book(cast.actor("rosa"), AT + HOUR)
    assert {one.text for one in book.made_to_me} == {"I take them myself", "Nobody calls you at a customer"}
    assert [one.text for one in book.mine] == ["News within 24 hours"]
    with refused("settled"):
        actions.act_on_shield(
            by=cast.actor("rosa"), at=AT + HOUR, shield=row.public_id, kind="signed", digest=row.digest
        )


def test_what_was_promised_in_confidence_is_not_on_the_page_of_a_meeting(cast: Cast) -> None:
    agreed(cast)
    at = AT + 3 * HOUR
    made = promises.book(cast.actor("mina", at), at).mine
    assert {one.source_kind for one in made} == {"shield"}
    prepared = reviews.prepared(cast.actor("mina", at), cast.mina.pk, at)
    assert prepared.promises == ()


def test_a_promise_behind_the_second_door_is_not_on_the_page_of_a_review_with_the_manager(cast: Cast) -> None:
    complaint = complained(cast, "vera")
    step(
        cast,
        "vera",
        complaint,
        "answered",
        "I see to it.",
        promise="See to it.",
        due_on=AT.date() + timedelta(days=9),
    )
    at = AT + 3 * HOUR
    review = review_actions.begin(by=cast.actor("mina", at), at=at, leader=cast.mina, guest=cast.vera)
    for name in ("rosa", "vera"):
        assert promises.book(cast.actor(name, at), at).made_to_me or name == "vera"
        assert reviews.one(cast.actor(name, at), review.public_id, at).promises == (), name


def test_a_signature_is_of_what_was_read_and_of_the_newest_version(cast: Cast) -> None:
    row = answered(cast, wished(cast).public_id)
    with refused("not_what_you_read"):
        actions.act_on_shield(
            by=cast.actor("rosa"), at=AT + HOUR, shield=row.public_id, kind="signed", digest="x"
        )
    wished(cast, after=2, key="other", shielded="Calls at a customer")
    with refused("settled"):
        actions.act_on_shield(
            by=cast.actor("rosa"), at=AT + HOUR, shield=row.public_id, kind="signed", digest=row.digest
        )
    with refused("newer_version"):
        wished(cast, after=1, key="third")


def test_the_manager_answers_and_leaves_the_reps_words_as_they_are(cast: Cast) -> None:
    first = wished(cast)
    row = answered(cast, first.public_id)
    assert (row.shielded, row.affects, row.version) == (first.shielded, first.affects, 2)
    with refused("not_found"):
        actions.answer_shield(
            by=cast.actor("otto"), at=AT, shield=first.public_id, promised="Me.", needed="",
            review_on=date(2027, 1, 1), key="x",
        )  # fmt: skip
    with refused("nothing_promised"):
        actions.answer_shield(
            by=cast.actor("mina"), at=AT, shield=row.public_id, promised=" ", needed="", review_on=date(2027, 1, 1),
            key="y",
        )  # fmt: skip


def test_either_asks_back_in_words(cast: Cast) -> None:
    first = wished(cast)
    with refused("text_missing"):
        actions.act_on_shield(
            by=cast.actor("mina"), at=AT, shield=first.public_id, kind="asked_back", digest=first.digest
        )
    actions.act_on_shield(
        by=cast.actor("mina"),
        at=AT,
        shield=first.public_id,
        kind="asked_back",
        digest=first.digest,
        text="Which?",
    )
    assert pairs(cast, "rosa")[0].newest.state == "asked_back"
    assert "written" in pairs(cast, "rosa")[0].newest.may


def test_what_both_signed_holds_until_a_newer_one_is_signed_or_it_ends_with_notice(cast: Cast) -> None:
    row = agreed(cast)
    wished(cast, at=AT + 2 * HOUR, after=2, key="more", shielded="Calls at a customer")
    pair = pairs(cast, "mina")[0]
    assert pair.in_force is not None
    assert (pair.newest.version, pair.in_force.version) == (3, 2)
    assert queries.shielded_from(cast.actor("mina"), AT + 3 * HOUR) == {
        "Rosa Lindqvist": ("Daily questions",)
    }
    with refused("no_notice"):
        actions.act_on_shield(
            by=cast.actor("mina"), at=AT + 3 * HOUR, shield=row.public_id, kind="ended", digest=row.digest,
            on=AT.date() + timedelta(days=1),
        )  # fmt: skip
    act = actions.act_on_shield(
        by=cast.actor("mina"), at=AT + 3 * HOUR, shield=row.public_id, kind="ended", digest=row.digest
    )
    assert act.on == date(2026, 12, 1)
    assert queries.shielded_from(cast.actor("mina"), AT + 4 * HOUR) != {}
    assert queries.shielded_from(cast.actor("mina"), AT + timedelta(days=8)) == {}


def test_a_wish_that_is_not_agreed_stands_on_no_desk(cast: Cast) -> None:
    answered(cast, wished(cast).public_id)
    assert queries.shielded_from(cast.actor("mina"), AT + HOUR) == {}


def test_after_a_move_neither_manager_reads_what_was_agreed_with_the_other(cast: Cast) -> None:
    row = agreed(cast)
    people_actions.move(by=OPS, at=AT, person=cast.rosa, manager=cast.otto, starts_on=AT.date())
    for name in ("mina", "otto", "rosa"):
        assert pairs(cast, name) == [], name
    with pytest.raises(access.NotFound):
        queries.shield_of(cast.actor("mina"), row.public_id)
    assert wished(cast, key="new").manager_id == cast.otto.pk
