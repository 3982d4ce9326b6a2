"""Accounts: one's own, one of them, an empty seat and who covers it, and the watch while a look waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals.rules import major_units
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import reads
from fairlead.territories import noting, rules, wording
from fairlead.territories import queries as territories
from fairlead.watch import queries
from fairlead.web import downloads, formats, losses, numbers
from fairlead.web.given import day_or_none, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a list is shown: those whose name has some words, of a tier, in breach or all."""

    words: str = ""
    tier: str = ""
    only: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.tier or self.only)

    def of(self, lines: Iterable[queries.Line]) -> list[queries.Line]:
        return [
            one
            for one in lines
            if (not self.words or self.words.lower() in f"{one.name} {one.industry} {one.owner}".lower())
            and (not self.tier or (one.facts.tier or "none").lower() == self.tier.lower())
            and (self.only != "breach" or one.breach)
        ]


def _asked(request: AskingRequest) -> Asked:
    words, tier, only = (
        request.GET.get(name, "").replace("\x00", "")[:100].strip() for name in ("q", "tier", "only")
    )
    return Asked(words, tier, "breach" if only == "breach" else "")


def _listed(request: AskingRequest, lines: Iterable[queries.Line]) -> dict[str, Any]:
    every = list(lines)
    asked = _asked(request)
    tiers = dict.fromkeys(sorted(one.facts.tier or "none" for one in every))
    return {
        "lines": asked.of(every),
        "every": len(every),
        "sums": queries.sums(every),
        "asked": asked,
        "tiers": list(tiers),
        "unit": numbers.unit(),
        "today": people.house().day(request.at),
        "query": request.GET.urlencode(),
    }


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """Own accounts and those one covers; where else one's accounts are to be found; a search by name."""
    actor, at = request.actor, request.at
    access.require(actor, "account.read")
    find = request.GET.get("find", "").replace("\x00", "")[:100].strip()
    sees_seats = access.may(actor, "empty_seat.read")
    context = _listed(request, queries.mine(actor, at)) | {
        "find": find,
        "found": queries.search(actor, find, at) if find else [],
        "most": queries.MOST_NAMED,
        "seats": queries.seats(actor, at) if sees_seats else [],
        "sees_seats": sees_seats,
        "looked_at": queries.looked_at(actor, at),
        "searches": sees_seats,
        "keeps_tiers": access.may(actor, "tier.keep"),
    }
    return render(request, "accounts/list.html", context)


_COLUMNS = (
    "Account", "Industry", "Country", "Owner", "Tier", "Days allowed", "Last two-way contact", "Next due", "In breach",
    "Why", "Renewals", "Open", "Last year", "Money at risk", "Covered by",
)  # fmt: skip


def _file(name: str, lines: Iterable[queries.Line]) -> Any:
    head = [f"{one} ({people.house().currency})" if one in _MONEY else one for one in _COLUMNS]
    return downloads.as_csv(name, head, (_row(one) for one in lines))


_MONEY = {"Renewals", "Open", "Last year", "Money at risk"}


def _row(one: queries.Line) -> tuple[downloads.Cell, ...]:
    facts, money, currency = one.facts, one.money, people.house().currency
    amounts = [
        major_units(minor, currency) for minor in (money.renewals, money.open, money.year, money.total)
    ]
    return (
        one.name, one.industry, one.country, one.owner, facts.tier, facts.allowed, facts.last, one.due_on,
        "yes" if one.breach else "", "; ".join(reason.says for reason in one.reasons), *amounts, one.covered_by,
    )  # fmt: skip


@signed_in
@require_safe
def export_csv(request: AskingRequest) -> Any:
    """One's own accounts as a file, as filtered."""
    access.require(request.actor, "account.read")
    return _file("accounts", _asked(request).of(queries.mine(request.actor, request.at)))


# While a look waits


@signed_in
@require_safe
def watch(request: AskingRequest, public_id: str) -> HttpResponse:
    """A direct report's accounts while a look at their results waits. Without one there is no such page."""
    person, lines = _watched(request, public_id)
    context = _listed(request, lines) | {"person": person[0], "look": person[1]}
    return render(request, "accounts/watch.html", context)


def _watched(request: AskingRequest, public_id: str) -> tuple[tuple[people.Node, str], list[queries.Line]]:
    person, look, lines = queries.of_seller(request.actor, public_id, request.at)
    reads.note(actor=request.actor, at=request.at, kind="watch", subject=person.id, public_id=look)
    return (person, look), lines


@signed_in
@require_safe
def watch_csv(request: AskingRequest, public_id: str) -> Any:
    """The same as a file."""
    _, lines = _watched(request, public_id)
    return _file("watch", _asked(request).of(lines))


# Empty seats


@signed_in
@require_safe
def seats(request: AskingRequest) -> HttpResponse:
    """The empty seats one answers for, the most money at risk first."""
    context = {"seats": queries.seats(request.actor, request.at), "unit": numbers.unit()}
    return render(request, "accounts/seats.html", context)


@signed_in
@require_safe
def seat(request: AskingRequest, key: str) -> HttpResponse:
    """One empty seat: its accounts in breach with the money at risk."""
    found = queries.seat(request.actor, key, request.at)
    return render(request, "accounts/seat.html", _listed(request, found.lines) | {"seat": found})


@signed_in
@require_safe
def seat_csv(request: AskingRequest, key: str) -> Any:
    """The same as a file, for whoever changes the owners in the CRM."""
    found = queries.seat(request.actor, key, request.at)
    return _file("empty-seat", _asked(request).of(found.lines))


_COVER = ("interim", "hand_over", "first_call_on", "after")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: AskingRequest, key: str) -> HttpResponse:
    """Who covers the accounts of an empty seat; suggestions are suggestions."""
    actor, at = request.actor, request.at
    plan = queries.cover_plan(actor, key, at)
    error = ""
    typed: dict[str, dict[str, str]] = {}
    if request.method == "POST":
        for one in plan.lines:
            account = one.line.public_id
            typed[account] = {name: plain_text(request.POST, f"{account}-{name}").strip() for name in _COVER}
        try:
            noting.cover(
                by=actor, at=at, lines=[{"account": account, **row} for account, row in typed.items()],
                mates=queries.mate_ids(queries.mates_of(actor, key, at)),
                after={account: int(whole(row["after"], -1)) for account, row in typed.items()},
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Saved. Whoever covers an account is told, and reads it from now on.")
            return redirect("empty_seat_cover", key)
    rows = [(one, typed.get(one.line.public_id) or _cover_of(one)) for one in plan.lines]
    context = {
        "plan": plan, "seat": plan.seat, "rows": rows, "error": error, "short": rules.SHORT, "unit": numbers.unit(),
        "today": people.house().day(at), "names": dict(plan.mates),
    }  # fmt: skip
    return render(request, "accounts/cover.html", context, status=422 if error else 200)


def _cover_of(one: queries.CoverLine) -> dict[str, str]:
    day = one.first_call_on.isoformat() if one.first_call_on else ""
    return {
        "interim": one.interim, "hand_over": one.hand_over, "first_call_on": day, "after": str(one.number),
    }  # fmt: skip


# One account


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One account: how it is looked after, its deals, renewals, rivals, losses and people."""
    return _one(request, public_id, {}, "")


def _one(request: AskingRequest, public_id: str, values: dict[str, str], error: str) -> HttpResponse:
    page = queries.page(request.actor, public_id, request.at)
    today = people.house().day(request.at)
    context = {
        "page": page,
        "losses": [losses.loss(request.actor, one, request.at) for one in page.lost],
        "line": page.line,
        "facts": page.line.facts,
        "unit": numbers.unit(),
        "today": today,
        "kinds": [(key, words, wording.HELD[key]) for key, words in wording.KINDS.items()],
        "activities": [
            (row, wording.KINDS[row.kind], wording.WAYS[row.way], row.on is not None and row.on > today)
            for row in page.activities
        ],
        "renewals": [(row, formats.exact(row.amount_minor, row.currency)) for row in page.renewals],
        "tiers": [name for name, _ in page.policy.tiers],
        "marks": [
            (key, words, (page.cover.done.get(key) if page.cover else None))
            for key, words in wording.MARKS.items()
        ],
        "currency": people.house().currency,
        "values": values,
        "error": error,
        "short": rules.SHORT,
        "may_mark": page.cover is not None and (page.cover.mine or page.may_cover),
    }
    return render(request, "accounts/account.html", context, status=422 if error else 200)


_FIELDS = "act kind way on contact which amount currency rival known_from tier what done".split()
_DONE = {
    "contact": "Noted.",
    "contact_back": "Taken back. It counts no more.",
    "renewal": "Noted.",
    "renewal_end": "Taken from the list.",
    "rival": "Noted.",
    "rival_back": "Taken back.",
    "tier": "Kept.",
    "mark": "Kept.",
}


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Note a contact, a renewal or a rival, take one back, set the tier, or say what of a cover was done."""
    territories.find(request.actor, public_id, request.at)
    values = {name: plain_text(request.POST, name).strip() for name in _FIELDS}
    try:
        _act(request, public_id, values)
    except access.Refused as refusal:
        return _one(request, public_id, values, refusal.sentence)
    messages.success(request, _DONE[values["act"]])
    return redirect("account", public_id)


def _act(request: AskingRequest, account: str, values: dict[str, str]) -> None:
    by, at, on = request.actor, request.at, day_or_none(values["on"])
    match values["act"]:
        case "contact":
            kind, _, way = values["kind"].partition("-")
            given = noting.Given(kind, way or values["way"], on, values["contact"])
            noting.note_activity(by=by, at=at, account=account, given=given)
        case "contact_back":
            noting.take_back_activity(by=by, at=at, account=account, activity=values["which"])
        case "renewal":
            amount = numbers.typed(values["amount"]) if values["amount"] else None
            noting.note_renewal(
                by=by, at=at, account=account, on=on, amount_minor=amount, currency=people.house().currency
            )
        case "renewal_end":
            noting.end_renewal(by=by, at=at, account=account, renewal=values["which"])
        case "rival":
            noting.note_rival(
                by=by, at=at, account=account, rival=values["rival"], on=on, known_from=values["known_from"]
            )
        case "rival_back":
            noting.take_back_rival(by=by, at=at, account=account, seen=values["which"])
        case "tier":
            noting.set_tier(by=by, at=at, account=account, tier=values["tier"], starts_on=on)
        case "mark":
            noting.mark(by=by, at=at, account=account, what=values["what"], done=values["done"] == "yes")
        case _:
            raise access.Refused("bad_act", "Choose one of the buttons of the page.")


# Tiers


_ROWS = rules.MOST_TIERS


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tiers(request: AskingRequest) -> HttpResponse:
    """How long each tier may go without two-way contact, for everybody or for a unit."""
    access.require(request.actor, "tier.keep")
    unit = (
        (request.POST if request.method == "POST" else request.GET).get("unit", "").replace("\x00", "")[:16]
    )
    head = people.find(unit) if unit else None
    known = territories.policies()
    policy = known.get(head.pk if head else None) or known.get(None, rules.Policy())
    rows = [(name, str(days)) for name, days in policy.tiers]
    values = {"renewal_days": str(policy.renewal_days), "words": ""}
    error = ""
    if request.method == "POST":
        rows = [
            (plain_text(request.POST, f"name{i}").strip(), plain_text(request.POST, f"days{i}").strip())
            for i in range(_ROWS)
        ]
        values = {name: plain_text(request.POST, name).strip() for name in ("renewal_days", "words")}
        try:
            _keep_tiers(request, unit, rows, values)
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Kept. Every list is reckoned by it from now on.")
            return redirect("tiers")
    context = {
        "rows": list(enumerate([*rows, *[("", "")] * _ROWS][:_ROWS])), "values": values, "error": error,
        "unit_chosen": unit, "head": head, "own": (head.pk if head else None) in known,
        "units": territories.units_with_tiers(), "leaders": territories.leaders(),
        "versions": territories.policy_versions(head.pk if head else None),
        "number": territories.policy_number(head.pk if head else None),
    }  # fmt: skip
    return render(request, "accounts/tiers.html", context, status=422 if error else 200)


def _keep_tiers(
    request: AskingRequest, unit: str, rows: list[tuple[str, str]], values: dict[str, str]
) -> None:
    after = int(whole(plain_text(request.POST, "after"), -1))
    if plain_text(request.POST, "act") == "end" and unit:
        noting.end_policy(by=request.actor, at=request.at, unit=unit, after=after)
        return
    said = [(name, None if not days else int(whole(days, 0))) for name, days in rows]
    noting.set_policy(
        by=request.actor, at=request.at, unit=unit, tiers=said, words=values["words"], after=after,
        renewal_days=int(whole(values["renewal_days"], 0)),
    )  # fmt: skip
