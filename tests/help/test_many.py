"""However many requests and messages there are, none that waits is hidden, and the clock looks at all of them."""

from __future__ import annotations

import pytest

from fairlead.desk import actions as desk
from fairlead.desk import queries as desks
from fairlead.help import actions, queries
from fairlead.notices.models import Notice
from fairlead.people import access
from tests.calls import company as the_company
from tests.cast import AT, Cast
from tests.desk.desking import DAY, pasted
from tests.help.helping import LATER, WORDS, asked, step

CLOCK = access.system("the clock")


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, most in (
        (queries, "MOST", 2), (queries, "CHUNK", 2), (desks, "MOST", 2), (desks, "CHUNK", 2),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, most)


def test_what_waits_is_listed_whole_and_what_is_settled_is_counted(cast: Cast) -> None:
    ids = [asked(cast, key=f"ask {n}", given=WORDS) for n in range(9)]
    for one in ids[4:]:
        step(cast, "mina", one, "declined", "No.")
    for name in ("rosa", "mina"):
        book = queries.book(cast.actor(name), LATER)
        lines = book.mine if name == "rosa" else (*book.asked, *book.asked_done)
        assert {one.public_id for one in lines if one.standing.state == "waiting"} == set(ids[:4])
        assert (len(lines), book.older) == (6, 3)
    assert queries.waiting(cast.actor("mina"), LATER) == 4
    step(cast, "mina", ids[0], "asked_back", "Which day?")
    assert queries.waiting(cast.actor("mina"), LATER) == 3
    assert queries.waiting(cast.actor("rosa"), LATER) == 1


def test_the_clock_looks_at_every_request(cast: Cast) -> None:
    ids = {asked(cast, key=f"ask {n}", given=WORDS) for n in range(5)}
    actions.watch(by=CLOCK, at=LATER)
    late = Notice.objects.filter(kind="help.late", to_id=cast.rosa.pk)
    assert {one.path for one in late} == {f"/help/{one}/" for one in ids}


def test_the_clock_looks_at_every_desk_and_a_desk_says_how_many_it_does_not_list(cast: Cast) -> None:
    team = the_company.mina_team(the_company.build(cast))
    mina, late = cast.actor("mina"), AT + 5 * DAY
    for number in range(5):
        desk.set_kind(by=mina, at=AT, message=pasted(team, f"Pay {number}.", key=f"{number}"), kind="pay")
    tray = desks.tray(mina, AT + DAY)
    assert (len(tray.to_decide), tray.more) == (2, 3)
    assert desks.waiting(mina, AT + DAY) == 5
    assert desk.watch(by=CLOCK, at=late) == 5
    assert len(desks.must_pass_of_unit(cast.actor("hana", late), late)) == 5
