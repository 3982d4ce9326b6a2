"""The sweep that opens looks, and the acts of a human with them. Each act is one transaction, its ledger entry last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from fairlead.forecasting.periods import Period
from fairlead.grounds import queries as grounds
from fairlead.grounds.rules import Rule
from fairlead.ledger import actions as ledger
from fairlead.looks import evidence, queries, rules, wording
from fairlead.looks.models import Look, LookAct, RoleDecision, RoleHanded, RoleLook, Sweep
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.models import RoleGrant
from fairlead.people.workdays import day_words
from fairlead.standing import measuring
from fairlead.standing import queries as standing
from fairlead.standing import rules as arithmetic
from fairlead.standing.queries import Quarter

PATH = "/looks/{}/"
ROLE_PATH = "/looks/roles/{}/"
REGISTER = "/looks/"
_GONE = "looks at roles whose owner is gone go on to whoever answers since; they name nobody"
_OPENED = "a look opens once for a seller and a quarter"
_HELD = "acts with a look follow each other; who acts reads it"
_TOLD = "who is told that a look is past its day was told once"
_SAYS = {"answered": "your answer", "waived": "why, in your words"}
Facts = Mapping[tuple[int, str], Quarter]


def watch(*, at: datetime) -> int:
    """Open the looks that are due, once a day, and tell of those past their day. Returns how many opened.

    A quarter's looks open from the third working day after it, until its day of decision: what is booked late can
    still bring somebody over the line, and what is corrected late under it.
    """
    house, by = people.house(), access.system("results are gone through")
    rule, day = grounds.rule(at), house.day(at)
    periods = standing.quarters_before(at, max(rule.in_a_row, 2))
    last = periods[-1]
    hand_on(at=at)
    if Sweep.objects.filter(day=day).exists() or not rules.opens_on(last.ends_on) <= day:
        return 0
    if (day - last.ends_on).days > rule.decide_days:
        _tell_late(by, at)
        return 0
    grants = RoleGrant.objects.filter(role="rep", starts_on__lte=last.ends_on).values_list(
        "person_id", flat=True
    )
    here = _looked_at(set(grants), last, at)
    facts = standing.measured(here, periods, rule, at) if here else {}
    opened = _open(here, periods, facts, rule, by, at)
    _tell_late(by, at)
    with transaction.atomic():
        Sweep.objects.get_or_create(
            day=day, defaults={"quarter": last.name, "sellers": len(here), "opened": opened, "at": at}
        )
    return opened


def _looked_at(grants: set[int], last: Period, at: datetime) -> set[int]:
    """Sellers of today whose unit had its ground in force when the quarter closed, and has it still."""
    today = people.house().day(at)
    sellers = measuring.sellers(grants, today)
    return sellers & set(grounds.in_force(sellers, last.ends_on)) & set(grounds.in_force(sellers, today))


def _open(
    here: set[int], periods: Sequence[Period], facts: Facts, rule: Rule, by: access.Actor, at: datetime
) -> int:
    opened, last = 0, periods[-1]
    roles: dict[tuple[int, str, str], list[int]] = {}
    for person in sorted(here):
        run = [facts[person, one.name] for one in periods]
        if len(run) < rule.in_a_row or not all(one.under for one in run[-rule.in_a_row :]):
            continue
        mates = standing.peers_of(person, last, at)
        theirs = _theirs(mates, facts, periods, rule, at)
        missed = [
            bool(theirs[mate, last.name].under) for mate in mates if theirs[mate, last.name].under is not None
        ]
        if rules.group_is_under([*missed, True]):
            owner = people.manager_of(people.manager_of(person) or 0) if people.manager_of(person) else None
            owner = owner if owner is not None else people.manager_of(person)
            if owner is not None:
                roles.setdefault((owner, run[-1].seat.job, run[-1].seat.segment), [person, *mates])
            continue
        opened += _open_one(person, run[-rule.in_a_row :], theirs, mates, rule, by, at)
    for (owner, job, segment), group in roles.items():
        opened += _open_role(owner, job, segment, group, periods[-1], facts, rule, by, at)
    return opened


def _theirs(
    mates: Sequence[int], facts: Facts, periods: Sequence[Period], rule: Rule, at: datetime
) -> dict[tuple[int, str], Quarter]:
    """What role peers did: as measured already, and those who are measured for their figures alone."""
    missing = [mate for mate in mates if (mate, periods[-1].name) not in facts]
    more = standing.measured(missing, periods, rule, at) if missing else {}
    known = {
        (mate, one.name): facts[mate, one.name] for mate in mates if mate not in missing for one in periods
    }
    return known | more


@transaction.atomic
def _open_one(
    person: int,
    run: Sequence[Quarter],
    theirs: Facts,
    mates: Sequence[int],
    rule: Rule,
    by: access.Actor,
    at: datetime,
) -> int:
    last = run[-1].period
    if Look.objects.for_system(_OPENED).filter(person=person, quarter=last.name).exists():
        return 0
    facts = evidence.of_run(person, run, theirs, mates, rule, at)
    ground = grounds.in_force([person], people.house().day(at))[person]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    row = Look.objects.create(
        person_id=person, quarter=last.name, closed_on=last.ends_on, decide_days=rule.decide_days,
        rule_version=rule.version, ground_id=ground, facts=json.loads(text),
        digest=hashlib.sha256(text.encode()).hexdigest(), opened_at=at,
    )  # fmt: skip
    path, due = PATH.format(row.public_id), queries.due_of(row, at)
    day = day_words(due.on) if due.on else "the day they are back"
    node = people.node(person)
    telling.tell(person, by=by, kind="looks.opened", facts={}, at=at, path=path)
    telling.tell(node.manager, by=by, kind="looks.opened_for", facts={"day": day}, at=at, path=path)
    ledger.append(
        kind="look.opened", by=by.ref, at=at, subject_kind="look", subject=row.public_id,
        facts={"rule": rule.version, "digest": row.digest},
    )  # fmt: skip
    return 1


@transaction.atomic
def _open_role(
    owner: int, job: str, segment: str, group: Sequence[int], last: Period, facts: Facts, rule: Rule,
    by: access.Actor, at: datetime,
) -> int:  # fmt: skip
    rows = RoleLook.objects.for_system(_OPENED)
    if rows.filter(owner=owner, quarter=last.name, job=job, segment=segment).exists():
        return 0
    known = [facts[one, last.name] for one in group if (one, last.name) in facts]
    asked = [one for one in known if one.percent is not None]
    said = arithmetic.peers([one.percent or 0 for one in asked], [bool(one.under) for one in asked])
    row = RoleLook.objects.create(
        owner_id=owner, job=job, segment=segment, quarter=last.name, closed_on=last.ends_on,
        decide_days=rule.decide_days, rule_version=rule.version, sellers=said.count, under=said.under, opened_at=at,
        facts={
            "line": rule.line, "low": said.low, "middle": said.middle, "high": said.high,
            "asked": arithmetic.middle([one.asked.minor or 0 for one in asked]) if said.middle is not None else None,
            "won": arithmetic.middle([one.won_minor for one in asked]) if said.middle is not None else None,
        },
    )  # fmt: skip
    due = rules.due_on(row.closed_on, row.decide_days)
    day = day_words(due) if due else ""
    role = f"{job}, {segment}" if segment else job
    path = ROLE_PATH.format(row.public_id)
    telling.tell(owner, by=by, kind="looks.opened_role", facts={"role": role, "day": day}, at=at, path=path)
    ledger.append(
        kind="look.opened_role", by=by.ref, at=at, subject_kind="role_look", subject=row.public_id,
        facts={"rule": rule.version, "sellers": row.sellers, "under": row.under},
    )  # fmt: skip
    return 1


@transaction.atomic
def hand_on(*, at: datetime) -> int:
    """Looks at roles whose owner is gone go on to whoever answers for it since, who is told. How many went."""
    by, day, went = access.system("who answered for a look at a role is gone"), people.house().day(at), 0
    rows = list(RoleLook.objects.for_system(_GONE).order_by("pk"))
    decided = set(RoleDecision.objects.for_system(_GONE).values_list("look_id", flat=True))
    owners = queries.role_owners(rows)
    gone = people.gone_of(set(owners.values()), day, "role_look.decide")
    for row in rows:
        to = people.successor(owners[row.pk], day, "role_look.decide") if owners[row.pk] in gone else None
        if to is None:
            continue
        number = RoleHanded.objects.for_system(_GONE).filter(look=row).count() + 1
        RoleHanded.objects.create(look=row, number=number, to_id=to, at=at)
        if row.pk not in decided:
            role = f"{row.job}, {row.segment}" if row.segment else row.job
            path = ROLE_PATH.format(row.public_id)
            telling.tell(to, by=by, kind="looks.role_handed", facts={"role": role}, at=at, path=path)
        ledger.append(
            kind="look.role_handed", by=by.ref, at=at, subject_kind="role_look", subject=row.public_id,
            facts={"number": number, "to": to},
        )  # fmt: skip
        went += 1
    return went


@transaction.atomic
def _tell_late(by: access.Actor, at: datetime) -> int:
    """Tell the manager's superior of each look past its day, once."""
    told = 0
    for row in Look.objects.for_system(_TOLD).order_by("pk"):
        if row.erased or not queries.standing_of(row).open or not queries.due_of(row, at).late:
            continue
        manager = people.manager_of(row.person_id)
        above = people.manager_of(manager) if manager is not None else None
        path = f"{REGISTER}#{row.public_id}"
        told += telling.tell_once(above, by=by, kind="looks.late", facts={}, at=at, path=path)
    return told


# What humans do


@transaction.atomic
def act(
    *,
    by: access.Actor,
    at: datetime,
    look: str,
    kind: str,
    words: str = "",
    reason: str = "",
    after: int | None = None,
) -> LookAct:
    """Answer as the seller, close a look with a reason as the manager, or take that back.

    ``after``: the number of acts the form showed. Raises Refused: not_yours, decided, nothing_to_undo, no_reason,
    text_missing, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    seen = queries.found(by, look, at)
    held = Look.objects.for_system(_HELD).select_for_update(of=("self",), no_key=True)
    row = held.get(pk=seen.pk)
    side, now, count = queries.side_of(row, by), queries.standing_of(row), queries.steps_taken(row)
    if side != "person" and kind != "answered":
        people.require_on(by, "look.decide", row.person_id, "look")
    rules.refuse_step(kind, now, side, by.id)
    if after is not None and after != count:
        raise access.Refused(
            "changed_meanwhile", "Something was written here meanwhile. Read it, then send yours."
        )
    if kind == "waived":
        rules.refuse_reason(reason)
    said = "" if kind == "undone" else rules.refuse_words(words, _SAYS[kind])
    late = queries.due_of(row, at).late if kind == "waived" else 0
    taken = LookAct.objects.create(
        look=row, number=count + 1, kind=kind, reason=reason if kind == "waived" else "", words=said, days_late=late,
        about=now.waiver.number if kind == "undone" and now.waiver else None, by_id=by.id, at=at,
    )  # fmt: skip
    other = people.manager_of(row.person_id) if side == "person" else row.person_id
    facts = {"reason": wording.reason(taken.reason).lower()}
    telling.tell(other, by=by, kind=f"looks.{kind}", facts=facts, at=at, path=PATH.format(row.public_id))
    ledger.append(
        kind=f"look.{kind}", by=by.ref, at=at, subject_kind="look", subject=row.public_id,
        facts={"number": taken.number, "reason": taken.reason, "days_late": late, "digest": _digest(row, taken)},
    )  # fmt: skip
    return taken


def follow(*, by: access.Actor, at: datetime, look: int, kind: rules.Kind) -> LookAct:
    """Have a look (its key) follow its diagnosis: diagnosed, decided or reopened. The delay is kept with the decision.

    For the feature of diagnoses, inside its transaction; it checked who may, and tells. Raises Refused: decided,
    diagnosis.
    """
    held = Look.objects.for_system(_HELD).select_for_update(of=("self",), no_key=True)
    row = held.get(pk=look)
    now = queries.standing_of(row)
    rules.refuse_follow(kind, now)
    late = queries.due_of(row, at).late if kind == "decided" else 0
    taken = LookAct.objects.create(
        look=row, number=queries.steps_taken(row) + 1, kind=kind, days_late=late, by_id=by.id, at=at
    )
    ledger.append(
        kind=f"look.{kind}", by=by.ref, at=at, subject_kind="look", subject=row.public_id,
        facts={"number": taken.number, "days_late": late},
    )  # fmt: skip
    return taken


def _digest(look: Look, taken: LookAct) -> str:
    """What the ledger keeps of the words: a manager loses sight of them with the person, in the own entries too."""
    return hashlib.sha256(f"{look.digest} {taken.number} {taken.words}".encode()).hexdigest()


@transaction.atomic
def decide_role(
    *, by: access.Actor, at: datetime, look: str, about: str, words: str, after: int | None = None
) -> RoleDecision:
    """Decide as its owner what becomes of a role's targets and territories; a later decision says why it is another.

    Raises Refused: no_decision, text_missing, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    access.require(by, "role_look.decide")
    rows = queries.roles_of(by, "role_look.decide").filter(public_id=look)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        queries.role_look(by, look, at)
        raise access.NotAllowed("role_look.decide")
    page = queries.role_look(by, look, at)
    if about not in rules.ABOUTS:
        raise access.Refused("no_decision", "Choose what changes, or that nothing does.")
    count = len(page.decisions)
    if after is not None and after != count:
        raise access.Refused(
            "changed_meanwhile", "A decision was written meanwhile. Read it, then send yours."
        )
    said = rules.refuse_words(words, "why, in words that every seller of the role could read")
    taken = RoleDecision.objects.create(
        look=row, number=count + 1, about=about, words=said, days_late=page.late, by_id=by.id, at=at
    )
    ledger.append(
        kind="look.role_decided", by=by.ref, at=at, subject_kind="role_look", subject=row.public_id,
        facts={"number": taken.number, "about": about, "days_late": page.late}, personal={"words": said},
    )  # fmt: skip
    return taken
