"""The assessment of a team by page and PDF: from data, without names, as far as its reader reads."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest
from django.test import Client

from fairlead.assessment import queries
from fairlead.people import access, clock
from fairlead.web.views.assessment import _url
from tests.cast import AT, Cast
from tests.web import world as the_world


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The company in which everything has happened."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_world.build().cast


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_leader_reads_all_of_it_and_every_sentence_leads_to_its_page(cast: Cast) -> None:
    page = queries.page(cast.actor("mina"), cast.mina.public_id, AT)
    assert [one.key for one in page.sections] == [
        "record", "number", "pipeline", "plans", "news", "results", "debts", "noise",
    ]  # fmt: skip
    assert page.left_out == ()
    client = client_of(cast, "mina")
    for section in page.sections:
        for item in section.findings:
            assert client.get(_url(item)).status_code == 200, item
    shown = client.get(f"/assessment/{cast.mina.public_id}/").content.decode()
    for section in page.sections:
        for item in section.findings:
            assert item.words.replace("“", "&ldquo;") in shown or item.words in shown
    assert client.get("/assessment/", follow=True).status_code == 200


def test_nobody_of_the_team_is_named(cast: Cast) -> None:
    for reader in ("mina", "vera"):
        page = queries.page(cast.actor(reader), cast.mina.public_id, AT)
        said = " ".join(item.words + item.talk for one in page.sections for item in one.findings)
        for name in cast.names:
            for part in getattr(cast, name).name.split():
                assert part not in said


def test_the_superior_reads_no_more_than_elsewhere(cast: Cast) -> None:
    page = queries.page(cast.actor("vera"), cast.mina.public_id, AT)
    assert "The quarter now" in page.left_out
    assert "What the company owes" in page.left_out
    said = " ".join(item.words for one in page.sections for item in one.findings)
    assert "look" not in said, "none of Mina's looks is past its day"
    assert "needed no rep" not in said
    shown = client_of(cast, "vera").get(f"/assessment/{cast.mina.public_id}/").content.decode()
    assert "You do not read these" in shown


def test_others_find_nothing(cast: Cast) -> None:
    for name in ("otto", "carl", "sanna"):
        with pytest.raises(access.NotFound):
            queries.page(cast.actor(name), cast.mina.public_id, AT)
    for name in ("rosa", "olu", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            queries.page(cast.actor(name), cast.mina.public_id, AT)
    with pytest.raises(access.NotFound):
        queries.page(cast.actor("mina"), cast.rosa.public_id, AT)


def test_the_pdf_says_the_same_and_is_tagged(cast: Cast) -> None:
    page = queries.page(cast.actor("mina"), cast.mina.public_id, AT)
    answer = client_of(cast, "mina").get(f"/assessment/{cast.mina.public_id}/file/")
    assert answer["Content-Type"] == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    root: Any = read.root_object
    assert root["/MarkInfo"]["/Marked"]
    text = "".join(" ".join(one.extract_text().split()) for one in read.pages).replace(" ", "")
    for section in page.sections:
        for item in section.findings:
            assert "".join(item.words.split()) in text, item.words
