"""Who reads an early talk, what is kept of it, and when it is not offered, in a company that plays a quarter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from fairlead.early import actions, queries
from fairlead.early.models import Reference, Said
from fairlead.grounds import actions as grounds
from fairlead.grounds import queries as ground_queries
from fairlead.ledger.models import Entry
from fairlead.notices.models import Notice
from fairlead.people import access, clock, switches
from fairlead.people import actions as people
from fairlead.standing import actions as standing
from tests.cast import AT
from tests.early.conftest import Played


def talk(played: Played, name: str, person: str = "pia") -> queries.Talk:
    return queries.one(played.cast.actor(name), getattr(played.cast, person).pk, AT)


def say(played: Played, name: str, word: str) -> None:
    actions.say(by=played.cast.actor(name), at=AT, person=played.cast.pia.public_id, word=word)


@pytest.fixture
def client_of(played: Played, client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    monkeypatch.setattr(clock, "now", lambda: AT)

    def of(name: str) -> Client:
        client.force_login(
            getattr(played.cast, name).user, backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return of


def test_the_two_read_the_same_figures_with_the_arithmetic_of_the_chance(played: Played) -> None:
    rep, manager = talk(played, "pia"), talk(played, "otto")
    assert rep.offered
    assert (rep.found, rep.own, rep.to_try) == (manager.found, manager.own, manager.to_try)
    assert rep.found is not None
    assert rep.own is not None
    found = rep.found.reckoned
    assert found is not None
    assert (found.sellers, found.quarters, found.past_due, found.past_won) == (7, 1, 21, 7)
    assert (found.due, found.due_minor, rep.found.line_minor) == (2, 8_000_000, 8_000_000)
    # Both deals are needed, each is won a third of the time.
    assert 5 <= found.percent <= 18
    assert (rep.own.won_minor, rep.own.coverage.now, rep.own.pace.before) == (0, 100, 0)
    assert (rep.own.rate_before.hits, rep.own.rate_before.cases) == (1, 3)


def test_nobody_else_reads_it_or_learns_that_there_is_one(played: Played) -> None:
    for name in ("carl", "vera", "mina", "piet", "rosa", "hana", "olu", "ada"):
        actor = played.cast.actor(name)
        with pytest.raises((access.NotAllowed, access.NotFound)):
            queries.one(actor, played.cast.pia.pk, AT)
        assert queries.prompt(actor, played.cast.pia.pk, AT) is None, name


def test_a_manager_reads_no_figures_where_none_is_offered(played: Played) -> None:
    for name in ("rosa", "mina"):
        seen = talk(played, name, "rosa")
        assert (seen.why_not, seen.found, seen.own) == ("reached", None, None)


def test_it_follows_the_line_of_today(played: Played) -> None:
    people.move(
        by=played.cast.actor("olu"),
        at=AT,
        person=played.cast.pia,
        manager=played.cast.mina,
        starts_on=AT.date(),
    )
    assert talk(played, "mina").offered
    with pytest.raises(access.NotFound):
        talk(played, "otto")


def test_it_is_off_without_hrs_ground_and_where_the_rule_says_never(played: Played) -> None:
    hana = played.cast.actor("hana")
    rule = replace(ground_queries.rule(AT), early_chance=0)
    grounds.set_rule(by=hana, at=AT, rule=rule)
    assert talk(played, "pia").why_not == "likely"
    grounds.stop(
        by=hana, at=AT, head=played.cast.vera.public_id, words="Asked by the council.", after_number=1
    )
    for name in ("pia", "otto"):
        with pytest.raises(access.NotFound):
            talk(played, name)
        assert queries.prompt(played.cast.actor(name), played.cast.pia.pk, AT) is None


def test_nobody_away_is_offered_one(played: Played) -> None:
    standing.write_leave(
        by=played.cast.actor("hana"), at=AT, person=played.cast.pia.public_id, first=AT.date(), last=None, reason=""
    )  # fmt: skip
    assert talk(played, "pia").why_not == "away"


def test_too_few_deals_are_said_instead_of_a_chance(played: Played) -> None:
    Reference.objects.all().delete()
    assert talk(played, "pia").why_not == "few"
    assert talk(played, "otto").why_not == "few"


def test_the_clock_counts_a_role_once_a_day_and_without_names(played: Played) -> None:
    assert played.count() == 0
    row = Reference.objects.get()
    assert row.facts == {
        "sellers": 7, "half": 3_000_000, "dealt": [[21]], "won": [[7]], "more": 0, "size": 0
    }  # fmt: skip
    assert played.count(AT + timedelta(days=1)) == 1
    assert Reference.objects.get().day == AT.date() + timedelta(days=1)


# What the two say


def test_each_says_it_for_themself_and_the_manager_sees_only_that_it_was_had(played: Played) -> None:
    say(played, "pia", "not_now")
    say(played, "otto", "not_now")
    assert (talk(played, "pia").said, talk(played, "otto").said) == ("not_now", "not_now")
    say(played, "otto", "talked")
    assert not talk(played, "pia").had
    assert not talk(played, "otto").had
    say(played, "pia", "talked")
    assert talk(played, "otto").had
    say(played, "pia", "back")
    assert (talk(played, "pia").said, talk(played, "otto").had) == ("", False)
    prompt = queries.prompt(played.cast.actor("otto"), played.cast.pia.pk, AT)
    assert prompt is not None
    assert prompt.quiet


def test_nothing_of_it_stands_in_a_ledger_or_a_notice(played: Played) -> None:
    before = Entry.objects.count(), Notice.objects.count()
    for name in ("pia", "otto"):
        for word in ("talked", "agenda", "not_now", "off", "back"):
            say(played, name, word)
    assert (Entry.objects.count(), Notice.objects.count()) == before


def test_what_was_said_goes_with_the_quarter(played: Played) -> None:
    say(played, "pia", "talked")
    say(played, "otto", "agenda")
    played.count(AT + timedelta(days=37))
    assert rows() == 2
    played.count(AT + timedelta(days=38))
    assert rows() == 0
    assert not Reference.objects.exists()


def rows() -> int:
    return Said.objects.for_system("a test asks for it").count()


def test_either_puts_it_on_the_agenda_of_both_and_takes_it_off(played: Played) -> None:
    cast = played.cast
    switches.turn(by=cast.actor("ada"), at=AT, feature="oneonones", head=cast.carl, state="on")
    from fairlead.oneonones import queries as oneonones

    def agenda(name: str, other: str) -> list[str]:
        page = oneonones.page(cast.actor(name), getattr(cast, other).public_id, AT)
        return [line.path for line in page.agenda if line.kind == "Early talk"]

    assert agenda("otto", "pia") == []
    say(played, "otto", "agenda")
    assert agenda("pia", "otto") == ["/talk/"]
    assert agenda("otto", "pia") == [f"/talk/{cast.pia.public_id}/"]
    say(played, "pia", "off")
    assert agenda("otto", "pia") == []


@pytest.mark.parametrize("word", ["", "read", "talked"])
def test_words_out_of_place_are_refused(played: Played, word: str) -> None:
    with pytest.raises(access.Refusal):
        actions.say(by=played.cast.actor("rosa"), at=AT, person=played.cast.rosa.public_id, word=word)
    with pytest.raises(access.NotFound):
        actions.say(by=played.cast.actor("mina"), at=AT, person=played.cast.pia.public_id, word="talked")


# Pages


def test_my_quarter_shows_the_prompt_and_steps_back_once_answered(
    played: Played, client_of: Callable[[str], Client]
) -> None:
    assert "An early talk</a> could help" in client_of("pia").get("/quarter/").content.decode()
    assert "early talk" not in client_of("rosa").get("/quarter/").content.decode().lower()
    page = client_of("pia").get("/talk/").content.decode()
    assert "Open new opportunities" in page
    assert "How it was reckoned" in page
    assert (
        client_of("pia").post(f"/talk/{played.cast.pia.public_id}/say/", {"word": "not_now"}).status_code
        == 302
    )
    assert "could help" not in client_of("pia").get("/quarter/").content.decode()


def test_the_manager_sees_it_on_the_page_of_the_person_and_in_no_list(
    played: Played, client_of: Callable[[str], Client]
) -> None:
    otto, key = client_of("otto"), played.cast.pia.public_id
    assert "An early talk</a> could help" in otto.get(f"/standing/{key}/").content.decode()
    assert "talk" not in otto.get("/standing/").content.decode().lower().replace("talked", "")
    page = otto.get(f"/talk/{key}/")
    assert "An early talk with Pia Kranz" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    other = otto.get(f"/talk/{played.cast.piet.public_id}/").content.decode()
    assert "Nothing to talk about early" in other


def test_the_api_says_the_same(played: Played, client_of: Callable[[str], Client]) -> None:
    pia = client_of("pia").get("/api/results/talk").json()
    otto = client_of("otto").get(f"/api/results/talk/{played.cast.pia.public_id}").json()
    assert pia == otto
    assert (pia["why_not"], pia["to_try"], pia["past_won"]) == ("", "new", 7)


def test_the_first_half_of_a_quarter_measures_nothing(played: Played) -> None:
    early = AT - timedelta(days=9)
    assert early.date() == date(2026, 11, 15)
    seen = queries.one(played.cast.actor("pia"), played.cast.pia.pk, early)
    assert (seen.why_not, seen.found) == ("early", None)
