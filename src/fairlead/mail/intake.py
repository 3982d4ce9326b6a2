"""Mail on its way to a desk: accepted first, in one short write; then read, matched, and put where it belongs.

What is accepted is never lost: the bytes stay until a transaction has settled what became of them, and that
transaction holds the message on the desk as well. Nothing here puts anything before a rep.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from fairlead.deals.models import Deal
from fairlead.desk import accountable
from fairlead.desk import actions as desk
from fairlead.desk import queries as desks
from fairlead.desk import rules as desk_rules
from fairlead.mail import forwarded, proof, queries, reading, rules, wording
from fairlead.mail.models import Arrived
from fairlead.people import access, kept, telling
from fairlead.people import queries as people
from fairlead.people.access import Role
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Team

logger = logging.getLogger(__name__)
PATH = "/desk/mail/"
MOST_TRIES = 3
_DEAL = re.compile(r"\[([A-Za-z0-9_-]{12})\]")
_SYSTEM = access.system("mail came in")


def rows() -> GuardedQuerySet[Arrived]:
    """Mail that came in, whoever sent it."""
    return Arrived.objects.for_system("mail is taken in before anybody asks for it; callers checked whose")


# Accepting


@transaction.atomic
def accept(*, raw: bytes, door: str, at: datetime, to: Sequence[str] = (), returns: bool = True) -> Arrived:
    """Keep a mail's bytes; from then on it is not lost. The same bytes to the same addresses are kept once.

    ``to`` are the addresses it was delivered to, where the door knows them; ``returns`` is False for what came with
    an empty return path. Of one over the limit the headers alone are kept, so that a proven sender can be told.
    """
    delivered = " ".join(sorted({one for one in to if len(one) <= 254}))[:4000]
    digest = hashlib.sha256(delivered.encode("utf-8", "replace") + b"\0" + raw).hexdigest()
    known = rows().filter(digest=digest).first()
    if known is not None:
        return known
    large = len(raw) > settings.MAIL_LIMIT
    try:
        with transaction.atomic():
            return Arrived.objects.create(
                digest=digest, door=door, size=len(raw), delivered_to=delivered, returns=returns,
                raw=raw[: reading.MOST_HEADERS] if large else raw, at=at,
            )  # fmt: skip
    except IntegrityError:
        return rows().get(digest=digest)


# Settling


def process_waiting(at: datetime, most: int = 1000, between: Callable[[], object] = lambda: None) -> int:
    """Settle what waits, oldest first; how many were looked at. ``between`` is called before each."""
    waiting = list(rows().filter(state="waiting").order_by("at", "pk").values_list("pk", flat=True)[:most])
    for one in waiting:
        between()
        process(one, at)
    return len(waiting)


def process(arrived: int, at: datetime) -> str:
    """Settle one mail, once; its state afterwards. What goes wrong is tried again, and kept for an administrator."""
    row = rows().filter(pk=arrived, state="waiting").first()
    if row is None or row.raw is None:
        return ""
    mail, reason = _read(bytes(row.raw), large=row.size > settings.MAIL_LIMIT)
    try:
        with kept.settings(), transaction.atomic():
            held = rows().select_for_update().filter(pk=arrived, state="waiting").first()
            if held is None:
                return ""
            _settle(held, mail, reason, at)
            return held.state
    except Exception as problem:
        return _failed(arrived, type(problem).__name__, at)


def _read(raw: bytes, *, large: bool = False) -> tuple[reading.Mail | None, str]:
    """The mail, or what its headers say of it with the reason why no more is read."""
    reason = "too_large"
    try:
        if not large:
            return reading.read(raw), ""
    except reading.Unreadable as odd:
        reason = odd.reason
    try:
        return reading.headers_of(raw), reason
    except reading.Unreadable:
        return None, reason


def _failed(arrived: int, problem: str, at: datetime) -> str:
    """Note a failure by its kind, without a word of the mail."""
    logger.warning("A mail to the desk could not be settled: %s", problem)
    with transaction.atomic():
        row = rows().select_for_update().get(pk=arrived)
        if row.state != "waiting":
            return row.state
        row.tries += 1
        row.state = "failed" if row.tries >= MOST_TRIES else "waiting"
        row.reason = problem[:40]
        row.done_at = at if row.state == "failed" else None
        if row.state == "failed":
            _note_sender(row, at)
        row.save(update_fields=["tries", "state", "reason", "done_at", "person", "proven"])
        return row.state


def _note_sender(row: Arrived, at: datetime) -> None:
    """Note whose a mail is that failed, where it can be said, so that a proven sender is told when it is given up."""
    try:
        mail, _ = _read(bytes(row.raw or b""), large=row.size > settings.MAIL_LIMIT)
        if mail is not None and not mail.automatic and row.returns:
            person = queries.account(mail.sender, at)
            confirmed = row.proven and person is not None and row.person_id in (None, person.pk)
            row.person, row.proven = person, confirmed or _proven(_results(mail), mail)
    except Exception as problem:
        logger.warning("Whose a failed mail is could not be read: %s", type(problem).__name__)


def _settle(row: Arrived, mail: reading.Mail | None, reason: str, at: datetime) -> None:
    address = queries.address()
    if not address or mail is None:
        return _refuse(row, reason or "off", at)
    if mail.automatic or not row.returns:
        return _refuse(row, "automatic", at)
    person = queries.account(mail.sender, at)
    if person is None:
        return _refuse(row, reason if reason == "no_from" else "unknown_sender", at)
    confirmed = row.proven and row.person_id in (None, person.pk)  # the address may be somebody else's by now
    row.person = person
    by = people.actor(person.pk, at)
    said = _results(mail)
    row.judged, row.proven = said is not None, confirmed or _proven(said, mail)
    claims = access.may(by, "mail.claim")
    if not row.proven:
        return (
            _quarantine(row, mail, at) if claims and not reason else _refuse(row, reason or "not_yours", at)
        )
    if reason or not claims:
        return _refuse(row, reason or "not_yours", at, answer=True)
    try:
        _deliver(row, mail, by, at, address)
    except access.Refusal as refused:
        _refuse(row, refused.code if refused.code in wording.REFUSED else "other", at, answer=True)


def _results(mail: reading.Mail) -> list[proof.Result] | None:
    """What the receiving server said of a mail; None where it said nothing, or none is named."""
    server = settings.MAIL_AUTHSERV
    return proof.results(mail.headers, server, settings.MAIL_AUTHSERV_HOPS) if server else None


def _proven(said: list[proof.Result] | None, mail: reading.Mail) -> bool:
    return proof.proves(said, mail.sender.rpartition("@")[2])


def _quarantine(row: Arrived, mail: reading.Mail, at: datetime) -> None:
    """Keep a mail in somebody's name until that person says whether it is theirs. They are told of the first.

    Where too many wait, one of the server with most of them is not kept, and the person is told.
    """
    assert row.person is not None
    row.server = proof.handed_in_by(mail.headers, settings.MAIL_AUTHSERV_HOPS)
    waiting = rows().filter(person=row.person, state="unsure")
    if mail.message_id and waiting.filter(message_id=mail.message_id[:250], server=row.server).exists():
        return _refuse(row, "same", at)
    counts = Counter(waiting.values_list("server", flat=True))
    server = rules.gives_way(counts, row.server)
    if server is not None:
        _tell_lost(row.person, at)
        if server == row.server:
            return _refuse(row, "too_many_wait", at)
        newest = waiting.filter(server=server).order_by("-at", "-pk").select_for_update().first()
        if newest is not None:
            erase(newest, "refused", at, "too_many_wait")
    _wait(row, "unsure", mail)
    if not counts:
        telling.tell(row.person, by=_SYSTEM, kind="mail.unsure", facts={}, at=at, path=PATH)
    return None


def _tell_lost(person: Person, at: datetime) -> None:
    """Tell, once in two weeks, that mails in somebody's name were not kept; their page counts them."""
    before = rows().filter(person=person, reason="too_many_wait", done_at__gt=at - rules.KEPT)
    if not before.exists():
        telling.tell(person, by=_SYSTEM, kind="mail.lost", facts={}, at=at, path=PATH)


def _wait(row: Arrived, state: str, mail: reading.Mail) -> None:
    row.state, row.reason, row.message_id = state, "", mail.message_id[:250]
    row.save(update_fields=["state", "reason", "message_id", "person", "proven", "judged", "server"])


def _refuse(row: Arrived, reason: str, at: datetime, *, answer: bool = False) -> None:
    """End with a mail. Only a proven sender is answered: everybody else could be a victim of a forged name."""
    erase(row, "refused", at, reason)
    if answer:
        _answer(row, at, reason)


def _answer(row: Arrived, at: datetime, reason: str) -> None:
    """Tell a proven sender why a mail reached no desk, here and by mail."""
    if row.person is None:
        return
    row.answer_due = True
    row.save(update_fields=["answer_due"])
    facts = {"why": wording.why(reason)}
    telling.tell(row.person, by=_SYSTEM, kind="mail.refused", facts=facts, at=at, path="")


def erase(row: Arrived, state: str, at: datetime, reason: str = "") -> None:
    """Settle a mail and erase its bytes and addresses."""
    row.state, row.reason, row.done_at = state, reason, at
    row.raw, row.delivered_to, row.message_id, row.server = None, "", "", ""
    row.save()


# Where it belongs


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail belongs: on the sender's ``own`` desk, or written to a person, of a deal or of a team."""

    own: bool
    to: Person | None = None
    deal: str = ""
    team: str = ""

    @property
    def name(self) -> str:
        """What tells two copies to two managers apart."""
        return f"{self.to.pk if self.to else ''} {self.deal} {self.team}"


def _deliver(row: Arrived, mail: reading.Mail, by: access.Actor, at: datetime, address: str) -> None:
    original = original_of(mail)
    place = _place(mail, row.delivered_to.split(), by, at, address, original is not None)
    if not place.own:
        given = _given(mail.subject, mail, place)
        desk.write(by=by, at=at, given=given, to=place.to, key=key_of(row, mail, place), door="mailed")
        return erase(row, "taken", at)
    if original is None:
        same = rows().filter(person=row.person, state="asks", message_id=mail.message_id[:250])
        if mail.message_id and same.exists():
            return _refuse(row, "same", at)
        _wait(row, "asks", mail)
        telling.tell(row.person, by=_SYSTEM, kind="mail.asks", facts={}, at=at, path=PATH)
        return None
    sender, name = _sender(by, original)
    put_on_own_desk(row, mail, place, by, at, sender=sender, sender_name=name)
    return None


def put_on_own_desk(
    row: Arrived, mail: reading.Mail, place: Place, by: access.Actor, at: datetime, *,
    sender: Person | None, sender_name: str,
) -> None:  # fmt: skip
    """Put what somebody forwarded on their own desk. Raises what `desk.actions.receive` raises."""
    original = original_of(mail)
    title = (original.subject if original else "") or _without_forward(mail.subject)
    text = original.text if original and original.text else mail.text
    given = _given(title, mail, place, text=text, sender=sender, sender_name=sender_name)
    desk.receive(by=by, at=at, given=given, key=key_of(row, mail, place), door="mailed")
    erase(row, "taken", at)


def key_of(row: Arrived, mail: reading.Mail, place: Place) -> str:
    """What makes one mail one message: its Message-ID, or its bytes where it has none, and where it goes."""
    said = f"{mail.message_id or row.digest} {place.name}"
    return f"mail {hashlib.sha256(said.encode()).hexdigest()[:48]}"


def _given(
    title: str, mail: reading.Mail, place: Place, *, text: str = "", sender: Person | None = None,
    sender_name: str = "",
) -> desk.Given:  # fmt: skip
    said = (text or mail.text).strip()
    if not said:
        raise access.Refused("no_text", wording.why("no_text"))
    room = desk_rules.LONGEST - 200
    cut = max(0, len(said) - room)
    below = wording.notes(mail.attachments, cut)
    whole = said[:room] + (f"\n\n{below}" if below else "")
    return desk.Given(
        title=_short(_DEAL.sub("", title) if place.deal else title), text=whole, sender=sender,
        sender_name=sender_name, deal=place.deal, team=place.team,
        message_id=mail.message_id if place.own else "",
    )  # fmt: skip


def _short(title: str) -> str:
    said = " ".join(title.split())
    longest = desk_rules.LONGEST_TITLE
    return said if len(said) <= longest else said[: longest - 2].rstrip() + " …"


_FORWARD = re.compile(r"^(?:(?:fwd?|wg|tr|vs|doorst|rv|i|enc)\s?:\s*)+", re.IGNORECASE)


def _without_forward(subject: str) -> str:
    return _FORWARD.sub("", subject[:400])


def original_of(mail: reading.Mail) -> forwarded.Forwarded | None:
    """The original in a forwarded mail: a mail attached to it, or the block its program wrote."""
    found = forwarded.recognise(mail.text)
    if found is not None or mail.attached is None:
        return found
    inner = mail.attached
    return forwarded.Forwarded(inner.sender_name, inner.sender, inner.subject, inner.text)


def _place(
    mail: reading.Mail,
    delivered: Sequence[str],
    by: access.Actor,
    at: datetime,
    address: str,
    is_forward: bool,
) -> Place:
    """Where a mail belongs. Raises Refused: whom, whom_one, unknown_address."""
    tags = _tags(delivered, address) if delivered else _tags(mail.to, address)
    if len(tags) > 1:
        raise access.Refused("whom_one", wording.why("whom_one"))
    if tags:
        return _of_tag(tags.pop(), by, at)
    for one in _DEAL.findall(mail.subject):
        place = _of_deal(one, by, at)
        if place is not None:
            return place
    named = _leaders_named(mail.to, by, at)
    if len(named) > 1:
        raise access.Refused("whom_one", wording.why("whom_one"))
    if named:
        return Place(False, to=named[0])
    if is_forward or Role.MANAGER in by.roles:
        return Place(True)
    raise access.Refused("whom", wording.why("whom"))


def _tags(addresses: Iterable[str], desk_address: str) -> set[str]:
    found = (rules.tag_of(one, desk_address) for one in addresses)
    return {one for one in found if one}


def _of_tag(tag: str, by: access.Actor, at: datetime) -> Place:
    person = Person.objects.filter(public_id=tag, voided_at=None).first()
    if person is not None and person.pk == by.person:
        return Place(True)
    if person is not None and people.may_on(by, "message.send", person.pk):
        return Place(False, to=person)
    team = Team.objects.filter(public_id=tag).first()
    if team is not None and team.lead_id == by.person:
        return Place(True, team=tag)
    if team is not None and people.may_on(by, "message.send", team.lead_id):
        return Place(False, team=tag)
    place = _of_deal(tag, by, at)
    if place is None:
        raise access.Refused("unknown_address", wording.why("unknown_address"))
    return place


def _of_deal(public_id: str, by: access.Actor, at: datetime) -> Place | None:
    """The deal's place where the sender may name it: of the own team, or one they may write about."""
    row = Deal.objects.seen_by(by, "deal.read").filter(public_id=public_id).first()
    if row is not None and row.owner_id:
        lead = accountable.manager_of_deal(row.owner_id, people.house().day(at))
        if lead == by.person:
            return Place(True, deal=public_id)
    writable = desks.deals_to_write_of(by, at)
    return Place(False, deal=public_id) if public_id in writable else None


def _leaders_named(addresses: Sequence[str], by: access.Actor, at: datetime) -> list[Person]:
    """Those under To and Cc who lead a team below the sender."""
    found = [queries.account(one.lower(), at) for one in addresses[:50]]
    leads = set(Team.objects.values_list("lead_id", flat=True).filter(lead__in=[p.pk for p in found if p]))
    return [
        one for one in found
        if one is not None and one.pk != by.person and one.pk in leads and people.may_on(by, "message.send", one.pk)
    ]  # fmt: skip


def _sender(by: access.Actor, original: forwarded.Forwarded) -> tuple[Person | None, str]:
    """From whom the original came: somebody above by address or exact name, or a name without account.

    Raises Refused not_above for somebody of the organisation who is not above.
    """
    above = Person.objects.filter(pk__in=[one for one in people.chain(by.id) if one != by.person])
    for one in above.select_related("user"):
        mine = {one.email, one.user.email if one.user else None}
        if original.address and original.address in {known.lower() for known in mine if known}:
            return one, ""
    if original.address and queries.is_somebodys(original.address):
        raise access.Refused("not_above", wording.why("not_above"))
    named = [one for one in above if original.name and one.name.casefold() == original.name.casefold()]
    if len(named) == 1 and not original.address:
        return named[0], ""
    return None, original.name or original.address


# Forgetting


@transaction.atomic
def forget(at: datetime) -> None:
    """End what nobody confirmed in time, erase the bytes of what failed, and drop old sizes and times.

    A proven sender is told of each; in whose name an unproven one came, that some were erased.
    """
    late = rows().filter(state__in=["unsure", "asks"], at__lte=at - rules.KEPT)
    unproven: dict[int, Person] = {}
    for row in late.select_for_update(of=("self",)).select_related("person"):
        if row.person is not None and not row.proven:
            unproven[row.person.pk] = row.person
        _refuse(row, "expired", at, answer=row.proven)
    for person in unproven.values():
        telling.tell(person, by=_SYSTEM, kind="mail.expired", facts={}, at=at, path=PATH)
    failed = rows().filter(state="failed", raw__isnull=False, done_at__lte=at - rules.KEPT)
    for row in failed.select_for_update(of=("self",)).select_related("person"):
        row.raw, row.delivered_to, row.message_id, row.done_at = None, "", "", at
        row.save(update_fields=["raw", "delivered_to", "message_id", "done_at"])
        if row.proven:
            _answer(row, at, "given_up")
    rows().filter(done_at__lte=at - rules.TOLD).delete()
