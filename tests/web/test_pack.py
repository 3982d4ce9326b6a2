"""The forecast pack: one address for everybody, and on it only what its reader may open anyway."""

from __future__ import annotations

import pytest
from django.test import Client

from fairlead.calls import queries
from fairlead.people import access, clock
from tests.calls import company as the_company
from tests.calls.company import Q4, Company
from tests.cast import AT, Cast


@pytest.fixture
def team(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    built = the_company.mina_team(the_company.build(cast))
    built.submit("mina", 1932, "One more comes.")
    return built


def read(team: Company, who: str, whose: str = "mina") -> tuple[int, str]:
    client = Client()
    client.force_login(getattr(team.cast, who).user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/call/pack/{getattr(team.cast, whose).public_id}/?period=2026Q4&paper=letter")
    return answer.status_code, answer.content.decode()


def test_a_manager_has_the_own_pack_with_the_reports(team: Company) -> None:
    status, page = read(team, "mina")
    assert status == 200
    assert 'class="pack paper-letter"' in page
    for words in ("One more comes.", "By report, now", "Rosa Lindqvist", "Best Case"):
        assert words in page


def test_a_superior_reads_the_same_address_without_the_managers_own_page(team: Company) -> None:
    pack = queries.pack(team.cast.actor("vera"), team.cast.mina.pk, Q4, AT)
    assert pack.live is None
    assert (pack.number, pack.sent[0].reason) == (1932_00, "One more comes.")
    status, page = read(team, "vera")
    assert status == 200
    assert "By report, now" not in page
    assert "752" not in page, "no rep's call"


def test_far_above_there_are_counts_and_money_and_no_deal_by_name(team: Company) -> None:
    status, page = read(team, "carl")
    assert status == 200
    for deal in team.deals:
        assert deal not in page


@pytest.mark.parametrize(
    ("who", "status"), [("rosa", 403), ("otto", 404), ("olu", 403), ("hana", 403), ("sanna", 404)]
)
def test_the_address_opens_nothing_for_anybody_else(team: Company, who: str, status: int) -> None:
    assert read(team, who)[0] == status


def test_a_rep_has_no_pack(team: Company) -> None:
    assert read(team, "mina", "rosa")[0] == 404
    with pytest.raises(access.NotFound):
        queries.pack(team.cast.actor("mina"), team.cast.rosa.pk, Q4, AT)


def test_a_pack_before_anything_was_submitted_says_so(team: Company) -> None:
    status, page = read(team, "otto", "otto")
    assert status == 200
    assert "Not submitted yet" in page
