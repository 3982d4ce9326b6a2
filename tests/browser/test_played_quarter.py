"""A whole quarter played over HTTP and in a browser, its numbers held against sums made apart.

Expectation signed in week 1, a submission a week, news told and untold, a re-organisation in week 7, another
meaning of a stage in week 9, the close, the record. ``played`` says what every number must be.
"""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from fairlead.people import access, actions, clock
from fairlead.people import queries as people
from tests import cast as the_cast
from tests.browser import played
from tests.browser.played import Rows, at, thousands


@dataclass
class Play:
    """The company on a server, with a clock that the test turns."""

    cast: the_cast.Cast
    server: str
    now: datetime
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def id(self, who: str) -> str:
        return str(getattr(self.cast, who).public_id)

    def make_tokens(self) -> None:
        """A token of the API for everybody; each lasts a quarter."""
        for who in self.cast.names:
            by = people.actor(getattr(self.cast, who).pk, self.now)
            _, self.tokens[who] = actions.make_token(by=by, at=self.now, name="play", scopes=_scopes(who))

    def ask(self, who: str, method: str, path: str, body: object = None) -> Any:
        """A call of the API as one of the cast, with what it answers."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(who, method, path, data, "application/json")

    def _send(self, who: str, method: str, path: str, data: bytes | None, kind: str) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": kind}
        asked = urllib.request.Request(f"{self.server}/api/{path}", data, headers, method=method)
        with urllib.request.urlopen(asked) as answer:
            return json.loads(answer.read() or "null")

    def bring_in(self, rows: Rows) -> None:
        """The week's export through the door that operations use."""
        self.bring_in_file(played.as_csv(rows))

    def bring_in_file(self, text: str) -> None:
        """A whole export, as the file's text."""
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (("source", "crm"), ("full", "true"))
        ]
        parts.append(
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="deals.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{text}\r\n--{mark}--\r\n"
        )
        kind = f"multipart/form-data; boundary={mark}"
        self._send("olu", "POST", "operations/imports", "".join(parts).encode(), kind)

    def read(self, who: str, path: str) -> str:
        """A page as one of the cast."""
        asked = urllib.request.Request(
            f"{self.server}{path}", headers={"Cookie": f"sessionid={self.sessions[who]}"}
        )
        with urllib.request.urlopen(asked) as answer:
            return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.read().decode()))

    def sign_in(self, page: Page, who: str) -> None:
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "sessionid", "value": self.sessions[who], "url": self.server}])


@pytest.fixture
def play(transactional_db: None, live_server: object, monkeypatch: pytest.MonkeyPatch) -> Play:
    begin = datetime(2026, 10, 1, 6, tzinfo=UTC)
    started = Play(the_cast.build(begin), str(live_server), begin)
    monkeypatch.setattr(clock, "now", lambda: started.now)
    started.make_tokens()
    for who in started.cast.names:
        person = getattr(started.cast, who)
        client = Client()
        client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        started.sessions[who] = client.cookies["sessionid"].value
    return started


def _scopes(who: str) -> frozenset[str]:
    return frozenset({"read", "import"}) if who == "olu" else frozenset({"read", "call"})


@dataclass
class Said:
    """What stood in the calls of the play: own calls, overlays, numbers sent, kept apart from the product."""

    calls: dict[str, int] = field(default_factory=dict)
    overlays: dict[str, int] = field(default_factory=dict)
    sent: dict[str, dict[int, int]] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    """leader -> how far the number sent last was from the calls with the overlays: it stays when those move"""

    def own(self, rep: str, rows: Rows, week: int) -> int:
        return self.calls.get(rep, played.summed(rows, [rep], week))

    def counts(self, rep: str, rows: Rows, week: int) -> int:
        return self.overlays.get(rep, self.own(rep, rows, week))

    def counted(self, leader: str, rows: Rows, week: int) -> int:
        """The calls of a leader's team with the overlays."""
        return sum(self.counts(rep, rows, week) for rep in played.team(leader, week))


def _open_the_quarter(play: Play, page: Page, rows: Rows) -> None:
    """Stages and targets of operations, the first export, and what to expect, signed by both in a browser."""
    for stage, meaning in played.MAPPING.items():
        play.ask("olu", "PUT", f"operations/stages/{stage}", {"category": meaning, "starts_on": "2024-01-01"})
    for rep, cents in played.TARGETS.items():
        play.ask("olu", "PUT", f"operations/targets/{play.id(rep)}?period=2026Q4", {"amount_minor": cents})
    play.now = at(1, 6)
    play.bring_in(rows)
    play.now = at(1, 9)
    play.sign_in(page, "mina")
    page.goto(f"{play.server}/call/")
    page.get_by_role("link", name="Nothing agreed for this period yet").click()
    page.get_by_role("link", name="Write it").click()
    page.fill("#number", "500")
    page.fill("#assumptions", "Both tenders come out in November.")
    page.get_by_role("button", name="Keep it and read it once more").click()
    page.get_by_role("button", name="Sign 500").click()
    play.sign_in(page, "vera")
    page.goto(f"{play.server}/expectations/")
    page.get_by_role("link", name="Read and answer").click()
    page.get_by_role("button", name="Sign 500").click()
    expect(page.get_by_role("status")).to_contain_text("Agreed: you both expect 500")


def _what_people_say(play: Play, said: Said, rows: Rows, week: int) -> None:
    """Rosa calls above her deals from week 3 to 6; Tomas has a number beside his from week 5 to 7."""
    if week in (3, 5):
        said.calls["rosa"] = played.summed(rows, ["rosa"], week) + 1_000_00
        play.ask("rosa", "PUT", "forecast/quarter/call", {"amount_minor": said.calls["rosa"]})
    if week == 7:
        del said.calls["rosa"]
        play.ask("rosa", "PUT", "forecast/quarter/call", {"amount_minor": None})
    if week == 5:
        said.overlays["tomas"] = played.summed(rows, ["tomas"], week) - 5_000_00
        body = {"amount_minor": said.overlays["tomas"], "note": "One date is not sure."}
        play.ask("mina", "PUT", f"forecast/reports/{play.id('tomas')}/overlay", body)
    if week == 8:
        del said.overlays["tomas"]
        body = {"amount_minor": None}
        play.ask("mina", "PUT", f"forecast/reports/{play.id('tomas')}/overlay", body)


def _the_call_is_right(play: Play, said: Said, rows: Rows, week: int, leader: str) -> dict[str, Any]:
    """The leader's Call page by the API, and the same numbers as its page writes them."""
    reps, call = played.team(leader, week), play.ask(leader, "GET", "forecast/call")
    names = {played.NAMES[rep]: rep for rep in reps}
    assert {row["person"]["name"] for row in call["rows"]} == set(names)
    text = play.read(leader, "/call/")
    for row in call["rows"]:
        rep = names[row["person"]["name"]]
        assert row["own_call"] == said.own(rep, rows, week), (week, rep)
        assert row["overlay"] == said.overlays.get(rep), (week, rep)
        assert row["in_call"] == said.counts(rep, rows, week), (week, rep)
        assert (row["target"], row["booked"]) == (played.TARGETS[rep], played.booked(rows, [rep]))
    assert call["calls_sum"] == sum(said.own(rep, rows, week) for rep in reps)
    assert call["number"] == said.counted(leader, rows, week) + said.steps.get(leader, 0)
    assert call["booked"] == played.booked(rows, reps)
    assert call["target"] == sum(played.TARGETS[rep] for rep in reps)
    for amount in (call["number"], call["calls_sum"], call["booked"], *(r["own_call"] for r in call["rows"])):
        assert thousands(amount) in text, (week, leader, amount)
    if leader == "mina":
        assert "agreed 500 on 5 Oct" in text
    return dict(call)


def _send(play: Play, said: Said, leader: str, amount: int, week: int, previous: str) -> dict[str, Any]:
    body = {"amount_minor": amount, "reason": "One of them will slip.", "key": f"{leader}{week}",
            "expected_previous": previous}  # fmt: skip
    sent = play.ask(leader, "POST", "forecast/submissions", body)
    said.sent.setdefault(leader, {})[week] = amount
    return dict(sent)


def _the_copy_is_right(play: Play, rows: Rows, week: int, sent: dict[str, Any], calls_sum: int) -> None:
    """What a rep of the team reads is what went up."""
    copy = play.ask("ravi", "GET", f"forecast/submissions/{sent['public_id']}")
    reps = played.team("mina", week)
    assert copy["amount"] == sent["amount"]
    assert copy["calls_sum"] == calls_sum
    assert copy["booked"] == played.booked(rows, reps)
    assert copy["target"] == sum(played.TARGETS[rep] for rep in reps)
    text = play.read("ravi", f"/call/copy/{sent['public_id']}/")
    assert thousands(sent["amount"]) in text
    assert thousands(calls_sum) in text


def _the_board_is_right(play: Play, said: Said, rows: Rows, week: int) -> None:
    board = play.ask("vera", "GET", "forecast/board")
    found = {row["leader"]["name"]: row for row in board["rows"]}
    for leader in played.TEAMS:
        row = found[getattr(play.cast, leader).name]
        assert row["number"] == said.sent[leader][week]
        assert row["booked"] == played.booked(rows, played.team(leader, week)), (week, leader)
        assert row["due"] == "submitted"
    assert board["total"] == sum(said.sent[leader][week] for leader in played.TEAMS)
    assert board["booked"] == played.booked(rows, played.NAMES)
    text = play.read("vera", "/board/")
    for leader in played.TEAMS:
        assert thousands(said.sent[leader][week]) in text
    assert not any(name in text for name in played.NAMES.values()), "the board names no rep"


def _the_changes_are_right(play: Play, was: Rows, rows: Rows, week: int, leader: str) -> None:
    """Every bar between two Mondays, and that they lead from the first to the second."""
    day = played.monday(week - 1) + timedelta(days=1)
    asked = f"since=date&day={day}&node={play.id(leader)}"
    told = play.ask(leader, "GET", f"forecast/changes?{asked}")
    wanted = played.bars(was, rows, week - 1, week, leader)
    assert {bar["kind"]: bar["amount"] for bar in told["bars"]} == wanted, (week, leader)
    assert told["start"] == played.summed(was, played.team(leader, week - 1), week - 1)
    assert told["end"] == played.summed(rows, played.team(leader, week), week)
    assert told["start"] + sum(wanted.values()) == told["end"]
    text = play.read(leader, f"/changes/?{asked}")
    assert thousands(told["start"]) in text
    assert thousands(told["end"]) in text


def _my_quarter_is_right(play: Play, said: Said, rows: Rows, week: int, rep: str) -> None:
    mine = play.ask(rep, "GET", "forecast/quarter")
    assert mine["booked"] == played.booked(rows, [rep])
    assert mine["target"] == played.TARGETS[rep]
    assert mine["call"] == said.calls.get(rep)
    assert mine["open_deals"] == sum(r.owner == rep and r.status == "open" for r in rows.values())
    assert thousands(played.booked(rows, [rep])) in play.read(rep, "/quarter/")


def _untold(play: Play) -> list[dict[str, Any]]:
    return list(play.ask("mina", "GET", "news/untold")["lines"])


def _news_is_told(play: Play, rows: Rows, week: int) -> None:
    """Ravi tells news of a deal; it is untold until Mina tells it, and read by her superior afterwards."""
    deal = next(r for r in rows.values() if r.owner == "ravi" and r.status == "open" and played.inside(r))
    listed = play.ask("ravi", "GET", f"deals?search=Deal+{deal.id}")
    key = next(one["public_id"] for one in listed["deals"] if one["name"] == f"Deal {deal.id}")
    body = {"deal": key, "kind": "bad", "what": "The review starts in January.",
            "known_on": str(played.monday(week)), "amount_minor": deal.cents}  # fmt: skip
    item = play.ask("ravi", "POST", "news", body)
    assert f"Deal {deal.id}" in [line["deal"] for line in _untold(play)]
    assert item["public_id"] not in [one["public_id"] for one in play.ask("vera", "GET", "news")]
    play.ask("mina", "POST", "news/tell", {"words": "We cover it."})
    assert _untold(play) == []
    told = next(one for one in play.ask("vera", "GET", "news") if one["public_id"] == item["public_id"])
    assert (told["amount"], told["reporter"]) == (-deal.cents, "")


def _untold_is_right(play: Play, was: Rows, rows: Rows, week: int) -> None:
    """What moved in Commit since the number of last week, for those who were and are in the team."""
    staying = set(played.team("mina", week)) & set(played.team("mina", week - 1))
    moved = {
        f"Deal {key}"
        for key, row in rows.items()
        if row.owner in staying and played.commit(row, week) != played.commit(was.get(key), week - 1)
    }
    assert moved <= {line["deal"] for line in _untold(play)}, week


@pytest.mark.browser
def test_every_number_of_a_quarter_is_the_one_computed_apart(play: Play, page: Page) -> None:
    shown, said = played.snapshots(), Said()
    _open_the_quarter(play, page, shown[1])
    previous = dict.fromkeys((*played.TEAMS, "vera"), "")
    lived: dict[int, tuple[int, int]] = {}
    for week in played.WEEKS:
        rows = shown[week]
        if week > 1:
            _settings_of(play, week)
            play.now = at(week, 6)
            play.bring_in(rows)
        play.now = at(week, 7)
        if week > 1:
            _untold_is_right(play, shown[week - 1], rows, week)
        if week == 4:
            _news_is_told(play, rows, week)
        _what_people_say(play, said, rows, week)
        play.now = at(week, 8)
        for leader in played.TEAMS:
            call = _the_call_is_right(play, said, rows, week, leader)
            if week > 1:
                _the_changes_are_right(play, shown[week - 1], rows, week, leader)
            amount = said.counted(leader, rows, week) - 2_500_00
            if leader == "mina" and week == 2:
                amount -= amount % 10_00
                _submit_in_the_browser(play, page, said, amount, week)
                sent = play.ask("mina", "GET", "forecast/submissions")[0]
            else:
                sent = _send(play, said, leader, amount, week, previous[leader])
            previous[leader] = sent["public_id"]
            said.steps[leader] = sent["amount"] - said.counted(leader, rows, week)
            if leader == "mina":
                lived[week] = (sent["amount"], call["calls_sum"])
                _the_copy_is_right(play, rows, week, sent, call["calls_sum"])
                assert _untold(play) == []
        _my_quarter_is_right(play, said, rows, week, "rosa")
        play.now = at(week, 9)
        _the_board_is_right(play, said, rows, week)
        total = sum(said.sent[leader][week] for leader in played.TEAMS)
        previous["vera"] = _send(play, said, "vera", total, week, previous["vera"])["public_id"]
    _the_past_stands(play, shown, lived)
    _the_record_is_right(play, said, shown[13])


def _settings_of(play: Play, week: int) -> None:
    """The re-organisation and the other meaning of a stage, each on the morning it comes into force."""
    play.now = at(week, 5)
    day = played.monday(week)
    if week == played.MOVED_IN_WEEK:
        cast = play.cast
        by = access.system("operations move Ines")
        actions.move(by=by, at=play.now, person=cast.ines, manager=cast.otto, starts_on=day)
    if week == played.MAPPED_IN_WEEK:
        play.ask("olu", "PUT", "operations/stages/Offer", {"category": "commit", "starts_on": str(day)})


def _submit_in_the_browser(play: Play, page: Page, said: Said, amount: int, week: int) -> None:
    play.sign_in(page, "mina")
    page.goto(f"{play.server}/call/")
    page.fill("#number", f"{amount / 100_000:.2f}")
    page.fill("#reason", "One of them will slip.")
    page.get_by_role("button", name=re.compile("^Submit")).click()
    expect(page.get_by_role("status")).to_contain_text("is submitted, and your team has its copy")
    said.sent["mina"][week] = amount


def _the_past_stands(
    play: Play, shown: dict[int, dict[str, played.Row]], lived: dict[int, tuple[int, int]]
) -> None:
    """After all of it the page of every Monday still shows what it showed, to those who may see it today."""
    play.now = datetime(2027, 1, 15, 6, tzinfo=UTC)
    play.make_tokens()
    play.bring_in(shown[13])
    play.now = datetime(2027, 1, 15, 9, tzinfo=UTC)
    for week, (number, calls_sum) in lived.items():
        text = play.read("mina", f"/call/then/?on={played.monday(week)}&period=2026Q4")
        assert thousands(number) in text, week
        assert thousands(calls_sum) in text, week
        for rep in played.team("mina", 13):
            assert played.NAMES[rep] in text, week
            assert thousands(played.booked(shown[week], [rep])) in text, (week, rep)
        assert played.NAMES["ines"] not in text, "she counts in the sums of then, and Mina leads her no more"


def _the_record_is_right(play: Play, said: Said, rows: Rows) -> None:
    """Week by week what was sent, and what came; for the superior too, five working days after the end."""
    for who in ("mina", "vera"):
        record = play.ask(who, "GET", f"forecast/record?for={play.id('mina')}")
        quarter = next(one for one in record["periods"] if one["period"] == "2026Q4")
        numbers = {week["week"]: week["number"] for week in quarter["weeks"]}
        assert numbers == said.sent["mina"], who
        assert quarter["came"] == played.booked(rows, played.team("mina", 13))
        assert quarter["target"] == sum(played.TARGETS[rep] for rep in played.team("mina", 13))
        assert (quarter["sent"], quarter["late"]) == (13, 0)
    assert date.fromisoformat(quarter["others_from"]) > played.LAST
