"""What each part of Fairlead has for a person's day. Every reader asks through the rights the person has there.

A day is read over shoulders and shared on screens: of help, results, diagnoses, plans and records it names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fairlead.agreements import queries as agreements
from fairlead.asks import queries as asks
from fairlead.calls.queries import copies, own_number
from fairlead.calls.queries.periods import period_at
from fairlead.cases import queries as cases
from fairlead.deals import lookups
from fairlead.deals import queries as deals
from fairlead.debts import queries as debts
from fairlead.desk import queries as desk
from fairlead.diagnoses import queries as diagnoses
from fairlead.enablement import queries as enablement
from fairlead.enablement.rules import SOURCE as CATALOGUE
from fairlead.exits import queries as exits
from fairlead.expectations import queries as expectations
from fairlead.feedback import queries as feedback
from fairlead.forecasting.periods import period_words
from fairlead.grounds import queries as grounds
from fairlead.help import queries as help_queries
from fairlead.improvement import queries as improvement
from fairlead.looks import queries as looks
from fairlead.news import queries as news
from fairlead.oneonones import queries as oneonones
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.workdays import day_words
from fairlead.promises import queries as promises
from fairlead.records import queries as records
from fairlead.standing import queries as standing
from fairlead.today import newcomers
from fairlead.today.rules import Item
from fairlead.watch import queries as watch
from fairlead.winloss import queries as winloss

NEWS_FOR = timedelta(days=14)
"""So long news waits for a word of thanks here."""


def everything(actor: access.Actor, at: datetime) -> Iterator[Item]:
    """What waits for the actor anywhere, in no order."""
    for source in SOURCES:
        yield from source(actor, at)


def _calls(actor: access.Actor, at: datetime) -> Iterable[Item]:
    """The weekly number of whoever leads, and the copy of the team's number for whoever sells."""
    found = own_number.due_of(actor, at)
    if found is not None and found.due.at is not None and found.due.state in ("due", "late"):
        local = found.due.at.astimezone(ZoneInfo(found.zone))
        yield Item(
            "call", "Submit your call", f"{period_words(found.period)}, by {local:%H:%M}", "Prepare it", "call",
            due_on=local.date(), moment=local,
        )  # fmt: skip
    unread = copies.unread_of(actor, at)
    if unread is not None:
        yield Item(
            "copy", f"Read the copy of {unread.name}’s call", period_words(unread.period), "Read it", "copy",
            (unread.public_id,), since=people.house().day(unread.at),
        )  # fmt: skip


def _news(actor: access.Actor, at: datetime) -> Iterable[Item]:
    """News of the own team that nobody has thanked for yet, bad news first."""
    if actor.person is None or not access.may(actor, "news.lead"):
        return
    waiting = [
        one
        for one in news.heard(actor, actor.person, at - NEWS_FOR, at)
        if one.may_lead and one.thanked_at is None and one.reporter != actor.name
    ]
    for one in sorted(waiting, key=lambda one: one.said.kind == "good"):
        yield Item(
            "news", f"Read the {one.said.kind} news of {one.deal or 'a deal'}", f"told by {one.reporter}",
            "Read and thank", "news", since=people.house().day(one.at),
        )  # fmt: skip


def _expectations(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not access.may(actor, "expectation.read"):
        return
    period = period_at(at)
    for row in expectations.listing(actor, period, at):
        to_sign = row.version is not None and row.version.state != "agreed"
        if row.mine and row.standing in ("due", "overdue") and not to_sign:
            yield Item(
                "expectation", "Agree what to expect of the quarter", period_words(period.name), "Write it",
                "expectation_write", due_on=row.due_on,
            )  # fmt: skip
        elif row.version is not None and (row.mine or row.may_answer):
            shown = expectations.page(actor, row.version.public_id, at)
            if shown.may_sign or shown.may_answer:
                yield Item(
                    "expectation", f"Answer what is expected of {'you' if row.mine else row.person.name}",
                    period_words(period.name), "Read and answer", "expectation", (row.version.public_id,),
                    due_on=row.due_on,
                )  # fmt: skip


def _desk(actor: access.Actor, at: datetime) -> Iterable[Item]:
    """What has a limit stands alone; the rest of a tray is one thing: it is gone through in one sitting."""
    if not access.may(actor, "desk.handle"):
        return
    tray, rest = desk.tray(actor, at), 0
    for line in tray.to_decide:
        if line.must_pass and line.standing.must_by is not None:
            day = people.house().day(line.standing.must_by)
            yield Item(
                "message", f"Decide what becomes of {line.first_name}’s message",
                f"{line.kind_word}: has to be passed on",
                "Decide", "desk_message", (line.public_id,), due_on=day, moment=line.standing.must_by,
            )  # fmt: skip
        else:
            rest += 1
    if rest + tray.more:
        count = rest + tray.more
        other = "other " if rest < len(tray.to_decide) else ""
        yield Item(
            "message", f"Decide {count} {other}message{'' if count == 1 else 's'} on your desk", "from above",
            "Open the desk", "desk",
        )  # fmt: skip


def _help(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not access.may(actor, "help.read"):
        return
    book = help_queries.book(actor, at)
    for line in (*book.asked, *book.second):
        if line.standing.state == "waiting":
            moment = line.standing.due
            yield Item(
                "help", "Answer a request for help", "named where you open it", "Answer", "help_one", (line.public_id,),
                due_on=people.house().day(moment) if moment else None, moment=moment,
            )  # fmt: skip
    for line in book.mine:
        if line.standing.state == "asked_back":
            yield Item(
                "help", "Reply: you are asked back about your request for help", "", "Reply", "help_one",
                (line.public_id,),
            )  # fmt: skip


def _promises(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not access.may(actor, "promise.read"):
        return
    book = promises.book(actor, at, closed=0)
    for line in (*book.overdue, *book.due_today, *book.mine):
        if line.mine:
            about = f"promised to {line.made_to.name}" + (
                f", {line.source_label}" if line.source_label else ""
            )
            yield Item(
                "promise", line.text, about, "Move or withdraw", "promise", (line.public_id,),
                due_on=line.standing.due_on, kept=line.public_id if "kept" in line.may else "",
            )  # fmt: skip


def _asks(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not asks.waiting(actor, at):
        return
    for line in asks.book(actor, at, closed=0).waiting:
        debriefs = line.debrief_due is not None
        day = people.house().day(line.debrief_due) if line.debrief_due else line.standing.until
        became = f"Say what became of the ask of {line.addressee.name}"
        yield Item(
            "ask", became if debriefs else _WHAT_OF_ASK[line.standing.state],
            line.deal or line.deal_key, "Debrief" if debriefs else "Answer", "ask_debrief" if debriefs else "ask",
            (line.public_id,), due_on=day,
        )  # fmt: skip


_WHAT_OF_ASK = {
    "with_manager": "Decide whether an ask goes up",
    "asked": "Answer an ask",
    "sent_back": "Write an ask again",
    "proposed": "Answer another proposal for an ask",
}


def _agreements(actor: access.Actor, at: datetime) -> Iterable[Item]:
    for line in agreements.waiting_lines(actor, at):
        review = line.standing.review_due and line.pending is None and line.held is not None
        yield Item(
            "agreement", f"Look again at what you and {line.other} agreed" if review else
            f"Answer the working agreement with {line.other}", "", "Open it", "agreement",
            (line.public_id,), due_on=line.held.review_on if review and line.held else None,
        )  # fmt: skip


def _meetings(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not oneonones.available(actor):
        return
    for beside in oneonones.book(actor, at).beside:
        meeting = beside.meeting
        if meeting is not None:
            local = meeting.starts_at.astimezone(ZoneInfo(beside.rhythm.zone))
            yield Item(
                "meeting", f"One-to-one with {beside.pair.other}", f"{local:%H:%M}, {meeting.minutes} minutes",
                "Agenda", "oneonone_meeting", (beside.pair.other_id, meeting.slot.isoformat()),
                due_on=max(local.date(), people.house().day(at)), moment=local,
            )  # fmt: skip


def _feedback(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not feedback.available(actor):
        return
    for one in feedback.book(actor, at).asked:
        if one.open and not one.answered:
            yield Item(
                "feedback", f"Answer how it is to work with {one.manager}",
                f"eight taps; open until {day_words(one.line.closes_on)}", "Answer", "feedback_answer",
                (one.line.public_id,), since=one.line.opened_on,
            )  # fmt: skip


def _results(actor: access.Actor, at: datetime) -> Iterable[Item]:
    """Looks, diagnoses and plans: nothing of them where they do not run for this person."""
    if not grounds.anything_runs():
        return
    if standing.runs_for(actor, at) or standing.runs_below(actor, at):
        yield from _looks(actor, at)
        yield from _diagnoses(actor, at)
    for one in improvement.waits_for(actor, at):
        name = "your" if one.line.person.id == actor.person else "a"
        for act, on in one.acts:
            what, button = _OF_PLANS[act]
            yield Item(
                "plan", what.format(name=name), "", button, "improvement_plan", (one.line.public_id,), due_on=on,
            )  # fmt: skip
    for task in improvement.to_measure(actor, at):
        if not task.readings:
            yield Item(
                "measure", "Measure a task that you are named for", "", "Measure", "improvement_measure",
                (task.plan, task.task.key), due_on=task.task.due_on,
            )  # fmt: skip


_OF_PLANS = {
    "received": ("Say that you have received {name} plan", "Read it"),
    "summary_read": ("Read the summary of {name} plan and answer it", "Read it"),
    "submitted": ("Write {name} plan again, as HR asks", "Write it"),
    "published": ("Publish {name} plan, which HR has checked", "Publish"),
    "summed_up": ("Write the summary of {name} plan for the next manager", "Write it"),
    "checked_in": ("Hold the check-in of {name} plan", "Check in"),
    "approved": ("Check {name} plan for HR", "Check it"),
    "seconded": ("Second or object to the decision on {name} plan", "Read it"),
    "decided": ("Decide {name} plan", "Decide"),
    "heard": ("Hear the appeal on {name} plan", "Hear it"),
}


def _looks(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if access.may(actor, "look.decide"):
        for line in looks.of_reports(actor, at):
            if line.standing.open:
                begun = _diagnosis_of(actor, line, at) if line.state == "diagnosis" else ""
                yield Item(
                    "look", "Go on with the diagnosis of a look" if begun else "Decide a look at results",
                    line.quarter, "Go on" if begun else "Decide", "diagnosis" if begun else "look",
                    (begun or line.public_id,), due_on=line.due.on or date.max,
                )  # fmt: skip
    if access.may(actor, "role_look.decide"):
        for role in looks.role_looks(actor, at):
            if role.mine and role.decided is None:
                yield Item(
                    "role_look", "Decide the look at a role’s target and territory", "", "Decide", "role_look",
                    (role.row.public_id,), due_on=role.due,
                )  # fmt: skip


def _diagnosis_of(actor: access.Actor, look: looks.Line, at: datetime) -> str:
    """The public id of a look's diagnosis that is not used and not withdrawn: there the look is gone on with."""
    kept = diagnoses.of_look(actor, look.public_id, at).lines
    return next((one.public_id for one in kept if one.standing.state in ("draft", "shared")), "")


def _diagnoses(actor: access.Actor, at: datetime) -> Iterable[Item]:
    for address, until in diagnoses.to_answer(actor, at):
        yield Item(
            "diagnosis", "Answer what was shared with you, or say that you have nothing to add",
            "it does not count before", "Read it", "diagnosis", (address,), due_on=until,
        )  # fmt: skip
    if access.may(actor, "observation.write"):
        for asked in diagnoses.asked(actor):
            if asked.open and not asked.seen:
                yield Item(
                    "observation", "Write what you observed, or decline",
                    f"asked by {asked.by}", "Write", "observation", (asked.public_id,),
                    since=people.house().day(asked.at),
                )  # fmt: skip


def _debts(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if not access.may(actor, "debt.read"):
        return
    for line in debts.book(actor, at, settled=0).owed_by_me:
        if line.source_kind == CATALOGUE:  # stands there as the item that is to be delivered
            continue
        named = line.standing.due_on is not None
        yield Item(
            "debt", f"Deliver to {line.owed_to.name}: {line.item}" if named else
            f"Say when {line.owed_to.name} gets: {line.item}", "the company owes it",
            "Deliver" if named else "Name the day", "debt", (line.public_id,), due_on=line.standing.due_on,
        )  # fmt: skip


def _catalogue(actor: access.Actor, at: datetime) -> Iterable[Item]:
    """What the actor answers for in the catalogue, one thing an item, and teach-backs to assess."""
    if access.may(actor, "owed.deliver"):
        for one in enablement.owe(actor, at).items:
            if one.open:
                persons = "1 person" if len(one.open) == 1 else f"{len(one.open)} people"
                yield Item(
                    "catalogue", f"Deliver to {persons}: {one.item.what}", "the company owes it", "Deliver", "owe_item",
                    (one.public_id,), due_on=min(line.due_on for line in one.open),
                )  # fmt: skip
    if access.may(actor, "teach_back.assess"):
        for asked in enablement.all_to_assess(actor, at):
            if not asked.grades and not asked.declined:
                yield Item(
                    "teach_back", f"Say what you saw of {asked.person}’s teach-back", asked.title, "Assess", "assess",
                    (asked.public_id,), since=asked.on,
                )  # fmt: skip


def _first_calls(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if actor.person is not None and access.may(actor, "account.read"):
        for account, name, on in watch.first_calls(actor, at):
            yield Item(
                "first_call", f"Call {name}, which you cover", "the first call", "Open it", "account", (account,),
                due_on=on,
            )  # fmt: skip


def _own_deals(actor: access.Actor, at: datetime) -> Iterable[Item]:
    today = people.house().day(at)
    count = deals.past_their_day(actor, today)
    if count:
        yield Item(
            "dates", f"Say when {'a deal of yours closes' if count == 1 else f'{count} deals of yours close'}",
            "the close date in the CRM has passed", "See them", "deals",
            query=urlencode({"owner": actor.name, "close_to": today - timedelta(days=1)}),
        )  # fmt: skip


def _exits(actor: access.Actor, at: datetime) -> Iterable[Item]:
    try:
        if access.may(actor, "exit.answer"):
            for line in exits.mine(actor, at).owed:
                yield Item(
                    "exit", f"Say why {line.name} left the forecast", period_words(line.period), "Answer", "exit",
                    (line.deal,), due_on=line.due_on,
                )  # fmt: skip
        if actor.person is not None and access.may(actor, "exit.reply"):
            for line in exits.of_team(actor, actor.person, at).waiting:
                yield Item(
                    "packet", f"Reply to {line.owner}’s reasons why {line.name} left", period_words(line.period),
                    "Reply", "exit", (line.deal,),
                )  # fmt: skip
    except access.Refusal:
        return


def _winloss(actor: access.Actor, at: datetime) -> Iterable[Item]:
    for owed in winloss.owed_by(actor, at):
        yield Item(
            "account", f"Say why {owed.name} was {owed.status}", "win and loss", "Write", "winloss_write", (owed.deal,),
            due_on=owed.due_on,
        )  # fmt: skip
    if access.may(actor, "interview.write"):
        for task in winloss.tasks(actor, at):
            if (
                task.written is None and task.status != "open"
            ):  # a deal that lives again has nothing to tell yet
                yield Item(
                    "interview", f"Interview {task.with_whom or 'the buyer'} on {task.name}",
                    f"asked by {task.asked_by}", "Open", "interview", (task.public_id,), due_on=task.due_on,
                )  # fmt: skip


def _imports(actor: access.Actor, at: datetime) -> Iterable[Item]:
    """What an import left open for sales operations; the first one where there was none."""
    if not access.may(actor, "import.run") or not access.may(actor, "deal.read"):
        return
    if access.may(actor, "import.read") and not deals.imports(actor, limit=1):
        yield Item(
            "import", "Bring in the first export of your CRM", "then there is a range, and what changes from then on",
            "Bring it in", "import_new",
        )  # fmt: skip
        return
    today = people.house().day(at)
    for hint in deals.not_counted(actor, on=today, limit=1, reasons=["missing"]):
        yield Item(
            "import",
            f"Answer for {hint.count} deal{'' if hint.count == 1 else 's'} that the last full import did not show",
            "deleted, or kept", "Answer", "imports",
        )  # fmt: skip
    stages = lookups.unmapped_stages(actor, on=today)
    if stages:
        yield Item(
            "import", f"Give {'a stage' if len(stages) == 1 else f'{len(stages)} stages'} a forecast category",
            "deals in them do not count", "Map", "settings",
        )  # fmt: skip


def _records(actor: access.Actor, at: datetime) -> Iterable[Item]:
    if access.may(actor, "person_copy.disclose"):
        for asked in records.asked_of_me(actor):
            if asked.answered_at is None and not asked.over:
                yield Item(
                    "disclosure", "Say whether your notes may be in a copy of the records about somebody", "",
                    "Answer", "notes_asked", due_on=asked.until,
                )  # fmt: skip
    for address, on in cases.to_confirm(actor, at):
        yield Item(
            "hr_case", "Confirm a case of another HR partner, or decline it", "", "Read it", "case", (address,),
            since=on,
        )  # fmt: skip
    if access.may(actor, "person_copy.prepare"):
        for line, _ in records.copies_open(actor):
            yield Item(
                "person_copy", "Finish a copy of the records about somebody", "", "Go on", "person_copy",
                (line.row.public_id,), due_on=line.row.ready_on,
            )  # fmt: skip


SOURCES: tuple[Callable[[access.Actor, datetime], Iterable[Item]], ...] = (
    _calls, _news, _expectations, _desk, _help, _promises, _asks, _agreements, _meetings, _feedback, _results, _debts,
    _catalogue, _first_calls, _own_deals, _exits, _winloss, _imports, _records, newcomers.without,
)  # fmt: skip
