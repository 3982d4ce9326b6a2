"""Writing, signing, ending and carrying over agreements. Each is one transaction, its ledger entry last.

The ledger keeps who did what and the digest of what was signed, never words: each reads the entries of own acts, also
after the words themselves have gone out of sight.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairlead.agreements import queries, rules
from fairlead.agreements.models import Act, Agreement, Version
from fairlead.ledger import actions as ledger
from fairlead.people import access, forms, spans, telling
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import day_words
from fairlead.promises import actions as promises

PATH = "/agreements/{}/"
_TWICE = "a form that was sent twice writes once"
_FOLLOWS = "a version follows the one before; callers checked whose"


# Writing


@transaction.atomic
def begin(
    *, by: access.Actor, at: datetime, other: str, content: rules.Content, review_on: date, key: str
) -> Version:
    """Write the first version of an agreement with somebody (public id) of a direct line; it carries one's signature.

    Raises Refused: exists, bad_day, nothing_owed, text_long, too_many, twice, bad_hours, bad_weekday; NotFound.
    """
    access.require(by, "agreement.write")
    pair = queries.pair_with(by, other)
    said = rules.checked(rules.written_by(pair.side, content, None))
    known = _known(by, key, said, review_on, "")
    if known is not None:
        return known
    return _begin(by, at, pair, said, review_on, key, None)


def _begin(
    by: access.Actor, at: datetime, pair: queries.Pair, said: rules.Content, review_on: date, key: str,
    carried: Agreement | None,
) -> Version:  # fmt: skip
    rules.refuse_review(review_on, people.house().day(at))
    Person.objects.select_for_update(no_key=True).get(pk=pair.rep)
    if queries.open_between(pair.rep, pair.manager, at) is not None:
        raise access.Refused("exists", f"You and {pair.other} have an agreement. Propose a change to it.")
    row = Agreement.objects.create(
        rep_id=pair.rep, manager_id=pair.manager, begun_on=people.house().day(at), carried=carried, at=at
    )
    return _write(by, at, row, 1, pair.side, said, review_on, "", key)


@transaction.atomic
def propose(
    *, by: access.Actor, at: datetime, agreement: str, content: rules.Content, review_on: date, reason: str,
    after: int, key: str,
) -> Version:  # fmt: skip
    """Propose a change (a new version, with its reason) of an agreement (public id); it carries one's signature.

    What is in force stays in force until the other has signed as well. ``after`` is the number of the newest version
    that was read. Raises Refused: newer_version, reason_missing, the_same, settled, and those of `begin`; NotFound.
    """
    access.require(by, "agreement.write")
    row, side = _locked(by, agreement)
    newest = queries.newest_of(row)
    before = rules.content_of(newest.content)
    said = rules.checked(rules.written_by(side, content, before))
    why = rules.line(reason, what="the reason", longest=300)
    if not why:
        raise access.Refused("reason_missing", "Say why it changes; both of you read it later.")
    known = _known(by, key, said, review_on, why)
    if known is not None:
        return known
    if "written" not in rules.may(queries.standing_of(row, at), side):
        raise access.Refused("settled", "It has ended, or a last day is set. Begin a new one after that.")
    if newest.number != after:
        raise access.Refused("newer_version", "A newer version was written meanwhile. Read it first.")
    rules.refuse_same(said, review_on, before, newest.review_on)
    rules.refuse_review(review_on, people.house().day(at))
    return _write(by, at, row, after + 1, side, said, review_on, why, key)


def _write(
    by: access.Actor, at: datetime, row: Agreement, number: int, side: rules.Side, said: rules.Content,
    review_on: date, reason: str, key: str,
) -> Version:  # fmt: skip
    forms.refuse_no_key(key)
    content = rules.stored(said)
    signed = {
        "agreement": row.public_id, "number": number, "content": content, "review_on": review_on, "reason": reason
    }  # fmt: skip
    kept = Version.objects.create(
        agreement=row, number=number, side=side, content=content, review_on=review_on, reason=reason,
        digest=rules.digest(signed), by_id=by.id, at=at, key=key[: forms.LONGEST_KEY],
    )  # fmt: skip
    Act.objects.create(version=kept, side=side, kind="signed", at=at)
    _tell(by, at, row, side, "agreements.written", {})
    _record("agreement.written", by, at, row, kept)
    return kept


def _known(by: access.Actor, key: str, said: rules.Content, review_on: date, reason: str) -> Version | None:
    """What the form wrote when it was sent before. Raises Refused where it says something else since."""
    rows = Version.objects.for_system(_TWICE).filter(by=by.id)
    known = forms.made_before(rows, key)
    if known is not None:
        forms.refuse_other(
            (known.content, known.review_on, known.reason), (rules.stored(said), review_on, reason)
        )
    return known


# Acts


@transaction.atomic
def act(
    *, by: access.Actor, at: datetime, agreement: str, kind: str, digest: str, text: str = "", on: date | None = None
) -> Act:  # fmt: skip
    """Sign, ask back about or take back the version that waits, or end the agreement (public id) with a last day.

    ``digest`` is of the version that was read: the one that waits, or the one in force where it is ended. From the
    second signature on everything owed is a promise, until the review date. Raises Refused: not_what_you_read,
    settled, text_missing, text_long, bad_day, no_step; NotFound.
    """
    access.require(by, "agreement.write")
    row, side = _locked(by, agreement)
    now = queries.standing_of(row, at)
    if kind not in ("signed", "asked_back", "withdrawn", "ended"):
        raise access.Refused("no_step", "Choose what you do with it.")
    number = now.held if kind == "ended" else now.pending
    about = Version.objects.for_system(_FOLLOWS).filter(agreement=row, number=number or 0).first()
    rules.refuse_act(kind, now, side, digest=about.digest if about else "", read=digest)
    assert about is not None
    said = rules.paragraph(text, what="what you say")
    if kind in ("asked_back", "ended") and not said:
        raise access.Refused("text_missing", "Say why." if kind == "ended" else "Write what you ask back.")
    last = None
    if kind == "ended":
        last = on or people.house().day(at)
        rules.refuse_last_day(last, people.house().day(at))
    kept = Act.objects.create(version=about, side=side, kind=kind, text=said, on=last, at=at)
    if kind == "signed":
        _come_into_force(by, at, row, about)
    facts = {"day": day_words(last)} if last else {}
    _tell(by, at, row, side, f"agreements.{kind}", facts)
    _record(f"agreement.{kind}", by, at, row, about)
    return kept


def _come_into_force(by: access.Actor, at: datetime, row: Agreement, version: Version) -> None:
    """What was owed by the version before is let go, and what this one says is owed is promised until its review."""
    reason = f"Version {version.number} of your working agreement takes its place."
    promises.let_go(by=by, at=at, source=(queries.SOURCE, row.public_id), reason=reason)
    content = rules.content_of(version.content)
    rep, manager = queries.person(row.rep_id), queries.person(row.manager_id)
    for owner, made_to, owed in (
        (rep, manager, content.rep_promises),
        (manager, rep, content.manager_owes),
    ):
        for place, text in enumerate(owed):
            promises.log(
                by=by, at=at, owner=owner, made_to=made_to, text=text, due_on=version.review_on,
                key=f"agreement {version.pk} {owner.pk} {place}",
                source=(queries.SOURCE, row.public_id, "Your working agreement"),
            )  # fmt: skip


@transaction.atomic
def carry_over(*, by: access.Actor, at: datetime, agreement: str, review_on: date, key: str) -> Version:
    """Carry the own part of an agreement that is over (public id) to today's manager: the first version of a new one.

    What the former manager wrote does not go along. Raises Refused: nothing_to_carry, exists, nothing_owed, bad_day;
    NotFound for everybody but the rep.
    """
    access.require(by, "agreement.write")
    page = queries.one(by, agreement, at)
    if not page.line.mine:
        raise access.NotFound("agreement")
    if page.line.held is None:
        raise access.Refused("nothing_to_carry", "It never was in force. Begin a new one.")
    said = rules.checked(rules.carried(page.line.held.content))
    known = _known(by, key, said, review_on, "")
    if known is not None:
        return known
    if not page.carry_to:
        raise access.Refused(
            "nothing_to_carry", "You have an agreement with your manager of today, or still the same one."
        )
    pair = next(one for one in queries.pairs(by) if one.side == "rep")
    return _begin(by, at, pair, said, review_on, key, queries.found(by, agreement))


# The clock


@transaction.atomic
def watch(*, by: access.Actor, at: datetime) -> int:
    """Close what is still open of agreements that are over, tell the rep of a change and both of a review; how many.

    Running it again closes and tells nothing twice.
    """
    access.require(by, "import.run")
    done = 0
    for row, now in queries.over_everywhere(at):
        done += _settle(by, at, row, now) if now.over else _tell_review(by, at, row, now)
    if done:
        ledger.append(
            kind="agreement.watched", by=by.ref, at=at, subject_kind="day",
            subject=people.house().day(at).isoformat(), facts={"agreements": done},
        )  # fmt: skip
    return done


def _settle(by: access.Actor, at: datetime, row: Agreement, now: rules.Standing) -> int:
    promises.let_go(
        by=by, at=at, source=(queries.SOURCE, row.public_id), reason="Your working agreement has ended."
    )
    Act.objects.create(version=queries.newest_of(row), side="", kind="settled", at=at)
    moved = spans.line_ends([row])[row.pk] is not None
    if moved and now.held is not None:
        telling.tell(
            row.rep_id, by=by, kind="agreements.moved", facts={}, at=at, path=PATH.format(row.public_id)
        )
    return 1


def _tell_review(by: access.Actor, at: datetime, row: Agreement, now: rules.Standing) -> int:
    path, facts, told = PATH.format(row.public_id), {"version": now.held or 0}, 0
    for reader in (row.rep_id, row.manager_id):
        told += telling.tell_once(reader, by=by, kind="agreements.review", facts=facts, at=at, path=path)
    return told


# Shared


def _locked(by: access.Actor, agreement: str) -> tuple[Agreement, rules.Side]:
    seen = queries.found(by, agreement)
    held = Agreement.objects.for_system(_FOLLOWS).filter(pk=seen.pk)
    row = held.select_for_update(of=("self",), no_key=True).get()
    return row, "rep" if row.rep_id == by.id else "manager"


def _tell(
    by: access.Actor, at: datetime, row: Agreement, side: rules.Side, kind: str, facts: dict[str, str]
) -> None:
    other = row.manager_id if side == "rep" else row.rep_id
    telling.tell(other, by=by, kind=kind, facts=facts, at=at, path=PATH.format(row.public_id))


def _record(kind: str, by: access.Actor, at: datetime, row: Agreement, version: Version) -> None:
    facts: dict[str, Any] = {"version": version.number, "digest": version.digest}
    ledger.append(kind=kind, by=by.ref, at=at, subject_kind="agreement", subject=row.public_id, facts=facts)
