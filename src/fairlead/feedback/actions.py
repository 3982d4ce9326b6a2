"""Opening, answering, closing, releasing and sharing rounds. Each is one transaction.

Every act but one ends with its ledger entry. An answer has none: an entry has a moment and a place in the chain, and a
copy of the database from before and after it would then tell whose answer is the difference.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from fairlead.feedback import queries, rules
from fairlead.feedback.models import Asked, Comment, Figure, Round, Share, Tally
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling, workdays
from fairlead.people import queries as people

PATH = "/feedback/{}/"
PAGE = "/feedback/"
_CLOCK = "the clock opens, closes and releases every round"
_OWN = "whoever is asked answers; the round is looked up by who asks"
_COUNTED = "an answer raises the tallies of its round and reads none"


# Answering


@transaction.atomic
def answer(
    *, by: access.Actor, at: datetime, round: str, answers: Mapping[str, str], comment: str = ""
) -> None:
    """Answer a round (public id) one is asked in. It raises tallies and cannot be found again, by nobody.

    Raises Refused: twice, closed, item_missing, text_long; NotFound for who is not asked.
    """
    access.require(by, "feedback.answer")
    own = Asked.objects.seen_by(by, "feedback.answer").filter(round__public_id=round, person=by.id)
    found = queries.only_where_on(by, own).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise access.NotFound("round")
    row = Round.objects.for_system(_OWN).get(pk=found.round_id)
    today = people.house().day(at)
    rules.refuse_answer(open_=row.closed_on is None and today <= row.closes_on, answered=found.answered)
    said, text = rules.checked(answers), rules.comment(comment)
    for item, what in said.items():
        Tally.objects.for_system(_COUNTED).filter(round=row, item=item).update(**{what: F(what) + 1})
    if text:
        Comment.objects.create(round=row, text=text)
    found.answered = True
    found.save(update_fields=["answered"])


# Sharing


@transaction.atomic
def share(*, by: access.Actor, at: datetime, round: str, whom: str, on: bool) -> None:
    """Let those who were asked, or the superior, read a released round of one's own (public id), or no longer.

    Raises Refused: not_released, bad_reader; NotFound.
    """
    access.require(by, "feedback.read")
    row = queries.own(by, round)
    if row.released_at is None or row.outcome != "shown":
        raise access.Refused("not_released", "There is nothing to share: this round is not released.")
    if whom not in ("asked", "above") or (whom == "above" and row.kind == "line"):
        raise access.Refused("bad_reader", "Choose with whom you share it.")
    if (whom in queries.shared_with(row)) is on:
        return
    Share.objects.create(round=row, whom=whom, on=on, at=at)
    if on:
        _tell(queries.readers(row, whom), by, "feedback.shared", {}, at, PATH.format(row.public_id))
    ledger.append(
        kind="feedback.shared" if on else "feedback.unshared", by=by.ref, at=at, subject_kind="feedback",
        subject=row.public_id, facts={"whom": whom},
    )  # fmt: skip


def _tell(
    to: Iterable[int], by: access.Actor, kind: str, facts: dict[str, Any], at: datetime, path: str
) -> None:
    for reader in sorted(set(to)):
        telling.tell(reader, by=by, kind=kind, facts=facts, at=at, path=path)


# The clock


def watch(*, by: access.Actor, at: datetime) -> int:
    """Open what is due, remind once, close what is over and release what is closed; how many. Twice does it once."""
    access.require(by, "import.run")
    return _open(by, at) + _remind(by, at) + _close(by, at) + _release(by, at)


@transaction.atomic
def _open(by: access.Actor, at: datetime) -> int:
    today = people.house().day(at)
    quarter = people.house().calendar.quarter_of(today)
    if not rules.opens(quarter.starts_on, quarter.ends_on, today):
        return 0
    done = 0
    for group in queries.due_groups(today, quarter.name):
        off = people.off_of_teams([group.owner])[group.owner]
        if not workdays.is_workday(today, off):
            continue
        row = Round.objects.create(
            kind=group.kind, owner_id=group.owner, quarter=quarter.name, opened_on=today,
            closes_on=workdays.workdays_after(today, rules.DAYS_OPEN, off),
        )  # fmt: skip
        Asked.objects.bulk_create(
            Asked(round=row, person_id=who, manager_id=about) for who, about in sorted(group.pairs)
        )
        Tally.objects.bulk_create(Tally(round=row, item=item) for item in rules.ITEMS)
        facts = {"day": workdays.day_words(row.closes_on)}
        _tell(
            (who for who, _ in group.pairs),
            by,
            "feedback.asked",
            facts,
            at,
            f"{PATH.format(row.public_id)}answer/",
        )
        ledger.append(
            kind="feedback.opened", by=by.ref, at=at, subject_kind="feedback", subject=row.public_id,
            facts={"quarter": quarter.name, "asked": len(group.pairs)},
        )  # fmt: skip
        done += 1
    return done


@transaction.atomic
def _remind(by: access.Actor, at: datetime) -> int:
    today, done = people.house().day(at), 0
    rows = Round.objects.for_system(_CLOCK).filter(closed_on=None, reminded_on=None, closes_on__gte=today)
    for row in filter(queries.on, rows.order_by("pk")):
        off = people.off_of_teams([row.owner_id])[row.owner_id]
        if workdays.workdays_between(today, row.closes_on, off) > rules.REMIND:
            continue
        silent = Asked.objects.for_system(_CLOCK).filter(round=row, answered=False)
        told = list(silent.values_list("person", flat=True))
        _tell(
            told,
            by,
            "feedback.reminded",
            {"day": workdays.day_words(row.closes_on)},
            at,
            f"{PATH.format(row.public_id)}answer/",
        )
        Round.objects.for_system(_CLOCK).filter(pk=row.pk).update(reminded_on=today)
        done += 1
    return done


@transaction.atomic
def _close(by: access.Actor, at: datetime) -> int:
    today, done = people.house().day(at), 0
    rows = Round.objects.for_system(_CLOCK).filter(closed_on=None, closes_on__lt=today)
    for row in filter(queries.on, rows.order_by("pk").select_for_update(of=("self",))):
        asked = Asked.objects.for_system(_CLOCK).filter(round=row)
        number = asked.filter(answered=True).count()
        Round.objects.for_system(_CLOCK).filter(pk=row.pk).update(closed_on=today, answered=number)
        _stir(row)
        ledger.append(
            kind="feedback.closed", by=by.ref, at=at, subject_kind="feedback", subject=row.public_id,
            facts={"answered": number},
        )  # fmt: skip
        done += 1
    return done


def _stir(row: Round) -> None:
    """Write the rows of a closed round anew, in another order: places in the file and numbers of transactions tell
    nothing any more of who answered when, or of whose comment it is."""
    mix = secrets.SystemRandom().shuffle
    asked = Asked.objects.for_system(_CLOCK).filter(round=row)
    people_ = list(asked.values_list("person", "manager", "answered"))
    asked.delete()
    mix(people_)
    Asked.objects.bulk_create(
        Asked(round=row, person_id=who, manager_id=about, answered=did) for who, about, did in people_
    )
    comments = Comment.objects.for_system(_CLOCK).filter(round=row)
    texts = list(comments.values_list("text", flat=True))
    comments.delete()
    mix(texts)
    Comment.objects.bulk_create(Comment(round=row, text=text) for text in texts)


@transaction.atomic
def _release(by: access.Actor, at: datetime) -> int:
    """Release the closed rounds of a quarter, all at this moment, once none of the quarter is open."""
    waiting = Round.objects.for_system(_CLOCK).filter(closed_on__isnull=False, released_at=None)
    still = {
        row.quarter for row in filter(queries.on, Round.objects.for_system(_CLOCK).filter(closed_on=None))
    }
    done = 0
    rows = waiting.exclude(quarter__in=still).order_by("opened_on", "pk").select_for_update(of=("self",))
    for row in filter(queries.on, rows):
        outcome, figures = rules.outcome(queries.closed(row))
        kept = [
            Figure(round=row, key=f.key, level=f.level or "", state=f.state, size=f.size) for f in figures
        ]
        Figure.objects.bulk_create(kept)
        Tally.objects.for_system(_CLOCK).filter(round=row).delete()
        if outcome != "shown" or not rules.comments_shown(row.answered or 0):
            Comment.objects.for_system(_CLOCK).filter(round=row).delete()
        Round.objects.for_system(_CLOCK).filter(pk=row.pk).update(released_at=at, outcome=outcome)
        kind = "feedback.released" if outcome == "shown" else "feedback.not_released"
        _tell(queries.first_readers(row), by, kind, {}, at, PATH.format(row.public_id))
        ledger.append(
            kind="feedback.released", by=by.ref, at=at, subject_kind="feedback", subject=row.public_id,
            facts={"outcome": outcome},
        )  # fmt: skip
        done += 1
    return done
