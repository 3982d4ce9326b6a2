"""Hints: right on sentences they were not made from, explained, one at a time, and kept nowhere."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts import docs

from fairlead.desk import hints
from fairlead.people import clock
from tests.calls.company import Company
from tests.cast import AT
from tests.desk import hint_examples as examples
from tests.desk.desking import HOUR, act, tray, written
from tests.desk.hint_examples import NAMES

SIGNED = "django.contrib.auth.backends.ModelBackend"
DRAFT = "If Kestrel slips again there will be consequences. I need a daily update from Ravi, ASAP."
RULES = [rule.id for rule in hints.language().rules]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client_of(team: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, name).user, backend=SIGNED)
    return client


# How often they are right


@pytest.mark.parametrize("rule", RULES)
def test_nine_of_ten_hints_on_held_out_sentences_are_right(rule: str) -> None:
    found = next(one for one in examples.measure("held_out") if one.rule == rule)
    assert found.precision >= 0.9, found
    assert found.recall >= 0.6, found


@pytest.mark.parametrize(("which", "right_share", "found_share"), [("unseen", 0.9, 0.6), ("after", 0.8, 0.4)])
def test_most_hints_on_sentences_in_other_words_are_right(
    which: str, right_share: float, found_share: float
) -> None:
    every = examples.measure(which)
    right, wrong = sum(one.right for one in every), sum(one.wrong for one in every)
    assert right / (right + wrong) >= right_share
    assert right / sum(one.yes for one in every) >= found_share


@pytest.mark.parametrize("rule", RULES)
def test_the_reviewed_sentences_of_a_rule_are_told_apart(rule: str) -> None:
    one = examples.sentences()[rule]["tuning"]
    assert [text for text in one["yes"] if not examples.finds(rule, text)] == []
    assert [text for text in one["no"] if examples.finds(rule, text)] == []


def test_every_rule_has_its_sentences_and_says_why_and_how_in_one_sentence() -> None:
    read = examples.sentences()
    assert set(read) == set(RULES)
    for rule in hints.language().rules:
        assert len(read[rule.id]["tuning"]["yes"]) >= 12
        assert len(read[rule.id]["tuning"]["no"]) >= 12
        for said in (rule.why, rule.say):
            assert said.endswith(".")
            assert said.count(". ") == 0


def test_the_page_in_the_docs_is_printed_from_the_rules_and_the_sentences() -> None:
    assert docs.HINTS.read_text() == docs.hints_page(), "Run `.venv/bin/python -m scripts.docs`."


# What a hint is


def test_the_most_important_comes_first_with_the_phrase_that_stands_in_the_draft() -> None:
    found = hints.found(DRAFT, NAMES)
    assert [hint.rule.id for hint in found] == ["threat", "names_rep", "daily_reports", "no_date"]
    assert found[0].phrase == "there will be consequences"
    assert f"{found[0].before}{found[0].phrase}{found[0].after}" == DRAFT.split(". ")[0] + "."


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=4))
def test_whatever_is_written_a_hint_shows_words_of_it(text: str, names: list[str]) -> None:
    for hint in hints.found(text, hints.Names(tuple(names), tuple(names), tuple(names))):
        assert hint.phrase
        assert f"{hint.before}{hint.phrase}{hint.after}" in text


def test_a_name_that_is_a_word_as_well_names_nobody_alone() -> None:
    names = hints.Names(("Will May", "Grace Park"))
    assert hints.found("We will meet in May in the park, with grace. Will it do?", names) == ()
    assert [hint.phrase for hint in hints.found("Ask Will May for the list.", names)] == ["Will May"]


def test_an_order_is_no_order_as_a_question() -> None:
    assert examples.finds("orders_way", "Every rep has to log each call.")
    assert not examples.finds("orders_way", "Does every rep have to log each call?")


# On the page


def test_words_are_checked_without_script_and_the_draft_stays(team: Company) -> None:
    client, key = client_of(team, "vera"), team.deals["Kestrel"].public_id
    draft = {
        "to": f"deal:{key}",
        "title": "A & B",
        "text": DRAFT,
        "urgency": "today",
        "job": "rep",
        "key": "a",
    }
    first = client.post("/messages/write/", draft | {"check": "0"})
    page = first.content.decode()
    assert first.status_code == 200
    for part in (
        "<mark>there will be consequences</mark>", "A threat", "hint 1 of 4", "Perhaps:", "A &amp; B",
        'value="1" formnovalidate>Next hint', 'value="rep" id="job-rep" checked',
        "Mina Aalto decides what reaches a rep",
    ):  # fmt: skip
        assert part in page, part
    assert page.count("<mark>") == 1
    second = client.post("/messages/write/", draft | {"check": "1"}).content.decode()
    assert "<mark>Ravi</mark>" in second
    assert "hint 2 of 4" in second
    last = client.post("/messages/write/", draft | {"check": "99"}).content.decode()
    assert "hint 4 of 4" in last
    assert "Next hint" not in last
    assert tray(team) == []


def test_the_fragment_shows_what_the_page_shows(team: Company) -> None:
    answer = client_of(team, "vera").post("/messages/check/", {"text": DRAFT}).content.decode()
    assert "<mark>there will be consequences</mark>" in answer
    assert "<html" not in answer
    quiet = client_of(team, "vera").post("/messages/check/", {"text": "What changed at Kestrel?"})
    assert "No hint on these words." in quiet.content.decode()


def test_each_person_turns_hints_off_and_on_for_themself(team: Company) -> None:
    client = client_of(team, "vera")
    client.post("/messages/hints/", {"on": "no"})
    page = client.post("/messages/write/", {"text": DRAFT, "check": "0"}).content.decode()
    assert "<mark>" not in page
    assert "Check my words" not in page
    assert "Turn hints on" in page
    # The same browser, another person.
    client.force_login(team.cast.carl.user, backend=SIGNED)  # type: ignore[arg-type]
    assert "<mark>" in client.post("/messages/write/", {"text": DRAFT, "check": "0"}).content.decode()
    client.force_login(team.cast.vera.user, backend=SIGNED)  # type: ignore[arg-type]
    client.post("/messages/hints/", {"on": "yes"})
    assert "<mark>" in client.post("/messages/write/", {"text": DRAFT, "check": "0"}).content.decode()


def _database() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            found[table] = [tuple(row) for row in cursor.fetchall()]
    return found


def test_the_database_and_the_ledger_are_the_same_whether_hints_were_shown_or_not(
    team: Company, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(team, "vera")
    client.get("/messages/write/")
    before = _database()
    draft = {
        "text": DRAFT,
        "to": f"manager:{team.cast.mina.public_id}",
        "job": "mine",
        "title": "",
        "key": "b",
    }
    with caplog.at_level("DEBUG", logger="fairlead"):
        for more in ({"check": "0"}, {"check": "1"}, {"turn": "promise"}):
            assert client.post("/messages/write/", draft | more).status_code == 200
        client.post("/messages/check/", draft)
        client.post("/messages/hints/", {"on": "no"})
        client.post("/messages/hints/", {"on": "yes"})
        client.post("/broadcasts/write/", draft | {"check": "0"})
        client_of(team, "carl").get("/everybody/")
    after = _database()
    sessions = {name for name in before if "session" in name} | {"people_user"}  # carl's own sign-in
    assert {name: rows for name, rows in after.items() if name not in sessions} == {
        name: rows for name, rows in before.items() if name not in sessions
    }
    assert "consequences" not in caplog.text


def test_a_message_that_was_checked_is_kept_as_one_that_was_not(team: Company) -> None:
    from fairlead.desk.models import Message

    client = client_of(team, "vera")
    typed = {
        "to": f"manager:{team.cast.mina.public_id}",
        "title": "Kestrel",
        "text": DRAFT,
        "urgency": "week",
    }
    client.post("/messages/write/", typed | {"check": "0", "key": "one"})
    for key in ("one", "two"):
        client.post("/messages/write/", typed | {"key": key})
    rows = Message.objects.for_system("a test compares rows").values()
    one, two = ({k: v for k, v in row.items() if k not in ("id", "public_id", "key")} for row in rows)
    assert one == two


# Whose job, and where the answer stands


def test_whose_job_it_is_goes_along_to_the_tray(team: Company) -> None:
    client, to = client_of(team, "vera"), f"manager:{team.cast.mina.public_id}"
    client.post("/messages/write/", {"to": to, "text": "The clause waits.", "job": "other", "job_name": "Lea of legal",
                                     "urgency": "week", "key": "a"})  # fmt: skip
    page = client_of(team, "mina").get(f"/desk/messages/{tray(team)[0]}/").content.decode()
    assert "Whose job it is, the sender says: somebody else’s: Lea of legal." in page
    nameless = client.post(
        "/messages/write/", {"to": to, "text": "It waits.", "job": "other", "urgency": "week"}
    )
    assert nameless.status_code == 422
    assert "write the name" in nameless.content.decode()


def test_an_own_job_becomes_a_promise_and_no_message(team: Company) -> None:
    client = client_of(team, "vera")
    typed = {"to": f"manager:{team.cast.mina.public_id}", "text": "Get the discount approved.", "job": "mine"}
    page = client.post("/messages/write/", typed | {"turn": "promise"}).content.decode()
    assert "Get the discount approved." in page
    assert 'value="Mina Aalto"' in page
    made = client.post("/promises/", {"text": "I approve the discount.", "to": "Mina Aalto", "due_on": "2026-11-26",
                                      "key": "p"}, follow=True)  # fmt: skip
    assert "Promised to Mina Aalto" in made.content.decode()
    assert tray(team) == []


def test_the_answer_that_stands_already_is_offered_of_what_the_sender_may_read(
    team: Company,
) -> None:
    team.submit("mina", 2000, reason="As called.", at=AT - HOUR)
    act(team, written(team, "Is Kestrel safe this year?"), "answered", "It stands for January.", at=AT)
    client, key = client_of(team, "vera"), team.deals["Kestrel"].public_id
    page = client.post("/messages/check/", {"to": f"deal:{key}", "text": "Is Kestrel safe?"}).content.decode()
    for part in (
        "The answer stands here already",
        f"/deals/{key}/card/",
        "Mina Aalto answered",
        "/call/copy/",
    ):
        assert part in page, part
    carl = client_of(team, "carl").post("/messages/check/", {"to": f"deal:{key}", "text": "Is Kestrel safe?"})
    assert "Mina Aalto answered" not in carl.content.decode()
