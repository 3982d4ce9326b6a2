"""The page behind an address: what it shows, what it never shows, what it leaves behind nowhere."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairlead.mutual import actions, queries, rules
from fairlead.people import clock
from fairlead.server import settings as real
from fairlead.server.redacting import redacted
from fairlead.web import paper
from tests.calls.company import Company
from tests.cast import AT
from tests.mutual.test_mutual import page, publish, revoke, share
from tests.mutual.test_rules import SOUND

LIVING = "/shared/{}/"


@pytest.fixture
def shared_team(team: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    publish(team)
    return team


def pdf_of(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pdf_of(content).pages)


def test_a_buyer_reads_the_plan_without_an_account_and_takes_it_along_as_a_file(shared_team: Company) -> None:
    secret = share(shared_team)
    answer = Client().get(LIVING.format(secret))
    text = answer.content.decode()
    assert answer.status_code == 200
    for said in (
        "Both sites are measured every hour.",
        "15 March 2027",
        "Send the contract template",
        "Jens Aho",
    ):
        assert said in text
    assert "made for Karin Holm and leads here until 24 December 2026" in text
    file = Client().get(LIVING.format(secret) + "plan.pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    assert "Send the contract template" in words_of(file.content)
    assert page(shared_team).addresses[0].opens == 2


def test_the_answer_keeps_nothing_and_passes_nothing_on(shared_team: Company) -> None:
    secret = share(shared_team)
    for path in ("", "plan.pdf"):
        heads = Client().get(LIVING.format(secret) + path).headers
        assert heads["Referrer-Policy"] == "no-referrer"
        assert heads["Cache-Control"] == "no-store"
        assert heads["X-Robots-Tag"].startswith("noindex")
        assert heads["X-Content-Type-Options"] == "nosniff"
        policy = heads["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "form-action 'none'" in policy
        assert "Set-Cookie" not in heads
    text = Client().get(LIVING.format(secret)).content.decode()
    assert "<script" not in text
    assert "<form" not in text
    links = {part.split('"')[0] for part in text.split('href="')[1:]}
    assert {link for link in links if not link.startswith("/static/")} == {
        f"/shared/{secret}/plan.pdf", f"/shared/{secret}/plan.pdf?paper=letter",
    }  # fmt: skip


def test_who_is_signed_in_reads_the_very_same_and_gets_no_frame(shared_team: Company) -> None:
    secret = share(shared_team)
    client = Client()
    assert shared_team.cast.mina.user is not None
    client.force_login(shared_team.cast.mina.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(LIVING.format(secret)).content == Client().get(LIVING.format(secret)).content


def test_every_address_that_leads_nowhere_answers_with_the_same_bytes(
    shared_team: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked, ended, off = share(shared_team), share(shared_team, days=1), share(shared_team, days=60)
    one = next(line for line in page(shared_team).addresses if line.ends_at == AT + timedelta(days=30))
    revoke(shared_team, address=one.public_id)
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=2))
    secrets = [revoked, ended, "A" * 43, "x", "%00", "a" * 900, "ü"]
    answers = [Client().get(LIVING.format(secret)) for secret in secrets]
    answers += [Client().get(LIVING.format(secret) + "plan.pdf") for secret in secrets]
    actions.set_sharing(
        by=shared_team.cast.actor("olu"), at=AT + timedelta(days=1), on=False, usual_days=30, most_days=90
    )
    answers.append(Client().get(LIVING.format(off)))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert "no longer valid" in answers[0].content.decode()


def test_an_address_that_never_was_costs_the_same_reads_as_one_that_was_revoked(shared_team: Company) -> None:
    secret = share(shared_team)
    revoke(shared_team)

    def reads(of: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            Client().get(LIVING.format(of))
        return [one["sql"].split("WHERE")[0] for one in seen.captured_queries]

    assert reads(secret) == reads("A" * 43)


def test_the_page_is_made_from_the_rows_of_mutual_plans_alone(shared_team: Company) -> None:
    secret = share(shared_team)
    for path in ("", "plan.pdf"):
        with CaptureQueriesContext(connection) as seen:
            Client().get(LIVING.format(secret) + path)
        tables = {
            word.strip('"')
            for one in seen.captured_queries
            for before, word in zip(one["sql"].split(), one["sql"].split()[1:], strict=False)
            if before in ("FROM", "JOIN", "UPDATE", "INTO")
        }
        assert tables <= {
            "mutual_address", "mutual_published", "mutual_sharing", "people_organisation", "people_democlock",
        }, tables  # fmt: skip


def test_reading_changes_nothing_but_the_count_and_other_methods_are_refused(shared_team: Company) -> None:
    secret = share(shared_team)
    before = queries.opened(secret, AT)
    strict = Client(enforce_csrf_checks=True)
    strict.head(LIVING.format(secret))
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = strict.generic(method, LIVING.format(secret))
        assert answer.status_code == 405, method
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.content == b""
    assert page(shared_team).addresses[0].opens == 0, "a look at the head or a refused method opens nothing"
    assert queries.opened(secret, AT) == before


def test_the_next_version_is_read_at_the_same_address_with_its_changes_marked(shared_team: Company) -> None:
    secret = share(shared_team)
    moved = rules.plan_of(rules.content_of(SOUND) | {"go_live_on": "2027-04-01"})
    publish(shared_team, after=1, plan=moved)
    text = Client().get(LIVING.format(secret)).content.decode()
    assert "Version 2, 24 November 2026. Changes since version 1 of 24 November 2026 are marked." in text
    assert "The go-live day changed, it was 15 March 2027." in text


def test_markup_in_any_text_is_shown_and_never_obeyed(shared_team: Company) -> None:
    tag = "<b id=x> #strong[y] {{ 7 }} $z$ *w* \\"
    plan = rules.MutualPlan(
        tag, tag, tag, tag, None, tag, (rules.Contact(tag, tag, tag),), (rules.Contact(tag),),
        (rules.Step(tag, tag, tag),),
    )  # fmt: skip
    publish(shared_team, after=1, plan=plan)
    secret = share(shared_team, whom=tag)
    text = Client().get(LIVING.format(secret)).content.decode()
    assert "<b id=x>" not in text
    assert text.count("&lt;b id=x&gt;") >= 10
    assert "#strong[y] {{ 7 }} $z$ *w*" in " ".join(words_of(paper.mutual_plan(_sheet(plan))).split())


def _sheet(plan: rules.MutualPlan) -> rules.Sheet:
    return rules.sheet(plan, 1, AT.date())


@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_file_has_title_language_tags_page_numbers_and_the_size_asked_for(
    size: str, points: tuple[int, int]
) -> None:
    steps = tuple(rules.Step(f"Step {n} of the work", "Rosa Lindqvist", key=n) for n in range(1, 31))
    long = rules.MutualPlan(
        SOUND.title, SOUND.ours, SOUND.theirs, SOUND.goal, our_contacts=SOUND.our_contacts, steps=steps
    )
    made = pdf_of(paper.mutual_plan(_sheet(long), size))
    root: Any = made.trailer["/Root"]
    assert made.metadata is not None
    assert made.metadata.title == SOUND.title
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert len(made.pages) > 1
    assert f"1 / {len(made.pages)}" in made.pages[0].extract_text()
    box = made.pages[0].mediabox
    assert (round(box.width), round(box.height)) == points


@pytest.mark.parametrize(
    "name", ["Łukasz Żółć", "Ελένη Παπαδοπούλου", "Иван Петров", "Đặng Thị Hồng", "Ångström"]
)
def test_names_in_other_scripts_stand_in_the_file(name: str) -> None:
    plan = rules.MutualPlan(
        "Plan", "A", "B", "Goal", our_contacts=(rules.Contact(name),), steps=(rules.Step("x"),)
    )
    assert name in words_of(paper.mutual_plan(_sheet(plan)))


def test_a_letter_without_a_font_means_no_file_and_never_an_empty_box(shared_team: Company) -> None:
    odd = "\N{EGYPTIAN HIEROGLYPH A001} signs"
    plan = rules.plan_of(rules.content_of(SOUND) | {"goal": odd})
    assert not paper.can_write(_sheet(plan))
    publish(shared_team, after=1, plan=plan)
    secret = share(shared_team)
    text = Client().get(LIVING.format(secret)).content.decode()
    assert odd in text
    assert "plan.pdf" not in text
    assert Client().get(LIVING.format(secret) + "plan.pdf").status_code == 404


# Logs


def test_no_log_tells_an_address(
    shared_team: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = share(shared_team)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="django.request")
    revoke(shared_team)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.get(LIVING.format(secret))
    strict.get(LIVING.format(secret) + "plan.pdf")
    strict.get(f"/shared/{secret}/more/")
    strict.post(LIVING.format(secret))
    monkeypatch.setattr(queries, "opened", lambda *_: 1 / 0)
    assert strict.get(LIVING.format(secret)).status_code == 500
    assert caplog.text.count("/shared/[address]/") >= 5, "what was asked is logged"
    assert secret not in caplog.text


def test_what_a_server_logs_goes_through_the_same_filter() -> None:
    """The tests' loggers are those of a server, but for their level; its one handler filters once more."""
    loggers: Any = real.LOGGING["loggers"]
    handlers: Any = real.LOGGING["handlers"]
    assert all(logger["filters"] == ["redacted"] for logger in loggers.values())
    assert all(handler["filters"] == ["redacted"] for handler in handlers.values())


def test_a_secret_is_taken_out_wherever_it_stands_in_a_line() -> None:
    assert (
        redacted('GET "/shared/abc-_9/plan.pdf?paper=letter"')
        == 'GET "/shared/[address]/plan.pdf?paper=letter"'
    )
    assert (
        redacted("/shared-plans/ and /deals/x/mutual/share/") == "/shared-plans/ and /deals/x/mutual/share/"
    )
