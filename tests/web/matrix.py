"""The access matrix: for every address, who may use it with which method, and what everybody else gets.

Outcomes: ``yes`` (the page, a redirect on, or a form sent back with its errors), ``forbidden`` (403: no such act
for this role), ``hidden`` (404: nothing there for this person), ``login`` (sent to sign in, or 401), ``method``
(405). An address that is not in ROWS fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.web.world import World

CAST = "carl vera mina otto sanna rosa ravi ines tomas pia piet sven olu hana ada".split()
ANYBODY = "nobody"
"""Somebody who is not signed in."""
HOLDER = "holder"
"""Somebody at the buyer who was sent the address of rosa's mutual plan, and is not signed in."""
REVIEWER = "reviewer"
"""Somebody from outside who was sent the address of mina's plan, and is not signed in."""

Outcomes = Mapping[str, str]
Fill = Callable[[World], dict[str, object]]


def everyone(anonymous: str = "login") -> Outcomes:
    """The whole cast may."""
    return {ANYBODY: anonymous} | dict.fromkeys(CAST, "yes")


def only(names: str, others: str = "forbidden", hidden: str = "") -> Outcomes:
    """These may; those in ``hidden`` get 404, everybody else ``others``."""
    row = {ANYBODY: "login"} | dict.fromkeys(CAST, others)
    row |= dict.fromkeys(hidden.split(), "hidden")
    return row | dict.fromkeys(names.split(), "yes")


def public() -> Outcomes:
    """Anybody may, signed in or not."""
    return {ANYBODY: "yes"} | dict.fromkeys(CAST, "yes")


def hidden_from_all_but(names: str, anonymous: str = "login") -> Outcomes:
    """These may, for the others there is nothing here."""
    return {ANYBODY: anonymous} | dict.fromkeys(CAST, "hidden") | dict.fromkeys(names.split(), "yes")


@dataclass(frozen=True)
class Row:
    """One address. A method without outcomes is expected to be refused with 405."""

    get: Outcomes | None = None
    post: Outcomes | None = None
    put: Outcomes | None = None
    fill: Fill = field(default=lambda world: {})
    data: Callable[[World], dict[str, object]] = field(default=lambda world: {})
    held: Fill | None = None
    """What the holder of an address fills in; as everybody else where None. Then the holder may read it."""
    reviewed: Fill | None = None
    """The same for the reviewer from outside."""


SELLERS = "carl vera mina otto sanna rosa ravi ines tomas pia piet sven"
LEADERS = "carl vera mina otto sanna"
REPS = "rosa ravi ines tomas pia piet sven"


def mina(world: World) -> dict[str, object]:
    return {"public_id": world.cast.mina.public_id}


def rosa(world: World) -> dict[str, object]:
    return {"public_id": world.cast.rosa.public_id}


def deal(world: World) -> dict[str, object]:
    return {"public_id": world.deal_of_rosa}


def guessed(world: World) -> dict[str, object]:
    """An address that was never made: what everybody has who was not sent one."""
    return {"secret": "A" * len(world.secret_of_rosas_buyer)}


def held(world: World) -> dict[str, object]:
    return {"secret": world.secret_of_rosas_buyer}


def reviewed(world: World) -> dict[str, object]:
    return {"secret": world.secret_of_minas_reviewer}


def reviewer(world: World) -> dict[str, object]:
    """Who is named from outside."""
    return {
        "name": "Jens Aho", "organisation": "Aho", "email": "jens@aho.test", "first": "2026-11-24",
        "last": "2027-05-24", "why": "Works for nobody here.", "after": "0",
    }  # fmt: skip


def mutual_plan(world: World) -> dict[str, object]:
    """A mutual plan, for the API."""
    return {
        "after_version": 1,
        "title": "Two sites measured",
        "ours": "Marlow",
        "theirs": "Nordwind",
        "goal": "Both sites are measured by spring.",
        "our_contacts": [{"name": "Rosa Lindqvist"}],
        "steps": [{"what": "Send the template", "ours": "Rosa Lindqvist", "key": 1, "done": True}],
    }


def upload(world: World) -> dict[str, object]:
    return {"public_id": world.upload_by_olu}


def submission(world: World) -> dict[str, object]:
    return {"public_id": world.submission_by_mina}


def statement(world: World) -> dict[str, object]:
    return {"public_id": world.statement_by_mina}


def news(world: World) -> dict[str, object]:
    return {"public_id": world.news_of_rosa}


def told(world: World) -> dict[str, object]:
    return {"public_id": world.told_by_mina}


def promise(world: World) -> dict[str, object]:
    return {"public_id": world.promise_of_rosa_to_mina}


def packet(world: World) -> dict[str, object]:
    return {"public_id": world.packet_of_rosa}


def review(world: World) -> dict[str, object]:
    return {"public_id": world.review_by_mina}


def ask(world: World) -> dict[str, object]:
    return {"public_id": world.ask_of_rosa_to_vera}


def debt(world: World) -> dict[str, object]:
    return {"public_id": world.debt_of_otto_to_rosa}


def item(world: World) -> dict[str, object]:
    return {"public_id": world.item_of_sanna}


def delivery(world: World) -> dict[str, object]:
    return {"public_id": world.delivery_to_rosa}


def teach_back(world: World) -> dict[str, object]:
    return {"public_id": world.teach_back_of_rosa}


def material(world: World) -> dict[str, object]:
    return {"public_id": world.material_of_rosa}


def issued(world: World) -> dict[str, object]:
    return {"public_id": world.support_statement}


def asked(world: World) -> dict[str, object]:
    """What an ask says, for the API."""
    return {
        "kind": "call",
        "buyer": "Karin Holm",
        "purpose": "Confirm the price.",
        "outcome": "She names the day.",
        "deadline": "2026-11-27",
        "whose": "It is in Mina’s number.",
        "helps": "A call.",
        "background": "The budget is approved.",
        "key": "matrix",
    }


def request(world: World) -> dict[str, object]:
    return {"public_id": world.request_to_pia}


def interview(world: World) -> dict[str, object]:
    return {"public_id": world.interview_about_rosa}


def letter(world: World) -> dict[str, object]:
    return {"public_id": world.file_of_rosa}


def said(world: World) -> dict[str, object]:
    """What decided a deal, for the API."""
    return {"outcome": "lost", "primary": "price", "moment": "At the board."}


def heard(world: World) -> dict[str, object]:
    return said(world) | {"buyer_name": "Karin Holm", "held_on": "2026-11-24"}


def message(world: World) -> dict[str, object]:
    return {"public_id": world.message_by_mina}


def from_vera(world: World) -> dict[str, object]:
    return {"public_id": world.from_vera}


def mailed(world: World) -> dict[str, object]:
    return {"public_id": world.mail_in_minas_name}


def failed_mail(world: World) -> dict[str, object]:
    return {"public_id": world.mail_that_failed}


def webhook(world: World) -> dict[str, object]:
    return {"public_id": world.webhook_of_mina}


def webhook_call(world: World) -> dict[str, object]:
    return webhook(world) | {"call": world.call_for_mina}


def helped(world: World) -> dict[str, object]:
    return {"public_id": world.help_of_rosa}


def second(world: World) -> dict[str, object]:
    return {"public_id": world.second_of_rosa}


def shield(world: World) -> dict[str, object]:
    return {"public_id": world.shield_of_rosa}


def agreed(world: World) -> dict[str, object]:
    return {"public_id": world.agreement_of_rosa}


def agreed_before(world: World) -> dict[str, object]:
    return {"public_id": world.ended_agreement_of_rosa}


def series(world: World) -> dict[str, object]:
    return {"public_id": world.series_of_rosa}


def feedback_round(world: World) -> dict[str, object]:
    return {"public_id": world.feedback_of_vera}


def thursday(world: World) -> dict[str, object]:
    """The next 1:1 of whoever it is with rosa."""
    return {"public_id": world.cast.rosa.public_id, "day": "2026-11-26"}


def switched(world: World) -> dict[str, object]:
    return {"feature": "agreements", "head": world.cast.mina.public_id, "state": "off"}


def wanted(world: World) -> dict[str, object]:
    """What somebody wants help with, for the API."""
    return {"subject": "Nordwind", "need": "A day in the lab.", "key": "matrix"}


def must_pass(world: World) -> dict[str, object]:
    return {"public_id": world.from_vera_must_pass}


def broadcast(world: World) -> dict[str, object]:
    return {"public_id": world.broadcast_by_vera}


def to_all(world: World) -> dict[str, object]:
    return {"public_id": world.notice_by_hana}


def pressure_day(world: World) -> dict[str, object]:
    return {"public_id": world.day_by_olu}


def notes(world: World) -> dict[str, object]:
    return {"notes": {}, "version": 0}


WAS_THERE = "mina rosa ravi ines tomas"
READS_ROSAS_WIN_LOSS = only("rosa mina olu", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
SAYS_WHAT_DECIDED = only("rosa", hidden="carl vera mina otto sanna ravi ines tomas pia piet sven")
ASKED_FOR_THE_INTERVIEW = hidden_from_all_but("pia")
RUNS_MINAS_REVIEW = only("mina", hidden="carl vera otto sanna")
SELLERS_AND_OPS = f"{SELLERS} olu"
SEES_ROSAS_DEAL = only("rosa mina vera olu", hidden="carl otto sanna ravi ines tomas pia piet sven")
READS_MINAS_COPY = only("mina vera carl rosa ravi ines tomas olu", hidden="otto sanna pia piet sven")
READS_EXPECTATIONS = "carl vera mina otto sanna olu"
READS_MINAS_STATEMENT = only("carl vera mina olu", hidden="otto sanna")
SIGNS_FOR_MINA = only("mina", hidden="carl vera otto sanna")
ANSWERS_MINA = only("vera", hidden="carl mina otto sanna")
MINA_LEADS = only("mina", hidden="carl vera otto sanna")
ROSA_TOLD = only("rosa", hidden="carl vera otto sanna ravi ines tomas pia piet sven mina")
ROSA_TOLD_OR_REFUSED = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
"""Mina reads the news, and is told by the rule that only who told it changes it."""
SCORES_ROSAS_DEAL = only("rosa mina vera", hidden="carl otto sanna ravi ines tomas pia piet sven")
SEES_ROSAS_CARD = only("rosa mina vera carl olu", hidden="otto sanna ravi ines tomas pia piet sven")
REVOKES_ROSAS_ADDRESSES = only("rosa mina vera olu", hidden="carl otto sanna ravi ines tomas pia piet sven")
NOBODY_WITHOUT_IT = dict.fromkeys([ANYBODY, *CAST], "hidden")
READS_ROSAS_EXIT = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
ANSWERS_ROSAS_EXIT = only("rosa", hidden="carl vera mina otto sanna ravi ines tomas pia piet sven")
REPLIES_TO_ROSA = only("mina", hidden="carl vera otto sanna")
READS_MINAS_NOTICE = only("mina vera carl", hidden="otto sanna")
ASKS_ROSA = only("mina", hidden="carl vera otto sanna")
READS_MINAS_MESSAGE = hidden_from_all_but("mina rosa")
SAID_OF_ROSA = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
"""Who reads both her calls and the overlays on them."""
JUDGES_ROSAS_DEAL = only("mina", hidden="carl vera otto sanna")
READS_ROSAS_ASK = only("rosa mina vera", hidden="carl otto sanna ravi ines tomas pia piet sven")
WRITES_ROSAS_ASK = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
WRITES_IT_AGAIN = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
READS_THE_DEBT = hidden_from_all_but("rosa otto mina vera")
READS_THE_CATALOGUE = only(f"{SELLERS} olu")
OWED_TO_ROSA = only("rosa mina", hidden=" ".join(n for n in SELLERS.split() if n not in ("rosa", "mina")))
ROSAS_OWN = only("rosa", hidden="ravi ines tomas pia piet sven")
ON_MINAS_DESK = only("mina otto", hidden="carl vera sanna")
"""Otto stands in for Mina's triage."""
SETS_STRAIGHT = only("mina otto vera", hidden="carl sanna")
TELLS_EVERYBODY = only("carl hana ada")
TELLS_IT_STRAIGHT = only("hana", hidden="carl ada")
"""An own notice is corrected by who told it."""
WITHDRAWS_IT = only("hana ada", hidden="carl")
VERAS_OWN = only("vera", hidden="carl mina otto sanna")
KEEPS_DAYS = only(f"{LEADERS} olu")
ENDS_OLUS_DAY = only("olu", hidden=LEADERS)
READS_ROSAS_REQUEST = hidden_from_all_but("rosa mina")
READS_ROSAS_SECOND_DOOR = hidden_from_all_but("rosa hana")
CONCERNED_BY_FEEDBACK = f"vera mina otto sanna {REPS}"
MEETS_ROSA = hidden_from_all_but("mina")
ROSA_ALONE = hidden_from_all_but("rosa")
ANSWERS_ROSAS_SHIELD = only("mina", hidden="carl vera otto sanna")
TOLD_AGAIN: dict[str, object] = {"kind": "bad", "what": "It starts on 7 January.", "known_on": "2026-11-24"}


def diagnosis(world: World) -> dict[str, object]:
    return {"public_id": world.diagnosis_of_rosa}


def draft(world: World) -> dict[str, object]:
    return {"public_id": world.draft_of_pia}


def plan(world: World) -> dict[str, object]:
    return {"public_id": world.plan_of_rosa}


def look(world: World) -> dict[str, object]:
    return {"public_id": world.look_at_rosa}


def gap(world: World) -> dict[str, object]:
    return {"public_id": world.gap_of_rosa}


def closed(world: World) -> dict[str, object]:
    return rosa(world) | {"quarter": "2026Q3"}


KEEPS_GAPS = hidden_from_all_but("vera mina otto sanna hana")
"""Vera reads totals."""
KEEPS_ROSAS_GAP = only("mina", hidden="carl vera otto sanna")
READS_ROSAS_GAP = only("mina hana", hidden="carl vera otto sanna")


def role_look(world: World) -> dict[str, object]:
    return {"public_id": world.role_look_of_vera}


def finland(world: World) -> dict[str, object]:
    return {"key": "FI"}


def copy(world: World) -> dict[str, object]:
    return {"public_id": world.copy_of_rosa}


def case(world: World) -> dict[str, object]:
    return {"public_id": world.case_of_rosa}


def case_reads(world: World) -> dict[str, object]:
    return {"public_id": world.case_reads}


def rosa_named(world: World) -> dict[str, object]:
    return {"person": world.cast.rosa.public_id}


def seat(world: World) -> dict[str, object]:
    return {"person": world.cast.rosa.public_id, "job": "Seller", "starts_on": "2026-01-01"}


def leave(world: World) -> dict[str, object]:
    return {"person": world.cast.rosa.public_id, "first": "2026-12-01", "last": "2026-12-02"}


def recorded(world: World) -> dict[str, object]:
    """What HR records for a unit, for the API."""
    return {
        "country": "FI", "notice_on": "2026-11-02", "notice_words": "A letter.", "basis": "The contract.",
        "consulted": "none_required", "consulted_words": "No council.", "runs_from": "2026-12-01", "after": 0,
    }  # fmt: skip


READS_THE_DIAGNOSIS = only("rosa mina hana", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
WRITES_THE_DRAFT = only("otto", hidden="carl vera mina sanna rosa ravi ines tomas pia piet sven hana")
READS_THE_PLAN = hidden_from_all_but("rosa mina hana")
READS_THE_LOOK = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven hana")
READS_ROSAS_RESULTS = only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven")
READS_THE_ROLE: Outcomes = only("vera hana", hidden="carl mina otto sanna")
DECIDES_THE_ROLE: Outcomes = only("vera", hidden="carl mina otto sanna")
RULE: dict[str, object] = {
    "line": 80,
    "in_a_row": 2,
    "decide_days": 30,
    "early_chance": 25,
    "after_version": 0,
}

API: dict[str, Row] = {
    "api/expectations": Row(
        get=only(READS_EXPECTATIONS),
        post=only(LEADERS),
        data=lambda world: {"expected_minor": 1, "assumptions": "All stays.", "reason": "It moved."},
    ),
    "api/expectations/<public_id>": Row(get=READS_MINAS_STATEMENT, fill=statement),
    "api/expectations/<public_id>/sign": Row(
        post=SIGNS_FOR_MINA, fill=statement, data=lambda world: {"digest": "x"}
    ),
    "api/expectations/<public_id>/agree": Row(
        post=ANSWERS_MINA, fill=statement, data=lambda world: {"digest": "x"}
    ),
    "api/expectations/<public_id>/disagree": Row(
        post=ANSWERS_MINA,
        fill=statement,
        data=lambda world: {"digest": "x", "number_minor": 1, "reason": "Too high."},
    ),
    "api/news": Row(
        get=only(SELLERS),
        post=only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven"),
        data=lambda world: TOLD_AGAIN | {"deal": world.deal_of_rosa},
    ),
    "api/news/untold": Row(get=only(LEADERS)),
    "api/news/tell": Row(post=only(LEADERS)),
    "api/news/told/<public_id>": Row(get=READS_MINAS_NOTICE, fill=told),
    "api/news/<public_id>": Row(put=ROSA_TOLD_OR_REFUSED, fill=news, data=lambda world: TOLD_AGAIN),
    "api/news/<public_id>/withdraw": Row(
        post=ROSA_TOLD_OR_REFUSED, fill=news, data=lambda world: {"reason": "Wrong."}
    ),
    "api/news/<public_id>/thank": Row(post=MINA_LEADS, fill=news),
    "api/news/<public_id>/surprise": Row(post=MINA_LEADS, fill=news),
    "api/": Row(get=public()),
    "api/docs": Row(get=public()),
    "api/openapi.json": Row(get=public()),
    "api/me": Row(get=everyone()),
    "api/me/day": Row(get=everyone()),
    "api/me/notices": Row(get=everyone()),
    "api/me/delegations": Row(get=everyone()),
    "api/me/mail": Row(get=everyone(), put=everyone(), data=lambda world: {"mode": "once"}),
    "api/people": Row(get=everyone()),
    "api/people/<public_id>": Row(get=everyone(), fill=rosa),
    "api/people/<public_id>/move": Row(
        post=only("olu"),
        fill=rosa,
        data=lambda world: {"manager": world.cast.otto.public_id, "starts_on": "2026-11-24"},
    ),
    "api/deals": Row(get=only(SELLERS_AND_OPS)),
    "api/deals/not-counted": Row(get=only(SELLERS_AND_OPS)),
    "api/deals/<public_id>": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "api/deals/<public_id>/category": Row(
        post=only("rosa", hidden="carl vera mina otto sanna ravi ines tomas pia piet sven"),
        fill=deal,
        data=lambda world: {"category": "commit"},
    ),
    "api/deals/<public_id>/split": Row(
        post=only("olu"),
        fill=deal,
        data=lambda world: {"shares": [{"person": world.cast.rosa.public_id, "hundredths": 10_000}]},
    ),
    "api/forecast/deals/<public_id>/judgement": Row(
        put=JUDGES_ROSAS_DEAL, fill=deal, data=lambda world: {"verdict": "in", "note": "The order is here."}
    ),
    "api/criteria": Row(get=everyone()),
    "api/deals/<public_id>/evidence": Row(
        get=SEES_ROSAS_DEAL,
        post=SCORES_ROSAS_DEAL,
        fill=deal,
        data=lambda world: {"criterion": "win", "score": 1, "what": "They like the lab."},
    ),
    "api/deals/<public_id>/evidence/undo": Row(
        post=SCORES_ROSAS_DEAL, fill=deal, data=lambda world: {"criterion": "win"}
    ),
    "api/deals/<public_id>/evidence/with-file": Row(post=SCORES_ROSAS_DEAL, fill=deal),
    "api/evidence-files/<public_id>": Row(get=SEES_ROSAS_DEAL, fill=letter),
    "api/evidence-files/<public_id>/remove": Row(
        post=SCORES_ROSAS_DEAL, fill=letter, data=lambda world: {"reason": "Not ours."}
    ),
    "api/deals/<public_id>/plan": Row(
        get=SEES_ROSAS_DEAL,
        put=SCORES_ROSAS_DEAL,
        fill=deal,
        data=lambda world: {"after_version": 1, "what": "Two sites and a year"},
    ),
    "api/deals/<public_id>/plan/test": Row(
        post=SCORES_ROSAS_DEAL, fill=deal, data=lambda world: {"version": 1, "words": "It held."}
    ),
    "api/deals/<public_id>/mutual-plan": Row(
        get=SEES_ROSAS_DEAL, put=SCORES_ROSAS_DEAL, fill=deal, data=mutual_plan
    ),
    "api/deals/<public_id>/mutual-plan/addresses": Row(
        post=SCORES_ROSAS_DEAL, fill=deal, data=lambda world: {"whom": "Jens Aho", "days": 7}
    ),
    "api/deals/<public_id>/mutual-plan/addresses/<address>/revoke": Row(
        post=REVOKES_ROSAS_ADDRESSES,
        fill=lambda world: deal(world) | {"address": world.address_of_rosas_buyer},
    ),
    "api/deals/<public_id>/mutual-plan/revoke": Row(post=REVOKES_ROSAS_ADDRESSES, fill=deal),
    "api/shared-plans": Row(get=only(SELLERS_AND_OPS)),
    "api/operations/sharing": Row(
        get=only("olu ada"), put=only("olu ada"), data=lambda world: {"on": True, "most_days": 60}
    ),
    "api/deals/<public_id>/card": Row(get=SEES_ROSAS_CARD, fill=deal),
    "api/cards": Row(get=only(SELLERS_AND_OPS)),
    "api/plans": Row(get=only(SELLERS_AND_OPS)),
    "api/plans/open": Row(put=only(LEADERS), data=lambda world: {"on": False}),
    "api/plans/<public_id>": Row(get=only("", hidden=REPS), fill=deal),
    "api/exits": Row(get=only(SELLERS)),
    "api/exits/team": Row(get=only(LEADERS)),
    "api/exits/upstairs": Row(get=only(SELLERS_AND_OPS)),
    "api/deals/<public_id>/exit": Row(
        get=READS_ROSAS_EXIT, post=ANSWERS_ROSAS_EXIT, fill=deal, data=lambda world: {"why": "It slips."}
    ),
    "api/deals/<public_id>/exit/draft": Row(
        get=ANSWERS_ROSAS_EXIT, put=ANSWERS_ROSAS_EXIT, fill=deal, data=lambda world: {"typed": {"why": "It"}}
    ),
    "api/deals/<public_id>/exit/packet": Row(
        put=ANSWERS_ROSAS_EXIT, fill=deal, data=lambda world: {"why": "It slips."}
    ),
    "api/exits/<public_id>/reply": Row(
        post=REPLIES_TO_ROSA, fill=packet, data=lambda world: {"verdict": "accepted"}
    ),
    "api/exits/<public_id>/up": Row(post=REPLIES_TO_ROSA, fill=packet),
    "api/exits/<public_id>/card": Row(get=SEES_ROSAS_CARD, fill=packet),
    "api/operations/exits": Row(get=only("olu"), put=only("olu"), data=lambda world: {"days": 4}),
    "api/win-loss": Row(get=everyone()),
    "api/deals/<public_id>/win-loss": Row(
        get=READS_ROSAS_WIN_LOSS, post=SAYS_WHAT_DECIDED, fill=deal, data=said
    ),
    "api/deals/<public_id>/win-loss/interview": Row(post=only("olu"), fill=deal, data=heard),
    "api/deals/<public_id>/win-loss/ask": Row(
        post=only("olu"),
        fill=deal,
        data=lambda world: {"interviewer": world.cast.pia.public_id, "due_on": "2026-12-01"},
    ),
    "api/interviews/<public_id>": Row(
        get=ASKED_FOR_THE_INTERVIEW, post=ASKED_FOR_THE_INTERVIEW, fill=request, data=heard
    ),
    "api/interviews/<public_id>/answer": Row(
        post=SAYS_WHAT_DECIDED, fill=interview, data=lambda world: {"words": "I see it otherwise."}
    ),
    "api/operations/win-loss": Row(get=only("olu"), put=only("olu"), data=lambda world: {"days": 4}),
    "api/deals/<public_id>/flags": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "api/deal-review": Row(get=only(SELLERS_AND_OPS)),
    "api/deal-review/rules": Row(get=only(SELLERS_AND_OPS)),
    "api/deal-review/act": Row(
        # A deal out of reach is a refused row like any other.
        post=only(SELLERS),
        data=lambda world: {
            "act": "correct",
            "deals": [world.deal_of_rosa],
            "field": "amount",
            "value": "90",
        },
    ),
    "api/deal-review/take-back": Row(
        post=only("rosa mina vera", hidden="carl otto sanna ravi ines tomas pia piet sven"),
        data=lambda world: {"kind": "correction", "id": world.correction_by_mina},
    ),
    "api/deal-review/corrections": Row(get=only(SELLERS_AND_OPS)),
    "api/deal-review/people/<public_id>/message": Row(get=ASKS_ROSA, post=ASKS_ROSA, fill=rosa),
    "api/deal-review/messages/<public_id>": Row(get=READS_MINAS_MESSAGE, fill=message),
    "api/operations/flags": Row(put=only("olu"), data=lambda world: {"values": {"quiet_days": 30}}),
    "api/forecast/call": Row(get=only(LEADERS)),
    "api/forecast/types": Row(get=only(SELLERS_AND_OPS)),
    "api/forecast/board": Row(get=only("carl vera")),
    "api/forecast/record": Row(get=only(LEADERS)),
    "api/forecast/changes": Row(get=only(SELLERS_AND_OPS)),
    "api/forecast/quarter": Row(get=only(SELLERS)),
    "api/forecast/what-if": Row(post=only(LEADERS), data=lambda world: {"target_minor": 100}),
    "api/forecast/quarter/call": Row(put=only(SELLERS), data=lambda world: {"amount_minor": 70000}),
    "api/forecast/reports/<public_id>/call": Row(
        put=only("mina", hidden="otto sanna"), fill=rosa, data=lambda world: {"amount_minor": 70000}
    ),
    "api/forecast/reports/<public_id>/overlay": Row(
        put=only("mina", hidden="otto sanna carl vera"),
        fill=rosa,
        data=lambda world: {"amount_minor": 60000, "note": "Half of it has no date."},
    ),
    "api/forecast/reports/<public_id>/said": Row(get=SAID_OF_ROSA, fill=rosa),
    "api/forecast/pack/<public_id>": Row(get=only("mina vera carl", hidden="otto sanna"), fill=mina),
    "api/forecast/reports/<public_id>/overlay/drift": Row(
        post=only("mina", hidden="otto sanna carl vera"), fill=rosa, data=lambda world: {"follow": True}
    ),
    "api/forecast/submissions": Row(
        get=only(SELLERS_AND_OPS),
        post=only(LEADERS),
        data=lambda world: {"amount_minor": 200000, "reason": "As called.", "key": "matrix"},
    ),
    "api/forecast/submissions/<public_id>": Row(get=READS_MINAS_COPY, fill=submission),
    "api/forecast/submissions/<public_id>/read": Row(post=READS_MINAS_COPY, fill=submission),
    "api/forecast/submissions/<public_id>/withdraw": Row(
        post=only("mina", hidden="carl vera otto sanna pia piet sven"),
        fill=submission,
        data=lambda world: {"reason": "Wrong."},
    ),
    "api/operations/imports": Row(get=only("olu"), post=only("olu")),
    "api/operations/targets": Row(get=only(SELLERS_AND_OPS)),
    "api/operations/targets/<public_id>": Row(
        put=only("olu"), fill=rosa, data=lambda world: {"amount_minor": 70000}
    ),
    "api/operations/stages": Row(get=only("olu")),
    "api/operations/stages/<stage>": Row(
        put=only("olu"), fill=lambda world: {"stage": "Paused"}, data=lambda world: {"category": "pipeline"}
    ),
    "api/promises": Row(
        get=everyone(),
        post=everyone(),
        data=lambda world: {
            "made_to": world.cast.hana.public_id,
            "text": "Bring the list.",
            "due_on": "2026-11-27",
            "key": "matrix",
        },
    ),
    "api/promises/<public_id>": Row(get=hidden_from_all_but("rosa mina"), fill=promise),
    "api/promises/<public_id>/act": Row(
        post=hidden_from_all_but("rosa mina"), fill=promise, data=lambda world: {"act": "kept"}
    ),
    "api/reviews": Row(get=everyone(), post=only(LEADERS), data=lambda world: {"guest": ""}),
    "api/reviews/<public_id>": Row(get=hidden_from_all_but(WAS_THERE), fill=review),
    "api/reviews/<public_id>/notes": Row(put=RUNS_MINAS_REVIEW, fill=review, data=notes),
    "api/reviews/<public_id>/end": Row(post=RUNS_MINAS_REVIEW, fill=review, data=notes),
    "api/reviews/<public_id>/call-off": Row(post=RUNS_MINAS_REVIEW, fill=review),
    "api/reviews/<public_id>/straight": Row(
        post=hidden_from_all_but(WAS_THERE),
        fill=review,
        data=lambda world: {"text": "It was Thursday.", "key": "matrix"},
    ),
    "api/asks": Row(
        get=only(SELLERS),
        post=WRITES_ROSAS_ASK,
        data=lambda world: (
            asked(world) | {"deal": world.deal_of_rosa, "addressee": world.cast.vera.public_id}
        ),
    ),
    "api/asks/loads": Row(get=only(LEADERS)),
    "api/asks/effect": Row(get=only(f"{LEADERS} olu")),
    "api/asks/<public_id>": Row(
        get=READS_ROSAS_ASK,
        put=WRITES_IT_AGAIN,
        fill=ask,
        data=lambda world: asked(world) | {"after_version": 1},
    ),
    "api/asks/<public_id>/act": Row(
        post=READS_ROSAS_ASK,
        fill=ask,
        data=lambda world: {"act": "accepted", "on": "2026-11-25", "key": "matrix"},
    ),
    "api/asks/<public_id>/debrief": Row(
        post=READS_ROSAS_ASK,
        fill=ask,
        data=lambda world: {
            "said": "She confirmed.",
            "reached": "yes",
            "happened_on": "2026-11-24",
            "key": "matrix",
        },
    ),
    "api/deals/<public_id>/sponsor": Row(
        put=JUDGES_ROSAS_DEAL, fill=deal, data=lambda world: {"person": world.cast.vera.public_id}
    ),
    "api/desk": Row(get=only(LEADERS)),
    "api/desk/decided": Row(get=only(LEADERS)),
    "api/desk/counts": Row(get=only(LEADERS)),
    "api/desk/praise": Row(put=only(LEADERS), data=lambda world: {"on": True}),
    "api/desk/answer": Row(post=only(LEADERS), data=lambda world: {"text": "Is it safe?"}),
    "api/desk/messages": Row(
        post=only(LEADERS),
        data=lambda world: {"text": "Is it safe?", "sender_name": "The board", "key": "matrix"},
    ),
    "api/desk/messages/<public_id>": Row(get=ON_MINAS_DESK, fill=from_vera),
    "api/desk/messages/<public_id>/act": Row(
        post=ON_MINAS_DESK,
        fill=from_vera,
        data=lambda world: {"act": "answered", "kind": "question", "text": "It is.", "key": "matrix"},
    ),
    "api/desk/messages/<public_id>/take-back": Row(
        post=ON_MINAS_DESK, fill=from_vera, data=lambda world: {"number": 1}
    ),
    "api/desk/messages/<public_id>/kind": Row(
        put=ON_MINAS_DESK, fill=from_vera, data=lambda world: {"kind": "question"}
    ),
    "api/desk/messages/<public_id>/straight": Row(
        post=SETS_STRAIGHT, fill=from_vera, data=lambda world: {"text": "No hurry.", "key": "matrix"}
    ),
    "api/messages": Row(
        get=only(LEADERS),
        # Mina is told that she answers for it herself; she is not below Otto and Sanna.
        post=only("carl vera mina", hidden="otto sanna"),
        data=lambda world: {"text": "Is it safe?", "to": world.cast.mina.public_id, "key": "matrix"},
    ),
    "api/broadcasts": Row(
        get=only(LEADERS),
        # Mina, Otto and Sanna have no manager below.
        post=only("carl vera mina otto sanna"),
        data=lambda world: {"text": "The fair is in May.", "everybody": True, "key": "matrix"},
    ),
    "api/broadcasts/<public_id>": Row(get=VERAS_OWN, fill=broadcast),
    "api/broadcasts/<public_id>/straight": Row(
        post=VERAS_OWN, fill=broadcast, data=lambda world: {"text": "It is in June.", "key": "matrix"}
    ),
    "api/everybody/<public_id>/straight": Row(
        post=TELLS_IT_STRAIGHT, fill=to_all, data=lambda world: {"text": "On Monday.", "key": "matrix"}
    ),
    "api/everybody": Row(
        get=everyone(),
        post=TELLS_EVERYBODY,
        data=lambda world: {
            "reason": "outage",
            "title": "Mail is down",
            "text": "Until noon.",
            "key": "matrix",
        },
    ),
    "api/pressure-days": Row(
        get=KEEPS_DAYS, post=KEEPS_DAYS, data=lambda world: {"on": "2026-12-03", "kind": "board"}
    ),
    "api/pressure-days/<public_id>/take-back": Row(post=ENDS_OLUS_DAY, fill=pressure_day),
    "api/inbox": Row(get=only(SELLERS)),
    "api/contacts": Row(
        get=only(SELLERS),
        post=only(SELLERS),
        data=lambda world: {"executive_name": "The board", "key": "matrix"},
    ),
    "api/confidential": Row(get=only("hana")),
    "api/confidential/<public_id>": Row(
        put=only("hana"),
        fill=must_pass,
        data=lambda world: {"until": "2026-12-01T09:00:00Z", "reason": "The council first."},
    ),
    "api/operations/desk": Row(
        get=only("olu"), put=only("olu"), data=lambda world: {"days": 3, "share": 50, "longest": 8}
    ),
    "api/help": Row(get=everyone(), post=everyone(), data=wanted),
    "api/help/doors": Row(get=everyone()),
    "api/help/counts": Row(get=only(LEADERS)),
    "api/help/complaint": Row(
        post=everyone(), data=lambda world: wanted(world) | {"to": world.cast.hana.public_id}
    ),
    "api/help/<public_id>": Row(get=READS_ROSAS_SECOND_DOOR, fill=second),
    "api/help/<public_id>/act": Row(
        post=READS_ROSAS_SECOND_DOOR,
        fill=second,
        data=lambda world: {"act": "answered", "text": "I talk to the lab.", "key": "matrix"},
    ),
    "api/help/<public_id>/further": Row(
        post=ROSA_ALONE, fill=helped, data=lambda world: wanted(world) | {"to": world.cast.vera.public_id}
    ),
    "api/help/<public_id>/follow": Row(post=ROSA_ALONE, fill=helped),
    "api/help/<public_id>/tell": Row(post=ROSA_ALONE, fill=second),
    "api/shield": Row(
        get=everyone(),
        post=everyone(),
        data=lambda world: {
            "affects": "I lose the morning.",
            "shielded": ["Daily questions"],
            "review_on": "2027-01-20",
            "after_version": 1,
            "key": "matrix",
        },
    ),
    "api/shield/<public_id>/answer": Row(
        post=ANSWERS_ROSAS_SHIELD,
        fill=shield,
        data=lambda world: {"promised": ["I take them."], "review_on": "2027-01-20", "key": "matrix"},
    ),
    "api/shield/<public_id>/act": Row(
        post=READS_ROSAS_REQUEST, fill=shield, data=lambda world: {"act": "signed", "digest": "x"}
    ),
    "api/agreements": Row(
        get=everyone(),
        post=only("mina", hidden=" ".join(name for name in CAST if name != "mina")),
        data=lambda world: {
            "other": world.cast.rosa.public_id,
            "review_on": "2027-01-08",
            "key": "m",
            "manager_owes": ["An hour"],
        },
    ),
    "api/agreements/<public_id>": Row(get=READS_ROSAS_REQUEST, fill=agreed),
    "api/agreements/<public_id>/versions": Row(
        post=READS_ROSAS_REQUEST,
        fill=agreed,
        data=lambda world: {"review_on": "2027-01-08", "reason": "Why", "after": 1, "key": "m"},
    ),
    "api/agreements/<public_id>/act": Row(
        post=READS_ROSAS_REQUEST, fill=agreed, data=lambda world: {"act": "signed", "digest": "x"}
    ),
    "api/agreements/<public_id>/carry": Row(
        post=ROSA_ALONE, fill=agreed_before, data=lambda world: {"review_on": "2027-01-08", "key": "m"}
    ),
    "api/one-to-ones": Row(get=everyone()),
    "api/one-to-ones/<public_id>": Row(get=MEETS_ROSA, fill=rosa),
    "api/one-to-ones/<public_id>/rhythm": Row(
        put=MEETS_ROSA,
        fill=rosa,
        data=lambda world: {
            "kind": "weekly",
            "zone": "Europe/Helsinki",
            "starts_on": "2026-12-01",
            "after": 1,
        },
    ),
    "api/one-to-ones/<public_id>/act": Row(
        post=MEETS_ROSA,
        fill=rosa,
        data=lambda world: {"act": "note", "slot": "2026-11-26", "text": "The lab is free."},
    ),
    "api/operations/units": Row(get=only("ada"), put=only("ada"), data=switched),
    "api/operations/help": Row(get=only("olu"), put=only("olu"), data=lambda world: {"days": 4}),
    "api/results/standing": Row(get=only(REPS, hidden=LEADERS)),
    "api/results/standing/team": Row(get=only(SELLERS)),
    "api/results/standing/<public_id>": Row(get=READS_ROSAS_RESULTS, fill=rosa),
    "api/results/seats": Row(get=everyone(), post=only("olu"), data=seat),
    "api/results/seats/<public_id>/back": Row(
        post=only("olu"), fill=lambda world: {"public_id": world.seat_of_rosa}
    ),
    "api/results/leave": Row(get=everyone(), post=only("hana"), data=leave),
    "api/results/leave/<public_id>/back": Row(
        post=only("hana"), fill=lambda world: {"public_id": world.leave_of_rosa}
    ),
    "api/results/targets": Row(get=only(SELLERS)),
    "api/results/talk": Row(get=only(REPS, hidden=LEADERS)),
    "api/results/talk/<public_id>": Row(get=READS_ROSAS_RESULTS, fill=rosa),
    "api/results/talk/<public_id>/say": Row(
        post=READS_ROSAS_RESULTS, fill=rosa, data=lambda world: {"word": "back"}
    ),
    "api/results/gaps": Row(get=KEEPS_GAPS),
    "api/results/gaps/<public_id>": Row(get=READS_ROSAS_GAP, fill=gap),
    "api/results/gaps/of/<public_id>/<quarter>": Row(
        put=KEEPS_ROSAS_GAP, fill=closed, data=lambda world: {"after": 1}
    ),
    "api/results/gaps/<public_id>/back": Row(
        post=KEEPS_ROSAS_GAP, fill=gap, data=lambda world: {"why": "Twice.", "after": 1}
    ),
    "api/results/looks": Row(get=only(SELLERS + " hana")),
    "api/results/looks/<public_id>": Row(get=READS_THE_LOOK, fill=look),
    "api/results/looks/<public_id>/act": Row(
        post=READS_THE_LOOK, fill=look, data=lambda world: {"act": "answered", "words": "Please wait."}
    ),
    "api/results/roles/<public_id>": Row(
        get=READS_THE_ROLE,
        post=DECIDES_THE_ROLE,
        fill=role_look,
        data=lambda world: {"about": "target", "words": "The market halved."},
    ),
    "api/results/units": Row(get=only("hana")),
    "api/results/units/<public_id>": Row(post=only("hana"), fill=mina, data=recorded),
    "api/results/units/<public_id>/stop": Row(
        post=only("hana"), fill=mina, data=lambda world: {"words": "Not yet.", "after": 0}
    ),
    "api/results/rule": Row(get=everyone(), put=only("hana"), data=lambda world: RULE),
    "api/catalogue": Row(get=READS_THE_CATALOGUE),
    "api/owed": Row(get=only(SELLERS)),
    "api/owe": Row(get=everyone()),
    "api/owe/<public_id>/deliver": Row(
        post=hidden_from_all_but("sanna"),
        fill=item,
        data=lambda world: {"persons": [world.cast.pia.public_id], "on": "2026-11-24", "words": "Held."},
    ),
    "api/owed/deliveries/<public_id>/rate": Row(
        post=ROSAS_OWN, fill=delivery, data=lambda world: {"rating": "helped"}
    ),
    "api/know": Row(get=only(SELLERS)),
    "api/library": Row(get=everyone()),
    "api/library/files/<public_id>": Row(
        get=everyone(), fill=lambda world: {"public_id": world.material_file_of_rosa}
    ),
    "api/library/<public_id>": Row(get=everyone(), fill=material),
    "api/guidance": Row(
        get=only(f"{SELLERS} olu"),
        post=only(REPS),
        data=lambda world: {"kind": "market", "words": "Who else sells"},
    ),
    "api/guidance/<public_id>": Row(
        post=ROSAS_OWN,
        fill=lambda world: {"public_id": world.guidance_of_rosa},
        data=lambda world: {"step": "withdrawn"},
    ),
    "api/support/statements": Row(get=everyone()),
    "api/support/statements/<public_id>": Row(get=everyone(), fill=issued),
    "api/feedback": Row(get=everyone()),
    "api/feedback/<public_id>": Row(get=hidden_from_all_but(CONCERNED_BY_FEEDBACK), fill=feedback_round),
    "api/debts": Row(get=everyone()),
    "api/debts/<public_id>": Row(get=READS_THE_DEBT, fill=debt),
    "api/debts/<public_id>/act": Row(
        post=READS_THE_DEBT, fill=debt, data=lambda world: {"act": "dated", "due_on": "2026-12-01"}
    ),
    "api/ledger": Row(get=everyone()),
    "api/ledger/verify": Row(post=only("olu ada")),
}


SEES_THE_SEAT: Outcomes = only("olu", hidden="carl vera mina otto sanna")
WATCHES_ROSA: Outcomes = only("mina", hidden="carl vera otto sanna")


def account(world: World) -> dict[str, object]:
    return {"public_id": world.account_of_rosa}


def nobodys(world: World) -> dict[str, object]:
    """The seat of accounts that are nobody's."""
    return {"key": "nobody"}


ROWS: dict[str, Row] = {
    "": Row(get=public()),
    "start/": Row(get=public()),
    "start/be/<str:public_id>/": Row(post=public(), fill=rosa),
    "theme/": Row(post=public()),
    "health/": Row(get=public()),
    # People
    "people/": Row(get=everyone()),
    "people/new/": Row(get=only("olu"), post=only("olu")),
    "people/<str:public_id>/": Row(get=everyone(), fill=rosa),
    "people/<str:public_id>/move/": Row(post=only("olu"), fill=rosa),
    "people/<str:public_id>/roles/": Row(post=only("ada"), fill=rosa),
    "people/<str:public_id>/account/": Row(post=only("ada"), fill=rosa),
    "find/": Row(get=everyone()),
    # Deals
    # The call
    "quarter/": Row(get=only(SELLERS), post=only(SELLERS)),
    "quarter/what-if/": Row(get=only(SELLERS)),
    "call/": Row(get=only(LEADERS)),
    "call/what-if/": Row(get=only(LEADERS)),
    "call/then/": Row(get=only(LEADERS)),
    "call/export.csv": Row(get=only(LEADERS)),
    "call/export.xlsx": Row(get=only(LEADERS)),
    "call/load/": Row(get=only(LEADERS), post=only(LEADERS)),
    "call/pack/": Row(get=only(LEADERS)),
    "call/pack/<str:public_id>/": Row(get=only("mina vera carl", hidden="otto sanna"), fill=mina),
    "call/number/": Row(post=only(SELLERS), data=lambda world: {"number": "70"}),
    "call/submit/": Row(post=only(LEADERS)),
    "call/reports/<str:public_id>/call/": Row(
        post=only("mina", hidden="otto sanna"), fill=rosa, data=lambda world: {"number": "70"}
    ),
    "call/reports/<str:public_id>/overlay/": Row(
        post=only("mina", hidden="otto sanna carl vera"),
        fill=rosa,
        data=lambda world: {"number": "60", "note": "Half of it has no date."},
    ),
    "call/reports/<str:public_id>/said/": Row(get=SAID_OF_ROSA, fill=rosa),
    "call/reports/<str:public_id>/said.csv": Row(get=SAID_OF_ROSA, fill=rosa),
    "call/deals/<str:public_id>/judgement/": Row(
        post=JUDGES_ROSAS_DEAL, fill=deal, data=lambda world: {"act": "out", "note": "No date."}
    ),
    "call/copy/<str:public_id>/": Row(get=READS_MINAS_COPY, fill=submission),
    "call/copy/<str:public_id>/read/": Row(post=READS_MINAS_COPY, fill=submission),
    "call/copy/<str:public_id>/withdraw/": Row(
        post=only("mina", hidden="carl vera otto sanna pia piet sven"), fill=submission
    ),
    "call/copy/<str:public_id>/text/": Row(get=READS_MINAS_COPY, fill=submission),
    "today/": Row(get=everyone()),
    "assessment/": Row(get=only(LEADERS)),
    "assessment/<str:public_id>/": Row(
        get=only("vera mina", others="forbidden", hidden="carl otto sanna"), fill=mina
    ),
    "assessment/<str:public_id>/file/": Row(
        get=only("vera mina", others="forbidden", hidden="carl otto sanna"), fill=mina
    ),
    "earnings/": Row(get=only(SELLERS), post=only(SELLERS), data=lambda world: {"variable": "40000"}),
    "promises/": Row(get=everyone(), post=everyone()),
    "promises/<str:public_id>/": Row(get=hidden_from_all_but("rosa mina"), fill=promise),
    "promises/<str:public_id>/act/": Row(
        post=hidden_from_all_but("rosa mina"), fill=promise, data=lambda world: {"act": "kept"}
    ),
    "desk/": Row(get=only(LEADERS)),
    "desk/paste/": Row(get=only(LEADERS), post=only(LEADERS)),
    "desk/answer/": Row(get=only(LEADERS), post=only(LEADERS)),
    "desk/decided/": Row(get=only(LEADERS)),
    "desk/counts/": Row(get=only(LEADERS)),
    "desk/praise/": Row(post=only(LEADERS)),
    "desk/mail/": Row(get=only(LEADERS)),
    "desk/mail/<str:public_id>/": Row(
        post=only("mina", hidden="carl vera otto sanna"), fill=mailed, data=lambda world: {"do": "confirm"}
    ),
    "desk/messages/<str:public_id>/": Row(get=ON_MINAS_DESK, fill=from_vera),
    "desk/messages/<str:public_id>/act/": Row(post=ON_MINAS_DESK, fill=from_vera),
    "desk/messages/<str:public_id>/kind/": Row(
        post=ON_MINAS_DESK, fill=from_vera, data=lambda world: {"kind": "news"}
    ),
    "desk/messages/<str:public_id>/ask/": Row(
        # Otto stands in for triage; the deals are not lent with it.
        post=only("mina", hidden="carl vera sanna"),
        fill=from_vera,
        data=lambda world: {"need": "One signature."},
    ),
    "desk/messages/<str:public_id>/straight/": Row(
        post=SETS_STRAIGHT, fill=from_vera, data=lambda world: {"do": "withdraw", "key": "matrix"}
    ),
    "messages/": Row(get=only(LEADERS)),
    "messages/write/": Row(get=only(LEADERS), post=only(LEADERS)),
    "messages/check/": Row(post=only(LEADERS)),
    "messages/hints/": Row(post=only(LEADERS)),
    "broadcasts/write/": Row(get=only(LEADERS), post=only(LEADERS)),
    "broadcasts/<str:public_id>/": Row(get=VERAS_OWN, fill=broadcast),
    "broadcasts/<str:public_id>/straight/": Row(
        post=VERAS_OWN, fill=broadcast, data=lambda world: {"do": "withdraw", "key": "matrix"}
    ),
    "everybody/": Row(get=everyone(), post=TELLS_EVERYBODY),
    "everybody/<str:public_id>/": Row(get=everyone(), fill=to_all),
    "everybody/<str:public_id>/straight/": Row(
        post=WITHDRAWS_IT, fill=to_all, data=lambda world: {"do": "withdraw", "key": "matrix"}
    ),
    "lanes/": Row(get=everyone()),
    "pressure-days/": Row(get=KEEPS_DAYS, post=KEEPS_DAYS),
    "pressure-days/<str:public_id>/take-back/": Row(post=ENDS_OLUS_DAY, fill=pressure_day),
    "inbox/": Row(get=only(SELLERS)),
    "contacts/": Row(get=only(SELLERS), post=only(SELLERS)),
    "confidential/": Row(get=only("hana"), post=only("hana")),
    "settings/desk/": Row(get=only("olu"), post=only("olu")),
    "asks/": Row(get=only(SELLERS)),
    "asks/effect/": Row(get=only(f"{LEADERS} olu")),
    "asks/<str:public_id>/": Row(get=READS_ROSAS_ASK, fill=ask),
    "asks/<str:public_id>/act/": Row(
        post=READS_ROSAS_ASK, fill=ask, data=lambda world: {"act": "accepted", "on": "2026-11-25"}
    ),
    "asks/<str:public_id>/edit/": Row(get=WRITES_IT_AGAIN, post=WRITES_IT_AGAIN, fill=ask),
    "asks/<str:public_id>/brief/": Row(get=READS_ROSAS_ASK, fill=ask),
    "asks/<str:public_id>/debrief/": Row(get=READS_ROSAS_ASK, post=READS_ROSAS_ASK, fill=ask),
    "deals/<str:public_id>/asks/new/": Row(get=WRITES_ROSAS_ASK, post=WRITES_ROSAS_ASK, fill=deal),
    "deals/<str:public_id>/sponsor/": Row(
        post=JUDGES_ROSAS_DEAL, fill=deal, data=lambda world: {"sponsor": world.cast.vera.public_id}
    ),
    "debts/": Row(get=everyone()),
    "debts/<str:public_id>/": Row(get=READS_THE_DEBT, fill=debt),
    "debts/<str:public_id>/act/": Row(
        post=READS_THE_DEBT, fill=debt, data=lambda world: {"act": "dated", "due_on": "2026-12-01"}
    ),
    "owed/": Row(get=only(SELLERS)),
    "owed/owed.csv": Row(get=only(SELLERS)),
    "owed/deliveries/<str:public_id>/": Row(
        post=ROSAS_OWN, fill=delivery, data=lambda world: {"act": "rate", "rating": "helped"}
    ),
    "owed/files/<str:public_id>/": Row(
        get=hidden_from_all_but("rosa mina sanna"), fill=lambda world: {"public_id": world.file_for_rosa}
    ),
    "owed/sells/<str:public_id>/": Row(
        get=only("olu mina", hidden="carl vera otto sanna"),
        post=only("olu mina", hidden="carl vera otto sanna"),
        fill=rosa,
    ),
    "owed/of/<str:public_id>/": Row(get=OWED_TO_ROSA, fill=rosa),
    "owe/": Row(get=everyone()),
    "owe/<str:public_id>/": Row(
        get=hidden_from_all_but("sanna"),
        post=hidden_from_all_but("sanna"),
        fill=item,
        data=lambda world: {"persons": world.cast.pia.public_id, "on": "2026-11-24", "words": "Held."},
    ),
    "catalogue/": Row(get=READS_THE_CATALOGUE),
    "catalogue/catalogue.csv": Row(get=only("olu")),
    "catalogue/catalogue.xlsx": Row(get=only("olu")),
    "catalogue/load/": Row(get=only("olu"), post=only("olu")),
    "catalogue/products/": Row(post=only("olu"), data=lambda world: {"name": "Analyser"}),
    "catalogue/new/": Row(get=only(f"{LEADERS} olu"), post=only(f"{LEADERS} olu")),
    "catalogue/items/<str:public_id>/": Row(
        get=READS_THE_CATALOGUE,
        post=only("olu", hidden=SELLERS),
        fill=item,
        data=lambda world: {"role": "Seller"},
    ),
    "catalogue/items/<str:public_id>/retire/": Row(post=only("olu", hidden=SELLERS), fill=item),
    "library/": Row(get=everyone()),
    "library/new/": Row(get=everyone(), post=everyone()),
    "library/files/<str:public_id>/": Row(
        get=everyone(), fill=lambda world: {"public_id": world.material_file_of_rosa}
    ),
    "library/items/<str:public_id>/": Row(get=everyone(), fill=material),
    "library/items/<str:public_id>/edit/": Row(
        get=hidden_from_all_but("rosa"), post=hidden_from_all_but("rosa"), fill=material
    ),
    "library/items/<str:public_id>/act/": Row(
        post=everyone(), fill=material, data=lambda world: {"act": "thank"}
    ),
    "guidance/": Row(get=only(f"{SELLERS} olu"), post=only(REPS)),
    "guidance/<str:public_id>/": Row(
        post=ROSAS_OWN,
        fill=lambda world: {"public_id": world.guidance_of_rosa},
        data=lambda world: {"act": "withdrawn"},
    ),
    "support/": Row(get=everyone()),
    "support/issue/": Row(get=only("olu"), post=only("olu")),
    "support/statements/<str:public_id>/": Row(get=everyone(), fill=issued),
    "support/statements/<str:public_id>/text/": Row(get=everyone(), fill=issued),
    "know/": Row(get=only(SELLERS)),
    "know/new/": Row(get=only(REPS), post=only(REPS)),
    "know/assess/": Row(get=everyone()),
    "know/assess/<str:public_id>/": Row(
        get=hidden_from_all_but("pia"),
        post=hidden_from_all_but("pia"),
        fill=teach_back,
        data=lambda world: {"act": "decline"},
    ),
    "know/of/<str:public_id>/": Row(get=OWED_TO_ROSA, fill=rosa),
    "know/entries/<str:public_id>/": Row(get=ROSAS_OWN, post=ROSAS_OWN, fill=teach_back),
    "know/entries/<str:public_id>/withdraw/": Row(post=ROSAS_OWN, fill=teach_back),
    "standing/": Row(get=everyone()),
    "standing/seats/": Row(get=only("olu"), post=only("olu"), data=seat),
    "standing/seats/<str:public_id>/back/": Row(
        post=only("olu"), fill=lambda world: {"public_id": world.seat_of_rosa}
    ),
    "standing/leave/": Row(get=only("hana"), post=only("hana"), data=leave),
    "standing/leave/<str:public_id>/back/": Row(
        post=only("hana"), fill=lambda world: {"public_id": world.leave_of_rosa}
    ),
    "standing/<str:public_id>/": Row(get=READS_ROSAS_RESULTS, fill=rosa),
    "improvement/": Row(get=everyone()),
    "improvement/own/": Row(get=everyone(), post=everyone(), data=lambda world: {"do": "keep", "days": "30"}),
    "improvement/record/": Row(get=only("hana")),
    "improvement/impact/": Row(
        get=only("hana"),
        post=only("hana"),
        data=lambda world: {"text": "Rosa Lindqvist, A\nRavi Menon, B", "what": "look", "months": "12"},
    ),
    "improvement/protected/": Row(
        get=only("hana"),
        post=only("hana"),
        data=lambda world: {"plan": world.own_plan_of_sven, "words": "Both asked."},
    ),
    "improvement/new/<str:public_id>/": Row(
        get=only("mina", hidden="carl vera otto sanna"),
        post=only("mina", hidden="carl vera otto sanna"),
        fill=diagnosis,
    ),
    "improvement/measure/<str:public_id>/<str:task>/": Row(
        get=hidden_from_all_but("sanna"),
        post=hidden_from_all_but("sanna"),
        fill=lambda world: {"public_id": world.plan_of_rosa, "task": world.task_for_sanna},
    ),
    "improvement/<str:public_id>/": Row(get=READS_THE_PLAN, fill=plan),
    "improvement/<str:public_id>/packet.pdf": Row(get=READS_THE_PLAN, fill=plan),
    "improvement/year-after/": Row(get=only("hana")),
    "outside-reviewers/": Row(get=only("hana ada")),
    "outside-reviewers/send/": Row(
        post=only("hana", hidden="ada"), data=lambda world: {"plan": world.plan_of_mina}
    ),
    "outside-reviewers/back/<str:public_id>/": Row(
        post=only("hana", hidden="ada"), fill=lambda world: {"public_id": world.address_to_minas_plan}
    ),
    "outside-reviewers/<str:public_id>/": Row(
        get=only("hana", hidden="ada"), post=only("hana", hidden="ada"), fill=mina, data=reviewer
    ),
    "outside-reviewers/<str:public_id>/end/": Row(
        post=only("hana", hidden="ada"), fill=mina, data=lambda world: {"words": "Retired.", "after": "0"}
    ),
    "outside/<str:secret>/": Row(
        get=NOBODY_WITHOUT_IT,
        post=NOBODY_WITHOUT_IT,
        fill=guessed,
        reviewed=reviewed,
        data=lambda world: {"act": "heard", "said": "upheld", "words": "It stands."},
    ),
    "outside/<str:secret>/packet.pdf": Row(get=NOBODY_WITHOUT_IT, fill=guessed, reviewed=reviewed),
    "improvement/<str:public_id>/act/": Row(
        post=READS_THE_PLAN, fill=plan, data=lambda world: {"act": "replied", "words": "I read it."}
    ),
    "improvement/<str:public_id>/write/": Row(
        get=hidden_from_all_but("mina"), post=hidden_from_all_but("mina"), fill=plan
    ),
    "improvement/<str:public_id>/cover/": Row(
        get=hidden_from_all_but("mina hana"), post=hidden_from_all_but("mina hana"), fill=plan
    ),
    "improvement/<str:public_id>/cover.csv": Row(get=hidden_from_all_but("mina hana"), fill=plan),
    "quarter/targets/": Row(get=only(SELLERS)),
    "talk/": Row(get=only(REPS, hidden=LEADERS)),
    "talk/<str:public_id>/": Row(get=READS_ROSAS_RESULTS, fill=rosa),
    "talk/<str:public_id>/say/": Row(
        post=READS_ROSAS_RESULTS, fill=rosa, data=lambda world: {"word": "back"}
    ),
    "gaps/": Row(get=KEEPS_GAPS),
    "gaps/export.csv": Row(get=KEEPS_GAPS),
    "gaps/write/<str:public_id>/<str:quarter>/": Row(get=KEEPS_ROSAS_GAP, post=KEEPS_ROSAS_GAP, fill=closed),
    "gaps/<str:public_id>/": Row(get=READS_ROSAS_GAP, fill=gap),
    "gaps/<str:public_id>/back/": Row(
        post=KEEPS_ROSAS_GAP, fill=gap, data=lambda world: {"why": "Twice.", "after": "1"}
    ),
    "accounts/": Row(get=only(SELLERS + " olu")),
    "accounts/export.csv": Row(get=only(SELLERS + " olu")),
    "accounts/tiers/": Row(get=only("olu"), post=only("olu")),
    "accounts/seats/": Row(get=only(LEADERS + " olu")),
    "accounts/seats/<str:key>/": Row(get=SEES_THE_SEAT, fill=nobodys),
    "accounts/seats/<str:key>/export.csv": Row(get=SEES_THE_SEAT, fill=nobodys),
    "accounts/seats/<str:key>/cover/": Row(get=SEES_THE_SEAT, post=SEES_THE_SEAT, fill=nobodys),
    "accounts/watch/<str:public_id>/": Row(get=WATCHES_ROSA, fill=rosa),
    "accounts/watch/<str:public_id>/export.csv": Row(get=WATCHES_ROSA, fill=rosa),
    "accounts/<str:public_id>/": Row(get=SEES_ROSAS_DEAL, fill=account),
    "accounts/<str:public_id>/act/": Row(
        post=SEES_ROSAS_DEAL,
        fill=account,
        data=lambda world: {"act": "contact", "kind": "call-two", "on": "2026-11-24"},
    ),
    "api/accounts": Row(get=only(SELLERS + " olu")),
    "api/accounts/found": Row(get=only(SELLERS + " olu")),
    "api/accounts/seats": Row(get=only(LEADERS + " olu")),
    "api/accounts/seats/<key>": Row(get=SEES_THE_SEAT, fill=nobodys),
    "api/accounts/watch/<public_id>": Row(get=WATCHES_ROSA, fill=rosa),
    "api/accounts/<public_id>": Row(get=SEES_ROSAS_DEAL, fill=account),
    "api/accounts/<public_id>/contacts": Row(get=SEES_ROSAS_DEAL, fill=account),
    "api/accounts/contacts": Row(
        post=SEES_ROSAS_DEAL,
        data=lambda world: {
            "contacts": [{"account": world.account_of_rosa, "on": "2026-11-24", "kind": "call", "key": "1"}]
        },
    ),
    "looks/": Row(get=only(SELLERS + " hana")),
    "looks/<str:public_id>/": Row(get=READS_THE_LOOK, fill=look),
    "looks/<str:public_id>/act/": Row(
        post=READS_THE_LOOK, fill=look, data=lambda world: {"act": "answered", "words": "Please wait."}
    ),
    "looks/<str:public_id>/diagnose/": Row(
        post=only("mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven hana"), fill=look
    ),
    "diagnoses/<str:public_id>/": Row(get=READS_THE_DIAGNOSIS, fill=diagnosis),
    "diagnoses/<str:public_id>/write/": Row(get=WRITES_THE_DRAFT, post=WRITES_THE_DRAFT, fill=draft),
    "diagnoses/<str:public_id>/act/": Row(
        post=READS_THE_DIAGNOSIS, fill=diagnosis, data=lambda world: {"act": "answered", "words": "I see."}
    ),
    "observations/": Row(get=everyone()),
    "observations/<str:public_id>/": Row(
        get=hidden_from_all_but("sanna"),
        post=hidden_from_all_but("sanna"),
        fill=lambda world: {"public_id": world.asked_of_sanna},
        data=lambda world: {"act": "declined"},
    ),
    "looks/roles/<str:public_id>/": Row(
        get=READS_THE_ROLE,
        post=DECIDES_THE_ROLE,
        fill=role_look,
        data=lambda world: {"about": "target", "words": "The market halved."},
    ),
    "results/rule/": Row(get=everyone()),
    "results/rule/set/": Row(get=only("hana"), post=only("hana")),
    "results/units/": Row(get=only("hana")),
    "results/units/<str:public_id>/": Row(get=only("hana"), post=only("hana"), fill=mina),
    "results/units/<str:public_id>/stop/": Row(
        post=only("hana"), fill=mina, data=lambda world: {"words": "Not yet.", "after": 0}
    ),
    "records/": Row(get=only("hana")),
    "records/reads/": Row(get=everyone()),
    "records/what-is-kept/": Row(get=everyone()),
    "records/countries/": Row(get=everyone()),
    "records/countries/<slug:key>/": Row(get=everyone(), post=only("hana"), fill=finland),
    "records/people/<str:public_id>/": Row(get=only("hana"), fill=rosa),
    "records/people/<str:public_id>/reads.csv": Row(get=only("hana"), fill=rosa),
    "records/people/<str:public_id>/copy/": Row(get=only("hana"), post=only("hana"), fill=rosa),
    "records/people/<str:public_id>/hold/": Row(post=only("hana"), fill=rosa),
    "records/copies/<str:public_id>/": Row(get=only("hana"), fill=copy),
    "records/copies/<str:public_id>/act/": Row(
        post=only("hana"), fill=copy, data=lambda world: {"act": "call_off", "reason": ""}
    ),
    "records/copies/<str:public_id>/file/": Row(post=only("hana"), fill=copy),
    "records/notes/": Row(
        get=everyone(), post=hidden_from_all_but("mina"), data=lambda world: {"request": world.copy_of_rosa}
    ),
    "records/erasure/": Row(
        get=only("hana"),
        post=only("hana"),
        data=lambda world: {**rosa_named(world), "key": "looks", "seen": 1},
    ),
    "cases/": Row(get=only("hana")),
    "cases/about/<str:public_id>/": Row(get=only("hana"), post=only("hana"), fill=rosa),
    "cases/read/<str:public_id>/": Row(get=only("hana"), fill=case_reads),
    "cases/<str:public_id>/": Row(get=hidden_from_all_but("hana rosa mina"), fill=case),
    "cases/<str:public_id>/act/": Row(
        post=only("hana"), fill=case, data=lambda world: {"act": "declined", "words": "Not needed."}
    ),
    "help/": Row(get=everyone()),
    "help/ask/": Row(get=everyone(), post=everyone()),
    "help/complaint/": Row(get=everyone(), post=everyone()),
    "help/<str:public_id>/": Row(get=READS_ROSAS_SECOND_DOOR, fill=second),
    "help/<str:public_id>/act/": Row(
        post=READS_ROSAS_REQUEST, fill=helped, data=lambda world: {"act": "answered", "text": "Friday."}
    ),
    "help/<str:public_id>/further/": Row(get=ROSA_ALONE, post=ROSA_ALONE, fill=helped),
    "help/<str:public_id>/follow/": Row(post=ROSA_ALONE, fill=helped),
    "help/<str:public_id>/tell/": Row(post=ROSA_ALONE, fill=second),
    "shield/": Row(get=everyone()),
    "shield/ask/": Row(post=everyone()),
    "shield/<str:public_id>/answer/": Row(post=ANSWERS_ROSAS_SHIELD, fill=shield),
    "shield/<str:public_id>/act/": Row(
        post=READS_ROSAS_REQUEST, fill=shield, data=lambda world: {"act": "signed", "digest": "x"}
    ),
    "feedback/": Row(get=everyone()),
    "feedback/rules/": Row(get=everyone()),
    "feedback/<str:public_id>/": Row(get=hidden_from_all_but(CONCERNED_BY_FEEDBACK), fill=feedback_round),
    "feedback/<str:public_id>/export.csv": Row(
        get=hidden_from_all_but(CONCERNED_BY_FEEDBACK), fill=feedback_round
    ),
    "feedback/<str:public_id>/answer/": Row(
        get=hidden_from_all_but(REPS), post=hidden_from_all_but(REPS), fill=feedback_round
    ),
    "feedback/<str:public_id>/share/": Row(
        post=only("vera", hidden="carl mina otto sanna"),
        fill=feedback_round,
        data=lambda world: {"whom": "asked", "on": "yes"},
    ),
    "agreements/": Row(get=everyone()),
    "agreements/with/<str:public_id>/": Row(
        get=hidden_from_all_but("mina"), post=hidden_from_all_but("mina"), fill=rosa
    ),
    "agreements/<str:public_id>/": Row(get=READS_ROSAS_REQUEST, fill=agreed),
    "agreements/<str:public_id>/act/": Row(
        post=READS_ROSAS_REQUEST, fill=agreed, data=lambda world: {"act": "signed", "digest": "x"}
    ),
    "agreements/<str:public_id>/write/": Row(get=READS_ROSAS_REQUEST, post=READS_ROSAS_REQUEST, fill=agreed),
    "agreements/<str:public_id>/carry/": Row(get=ROSA_ALONE, post=ROSA_ALONE, fill=agreed_before),
    "one-to-ones/": Row(get=everyone()),
    "one-to-ones/notes/": Row(get=everyone()),
    "one-to-ones/calendar/": Row(get=everyone(), post=everyone()),
    "one-to-ones/ended/<str:public_id>/": Row(get=ROSA_ALONE, fill=series),
    "one-to-ones/with/<str:public_id>/": Row(get=MEETS_ROSA, fill=rosa),
    "one-to-ones/with/<str:public_id>/meetings.ics": Row(get=MEETS_ROSA, fill=rosa),
    "one-to-ones/with/<str:public_id>/<str:day>/": Row(get=MEETS_ROSA, fill=thursday),
    "one-to-ones/with/<str:public_id>/<str:day>/act/": Row(
        post=MEETS_ROSA, fill=thursday, data=lambda world: {"do": "private", "text": "For me."}
    ),
    "calendar/<str:secret>.ics": Row(get=hidden_from_all_but("", anonymous="hidden"), fill=guessed),
    "settings/units/": Row(get=only("ada"), post=only("ada"), data=switched),
    "settings/help/": Row(get=only("olu"), post=only("olu")),
    "reviews/": Row(get=everyone()),
    "reviews/begin/": Row(post=only(LEADERS)),
    "reviews/<str:public_id>/": Row(get=hidden_from_all_but(WAS_THERE), fill=review),
    "reviews/<str:public_id>/write/": Row(post=RUNS_MINAS_REVIEW, fill=review),
    "reviews/<str:public_id>/call-off/": Row(post=RUNS_MINAS_REVIEW, fill=review),
    "reviews/<str:public_id>/straight/": Row(post=hidden_from_all_but(WAS_THERE), fill=review),
    "reviews/<str:public_id>/text/": Row(get=hidden_from_all_but(WAS_THERE), fill=review),
    "board/": Row(get=only("carl vera")),
    "board/export.csv": Row(get=only("carl vera")),
    "board/export.xlsx": Row(get=only("carl vera")),
    "record/": Row(get=only(LEADERS)),
    "record/<str:public_id>/": Row(
        get=only("carl vera mina", hidden="otto sanna"),
        fill=lambda world: {"public_id": world.cast.mina.public_id},
    ),
    "changes/": Row(get=only(SELLERS_AND_OPS)),
    "changes/export.csv": Row(get=only(SELLERS_AND_OPS)),
    "changes/export.xlsx": Row(get=only(SELLERS_AND_OPS)),
    "expectations/": Row(get=only(READS_EXPECTATIONS)),
    "expectations/write/": Row(get=only(LEADERS), post=only(LEADERS)),
    "expectations/<str:public_id>/": Row(get=READS_MINAS_STATEMENT, fill=statement),
    "expectations/<str:public_id>/sign/": Row(
        post=only("vera mina", hidden="carl otto sanna"), fill=statement
    ),
    "expectations/<str:public_id>/disagree/": Row(
        post=ANSWERS_MINA, fill=statement, data=lambda world: {"number": "2", "reason": "Too high."}
    ),
    "expectations/<str:public_id>/text/": Row(get=READS_MINAS_STATEMENT, fill=statement),
    "deals/<str:public_id>/evidence/": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "deals/<str:public_id>/evidence/<slug:key>/": Row(
        get=SCORES_ROSAS_DEAL,
        post=SCORES_ROSAS_DEAL,
        fill=lambda world: deal(world) | {"key": "win"},
        data=lambda world: {"score": "1", "what": "They like the lab."},
    ),
    "evidence-files/<str:public_id>/": Row(get=SEES_ROSAS_DEAL, fill=letter),
    "evidence-files/<str:public_id>/remove/": Row(post=SCORES_ROSAS_DEAL, fill=letter),
    "deals/<str:public_id>/plan/": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "deals/<str:public_id>/plan/write/": Row(
        get=SCORES_ROSAS_DEAL, post=SCORES_ROSAS_DEAL, fill=deal, data=lambda world: {"what": "Two sites"}
    ),
    "deals/<str:public_id>/plan/cite/": Row(
        # Vera may write the plan, and reads nothing of what Rosa knows.
        post=only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven"),
        fill=deal,
        data=lambda world: {"known": world.teach_back_of_rosa, "where": "player:Karin Holm"},
    ),
    "deals/<str:public_id>/plan/test/": Row(
        # Rosa may test what others wrote, but this version is hers.
        post=SCORES_ROSAS_DEAL,
        fill=deal,
        data=lambda world: {"version": "1", "words": "It held."},
    ),
    "deals/<str:public_id>/card/": Row(get=SEES_ROSAS_CARD, fill=deal),
    "cards/": Row(get=only(SELLERS_AND_OPS)),
    "plans/": Row(get=only(SELLERS_AND_OPS)),
    "plans/open/": Row(post=only(LEADERS), data=lambda world: {"on": "no"}),
    # Nobody opened the plans of a team here; tests/plans/test_mates.py opens them.
    "plans/<str:public_id>/": Row(get=only("", hidden=REPS), fill=deal),
    "deals/<str:public_id>/mutual/": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "deals/<str:public_id>/mutual/write/": Row(
        get=SCORES_ROSAS_DEAL, post=SCORES_ROSAS_DEAL, fill=deal, data=lambda world: {"title": "Two sites"}
    ),
    "deals/<str:public_id>/mutual/preview/": Row(get=SCORES_ROSAS_DEAL, post=SCORES_ROSAS_DEAL, fill=deal),
    "deals/<str:public_id>/mutual/plan.pdf": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "deals/<str:public_id>/mutual/share/": Row(
        post=SCORES_ROSAS_DEAL, fill=deal, data=lambda world: {"whom": "Jens Aho", "days": "7"}
    ),
    "deals/<str:public_id>/mutual/revoke/": Row(
        post=REVOKES_ROSAS_ADDRESSES, fill=deal, data=lambda world: {"address": world.address_of_rosas_buyer}
    ),
    "shared-plans/": Row(get=only(SELLERS_AND_OPS)),
    "shared/<str:secret>/": Row(get=NOBODY_WITHOUT_IT, fill=guessed, held=held),
    "shared/<str:secret>/plan.pdf": Row(get=NOBODY_WITHOUT_IT, fill=guessed, held=held),
    "deals/<str:public_id>/exit/": Row(
        get=READS_ROSAS_EXIT, post=ANSWERS_ROSAS_EXIT, fill=deal, data=lambda world: {"why": "It slips."}
    ),
    "deals/<str:public_id>/exit/write/": Row(
        get=ANSWERS_ROSAS_EXIT, post=ANSWERS_ROSAS_EXIT, fill=deal, data=lambda world: {"act": "hand_in"}
    ),
    "exits/": Row(get=only(SELLERS)),
    "exits/<str:public_id>/reply/": Row(
        post=REPLIES_TO_ROSA, fill=packet, data=lambda world: {"act": "accepted"}
    ),
    "exits/<str:public_id>/up/": Row(post=REPLIES_TO_ROSA, fill=packet),
    "exits/<str:public_id>/card/": Row(get=SEES_ROSAS_CARD, fill=packet),
    "win-loss/": Row(get=everyone()),
    "win-loss/export.csv": Row(get=everyone()),
    "deals/<str:public_id>/win-loss/": Row(get=READS_ROSAS_WIN_LOSS, fill=deal),
    "deals/<str:public_id>/win-loss/write/": Row(get=SAYS_WHAT_DECIDED, post=SAYS_WHAT_DECIDED, fill=deal),
    "deals/<str:public_id>/win-loss/interview/": Row(get=only("olu"), post=only("olu"), fill=deal),
    "deals/<str:public_id>/win-loss/ask/": Row(post=only("olu"), fill=deal),
    "interviews/<str:public_id>/": Row(
        get=ASKED_FOR_THE_INTERVIEW, post=ASKED_FOR_THE_INTERVIEW, fill=request
    ),
    "interviews/<str:public_id>/answer/": Row(
        post=SAYS_WHAT_DECIDED, fill=interview, data=lambda world: {"words": "I see it otherwise."}
    ),
    "deals/<str:public_id>/news/": Row(
        get=only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven"),
        post=only("rosa mina", hidden="carl vera otto sanna ravi ines tomas pia piet sven"),
        fill=deal,
    ),
    "news/": Row(get=only(SELLERS)),
    "news/tell/": Row(post=only(LEADERS)),
    "news/told/<str:public_id>/": Row(get=READS_MINAS_NOTICE, fill=told),
    "news/<str:public_id>/correct/": Row(get=ROSA_TOLD, post=ROSA_TOLD, fill=news),
    "news/<str:public_id>/withdraw/": Row(post=ROSA_TOLD_OR_REFUSED, fill=news),
    "news/<str:public_id>/thank/": Row(post=MINA_LEADS, fill=news),
    "news/<str:public_id>/surprise/": Row(post=MINA_LEADS, fill=news),
    "accuracy/": Row(get=only("carl vera mina otto sanna olu")),
    "deals/": Row(get=only(SELLERS_AND_OPS)),
    "deals/export.csv": Row(get=only(SELLERS_AND_OPS)),
    "deals/export.xlsx": Row(get=only(SELLERS_AND_OPS)),
    "deals/<str:public_id>/": Row(get=SEES_ROSAS_DEAL, fill=deal),
    "deals/<str:public_id>/category/": Row(
        post=only("rosa", hidden="carl vera mina otto sanna ravi ines tomas pia piet sven"),
        fill=deal,
        data=lambda world: {"category": "commit"},
    ),
    "deals/<str:public_id>/split/": Row(
        post=only("olu"),
        fill=deal,
        data=lambda world: {"person": "Rosa Lindqvist", "percent": "100", "kind": "revenue", "act": "set"},
    ),
    "deals/<str:public_id>/judgement/": Row(
        post=JUDGES_ROSAS_DEAL, fill=deal, data=lambda world: {"act": "out", "note": "No date."}
    ),
    "deal-review/": Row(get=only(SELLERS_AND_OPS)),
    "deal-review/act/": Row(
        post=only(SELLERS),
        data=lambda world: {"act": "correct", "deal": world.deal_of_rosa, "field": "amount", "value": "90"},
    ),
    "deal-review/rules/": Row(get=only(SELLERS_AND_OPS)),
    "deal-review/corrections/": Row(get=only(SELLERS_AND_OPS)),
    "deal-review/corrections.csv": Row(get=only(SELLERS_AND_OPS)),
    "deal-review/to/<str:public_id>/": Row(get=ASKS_ROSA, post=ASKS_ROSA, fill=rosa),
    "deal-review/sent/<str:public_id>/": Row(get=READS_MINAS_MESSAGE, fill=message),
    "not-counted/": Row(get=only("olu")),
    "not-counted/stages/": Row(post=only("olu")),
    # Imports
    "imports/": Row(get=only("olu")),
    "imports/new/": Row(get=only("olu"), post=only("olu")),
    "imports/missing/": Row(post=only("olu")),
    "imports/<str:public_id>/": Row(get=only("olu"), fill=upload),
    "imports/<str:public_id>/act/": Row(post=only("olu"), fill=upload),
    "imports/<str:public_id>/mapping/": Row(get=only("olu"), post=only("olu"), fill=upload),
    "imports/<str:public_id>/mapping.toml": Row(get=only("olu"), fill=upload),
    # Settings
    "settings/": Row(get=only("olu")),
    "settings/organisation/": Row(post=only("olu")),
    "settings/stages/": Row(post=only("olu")),
    "settings/rates/": Row(post=only("olu")),
    "settings/forecast-types/": Row(get=only("olu"), post=only("olu")),
    "settings/criteria/": Row(get=only("olu ada"), post=only("olu ada")),
    "settings/exits/": Row(get=only("olu"), post=only("olu")),
    "settings/win-loss/": Row(get=only("olu"), post=only("olu")),
    "settings/flags/": Row(get=only("olu"), post=only("olu")),
    "settings/sharing/": Row(get=only("olu ada"), post=only("olu ada")),
    "settings/days-off/": Row(get=only("olu"), post=only("olu")),
    "settings/days-off/take-back/": Row(post=only("", hidden="olu")),
    "settings/mail/": Row(get=only("olu ada"), post=only("olu ada")),
    "settings/mail/test/": Row(post=only("olu ada")),
    "settings/mail/<str:public_id>/again/": Row(post=only("olu", hidden="ada"), fill=failed_mail),
    "settings/webhooks/": Row(get=only("ada"), post=only("ada")),
    "settings/webhooks/<str:public_id>/": Row(
        get=only("ada"), post=only("ada"), fill=webhook, data=lambda world: {"do": "pause"}
    ),
    "settings/webhooks/<str:public_id>/<str:call>/again/": Row(post=only("ada"), fill=webhook_call),
    "settings/targets/": Row(get=only("olu"), post=only("olu")),
    "settings/targets/export.csv": Row(get=only("olu")),
    "settings/targets/export.xlsx": Row(get=only("olu")),
    "settings/targets/load/": Row(get=only("olu"), post=only("olu")),
    "settings/targets/file/": Row(post=only("olu")),
    # Ledger
    "ledger/": Row(get=everyone()),
    "ledger/verify/": Row(post=only("olu ada")),
    # One's own
    "you/": Row(get=everyone()),
    "you/mail/": Row(get=everyone(), post=everyone()),
    "you/webhooks/": Row(get=everyone()),
    "you/webhooks/<str:public_id>/": Row(post=hidden_from_all_but("mina"), fill=webhook),
    "you/stored/": Row(get=everyone()),
    "you/notices/<str:notice>/": Row(
        post=hidden_from_all_but("rosa"), fill=lambda world: {"notice": world.notice_to_rosa}
    ),
    "you/delegations/": Row(post=only(LEADERS)),
    "you/delegations/<str:public_id>/end/": Row(
        post=only("mina", hidden="carl vera otto sanna"),
        fill=lambda world: {"public_id": world.delegation_by_mina},
    ),
    "you/tokens/": Row(post=everyone()),
    "you/tokens/<str:public_id>/revoke/": Row(
        post=hidden_from_all_but("rosa"), fill=lambda world: {"public_id": world.token_of_rosa}
    ),
} | API
"""route -> what each person of the cast gets."""
