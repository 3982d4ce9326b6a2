"""Reading the desk: the tray, one message, what was sent and answered, what was heard, contacts, counts, noise.

What stands on a desk is the condition of `accountable`; what reached a rep is `Passed`, and nothing else of a message
leads there: no page, count or notice of a rep tells that there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.lookups import GreaterThanOrEqual

from fairlead.asks import queries as asks
from fairlead.asks.models import Sponsor
from fairlead.calls import actions as calls
from fairlead.deals import queries as deals
from fairlead.deals.models import Deal
from fairlead.desk import accountable, rules, searching, sending, wording
from fairlead.desk.full_text import ACTS, MESSAGES
from fairlead.desk.models import Act, Confidential, Contact, DeskSetting, Kind, Message, Passed, Switch
from fairlead.forecasting.periods import Period
from fairlead.news.rules import Clock
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.kept import once
from fairlead.people.models import Partnership, Person, Reach, Team

_WENT_THROUGH = "what was done with messages that went through the table"
MOST = 300
"""So many messages a page lists; it says how many more there are."""
MOST_LOOKED_UP = 20
"""Of so many questions a tray says whether an answer exists; opened, each says it."""
CHUNK = 500
WEEKS = 6


# Settings


def limits(at: datetime) -> rules.Limits:
    """The limits in force at a moment."""
    return once(("desk limits", at), lambda: _limits(at))


def _limits(at: datetime) -> rules.Limits:
    row = DeskSetting.objects.filter(set_at__lte=at).order_by("-version").first()
    return rules.Limits(row.version, row.days, row.share, row.longest) if row else rules.LIMITS


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A version of the limits with when and by whom it was set."""

    limits: rules.Limits
    set_at: datetime
    by: str


def limit_versions(actor: access.Actor) -> list[SettingLine]:
    """Every version of the limits, newest first. Raises NotAllowed."""
    access.require(actor, "settings.write")
    rows = list(DeskSetting.objects.order_by("-version"))
    who = people.who(row.by for row in rows)
    return [
        SettingLine(rules.Limits(r.version, r.days, r.share, r.longest), r.set_at, who[r.by]) for r in rows
    ]


def praise_passes(person: int, at: datetime) -> bool:
    """Whether plain praise reaches a manager's team at once; off until switched on."""
    rows = Switch.objects.for_system("whether praise passes is the manager's switch").filter(person=person)
    newest = rows.filter(at__lte=at).order_by("-pk").first()
    return newest is not None and newest.on


def hr_of(manager: int) -> list[str]:
    """The HR partners of a manager's unit by name; those of any unit where there is none."""
    heads = people.chain(manager)
    found = Partnership.objects.filter(head__in=heads, ends_on=None).values_list("hr__name", flat=True)
    return sorted(set(found))


# The acts as values


def steps_of(messages: Iterable[int]) -> dict[int, list[rules.Step]]:
    """message -> its acts in order, for messages the caller may read."""
    rows = Act.objects.for_system(_WENT_THROUGH).filter(message__in=list(messages)).select_related("message")
    found: dict[int, list[rules.Step]] = {}
    for row in rows.order_by("message", "number"):
        found.setdefault(row.message_id, []).append(_step(row))
    return found


def _sent_itself(row: Message) -> bool:
    """Whether its sender wrote it to the desk, here or by mail; what a manager forwarded or pasted was not."""
    return row.door == "written" or (row.door == "mailed" and row.by_id == row.sender_id)


def _step(row: Act) -> rules.Step:
    by_sender = row.kind == "straight" and _sent_itself(row.message) and row.by_id == row.message.by_id
    return rules.Step(
        row.number, row.kind, row.at, row.by_id, row.until, row.event, row.opens_at, row.about, row.text, by_sender,  # type: ignore[arg-type]
    )  # fmt: skip


def kinds_of(messages: Iterable[int]) -> dict[int, rules.Kinds]:
    """message -> its kinds in order, for messages the caller may read."""
    rows = Kind.objects.for_system(_WENT_THROUGH).filter(message__in=list(messages))
    found: dict[int, list[tuple[datetime, str]]] = {}
    for message, at, kind in rows.order_by("message", "number").values_list("message_id", "at", "kind"):
        found.setdefault(message, []).append((at, kind))
    return {message: tuple(kinds) for message, kinds in found.items()}


def _released(messages: Iterable[int]) -> dict[int, Confidential]:
    rows = Confidential.objects.for_system(_WENT_THROUGH).filter(message__in=list(messages))
    return {row.message_id: row for row in rows.order_by("pk")}


def _must_by(row: Message, manager: int, released: Confidential | None) -> datetime:
    rhythm = once(("rhythm", manager), lambda: calls.rhythm_of(manager))
    clock = Clock(limits(row.received_at).days, rhythm.zone, rhythm.off)
    free = [moment for moment in (released.until if released else None, row.release_at) if moment]
    return rules.must_pass_by(row.received_at, max(free, default=None), clock)


def opened(rows: GuardedQuerySet[Passed], at: datetime) -> GuardedQuerySet[Passed]:
    """Those of what was passed that have reached somebody by a moment.

    What was taken back, or whose message was set straight, before it opened for somebody never opens for them.
    """
    of_message = Act.objects.for_system(_WENT_THROUGH).filter(message=OuterRef("act__message"))
    gone = of_message.filter(kind="withdrawn", about=OuterRef("act__number"))
    overtaken = of_message.filter(kind="straight", at__gte=OuterRef("act__at"), at__lt=OuterRef("opens_at"))
    return rows.filter(opens_at__lte=at).exclude(Exists(gone)).exclude(Exists(overtaken))


def reached_by(row: Message, at: datetime) -> list[Passed]:
    """What reached people of a message by a moment, without corrections."""
    rows = Passed.objects.for_system(_WENT_THROUGH).filter(act__message=row, straight=None)
    return list(opened(rows, at).select_related("to", "act").order_by("pk"))


# The desk


@dataclass(frozen=True, slots=True)
class Line:
    """A message on a desk. ``deal_id`` is '' where the reader may not open the deal. ``manager`` is accountable now;
    ``mine`` is False where the reader stands in for them."""

    id: int
    public_id: str
    sender: int | None
    sender_name: str
    sender_title: str
    title: str
    text: str
    about: str
    deal: int | None
    deal_id: str
    deal_name: str
    owner: int | None
    team: str
    urgency: str
    door: str
    received_at: datetime
    kind: str
    suggestion: rules.Suggestion | None
    standing: rules.Standing
    confidential: datetime | None
    manager: int
    manager_name: str
    mine: bool
    exists: bool = False
    """whether an earlier answer to something alike exists, as far as a tray looked"""
    release_at: datetime | None = None
    """before this nobody passes it on"""
    job: str = ""
    """whose job it is, as the sender said"""
    team_key: int | None = None
    """the team it is about, if it is about one"""

    @property
    def kind_word(self) -> str:
        return wording.KINDS.get(self.kind, "")

    @property
    def must_pass(self) -> bool:
        return self.standing.must_by is not None and self.standing.passed_at is None

    @property
    def first_name(self) -> str:
        return self.sender_name.split(" ")[0]


def _open_candidates(rows: GuardedQuerySet[Message]) -> GuardedQuerySet[Message]:
    """Messages that may wait: nothing closed them, or something that closed them may not count."""
    acts = Act.objects.for_system(_WENT_THROUGH).filter(message=OuterRef("pk"))
    kinds = Kind.objects.for_system(_WENT_THROUGH).filter(message=OuterRef("pk"), kind__in=rules.MUST_PASS)
    closed = Exists(acts.filter(kind__in=rules.CLOSING))
    passed = Exists(acts.filter(kind__in=rules.PASSES))
    doubt = Exists(acts.filter(kind__in=["withdrawn", "straight"]))
    ended = Exists(acts.filter(kind="straight", text=""))
    return rows.filter((~Q(closed) & ~Q(ended)) | (Q(Exists(kinds)) & ~Q(passed) & ~Q(ended)) | Q(doubt))


def lines(actor: access.Actor, rows: Sequence[Message], at: datetime) -> list[Line]:
    """Messages as their desk shows them, for rows that went through `accountable.messages`."""
    ids, today = [row.pk for row in rows], people.house().day(at)
    steps, kinds, released = steps_of(ids), kinds_of(ids), _released(ids)
    managers, owners = accountable.then_of(rows, today), accountable.owners_of(rows)
    named = deals.named(actor, {row.deal_id for row in rows if row.deal_id})
    persons = {
        p.pk: p
        for p in Person.objects.filter(
            pk__in={*managers.values(), *(r.sender_id for r in rows if r.sender_id)}
        )
    }
    found = []
    for row in rows:
        said = kinds.get(row.pk, ())
        kind = rules.kind_at(said, at)
        held = released.get(row.pk)
        manager = managers[row.pk]
        now = rules.standing(said, steps.get(row.pk, []), at, _must_by(row, manager, held))
        deal_id, deal_name = named.get(row.deal_id or 0, ("", "a deal" if row.deal_id else ""))
        sender = persons.get(row.sender_id or 0)
        found.append(
            Line(
                id=row.pk, public_id=row.public_id, sender=row.sender_id, sender_name=row.sender_name,
                sender_title=sender.title if sender else "", title=row.title, text=row.text, about=row.about,
                deal=row.deal_id, deal_id=deal_id, deal_name=deal_name, owner=owners.get(row.deal_id or 0),
                team=row.team.name if row.team else "", urgency=row.urgency, door=row.door,
                received_at=row.received_at, kind=kind,
                suggestion=None if kind else rules.suggestion(row.title, row.text), standing=now,
                confidential=held.until if held and held.until > at else None, manager=manager,
                manager_name=persons[manager].name if manager in persons else "", mine=manager == actor.person,
                release_at=row.release_at if row.release_at and row.release_at > at else None,
                job=sending.said_job(row.job, row.job_name),
                team_key=row.team_id if row.about == "team" else None,
            )
        )  # fmt: skip
    return found


def line_of(actor: access.Actor, row: Message, at: datetime) -> Line:
    """One message as its desk shows it, for a row that went through `accountable.messages`."""
    return lines(actor, [row], at)[0]


@dataclass(frozen=True, slots=True)
class Tray:
    """A desk: what waits, what is held, how many were decided this quarter, and the first limit to come."""

    to_decide: tuple[Line, ...]
    held: tuple[Line, ...]
    decided: int
    must_by: datetime | None
    praise: bool
    more: int = 0
    """how many older ones wait or may wait that are not listed"""


def tray(actor: access.Actor, at: datetime) -> Tray:
    """The actor's desk, and those they stand in for. Raises NotAllowed."""
    rows = _open_candidates(accountable.messages(actor, at)).filter(received_at__lte=at)
    newest = rows.select_related("team").order_by("-received_at", "-pk")
    every = lines(actor, list(newest[:MOST]), at)
    waiting = [one for one in every if one.standing.state == "to_decide"]
    looked_up = {one.id for one in [one for one in waiting if one.kind == "question"][:MOST_LOOKED_UP]}
    waiting = [_with_answer(one, at, actor.person) if one.id in looked_up else one for one in waiting]
    held = [one for one in every if one.standing.state == "held"]
    must = [one.standing.must_by for one in waiting if one.must_pass and one.standing.must_by]
    held.sort(key=lambda one: one.standing.until or at)
    return Tray(
        tuple(waiting), tuple(held), len(decided(actor, at)), min(must, default=None),
        actor.person is not None and praise_passes(actor.id, at),
        max(0, rows.count() - MOST) if len(every) == MOST else 0,
    )  # fmt: skip


def _with_answer(line: Line, at: datetime, reader: int | None) -> Line:
    """The line, saying whether something like it was answered before."""
    said = f"{line.title}\n{line.text}"
    before = asked_before(
        line.manager, said, line.deal, at, team=line.team_key, but=line.id, most=1, reader=reader
    )
    return replace(line, exists=bool(before))


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many messages wait to be decided, for the frame of every page."""
    if actor.person is None or not access.may(actor, "desk.handle"):
        return 0
    rows = _open_candidates(accountable.messages(actor, at)).filter(received_at__lte=at)
    received = dict(rows.values_list("pk", "received_at"))
    if not received:
        return 0
    steps, kinds = steps_of(received), kinds_of(received)
    # The state of a message does not hang on when its limit ends, only on whether its kind has one.
    states = (
        rules.standing(kinds.get(pk, ()), steps.get(pk, []), at, moment).state
        for pk, moment in received.items()
    )
    return sum(state == "to_decide" for state in states)


def decided(actor: access.Actor, at: datetime) -> list[Line]:
    """What was decided this quarter on the actor's desk, newest first."""
    rows = _decided(actor, at).order_by("-received_at", "-pk")
    every = lines(actor, list(rows.select_related("team")[:MOST]), at)
    return [one for one in every if one.standing.state == "decided"]


def _decided(actor: access.Actor, at: datetime) -> GuardedQuerySet[Message]:
    acts = Act.objects.for_system(_WENT_THROUGH).filter(
        message=OuterRef("pk"), at__gte=_starts(_period(at)), kind__in=[*rules.CLOSING, "straight"]
    )
    return accountable.messages(actor, at).filter(Exists(acts))


@dataclass(frozen=True, slots=True)
class Hit:
    """A decided message that says what was searched for. ``said`` are the places, marked, in the order of the desk."""

    line: Line
    title: tuple[searching.Part, ...]
    said: tuple[tuple[searching.Part, ...], ...]


MOST_WORDS = 6
"""So many words of a search count."""


def find(actor: access.Actor, at: datetime, search: str) -> list[Hit]:
    """Messages decided this quarter on the actor's desk with all words, in message, sender or acts; the best first,
    which is by the words of the message itself.

    A word finds its other forms and longer words that begin with it. Raises NotAllowed.
    """
    words = searching.words_of(search, MOST_WORDS)
    if not words:
        return []
    # Who wrote a message that came up to their own desk finds nothing by what its reps heard.
    said = Act.objects.for_system(_WENT_THROUGH).exclude(message__sender=actor.person)
    rows = _decided(actor, at)
    for word in words:
        in_acts = said.filter(searching.Says(ACTS, word)).values("message")
        rows = rows.filter(Q(searching.Says(MESSAGES, word)) | Q(pk__in=in_acts))
    ranked = _in_order(searching.best(rows, MESSAGES, words, most=MOST))
    found = [one for one in lines(actor, ranked, at) if one.standing.state == "decided"]
    return _hits(actor, found, words)


def _in_order(keys: Sequence[int]) -> list[Message]:
    """Messages in the order of their keys, which were found among what the reader may see."""
    rows = Message.objects.for_system("found among what went through the table")
    found = rows.select_related("team", "deal").in_bulk(keys)
    return [found[key] for key in keys]


def _hits(actor: access.Actor, found: Sequence[Line], words: Sequence[str]) -> list[Hit]:
    texts: dict[int, list[str]] = {}
    for one in found:
        acts = () if one.sender == actor.person else one.standing.valid
        said = [step.text for step in acts if step.text and step.text != one.text]
        texts[one.id] = [one.title, one.text, *said]
    marks = iter(searching.marked([text for one in found for text in texts[one.id]], words))
    hits = []
    for one in found:
        title, *rest = (next(marks) for _ in texts[one.id])
        hits.append(Hit(one, title, tuple(cut for cut in map(searching.excerpt, rest) if cut)))
    return hits


def _period(at: datetime) -> Period:
    house = people.house()
    return house.period(house.day(at))


def _starts(period: Period) -> datetime:
    return datetime.fromisoformat(f"{period.starts_on}T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Done:
    """An act as the desk lists it: ``to`` are the people it goes to, and since or from when."""

    number: int
    kind: str
    text: str
    until: datetime | None
    event: str
    opens_at: datetime | None
    facts: tuple[str, ...]
    by: str
    at: datetime
    to: tuple[str, ...]
    gone: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody of the team; ``chosen`` is where the form begins. ``zone`` is where their clock runs."""

    public_id: str
    name: str
    zone: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier answer of the same manager to something alike."""

    public_id: str
    title: str
    sender_name: str
    at: datetime
    took: timedelta
    answer: str
    same: bool
    """whether it is about the same deal"""
    marked: tuple[searching.Part, ...] = ()
    """the title with the words that were found"""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One message with what was done; ``raw`` of ``decided`` were passed as they are this quarter, for the manager."""

    line: Line
    done: tuple[Done, ...]
    team: tuple[Choice, ...]
    before: tuple[Before, ...]
    raw: int
    decided: int
    owner_name: str
    may_straighten: bool


def one(actor: access.Actor, public_id: str, at: datetime) -> MessagePage:
    """One message on the actor's desk. Raises NotAllowed or NotFound."""
    row = accountable.messages(actor, at).filter(public_id=public_id).select_related("team").first()
    if row is None:
        raise access.NotFound("message")
    line = line_of(actor, row, at)
    found = counts_of(line.manager, _period(at), at)
    team = people.reports(line.manager)
    owner = next((node.name.split(" ")[0] for node in team if node.id == line.owner), "")
    done = _done(row, line.manager, at)
    if row.sender_id == actor.person:
        done = _as_sender(done)
    return MessagePage(
        line=line,
        done=tuple(done),
        team=tuple(_choices(team, line.owner)),
        before=tuple(
            asked_before(
                line.manager,
                f"{line.title}\n{line.text}",
                line.deal,
                at,
                team=line.team_key,
                but=line.id,
                reader=actor.person,
            )
        ),
        raw=found.raw if line.mine else 0,
        decided=found.counted if line.mine else 0,
        owner_name=owner,
        may_straighten=bool(reached_by(row, at)) or line.standing.state != "decided",
    )


def _choices(team: Sequence[people.Node], owner: int | None) -> list[Choice]:
    zones = dict(Person.objects.filter(pk__in=[one.id for one in team]).values_list("pk", "time_zone"))
    house = people.house().time_zone
    return [
        Choice(one.public_id, one.name, zones.get(one.id) or house, one.id == owner or len(team) == 1) for one in team
    ]  # fmt: skip


def _as_sender(done: Iterable[Done]) -> list[Done]:
    """What a sender may see on a desk that came up to them: answers and reasons, never which rep heard what."""
    return [one for one in done if one.kind in ("answered", "declined")]


def _done(row: Message, manager: int, at: datetime) -> list[Done]:
    """The acts with a message. Facts frozen for another manager's answer stay with that manager and the sender."""
    acts = list(
        Act.objects.for_system(_WENT_THROUGH).filter(message=row).select_related("by").order_by("number")
    )
    passed = Passed.objects.for_system(_WENT_THROUGH).filter(act__in=acts).select_related("to").order_by("pk")
    to: dict[int, list[str]] = {}
    for one in passed:
        to.setdefault(one.act_id, []).append(one.to.name)
    gone = {act.about for act in acts if act.kind == "withdrawn"}
    last_hold = max((act.number for act in acts if act.kind == "held"), default=0)
    found = []
    for act in acts:
        waits = act.kind in ("passed", "passed_raw") and (act.opens_at or act.at) > at
        held = act.kind == "held" and act.number == last_hold and (act.until or at) > at
        found.append(
            Done(
                act.number, act.kind, act.text, act.until, act.event, act.opens_at,
                tuple(act.facts) if act.manager_id == manager else (),
                act.by.name if act.by else "By rule", act.at, tuple(to.get(act.pk, ())), act.number in gone,
                act.number not in gone and (waits or held),
            )
        )  # fmt: skip
    return found


def _ever_of(person: int | None) -> frozenset[int]:
    """The deals that are or ever were somebody's."""
    rows = Deal.objects.for_system("who stands in is offered nothing about deals that were theirs")
    return frozenset(
        rows.filter(Q(owner=person) | Q(pk__in=accountable.once_of(person))).values_list("pk", flat=True)
    )


MOST_ASKED = 400
"""So many different words of a question are looked at."""
MOST_ANSWERS = 5_000
"""So many of a manager's newest answers are looked through."""


def asked_before(
    manager: int,
    asked: str,
    deal: int | None,
    at: datetime,
    *,
    team: int | None = None,
    but: int = 0,
    most: int = 3,
    reader: int | None = None,
) -> list[Before]:
    """Earlier answers of a manager to the same deal or to something alike; the same deal or team first, then by rank.

    A ``reader`` who stands in for the manager reads none about their own deals. What was withdrawn or set straight
    after the answer is not offered.
    """
    words = rules.telling(searching.words_of(asked, MOST_ASKED))
    if not words and deal is None:
        return []
    answers = _answers(manager, at).order_by("-at", "-pk").values("message")[:MOST_ANSWERS]
    rows = accountable.on_desk_of(manager, at).filter(pk__in=answers)
    rows = rows.exclude(pk=but)
    if reader not in (None, manager):
        own = once(("own deals", reader), lambda: _ever_of(reader))
        rows = rows.exclude(deal__in=own).exclude(deal__isnull=False, owner=reader)
    found = _in_order(_alike(rows, words, deal, team, most))
    return _before(manager, found, words, deal, at)


def _alike(
    rows: GuardedQuerySet[Message], words: Sequence[str], deal: int | None, team: int | None, most: int
) -> list[int]:
    """Of messages the keys of those about the same deal or with enough of the words, the nearest first."""
    of_deal, of_team = Q(deal=deal, deal__isnull=False), Q(about="team", team=team, team__isnull=False)
    if not words:
        newest = rows.filter(of_deal).order_by("-received_at", "-pk")
        return list(newest.values_list("pk", flat=True)[:most])
    enough = GreaterThanOrEqual(searching.how_many(MESSAGES, words), rules.least_alike(words))
    rows = rows.filter(of_deal | (Q(searching.SaysAny(MESSAGES, words)) & Q(enough)))
    near = Case(When(of_deal, then=Value(2)), When(of_team, then=Value(1)), default=Value(0))
    return searching.best(rows, MESSAGES, words, most=most, near=near)


def _answers(manager: int, at: datetime) -> GuardedQuerySet[Act]:
    """A manager's own answers to what was neither withdrawn nor set straight since."""
    acts = Act.objects.for_system("a manager's own earlier answers are offered first").filter(
        manager=manager, kind="answered", at__lte=at
    )
    return acts.exclude(Exists(_set_straight(at).filter(number__gt=OuterRef("number"))))


def _set_straight(at: datetime) -> GuardedQuerySet[Act]:
    """What set the message of the act at hand straight, or withdrew it."""
    rows = Act.objects.for_system("what no longer holds is not offered")
    return rows.filter(message=OuterRef("message"), kind="straight", at__lte=at)


def _before(
    manager: int, found: Sequence[Message], words: Sequence[str], deal: int | None, at: datetime
) -> list[Before]:
    newest = _answers(manager, at).filter(message__in=[row.pk for row in found]).order_by("number")
    answers = {act.message_id: act for act in newest}
    titles = searching.marked([row.title for row in found], words)
    return [
        Before(
            row.public_id, row.title, row.sender_name, answers[row.pk].at, answers[row.pk].at - row.received_at,
            answers[row.pk].text, deal is not None and row.deal_id == deal, title,
        )
        for row, title in zip(found, titles, strict=True)
    ]  # fmt: skip


# The sender


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or a reason as its sender reads it, with the facts as they were then."""

    text: str
    declined: bool
    facts: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class SentLine:
    """An own message. ``state``: with_manager, answered, declined, direct or withdrawn; never who heard what."""

    public_id: str
    title: str
    text: str
    manager: str
    about: str
    received_at: datetime
    state: str
    answers: tuple[Answer, ...]
    straight: tuple[str, ...]
    may_straighten: bool
    broadcast: str = ""


def sent(actor: access.Actor, at: datetime, *, alone: bool = False, search: str = "") -> list[SentLine]:
    """The actor's own messages, newest first; what a manager pasted in their name only once it was answered.

    ``alone`` leaves out what was sent to many at once. ``search`` finds words of messages and answers, best first.
    """
    rows = Message.objects.seen_by(actor, "message.sent").select_related("team")
    if alone:
        rows = rows.filter(broadcast=None)
    words = searching.words_of(search, MOST_WORDS)
    if search.strip() and not words:
        return []
    for word in words:
        said = Exists(_said_to_sender().filter(searching.Says(ACTS, word)))
        rows = rows.filter(Q(searching.Says(MESSAGES, word)) | Q(said))
    if words:
        return sent_lines(actor, _in_order(searching.best(rows, MESSAGES, words, most=100)), at)
    rows = rows.order_by("-received_at", "-pk")
    return sent_lines(actor, list(rows[:100]), at)


def _said_to_sender() -> GuardedQuerySet[Act]:
    """Of a message's acts what its sender reads: answers, reasons, and the own corrections."""
    acts = Act.objects.for_system("answers to own messages").filter(message=OuterRef("pk"))
    return acts.filter(Q(kind__in=("answered", "declined")) | Q(kind="straight", by=OuterRef("by")))


def sent_alike(actor: access.Actor, asked: str, at: datetime) -> SentLine | None:
    """The actor's own answered message that is most like a question and still holds, if one is alike."""
    words = rules.telling(searching.words_of(asked, MOST_ASKED))
    if not words:
        return None
    holds = Act.objects.for_system("answers to own messages").filter(
        message=OuterRef("pk"), kind__in=("answered", "declined"), at__lte=at
    )
    holds = holds.exclude(Exists(_set_straight(at).filter(number__gt=OuterRef("number"))))
    rows = Message.objects.seen_by(actor, "message.sent").select_related("team").filter(Exists(holds))
    return next(iter(sent_lines(actor, _in_order(_alike(rows, words, None, None, 1)), at)), None)


def sent_lines(actor: access.Actor, rows: Sequence[Message], at: datetime) -> list[SentLine]:
    """Messages as their sender reads them, for rows the actor sent."""
    ids, today = [row.pk for row in rows], people.house().day(at)
    acts: dict[int, list[Act]] = {}
    every = Act.objects.for_system(_WENT_THROUGH).filter(message__in=ids).order_by("message", "number")
    for act in every:
        acts.setdefault(act.message_id, []).append(act)
    managers = accountable.then_of(rows, today)
    names = people.names(managers.values())
    found = []
    for row in rows:
        mine = _sent_itself(row) and row.by_id == actor.person
        line = _sent(row, acts.get(row.pk, []), names.get(managers[row.pk], ""), mine)
        if mine or line.answers:
            found.append(line)
    return found


def _sent(row: Message, acts: Sequence[Act], manager: str, mine: bool) -> SentLine:
    answers = tuple(
        Answer(act.text, act.kind == "declined", tuple(act.facts), act.at)
        for act in acts
        if act.kind in ("answered", "declined")
    )
    own = [act for act in acts if act.kind == "straight" and act.by_id == row.by_id and mine]
    state = "with_manager"
    if any(act.kind == "direct" for act in acts):
        state = "direct"
    if answers:
        state = "declined" if answers[-1].declined else "answered"
    if own and not own[-1].text:
        state = "withdrawn"
    about = row.team.name if row.team and row.about == "team" else ""
    return SentLine(
        row.public_id, row.title, row.text, manager, about, row.received_at, state, answers,
        tuple(act.text for act in own if act.text), mine and state != "withdrawn", row.broadcast or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToWrite:
    """Whom and what somebody above may write about: managers and teams below, and deals by name."""

    managers: tuple[people.Node, ...]
    teams: tuple[tuple[str, str, str], ...]
    """(public id, name, who leads it)"""
    deals: tuple[tuple[str, str, str], ...]
    """(public id, name, the manager to ask)"""
    hr: tuple[str, ...]


def to_write(actor: access.Actor, at: datetime) -> ToWrite:
    """What the form of a message from above offers. Raises NotAllowed."""
    access.require(actor, "message.send")
    today = people.house().day(at)
    where = people.scope(actor, "message.send", "lead")
    leading = Exists(Reach.objects.filter(boss=OuterRef("lead"), depth=1))
    rows = Team.objects.filter(where, leading).exclude(lead=actor.person).exclude(lead__ends_on__lte=today)
    teams = list(rows.select_related("lead").order_by("lead__name")[:200])
    owned = deals_to_write_of(actor, at)
    leads = {row.pk: accountable.manager_of_deal(row.owner_id or 0, today) for row in owned.values()}
    names = people.names([lead for lead in leads.values() if lead])
    return ToWrite(
        tuple(people.nodes([team.lead_id for team in teams])),
        tuple((team.public_id, team.name, team.lead.name) for team in teams),
        tuple(
            (key, row.name or row.account or "A deal", names.get(leads[row.pk] or 0, ""))
            for key, row in owned.items()
            if leads[row.pk] not in (None, actor.person)
        ),
        tuple(hr_of(actor.id)) if actor.person is not None else (),
    )


def deals_to_write_of(actor: access.Actor, at: datetime) -> dict[str, Deal]:
    """public id -> open deal with an up-card the actor may read, or whose sponsor the actor is; the largest first."""
    found: dict[str, Deal] = {}
    named = Sponsor.objects.for_system("who is named sponsor may write of the deal").filter(
        person=actor.person
    )
    still = [pk for pk in set(named.values_list("deal_id", flat=True)) if asks.sponsor_of(pk) == actor.person]
    if still:
        rows = Deal.objects.for_system("who is named sponsor may write of the deal").filter(
            pk__in=still, status="open"
        )
        found |= {one.public_id: one for one in rows}
    if access.may(actor, "card.read"):
        rows = Deal.objects.seen_by(actor, "card.read").filter(status="open", owner__isnull=False)
        found |= {row.public_id: row for row in rows.order_by("-home_minor", "pk")[:200]}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].name or "").casefold()))


# What was heard


@dataclass(frozen=True, slots=True)
class Heard:
    """What reached a person from the manager. ``straight`` are corrections, (text, moment); no text: withdrawn."""

    public_id: str
    manager: str
    sender: str
    title: str
    text: str
    at: datetime
    straight: tuple[tuple[str, datetime], ...]


def heard(actor: access.Actor, at: datetime) -> list[Heard]:
    """What was passed to the actor and has opened, newest first. Raises NotAllowed."""
    rows = opened(Passed.objects.seen_by(actor, "message.heard"), at)
    every = list(rows.order_by("-opens_at", "-pk")[:200])
    later: dict[int, list[tuple[str, datetime]]] = {}
    for row in reversed(every):
        if row.straight_id is not None:
            later.setdefault(row.straight_id, []).append((row.text, row.opens_at))
    return [
        Heard(
            row.public_id, row.manager_name, row.sender_name, row.title, row.text, row.opens_at,
            tuple(later.get(row.pk, ())),
        )
        for row in every
        if row.straight_id is None
    ]  # fmt: skip


def praise_between(actor: access.Actor, rep: int, manager: int, since: datetime, at: datetime) -> list[Heard]:
    """Praise the manager passed to the rep since an instant, for these two alone, newest first."""
    if actor.person not in (rep, manager):
        raise access.NotFound("message")
    rows = opened(Passed.objects.for_system("praise is read by who passed it and whom it reached"), at)
    rows = rows.filter(to=rep, act__manager=manager, straight=None, opens_at__gt=since)
    every = list(rows.select_related("act").order_by("-opens_at", "-pk")[:50])
    kinds = kinds_of({row.act.message_id for row in every})
    return [
        Heard(row.public_id, row.manager_name, row.sender_name, row.title, row.text, row.opens_at, ())
        for row in every
        if (kinds.get(row.act.message_id) or ((at, ""),))[-1][1] == "praise"
    ]


def opened_since(at: datetime, within: timedelta = timedelta(days=2)) -> list[Passed]:
    """What opened lately because its moment came, for the clock alone."""
    rows = Passed.objects.for_system("the clock tells of what opens").filter(
        opens_at__gt=at - within, straight=None
    )
    return [row for row in opened(rows, at).select_related("act") if row.opens_at > row.act.at]


def waiting_everywhere(at: datetime) -> list[Line]:
    """Every message that waits on any desk, for the clock alone."""
    rows = _open_candidates(
        Message.objects.for_system("the clock looks at every desk").filter(received_at__lte=at)
    )
    return [one for one in _of_every_desk(rows, at) if one.standing.state != "decided"]


def _of_every_desk(rows: GuardedQuerySet[Message], at: datetime) -> list[Line]:
    found: list[Line] = []
    ordered, last = rows.select_related("team").order_by("pk"), 0
    while some := list(ordered.filter(pk__gt=last)[:CHUNK]):
        last = some[-1].pk
        found += lines(access.system("the clock"), some, at)
    return found


# Contact


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A direct contact as it was logged."""

    rep: str
    executive: str
    deal_id: str
    deal: str
    on: date
    words: str
    by: str
    at: datetime
    mine: bool


def contacts(actor: access.Actor, at: datetime) -> list[ContactLine]:
    """What the actor logged, and as a manager what concerns direct reports; newest first. Raises NotAllowed."""
    where = people.scope(actor, "contact.log", "rep") & Q(by=actor.person)
    if access.may(actor, "contact.read"):
        where |= people.scope(actor, "contact.read", "rep")
    rows = Contact.objects.for_system("who logged contact and the manager read it").filter(where)
    theirs = Q(executive=actor.person) | Q(executive=None, executive_name__iexact=actor.name)
    rows = rows.filter(Q(by=actor.person) | ~theirs)
    every = list(rows.select_related("rep", "by").order_by("-on", "-pk")[:100])
    named = deals.named(actor, {row.deal_id for row in every if row.deal_id})
    return [
        ContactLine(
            row.rep.name, row.executive_name, *named.get(row.deal_id or 0, ("", "")), row.on, row.words, row.by.name,
            row.at, row.by_id == actor.person,
        )
        for row in every
    ]  # fmt: skip


def above_the_manager(person: int) -> list[people.Node]:
    """Who is above a person's manager, nearest first; names are everybody's to see."""
    line = people.chain(person)[2:]
    found = {node.id: node for node in people.nodes(line)}
    return [found[one] for one in line if one in found]


# HR


@dataclass(frozen=True, slots=True)
class MustPass:
    """A must-pass message as HR sees it: on whose desk, which kind, since when; never what it says."""

    public_id: str
    manager: str
    kind: str
    received_at: datetime
    must_by: datetime
    confidential: datetime | None
    late: bool


def _not_opened_anywhere(at: datetime) -> list[Line]:
    """Messages of which nothing has opened for anybody: those that wait, and those scheduled for later."""
    later = Act.objects.for_system(_WENT_THROUGH).filter(message=OuterRef("pk"), opens_at__gt=at)
    came = Message.objects.for_system("HR sees that one waits, never what it says").filter(
        received_at__lte=at
    )
    every = [*_of_every_desk(_open_candidates(came), at), *_of_every_desk(came.filter(Exists(later)), at)]
    found = {one.id: one for one in every if one.standing.passed_at is None or one.standing.passed_at > at}
    return list(found.values())


def must_pass_of_unit(actor: access.Actor, at: datetime) -> list[MustPass]:
    """Must-pass messages of the actor's units that reached nobody yet, the first limit first. Raises NotAllowed."""
    access.require(actor, "message.keep_confidential")
    units = people.scope(actor, "message.keep_confidential", "pk")
    mine = set(Person.objects.filter(units).values_list("pk", flat=True))
    found = [
        MustPass(
            one.public_id, one.manager_name, one.kind_word, one.received_at, one.standing.must_by, one.confidential,
            one.standing.late,
        )
        for one in _not_opened_anywhere(at)
        if one.manager in mine and one.standing.must_by
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.must_by)


# Counts


@dataclass(frozen=True, slots=True)
class Total:
    """A manager's quarter in two counts, as the superior sees it."""

    name: str
    period: str
    counts: rules.Counts


@dataclass(frozen=True, slots=True)
class CountsPage:
    """Own counts of this quarter and the one before, and the totals of managers who report to the actor."""

    period: str
    own: rules.Counts
    before_name: str
    before: rules.Counts
    totals: tuple[Total, ...]
    weeks: tuple[date, ...]
    noise: tuple[tuple[str, tuple[int, ...]], ...]


def own_counts(actor: access.Actor, at: datetime) -> rules.Counts:
    """The actor's own counts of the quarter so far. Raises NotAllowed."""
    access.require(actor, "desk.handle")
    return counts_of(actor.id, _period(at), at)


def counts_page(actor: access.Actor, at: datetime) -> CountsPage:
    """The counts of a manager, seen by them at once. Raises NotAllowed."""
    own, period = own_counts(actor, at), _period(at)
    before = people.house().period(period.starts_on - timedelta(days=1))
    totals = []
    if access.may(actor, "desk.totals"):
        rows = Team.objects.filter(people.scope(actor, "desk.totals", "lead")).select_related("lead")
        totals = [
            Total(team.lead.name, before.name, counts_of(team.lead_id, before, at))
            for team in rows.order_by("lead__name")
        ]
    weeks = tuple(_monday(people.house().day(at)) - timedelta(weeks=n) for n in range(WEEKS))
    team = people.reports(actor.id)
    noise = noise_of([one.id for one in team if people.may_on(actor, "noise.read", one.id)], weeks, at)
    return CountsPage(
        period.name, own, before.name, counts_of(actor.id, before, at),
        tuple(totals), weeks, tuple((one.name, noise[one.id]) for one in team if one.id in noise),
    )  # fmt: skip


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def own_noise(actor: access.Actor, at: datetime) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """How many messages from above reached the actor in each of the last weeks, this one first. Raises NotAllowed."""
    people.require_on(actor, "noise.read", actor.id)
    weeks = tuple(_monday(people.house().day(at)) - timedelta(weeks=n) for n in range(WEEKS))
    return weeks, noise_of([actor.id], weeks, at)[actor.id]


def noise_of(persons: Sequence[int], weeks: Sequence[date], at: datetime) -> dict[int, tuple[int, ...]]:
    """person -> messages that reached them by week: what was passed, and direct contact; callers checked whose."""
    since = datetime.fromisoformat(f"{min(weeks)}T00:00:00+00:00")
    passed = Passed.objects.for_system("noise is counted, not read").filter(
        to__in=persons, straight=None, opens_at__gte=since
    )
    moments = opened(passed, at).values_list("to_id", "opens_at")
    logged = Contact.objects.for_system("noise is counted, not read").filter(
        rep__in=persons, on__gte=min(weeks)
    )
    house = people.house()
    found: Counter[tuple[int, date]] = Counter((one, _monday(house.day(moment))) for one, moment in moments)
    found.update((one, _monday(day)) for one, day in logged.values_list("rep_id", "on"))
    return {one: tuple(found[one, week] for week in weeks) for one in persons}


def counts_of(manager: int, period: Period, at: datetime) -> rules.Counts:
    """The counts of one manager's quarter; callers checked whose. Late counts with who was accountable."""
    start = _starts(period)
    end = min(_starts(period) + timedelta(days=(period.ends_on - period.starts_on).days + 1), at)
    acts = Act.objects.for_system("counts of a desk").filter(
        manager=manager, at__gte=start, at__lte=end, kind__in=[*rules.CLOSING, "straight"]
    )
    rows = Message.objects.for_system("counts of a desk")
    acted = set(acts.values_list("message_id", flat=True))
    kinds = Kind.objects.for_system("counts of a desk").filter(kind__in=rules.MUST_PASS)
    must = kinds.filter(message__received_at__lte=end).values_list("message_id", flat=True)
    every = list(rows.filter(Q(pk__in=acted) | Q(pk__in=set(must))).select_related("team"))
    ids = [row.pk for row in every]
    steps, kind_of, released = steps_of(ids), kinds_of(ids), _released(ids)
    cases = []
    for row in every:
        said = kind_of.get(row.pk, ())
        kind = rules.kind_at(said, end)
        limit = _must_by(row, manager, released.get(row.pk))
        now = rules.standing(said, steps.get(row.pk, []), end, limit)
        due = now.owed_by is not None and start <= now.owed_by <= end
        owed = due and accountable.at_moment(row, limit, at) == manager
        if row.pk in acted or owed:
            cases.append(rules.Case(kind, row.received_at, now, acted=row.pk in acted, owed=owed))
    return rules.counts(cases)
