"""Win and loss: the list with what it comes to, a deal's two accounts, the two forms, the organisation's rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.exits import queries as exits
from fairlead.exits import wording as exit_wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import downloads, formats, numbers
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.winloss import actions, asking, queries, rules, wording
from fairlead.winloss.models import Account

_PLAIN = ("outcome", "primary", "other", "rival", "moment", "differently")
_TALK = ("buyer_name", "buyer_role", "held_on", "who", "interviewer", "may_quote", "quote")
_GIVE = timedelta(days=14)
"""How long an interviewer has, where nobody says otherwise."""


# The list


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """What one owes, interviews to hold, deals with both accounts, and what they come to."""
    chosen, odd = _chosen(request.GET), ""
    try:
        page = queries.listing(request.actor, request.at, chosen)
    except ValueError:
        chosen, odd = replace(chosen, period=""), "There is no such period. All of them are shown."
        page = queries.listing(request.actor, request.at, chosen)
    context = {
        "page": page,
        "odd": odd,
        "own": [_row(one) for one in page.own[:100]],
        "rows": [_row(one) for one in page.rows[:100]],
        "more": max(len(page.rows) - 100, 0),
        "figures": _figures(page.figures),
        "own_comparison": _comparison(page.own_comparison) if page.own_comparison else None,
        "least": rules.LEAST_DEALS,
        "least_owners": rules.LEAST_OWNERS,
        "outcomes": wording.OUTCOMES.items(),
        "candidates": page.candidates,
        "may_ask": access.may(request.actor, "interview.ask"),
        "may_write": access.may(request.actor, "winloss.write"),
        "query": request.GET.urlencode(),
        "unit": numbers.unit(),
    }
    return render(request, "winloss/list.html", context, status=422 if odd else 200)


def _chosen(given: QueryDict) -> queries.Filter:
    words = {name: plain_text(given, name)[:120] for name in ("period", "segment", "rival", "outcome")}
    if words["outcome"] not in wording.OUTCOMES:
        words["outcome"] = ""
    return queries.Filter(**words, team=given.get("of") == "team")


@dataclass(frozen=True, slots=True)
class Row:
    """A deal of the list: what each source calls the primary reason, '' where it is not in or not to be read."""

    deal: str
    name: str
    closed_on: date | None
    outcome: str
    segment: str
    rivals: str
    rep: str
    buyer: str


def _row(one: queries.Both) -> Row:
    return Row(
        one.public_id, one.name, one.closed_on, wording.OUTCOMES.get(one.outcome, ""), one.segment,
        ", ".join(one.rivals), _primary(one.rep), _primary(one.buyer),
    )  # fmt: skip


def _primary(row: Account | None) -> str:
    if row is None:
        return ""
    return (
        row.other
        if row.primary == "other" and row.other
        else asking.list_of(row.list_version).named(row.primary)
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One reason of the comparison in words."""

    name: str
    reps: int
    buyers: int
    points: str
    between: str
    says: str


_MORE = {"rep": "sellers more often", "buyer": "buyers more often", "": "no difference to be seen"}


def _comparison(found: rules.Comparison) -> dict[str, Any]:
    """A comparison in words; nothing but how many there are, where that is too few."""
    if found.primary is None or found.reasons is None or found.primary.interval is None:
        return {"too_few": True, "deals": found.deals, "owners": found.owners}
    low, high = found.primary.interval
    rows = [_compared(one) for one in found.reasons if one.reps or one.buyers]
    return {
        "too_few": False,
        "deals": found.deals,
        "agree": found.primary.count,
        "between": f"{formats.per_cent(low)} to {formats.per_cent(high)}",
        "rows": sorted(rows, key=lambda row: -(row.reps + row.buyers)),
    }


def _compared(one: rules.Named) -> Compared:
    middle, low, high = one.difference
    between = f"{formats.signed(100 * low)} to {formats.signed(100 * high)}"
    return Compared(one.name, one.reps, one.buyers, formats.signed(100 * middle), between, _MORE[one.more])


def _figures(found: queries.Figures | None) -> dict[str, Any] | None:
    if found is None:
        return None
    reps, buyers = ({one.key: one for one in some} for some in (found.reps, found.buyers))
    named = [(reps.get(key), buyers.get(key)) for key in dict.fromkeys([*reps, *buyers])]
    counted = [(sum(one.named.count for one in both if one), both) for both in named]
    patterns = [
        (next(one.name for one in both if one), *both)
        for count, both in sorted(counted, key=lambda pair: -pair[0])
        if count
    ]
    return {
        "patterns": patterns,
        "rep_deals": found.rep_deals,
        "buyer_deals": found.buyer_deals,
        "reps_enough": bool(found.reps),
        "buyers_enough": bool(found.buyers),
        "comparison": _comparison(found.comparison),
        "rivals": found.rivals,
    }


@signed_in
@require_safe
def export_csv(request: AskingRequest) -> Any:
    """Accounts as far as the reader reads them, or (``?what=figures``) the counts, both as the list is filtered."""
    try:
        page = queries.listing(request.actor, request.at, _chosen(request.GET))
    except ValueError as error:
        raise access.Refused("bad_period", "There is no such period. Choose one of the list.") from error
    today = people.house().day(request.at)
    if request.GET.get("what") == "figures":
        if page.figures is None:
            raise access.NotAllowed("winloss.counts")
        head = ["source", "reason", "named_in", "primary_in", "of_deals"]
        return downloads.as_csv(f"win-loss-figures-{today}", head, _figure_rows(page.figures))
    reasons = list(page.reasons.reasons)
    head = ["deal", "closed_on", "outcome", "segment", "source", "version", "primary", *(one.key for one in reasons),
            "other", "rival", "moment", "differently", "quote", "blind"]  # fmt: skip
    return downloads.as_csv(f"win-loss-{today}", head, _account_rows([*page.own, *page.rows], reasons))


def _figure_rows(found: queries.Figures) -> Iterator[list[downloads.Cell]]:
    for source, patterns in (("rep", found.reps), ("buyer", found.buyers)):
        for one in patterns:
            yield [source, one.name, one.named.count, one.primary.count, one.named.of]


def _account_rows(
    found: Sequence[queries.Both], reasons: Sequence[rules.Reason]
) -> Iterator[list[downloads.Cell]]:
    for one in found:
        for row in (one.rep, one.buyer):
            if row is None:
                continue
            ratings = [wording.RATINGS.get(row.ratings.get(reason.key, "none"), "") for reason in reasons]
            yield [
                one.name, row.closed_on, wording.OUTCOMES[row.outcome], row.segment, row.source, row.number,
                _primary(row), *ratings, row.other, row.rival, row.moment, row.differently,
                row.quote if row.may_quote else "", "yes" if row.blind else "no",
            ]  # fmt: skip


# One deal


@signed_in
@require_safe
def deal(request: AskingRequest, public_id: str) -> HttpResponse:
    """Both accounts of a deal beside each other, as far as the reader may read them by now."""
    return _deal_page(request, public_id)


def _deal_page(
    request: AskingRequest, public_id: str, *, error: str = "", words: str = "", asking_error: str = "",
    asked: Mapping[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    page = queries.page(request.actor, public_id, request.at)
    today = people.house().day(request.at)
    context = {
        "page": page,
        "rated": [
            (one, wording.RATINGS[one.rep], wording.RATINGS[one.buyer])
            for one in page.beside
            if not one.silent
        ],
        "earlier": _said_at_exit(request, public_id),
        "neutral": queries.neutral(request.actor, public_id, request.at) if page.may_interview else [],
        "asked": asked or {"due_on": (today + _GIVE).isoformat()},
        "asking_error": asking_error,
        "today": today,
        "error": error,
        "words": words,
        "longest": rules.LONGEST,
    }
    return render(request, "winloss/deal.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the owner said when the deal left the forecast; ``key`` is the reason of the list that comes closest."""

    reason: str
    why: str
    key: str


def _said_at_exit(request: AskingRequest, public_id: str) -> Earlier | None:
    """The owner's earlier word, for whoever may read exits of the deal."""
    if not access.may(request.actor, "exit.read"):
        return None
    try:
        given = exits.page(request.actor, public_id, request.at).given
    except access.Refusal:
        return None
    if not given:
        return None
    keys = {name: key for key, name in exit_wording.REASONS.items()}
    return Earlier(given[0].reason, given[0].why, wording.FROM_EXIT.get(keys.get(given[0].reason, ""), ""))


# The two forms


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed: fields by name, a rating for every reason."""

    plain: Mapping[str, str]
    ratings: Mapping[str, str]
    after: str

    @property
    def rated(self) -> bool:
        return any(rating != "none" for rating in self.ratings.values())


def _typed(post: QueryDict, rule: rules.Rule) -> Typed:
    plain = {name: plain_text(post, name)[:2000] for name in (*_PLAIN, *_TALK)}
    ratings = {one.key: plain_text(post, f"rate-{one.key}")[:20] or "none" for one in rule.reasons}
    return Typed(plain, ratings, plain_text(post, "after_version")[:8])


def _typed_of(shown: queries.Shown | None) -> Typed:
    """What a form starts from: the newest version, for a correction; else nothing."""
    if shown is None:
        return Typed({"who": "me"}, {}, "0")
    said, talk = shown.said, shown.talk
    plain = {name: str(getattr(said, name)) for name in _PLAIN} | {
        "buyer_name": talk.buyer_name, "buyer_role": talk.buyer_role,
        "held_on": talk.held_on.isoformat() if talk.held_on else "", "interviewer": talk.interviewer,
        "who": "outside" if talk.interviewer else "me", "may_quote": "yes" if talk.may_quote else "no",
        "quote": talk.quote,
    }  # fmt: skip
    return Typed(plain, said.ratings, str(shown.number))


def _said(typed: Typed, rule: rules.Rule) -> rules.Said:
    return rules.said_of(rule, typed.plain, typed.ratings)


def _talk(typed: Typed) -> rules.Talk:
    plain = typed.plain
    try:
        held_on = date.fromisoformat(plain["held_on"].strip()) if plain["held_on"].strip() else None
    except ValueError as odd:
        raise access.Refused("bad_day", "Write the day as in 2026-11-24.") from odd
    outside = plain["who"] == "outside"
    if outside and not plain["interviewer"].strip():
        raise access.Refused("interviewer_missing", "Name who talked with the buyer.")
    names = [
        rules.line(plain[name])[: rules.LONGEST_NAME] for name in ("buyer_name", "buyer_role", "interviewer")
    ]
    return rules.Talk(
        names[0], names[1], held_on, names[2] if outside else "", plain["may_quote"] == "yes",
        rules.line(plain["quote"]),
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """The owner's account of a closed deal."""
    access.require(request.actor, "winloss.write")
    page = queries.page(request.actor, public_id, request.at)
    if not page.mine:
        raise access.NotFound("deal")
    if page.status == "open":
        raise access.Refused("still_open", "This deal is open. What decided it is asked once it has closed.")
    if request.method != "POST":
        typed = _typed_of(page.rep)
        earlier = _said_at_exit(request, public_id)
        if page.rep is None and earlier is not None:
            typed = Typed({"primary": earlier.key, "moment": earlier.why}, {}, "0")
        return _form(request, page, typed)
    typed = _typed(request.POST, page.rule)
    try:
        actions.say(
            by=request.actor, at=request.at, deal=public_id, said=_said(typed, page.rule),
            after_version=whole(typed.after, None),
        )  # fmt: skip
    except access.Refused as refusal:
        return _form(request, page, typed, _lacks(refusal))
    messages.success(request, "Kept. It is never evidence about you.")
    return redirect("winloss_deal", public_id)


def _lacks(refusal: access.Refused) -> Sequence[rules.Lack]:
    return (
        refusal.lacks if isinstance(refusal, rules.Incomplete) else (rules.Lack("moment", refusal.sentence),)
    )


def _form(
    request: AskingRequest, page: queries.DealPage, typed: Typed, lacks: Sequence[rules.Lack] = ()
) -> HttpResponse:
    context = {
        **_fields(page.rule, page.status, typed, lacks),
        "page": page,
        "earlier": _said_at_exit(request, page.deal),
        "rivals": queries.rivals_of(request.actor, page.deal, request.at),
        # After a refusal for a version that came in between, the next try follows that one.
        "after_version": page.rep.number if page.rep else 0,
    }
    return render(request, "winloss/write.html", context, status=422 if lacks else 200)


def _fields(rule: rules.Rule, status: str, typed: Typed, lacks: Sequence[rules.Lack]) -> dict[str, Any]:
    """What the shared part of both forms needs."""
    outcomes = rules.outcomes(status)
    return {
        "typed": typed,
        "outcome": typed.plain.get("outcome") or outcomes[0],
        "outcomes": [(key, wording.OUTCOMES[key]) for key in outcomes],
        "reasons": [(one, typed.ratings.get(one.key, "none")) for one in rule.reasons],
        "ratings": wording.RATINGS.items(),
        "lacks": lacks,
        "wrong": {lack.field for lack in lacks},
        "longest": rules.LONGEST,
        "won": status == "won",
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: AskingRequest, public_id: str) -> HttpResponse:
    """Sales operations writes an interview down: an own one, or notes of somebody from outside."""
    access.require(request.actor, "interview.ask")
    page = queries.page(request.actor, public_id, request.at)
    if page.status == "open":
        raise access.Refused("still_open", "This deal is open. Its buyer is interviewed once it has closed.")
    if request.method != "POST":
        return _interview_form(request, page, _typed_of(page.buyer))
    typed = _typed(request.POST, page.rule)
    try:
        actions.interview(
            by=request.actor, at=request.at, deal=public_id, said=_said(typed, page.rule), talk=_talk(typed),
            after_version=whole(typed.after, None),
        )  # fmt: skip
    except access.Refused as refusal:
        return _interview_form(request, page, typed, _lacks(refusal))
    messages.success(request, "Kept. Owner and manager are told that it is in.")
    return redirect("winloss_deal", public_id)


def _interview_form(
    request: AskingRequest, page: queries.DealPage, typed: Typed, lacks: Sequence[rules.Lack] = ()
) -> HttpResponse:
    rivals = queries.rivals_of(request.actor, page.deal, request.at)
    more = {"deal": page.deal, "rivals": rivals, "by_ops": True}
    return _talk_form(request, page, page.buyer.number if page.buyer else 0, typed, lacks, more)


def _talk_form(
    request: AskingRequest, about: queries.DealPage | queries.Task, written: int, typed: Typed,
    lacks: Sequence[rules.Lack], more: Mapping[str, object],
) -> HttpResponse:  # fmt: skip
    """The form of an interview, for sales operations and for whoever was asked; ``written`` is its newest version."""
    context = {
        **_fields(about.rule, about.status, typed, lacks),
        "name": about.name,
        "status": about.status,
        "closed_on": about.closed_on,
        "today": people.house().day(request.at),
        "after_version": written,
        **more,
    }
    return render(request, "winloss/interview.html", context, status=422 if lacks else 200)


@signed_in
@require_POST
def ask(request: AskingRequest, public_id: str) -> HttpResponse:
    """Ask somebody neutral for an interview, or take that back (``act=drop``)."""
    access.require(request.actor, "interview.ask")
    post = request.POST
    if post.get("act") == "drop":
        actions.drop(by=request.actor, at=request.at, request=plain_text(post, "request")[:16])
        messages.success(request, "Taken back. Who was asked is told.")
        return redirect("winloss_deal", public_id)
    asked = {name: plain_text(post, name)[:600] for name in ("interviewer", "with_whom", "due_on")}
    try:
        if not asked["interviewer"]:
            raise access.Refused("nobody_chosen", "Choose who talks with the buyer.")
        actions.ask_for_interview(
            by=request.actor, at=request.at, deal=public_id, interviewer=asked["interviewer"][:16],
            due_on=_day(asked["due_on"]), with_whom=asked["with_whom"],
        )  # fmt: skip
    except access.NotAllowed:
        raise
    except access.NotFound:
        if queries.page(request.actor, public_id, request.at).status == "open":
            raise
        return _deal_page(
            request, public_id, asking_error="This person is not here any more. Choose somebody else.", asked=asked,
            status=422,
        )  # fmt: skip
    except access.Refusal as refusal:
        return _deal_page(request, public_id, asking_error=refusal.sentence, asked=asked, status=422)
    messages.success(request, "Asked. They read the deal's name and how it ended, and nothing else of it.")
    return redirect("winloss_deal", public_id)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as odd:
        raise access.Refused("bad_day", "Choose until when, written as in 2026-12-08.") from odd


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: AskingRequest, public_id: str) -> HttpResponse:
    """The interview one was asked for."""
    found = queries.task(request.actor, public_id, request.at)
    if request.method != "POST":
        return _task_form(request, found, _typed_of(found.written))
    typed = _typed(request.POST, found.rule)
    try:
        actions.write_interview(
            by=request.actor, at=request.at, request=public_id, said=_said(typed, found.rule), talk=_talk(typed),
            after_version=whole(typed.after, None),
        )  # fmt: skip
    except access.Refused as refusal:
        return _task_form(request, found, typed, _lacks(refusal))
    messages.success(request, "Kept. Thank you; owner and manager are told that it is in.")
    return redirect("winloss")


def _task_form(
    request: AskingRequest, found: queries.Task, typed: Typed, lacks: Sequence[rules.Lack] = ()
) -> HttpResponse:
    number = found.written.number if found.written else 0
    return _talk_form(request, found, number, typed, lacks, {"task": found, "rivals": ()})


@signed_in
@require_POST
def answer(request: AskingRequest, public_id: str) -> HttpResponse:
    """The owner's answer under an interview."""
    deal_id, words = (
        queries.deal_of_interview(request.actor, public_id),
        plain_text(request.POST, "words")[:2000],
    )
    try:
        actions.answer(by=request.actor, at=request.at, account=public_id, words=words)
    except access.Refused as refusal:
        return _deal_page(request, deal_id, error=refusal.sentence, words=words, status=422)
    messages.success(request, "Kept under the interview. Nobody but you can change it.")
    return redirect("winloss_deal", deal_id)


# The organisation's rule


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AskingRequest) -> HttpResponse:
    """What closed deals ask for, and the list of reasons, from a day on; every earlier version stays readable."""
    access.require(request.actor, "settings.write")
    today = people.house().day(request.at)
    if request.method != "POST":
        return _settings_page(request, _rule_typed(asking.rule_on(today, request.at), today))
    names = ("asks", "times", "fixed", "days", "reasons", "starts_on")
    typed = {name: plain_text(request.POST, name)[:4000] for name in names}
    try:
        row = actions.set_rule(
            by=request.actor, at=request.at, rule=_rule(request, typed),
            starts_on=_day(typed["starts_on"]) if typed["starts_on"].strip() else None,
        )  # fmt: skip
    except access.Refused as refusal:
        return _settings_page(request, typed, error=refusal.sentence, status=422)
    when = "From today" if row.starts_on == today else f"From {formats.day(row.starts_on, today)}"
    messages.success(
        request, f"{when} version {row.version} is in force. Deals that closed before keep their list."
    )
    return redirect("winloss_settings")


def _settings_page(
    request: AskingRequest, typed: Mapping[str, str], *, error: str = "", status: int = 200
) -> HttpResponse:
    today = people.house().day(request.at)
    context = {
        "typed": typed,
        "error": error,
        "rule": asking.rule_on(today, request.at),
        "versions": queries.versions(request.actor),
        "unit": numbers.unit(),
        "oldest": rules.OLDEST_DAYS,
    }
    return render(request, "winloss/settings.html", context, status=status)


def _rule_typed(rule: rules.Rule, today: date) -> dict[str, str]:
    return {
        "asks": "yes" if rule.asks else "", "times": f"{rule.times:g}", "fixed": numbers.plain(rule.fixed_minor),
        "days": str(rule.days), "starts_on": today.isoformat(),
        "reasons": "\n".join(one.name for one in rule.reasons if one.key != "other"),
    }  # fmt: skip


def _rule(request: AskingRequest, typed: Mapping[str, str]) -> rules.Rule:
    """The rule that was typed. A reason keeps its key while it keeps its name."""
    try:
        times = float(typed["times"].strip().replace(",", ".") or 3)
        days = int(typed["days"].strip() or 5)
    except ValueError as odd:
        raise access.Refused("bad_number", "Times and days are numbers, such as 3 and 5.") from odd
    fixed = numbers.typed(typed["fixed"]) if typed["fixed"].strip() else None
    return rules.Rule(
        0, typed["asks"] == "yes", times, fixed, days, _reasons(request, typed["reasons"].splitlines())
    )


def _reasons(request: AskingRequest, names: Sequence[str]) -> tuple[rules.Reason, ...]:
    """Reasons of a list of names. A name that any version had keeps that key; keys are never used again."""
    ever = [
        *rules.SHIPPED,
        *(one for version in queries.versions(request.actor) for one in version.rule.reasons),
    ]
    known = {one.name.casefold(): one.key for one in ever}
    taken = {one.key for one in ever}
    found = []
    for name in filter(None, (rules.line(one)[: rules.LONGEST_REASON] for one in names)):
        key = known.get(name.casefold()) or _key(name, taken)
        taken.add(key)
        if key != "other":
            found.append(rules.Reason(key, name))
    return (*found, rules.SHIPPED[-1])


def _key(name: str, taken: set[str]) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:30]
    word = word if word[:1].isalpha() else f"reason_{word}".rstrip("_")
    key, number = word, 2
    while key in taken:
        key, number = f"{word}_{number}", number + 1
    return key
