"""The pages: answering in two steps keeps what was typed, nothing is kept before the sending, off means nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from fairlead.feedback import actions, rules
from fairlead.feedback.models import Comment, Tally
from fairlead.feedback.wording import LEVELS
from fairlead.people import clock
from tests.agreements.agreeing import turned_on
from tests.cast import AT, Cast
from tests.feedback.asking import CLOCK, NO, OVER, REPS, YES, answered, opened, released

SIGNED = "django.contrib.auth.backends.ModelBackend"
WHY = "a test asks for it"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    moment = [AT]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend=SIGNED)
    return client


def shown(cast: Cast, name: str, path: str) -> str:
    answer = client_of(cast, name).get(path)
    assert answer.status_code == 200, path
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def kept() -> int:
    return sum(one.yes + one.no + one.unable for one in Tally.objects.for_system(WHY))


def test_off_nobody_has_a_word_of_it(cast: Cast) -> None:
    for name in ("rosa", "mina", "hana", "ada"):
        assert ">Feedback" not in shown(cast, name, "/you/"), name
        for path in ("/feedback/", "/feedback/rules/"):
            assert client_of(cast, name).get(path).status_code == 404


def test_answering_goes_by_a_preview_that_keeps_nothing_and_ends_with_one_answer(cast: Cast) -> None:
    row = opened(cast)
    path, rosa = f"/feedback/{row.public_id}/answer/", client_of(cast, "rosa")
    assert "Answer how it is to work with" in shown(cast, "rosa", "/today/")
    page = shown(cast, "rosa", path)
    assert page.count('type="radio"') == 24
    assert "7 are asked, each about their own manager" in page
    missing = rosa.post(path, {**YES, "owns": "", "comment": "More <time>", "do": "preview"})
    assert missing.status_code == 422
    body = missing.content.decode()
    assert "1 of the eight has no answer yet" in body
    assert "More &lt;time&gt;" in body
    assert body.count(" checked") == 7
    preview = rosa.post(path, {**YES, "comment": "More <time>", "do": "preview"}).content.decode()
    assert "cannot be changed or taken back" in preview
    assert (kept(), Comment.objects.for_system(WHY).count()) == (0, 0)
    assert (
        rosa.post(path, {**YES, "comment": "More <time>", "do": "back"}).content.decode().count(" checked")
        == 8
    )
    assert rosa.post(path, {**YES, "comment": "More <time>", "do": "send"}).status_code == 302
    assert kept() == len(rules.ITEMS)
    twice = rosa.post(path, {**YES, "do": "send"})
    assert (twice.status_code, kept()) == (422, len(rules.ITEMS))
    assert "You have answered" in twice.content.decode()
    assert rosa.get(path).status_code == 302
    assert "Answer how it is to work with" not in shown(cast, "rosa", "/today/")


def test_too_few_answers_have_a_page_that_says_why_and_when_next(cast: Cast, now: list[datetime]) -> None:
    opened(cast)
    row = released(cast, REPS[:4])
    now[0] = OVER
    for name in ("vera", "mina", "rosa"):
        page = shown(cast, name, f"/feedback/{row.public_id}/")
        assert "Not enough answers" in page
        assert "Fewer than five" in page
        assert "15 Feb" in page


def test_the_owner_shares_and_stops_sharing(cast: Cast, now: list[datetime]) -> None:
    opened(cast)
    row = released(cast)
    now[0] = OVER
    path, vera = f"/feedback/{row.public_id}/", client_of(cast, "vera")
    assert shown(cast, "vera", path).count("Mostly so</span>") == len(rules.ITEMS)
    assert "read it first, and may share it" in shown(cast, "rosa", path)
    assert vera.post(f"{path}share/", {"whom": "asked", "on": "yes"}).status_code == 302
    assert shown(cast, "rosa", path).count("Mostly so</span>") == len(rules.ITEMS)
    assert vera.post(f"{path}share/", {"whom": "asked", "on": "no"}).status_code == 302
    assert "Mostly so</span>" not in shown(cast, "rosa", path)


def test_hr_reads_counts_only_after_the_closing(cast: Cast, now: list[datetime]) -> None:
    row = opened(cast)
    answered(cast, row, REPS[:6])
    assert "after closing" in shown(cast, "hana", "/feedback/")
    actions.watch(by=CLOCK, at=OVER)
    now[0] = OVER + timedelta(hours=1)
    page = shown(cast, "hana", "/feedback/")
    assert '<td class="num">6</td>' in page
    assert client_of(cast, "hana").get(f"/feedback/{row.public_id}/").status_code == 404


def words_of(answer: str) -> set[str]:
    return {word for word in LEVELS.values() if word in answer}


def test_csv_and_api_give_what_the_page_gives_and_nothing_it_hides(cast: Cast, now: list[datetime]) -> None:
    """As every reader in every state of a round: no word, comment or number that their own page does not show."""
    row = opened(cast)
    for moment in ("open", "released", "shared"):
        if moment == "released":
            answered(cast, row, REPS[:6], comment="COMMENT-OF-SOMEBODY")
            answered(cast, row, REPS[6:], answers=NO)
            actions.watch(by=CLOCK, at=OVER)
            now[0] = OVER
        if moment == "shared":
            actions.share(by=cast.actor("vera", OVER), at=OVER, round=row.public_id, whom="asked", on=True)
        for name in cast.names:
            client = client_of(cast, name)
            page, csv, api = (
                client.get(path.format(row.public_id))
                for path in ("/feedback/{}/", "/feedback/{}/export.csv", "/api/feedback/{}")
            )
            assert {page.status_code, csv.status_code, api.status_code} in ({200}, {404}), (moment, name)
            if page.status_code == 404:
                continue
            assert "no-store" in csv.headers["Cache-Control"]
            shown_ = page.content.decode()
            for other in (b"".join(csv.streaming_content).decode(), api.content.decode()):  # type: ignore[attr-defined]
                assert words_of(other) <= words_of(shown_), (moment, name)
                assert ("COMMENT-OF-SOMEBODY" in other) <= ("COMMENT-OF-SOMEBODY" in shown_), (moment, name)
            told = api.json()
            assert bool(told["items"]) == ("What most say" in shown_), (moment, name)
            if moment == "open":
                assert told["round"]["answered"] is None, "a count that rises says when somebody answered"
    listed = client_of(cast, "rosa").get("/api/feedback").json()
    assert [one["public_id"] for one in listed["asked"]] == [row.public_id]
    assert client_of(cast, "carl").get("/api/feedback").json()["own"] == []


def test_of_a_round_that_is_not_released_the_file_says_why_and_no_word(
    cast: Cast, now: list[datetime]
) -> None:
    turned_on(cast, "carl", feature="feedback")
    row = released(cast, REPS[:4], comment="COMMENT-OF-SOMEBODY")
    now[0] = OVER
    client = client_of(cast, "vera")
    csv = b"".join(client.get(f"/feedback/{row.public_id}/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
    api = client.get(f"/api/feedback/{row.public_id}").json()
    assert (api["items"], api["comments"]) == ([], [])
    assert "Why," in csv
    for text in (csv, str(api)):
        assert words_of(text) == set()
        assert "COMMENT-OF-SOMEBODY" not in text
