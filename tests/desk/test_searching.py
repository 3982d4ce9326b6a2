"""Words find what they should on both databases, whatever is typed, and never what somebody may not see."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.desk import actions, full_text, queries, searching
from fairlead.desk.full_text import ACTS, MESSAGES
from fairlead.desk.models import Act, Message
from fairlead.people import access, clock
from tests.calls.company import Company
from tests.cast import AT
from tests.desk.desking import DAY, HOUR, MINE, act, pasted, written

LATER = AT + DAY
SIGNED = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


def answered(team: Company, text: str, answer: str = "It stands.", **more: Any) -> str:
    message = written(team, text, **more)
    act(team, message, "answered", answer, said="question")
    return message


def found(team: Company, words: str, who: str = "mina") -> list[str]:
    return [one.line.public_id for one in queries.find(team.cast.actor(who, LATER), LATER, words)]


def before(team: Company, asked: str, who: str = "mina", **more: Any) -> list[str]:
    person = getattr(team.cast, who).pk
    return [one.public_id for one in queries.asked_before(person, asked, None, LATER, **more)]


def client_of(team: Company, name: str) -> Client:
    client = Client()
    client.force_login(getattr(team.cast, name).user, backend=SIGNED)
    return client


# What is found


@pytest.mark.parametrize(
    "words",
    [
        "slip", "slips", "slipped", "slipping", "SLIPPING", "slippi", "sl", "it", "IT", "resume", "Résumé",
        "RESUME\u0301", "vera", "lindq", "slipping it", "q4", "3.5", "don't", "o’clock", "dinner",
    ],
)  # fmt: skip
def test_a_word_finds_its_forms_its_beginning_and_itself_without_accents(team: Company, words: str) -> None:
    text = "The security résumé is slipping, and IT at Lindqvist said 3.5 weeks of Q4 at one o'clock; don't they?"
    message = answered(team, text, "We meet for dinner.")
    other = answered(team, "Who signs?", "The buyer.", deal="Nordwind")
    hits = found(team, words)
    assert message in hits
    assert (other in hits) == (words == "vera")


@pytest.mark.parametrize("words", ["slipknot", "zz", "slip zz", "dinner2", "ipping"])
def test_what_nobody_said_is_not_found(team: Company, words: str) -> None:
    answered(team, "It is slipping.", "We meet for dinner.")
    assert found(team, words) == []


def test_words_may_stand_in_the_message_and_in_what_was_said_of_it(team: Company) -> None:
    message = answered(team, "Is it slipping?", "The lawyers meet.")
    assert found(team, "slip lawyer") == [message]


def test_the_better_hit_comes_first(team: Company) -> None:
    answered(team, "The clause, and many more things that have nothing to do with it whatsoever, are open.")
    best = answered(team, "Clause? Which clause is the clause?", at=AT - DAY)
    assert found(team, "clause")[0] == best


def test_a_hit_shows_what_was_found_marked(team: Company) -> None:
    answered(team, "A long story. " * 30 + "Is it slipping <b>again</b>?", "It slips by a week.")
    page = client_of(team, "mina").get("/desk/decided/?q=slipped").content.decode()
    assert "<mark>slipping</mark> &lt;b&gt;again" in page
    assert "It <mark>slips</mark> by a week." in page
    assert "<mark>A long" not in page


def test_a_page_whose_search_finds_nothing_says_so(team: Company) -> None:
    answered(team, "Is it slipping?")
    for words in ("unheard", "?!", "*"):
        page = client_of(team, "mina").get("/desk/decided/", {"q": words}).content.decode()
        assert "Nothing with these words was decided this quarter." in page


@pytest.mark.parametrize(
    "odd",
    [
        '"', "'", '"a', "a OR b", "NOT slip", "AND", "NEAR(a b)", "a NEAR b", "title:slip", "slip*", "* slip", "^slip",
        "{title} : slip", "-slip", "slip & !b", "a | b", "slip:*", "slip:A", "(slip", "slip)", "\\slip", "%s", "%",
        "a <-> b", "\x02slip\x03", "it’s", "½ ǆ ﬀ", "x" * 90, "٣", "漢字", "\ud800",
    ],
)  # fmt: skip
def test_what_is_typed_is_never_syntax(team: Company, odd: str) -> None:
    message = answered(team, "Is it slipping?")
    assert set(found(team, odd)) <= {message}
    assert set(before(team, odd)) <= {message}
    searching.marked(["Is it slipping?"], searching.words_of(odd, 6))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_whatever_is_typed_is_answered(team: Company, typed: str) -> None:
    found(team, typed)
    before(team, typed)
    queries.sent(team.cast.actor("vera", LATER), LATER, search=typed)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=3), st.text(max_size=20))
def test_marks_leave_every_text_as_it_is(texts: list[str], typed: str) -> None:
    parts = searching._parts
    for text in texts:
        plain = unicodedata.normalize("NFC", text)
        assert "".join(part for part, _ in parts(plain, set(searching.words_of(typed, 6)))) == plain


def test_every_beginning_of_every_word_of_a_message_finds_it(team: Company) -> None:
    text = "Procurement needs an unlimited liability clause, Mr. Bjørk-Åström of Café Zoë says at 12:30 on IT’s behalf."
    message = answered(team, text)
    for word in searching.words_of(text, 50):
        for length in range(1, len(word) + 1):
            assert found(team, word[:length]) == [message], word[:length]


# Asked again


def test_asked_again_in_other_forms_of_the_words_is_found(team: Company) -> None:
    first = answered(team, "Are the security reviews slipping?")
    answered(team, "Who joins the dinner?", deal="Nordwind")
    assert before(team, "Did a review of security slip?") == [first]
    assert before(team, "What about lunch?") == []


def test_the_same_deal_comes_first_and_then_the_nearest_words(team: Company) -> None:
    near = answered(team, "Does the security review slip past January?", deal="Nordwind", at=AT - DAY)
    same = answered(team, "Who signs at the buyer?", at=AT - DAY)
    found = queries.asked_before(
        team.cast.mina.pk, "Does the security review slip?", team.deals["Kestrel"].pk, LATER
    )
    assert [(one.public_id, one.same) for one in found] == [(same, True), (near, False)]


@pytest.mark.parametrize("text", ["", "I meant Nordwind."])
def test_an_answer_to_what_was_withdrawn_or_set_straight_is_no_longer_offered(
    team: Company, text: str
) -> None:
    vera, message = team.cast.actor("vera", LATER), answered(team, "Is the clause of Kestrel signed?")
    assert before(team, "Is the clause signed?") == [message]
    assert queries.sent_alike(vera, "Is the clause signed?", LATER) is not None
    actions.set_straight(by=vera, at=AT + HOUR, message=message, text=text, key="straight")
    assert before(team, "Is the clause signed?") == []
    assert queries.sent_alike(vera, "Is the clause signed?", LATER) is None


def test_an_answer_after_a_correction_is_offered_again(team: Company) -> None:
    message = answered(team, "Is the clause of Kestrel signed?")
    actions.set_straight(
        by=team.cast.actor("vera"), at=AT + HOUR, message=message, text="The new one.", key="k"
    )
    act(team, message, "answered", "The new one is.", at=AT + 2 * HOUR)
    found = queries.asked_before(team.cast.mina.pk, "Is the clause signed?", None, LATER)
    assert [one.answer for one in found] == ["The new one is."]


def test_what_was_passed_or_held_and_never_answered_is_not_offered(team: Company) -> None:
    act(team, written(team, "Is the clause signed?"), "passed", MINE, to="ravi")
    assert before(team, "Is the clause signed?") == []


# Who finds what


def test_a_manager_never_finds_what_is_on_another_desk(team: Company) -> None:
    mine = answered(team, "Is the clause signed?", "The lawyers look at it.")
    assert found(team, "clause") == [mine]
    for other in ("otto", "vera"):
        for words in ("clause", "lawyers", "vera"):
            assert found(team, words, other) == [], other
    assert before(team, "Is the clause signed?", "otto") == []
    page = client_of(team, "otto").get("/desk/decided/?q=clause").content.decode()
    assert "Nothing with these words" in page


def test_a_rep_searches_no_message_at_all(team: Company) -> None:
    answered(team, "Is the clause signed?")
    with pytest.raises(access.NotAllowed):
        found(team, "clause", "ravi")
    with pytest.raises(access.NotAllowed):
        queries.sent(team.cast.actor("ravi", LATER), LATER, search="clause")
    assert client_of(team, "ravi").get("/desk/decided/?q=clause").status_code == 403


def test_who_is_above_finds_own_messages_with_their_answers_and_nothing_of_what_reps_heard(
    team: Company,
) -> None:
    message = written(team, "Is the clause signed?")
    act(team, message, "passed", "Please ring the notary at noon.", to="ravi", said="question")
    act(team, message, "answered", "The lawyers look at it.", at=AT + 2 * HOUR)

    def sent(who: str, words: str) -> list[str]:
        return [one.public_id for one in queries.sent(team.cast.actor(who, LATER), LATER, search=words)]

    assert sent("vera", "claus") == sent("vera", "lawyer") == sent("vera", "clause looks") == [message]
    assert sent("vera", "notary") == sent("vera", "noon") == sent("vera", "?") == []
    assert sent("carl", "clause") == sent("mina", "clause") == []


def test_what_a_manager_pasted_is_found_by_its_sender_only_once_it_was_answered(team: Company) -> None:
    message = pasted(team, "Is the clause signed?", sender=team.cast.vera)

    def sent() -> list[str]:
        vera = team.cast.actor("vera", LATER)
        return [one.public_id for one in queries.sent(vera, LATER, search="clause")]

    assert sent() == []
    act(team, message, "answered", "Yes.")
    assert sent() == [message]


def test_the_executive_finds_own_answers_on_the_page_of_messages(team: Company) -> None:
    answered(team, "Is the clause signed?", "The lawyers look at it.")
    client = client_of(team, "vera")
    assert "The lawyers look at it." in client.get("/messages/?q=lawyer").content.decode()
    nothing = client.get("/messages/?q=notary").content.decode()
    assert "No message or answer of yours has these words." in nothing
    assert "The lawyers" not in nothing


def test_the_search_reads_only_what_may_be_seen_in_the_same_statement(
    team: Company, django_assert_num_queries: Any
) -> None:
    answered(team, "Is the clause signed?")
    mina = team.cast.actor("mina", LATER)
    rows = queries._decided(mina, LATER).filter(searching.Says(MESSAGES, "clause"))
    with django_assert_num_queries(1) as seen:
        assert rows.count() == 1
    sql = seen.captured_queries[0]["sql"]
    assert "people_reach" in sql
    assert ("MATCH" if connection.vendor == "sqlite" else "@@") in sql


# The index


def _direct(source: full_text.Source, word: str) -> set[int]:
    model: Any = Message if source is MESSAGES else Act
    rows = model.objects.for_system("a test looks into the index").filter(searching.Says(source, word))
    return set(rows.values_list("pk", flat=True))


def test_the_index_has_what_was_written_and_nothing_of_what_was_rolled_back(team: Company) -> None:
    with transaction.atomic():
        written(team, "Is the clause signed?")
        assert len(_direct(MESSAGES, "clause")) == 1
        transaction.set_rollback(True)
    assert _direct(MESSAGES, "clause") == set()
    answered(team, "Is the clause signed?", "Ask the notary.")
    assert len(_direct(MESSAGES, "clause")) == len(_direct(ACTS, "notary")) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps a column")
def test_the_index_on_sqlite_agrees_with_the_tables(team: Company) -> None:
    answered(team, "Is the clause signed?", "Ask the notary.")
    with connection.cursor() as cursor:
        for source in full_text.SOURCES:
            for table in (source.stems, source.forms):
                cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")


def test_a_sqlite_without_the_index_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairlead.server import durability

    assert not full_text.lacks_full_text()

    class Old:
        def execute(self, sql: str) -> None:
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self) -> None:
            """Nothing to close."""

    monkeypatch.setattr("fairlead.desk.full_text.sqlite3.connect", lambda _: Old())
    assert full_text.lacks_full_text()
    monkeypatch.setattr(durability, "_asked", lambda _: "wal")
    assert any("FTS5" in one for one in durability._sqlite())
