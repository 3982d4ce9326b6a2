"""A message to many: one to each manager, who decides for the own team; read by its sender as one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from fairlead.desk import actions, queries, rules, sending
from fairlead.desk.models import Message
from fairlead.ledger import actions as ledger
from fairlead.people import access, forms
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.models import public_id as fresh_id

MOST = 20
"""How many broadcasts a list shows."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message to many as its sender reads it: with whom each is and how it stands, never who heard what."""

    public_id: str
    title: str
    text: str
    at: datetime
    release_at: datetime | None
    lines: tuple[queries.SentLine, ...]

    @property
    def answered(self) -> int:
        return sum(line.state in ("answered", "declined") for line in self.lines)

    @property
    def may_straighten(self) -> bool:
        return any(line.may_straighten for line in self.lines)


@transaction.atomic
def send(
    *, by: access.Actor, at: datetime, given: actions.Given, key: str, to: Sequence[str] = (),
    everybody: bool = False, release_at: datetime | None = None,
) -> str:  # fmt: skip
    """Write to several managers below (public ids) or to all of them, one message each; the id they share.

    Nobody passes it on before ``release_at``. The same ``key`` sends it once. Raises Refused: nobody_chosen,
    one_chosen, too_many, bad_moment, moment_far, and those of `actions.write`; NotAllowed, NotFound.
    """
    access.require(by, "message.send")
    known = _known(by, key, replace(given, release_at=release_at), to, everybody)
    if known:
        return known
    sending.refuse_release(release_at, at)
    chosen = _chosen(by, at, to, everybody)
    shared = fresh_id()
    one = replace(given, deal="", team="", praise=False, broadcast=shared, release_at=release_at)
    for person in chosen:
        actions.write(by=by, at=at, given=one, to=person, key=_key_of(key, person))
    ledger.append(
        kind="desk.broadcast", by=by.ref, at=at, subject_kind="broadcast", subject=shared,
        facts={"to": len(chosen), "release_at": release_at.isoformat() if release_at else None},
    )  # fmt: skip
    return shared


def _key_of(key: str, person: Person) -> str:
    return f"{_digest(key)}:{person.pk}"


def _digest(key: str) -> str:
    """A form's key in a length that leaves room for the receiver; no key begins as another one does."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _known(by: access.Actor, key: str, given: actions.Given, to: Sequence[str], everybody: bool) -> str:
    """The id of a broadcast of the same form, or ''. Raises Refused where the form says something else since."""
    forms.refuse_no_key(key)
    rows = Message.objects.seen_by(by, "message.sent").filter(by=by.id, broadcast__isnull=False)
    found = list(rows.filter(key__startswith=f"{_digest(key)}:").select_related("to").order_by("pk"))
    if not found:
        return ""
    text, first = rules.lines(given.text, what="what the message says"), found[0]
    forms.refuse_other(
        (first.title, first.text, first.urgency, first.job, first.job_name, first.release_at),
        (
            rules.title_of(given.title, text), text, given.urgency,
            *sending.job_of(given.job, given.job_name), given.release_at,
        ),
    )  # fmt: skip
    if not everybody:
        forms.refuse_other({one.to.public_id for one in found}, set(to))
    return first.broadcast or ""


def _chosen(by: access.Actor, at: datetime, to: Sequence[str], everybody: bool) -> list[Person]:
    offered = {node.public_id: node.id for node in queries.to_write(by, at).managers}
    wanted = list(offered) if everybody else list(dict.fromkeys(to))
    if any(one not in offered for one in wanted):
        raise access.NotFound("manager")
    if not wanted:
        raise access.Refused("nobody_chosen", "Choose the managers it goes to, or all below you.")
    if len(wanted) > sending.MOST_RECEIVERS or (everybody and len(wanted) >= sending.MOST_RECEIVERS):
        raise access.Refused("too_many", f"At most {sending.MOST_RECEIVERS} managers at once.")
    return list(Person.objects.filter(pk__in=[offered[one] for one in wanted]).order_by("name", "pk"))


@transaction.atomic
def set_straight(*, by: access.Actor, at: datetime, broadcast: str, text: str, key: str) -> int:
    """Correct or (without text) withdraw all messages of a broadcast at once; how many.

    Raises Refused: gone, key_reused, text_long; NotAllowed, NotFound.
    """
    found = one(by, broadcast, at)
    if text.strip():
        rules.lines(text, what="the correction")
    # What this very form did already is asked for again, so that other words under its key are refused.
    mine = Message.objects.seen_by(by, "message.sent").filter(broadcast=broadcast, by=by.id)
    done = actions.straightened(by, mine, key)
    open_ = [line for line in found.lines if line.may_straighten or line.public_id in done]
    if not open_:
        raise access.Refused(
            "gone", "It was withdrawn from everybody already. There is nothing to set straight."
        )
    for line in open_:
        actions.set_straight(by=by, at=at, message=line.public_id, text=text, key=key)
    return len(open_)


def one(actor: access.Actor, public_id: str, at: datetime) -> Broadcast:
    """A broadcast of the actor's own. Raises NotAllowed, NotFound."""
    rows = Message.objects.seen_by(actor, "message.sent").filter(broadcast=public_id, by=actor.id)
    every = list(rows.select_related("team").order_by("pk"))
    if not every:
        raise access.NotFound("broadcast")
    return _broadcast(actor, every, at)


def listing(actor: access.Actor, at: datetime) -> list[Broadcast]:
    """The actor's broadcasts, newest first. Raises NotAllowed."""
    rows = Message.objects.seen_by(actor, "message.sent").filter(broadcast__isnull=False, by=actor.id)
    newest = list(dict.fromkeys(rows.order_by("-pk").values_list("broadcast", flat=True)))[:MOST]
    every: dict[str | None, list[Message]] = {}
    for row in rows.filter(broadcast__in=newest).select_related("team").order_by("pk"):
        every.setdefault(row.broadcast, []).append(row)
    return [_broadcast(actor, every[key], at) for key in newest]


def _broadcast(actor: access.Actor, rows: Sequence[Message], at: datetime) -> Broadcast:
    first = rows[0]
    lines = sorted(queries.sent_lines(actor, rows, at), key=lambda line: line.manager)
    return Broadcast(
        first.broadcast or "", first.title, first.text, first.received_at, first.release_at, tuple(lines)
    )


def teams_below(actor: access.Actor, at: datetime) -> list[tuple[people.Node, str]]:
    """(manager, team) the actor may write to, by name. Raises NotAllowed."""
    return [(node, node.team) for node in queries.to_write(actor, at).managers]
