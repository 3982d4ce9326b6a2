"""The catalogue of what the company owes each role and product: kept on a page or in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.crm import exchange
from fairlead.enablement import actions, catalogue, queries, rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import downloads, formats, gridfiles
from fairlead.web.downloads import Cell
from fairlead.web.given import day_or_none, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_HEAD = "item_id version role product kind item counts_as_delivered days owed_to owner owner_id".split()
_FIELDS = ("role", "product", "kind", "what", "proof", "days", "scope", "owner")
_COLUMNS = {
    "item_id": "item", "version": "version", "role": "role", "product": "product", "kind": "kind", "item": "what",
    "counts_as_delivered": "proof", "days": "days", "owed_to": "scope", "owner": "owner_name", "owner_id": "owner",
}  # fmt: skip
_NEEDED = ("role", "kind", "item", "counts_as_delivered", "days")


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """The catalogue by role and product, with the products, and counts for sales operations."""
    return _listing(request)


def _listing(
    request: AskingRequest, error: str = "", typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    lines = queries.listing(request.actor, request.at)
    role, product, kind = (plain_text(request.GET, name) for name in ("role", "product", "kind"))
    shown = [
        one
        for one in lines
        if (not role or rules.same_words(one.item.role, role))
        and (not product or rules.same_words(one.item.product, product))
        and (not kind or one.item.kind == kind)
    ]
    groups: dict[tuple[str, str], list[queries.Line]] = {}
    for one in shown:
        groups.setdefault((one.item.role, one.item.product), []).append(one)
    context = {
        "groups": [(role_, product_, found) for (role_, product_), found in groups.items()],
        "some": bool(lines),
        "kinds": rules.KINDS,
        "scopes": rules.SCOPES,
        "products": catalogue.products().items(),
        "roles": sorted({one.item.role for one in lines}),
        "chosen": {"role": role, "product": product, "kind": kind},
        "keeps": access.may(request.actor, "catalogue.keep"),
        "keeps_team": access.may(request.actor, "catalogue.keep_team"),
        "error": error,
        "typed": typed or {},
    }
    return render(request, "enablement/catalogue.html", context, status=status)


@signed_in
@require_POST
def product(request: AskingRequest) -> HttpResponse:
    """Add a product, say its launch anew, or take it out."""
    access.require(request.actor, "catalogue.keep")
    given = {name: plain_text(request.POST, name) for name in ("name", "launched_on", "retired")}
    try:
        row = actions.set_product(
            by=request.actor, at=request.at, name=given["name"], launched_on=day_or_none(given["launched_on"]),
            retired=bool(given["retired"]),
        )  # fmt: skip
    except access.Refused as refusal:
        return _listing(request, refusal.sentence, given, 422)
    said = "is sold no more" if row.retired else "is kept"
    messages.success(request, f"{row.name} {said}.")
    return redirect("catalogue")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AskingRequest) -> HttpResponse:
    """Add an item, for the company or (a manager) for the own team."""
    access.require(request.actor, "catalogue.read")
    if not access.may(request.actor, "catalogue.keep"):
        access.require(request.actor, "catalogue.keep_team")
    return _form(request, None, [])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: AskingRequest, public_id: str) -> HttpResponse:
    """An item with its versions; whoever keeps it changes it here."""
    line, past = queries.one_item(request.actor, public_id, request.at)
    if request.method == "POST" and not line.may:
        raise access.NotFound("item of the catalogue")
    return _form(request, line, past)


def _form(request: AskingRequest, line: queries.Line | None, past: Sequence[queries.Past]) -> HttpResponse:
    typed, error = _typed_of(line), ""
    if request.method == "POST":
        typed = {name: plain_text(request.POST, name) for name in (*_FIELDS, "team", "again", "after")}
        try:
            actions.keep_item(
                by=request.actor, at=request.at, given=_given(typed), owner=typed["owner"],
                item=line.public_id if line else "", team=_team(request, typed), again=bool(typed["again"]),
                after=whole(typed["after"], None) if line else None,
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(
                request, "It is kept. Who answers for it is told; earlier versions stay readable."
            )
            return redirect("catalogue")
    context = {
        "line": line,
        "past": past,
        "typed": typed,
        "error": error,
        "kinds": rules.KINDS,
        "scopes": rules.SCOPES,
        "products": catalogue.products(),
        "roles": queries.roles_in_use(request.at),
        "people": queries.here(request.at),
        "keeps": access.may(request.actor, "catalogue.keep"),
        "keeps_team": access.may(request.actor, "catalogue.keep_team"),
        "longest": rules.LONGEST,
        "most_days": rules.MOST_DAYS,
        "may": line is None or line.may,
    }
    return render(request, "enablement/item.html", context, status=422 if error else 200)


def _team(request: AskingRequest, typed: Mapping[str, str]) -> bool:
    return not access.may(request.actor, "catalogue.keep") or bool(typed["team"])


def _typed_of(line: queries.Line | None) -> dict[str, str]:
    if line is None:
        return {"days": "30", "scope": "all"}
    one = line.item
    return {
        "role": one.role, "product": one.product, "kind": one.kind, "what": one.what, "proof": one.proof,
        "days": str(one.days), "scope": one.scope, "owner": line.owner_id, "after": str(line.number),
    }  # fmt: skip


def _given(typed: Mapping[str, str]) -> rules.Given:
    return rules.Given(
        typed["role"], typed["product"], typed["kind"], typed["what"], typed["proof"], whole(typed["days"], None),
        typed["scope"],
    )  # fmt: skip


@signed_in
@require_POST
def retire(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take an item out: nobody is owed it any more."""
    access.require(request.actor, "catalogue.read")
    actions.retire_item(by=request.actor, at=request.at, item=public_id)
    messages.success(request, "It is out of the catalogue. What was delivered stays readable.")
    return redirect("catalogue")


# In and out of a spreadsheet


@signed_in
@require_safe
def as_csv(request: AskingRequest) -> Any:
    return downloads.as_csv(_name(request), _HEAD, _cells(request))


@signed_in
@require_safe
def as_xlsx(request: AskingRequest) -> Any:
    return downloads.as_xlsx(_name(request), "Catalogue", _HEAD, _cells(request))


def _name(request: AskingRequest) -> str:
    return f"catalogue-{people.house().day(request.at)}"


def _cells(request: AskingRequest) -> list[list[Cell]]:
    access.require(request.actor, "catalogue.keep")
    return [
        [
            one.public_id, one.number, one.item.role, one.item.product, one.item.kind, one.item.what, one.item.proof,
            one.item.days, one.item.scope, one.owner, one.owner_id,
        ]
        for one in queries.listing(request.actor, request.at)
        if one.item.lead is None
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: what it would keep, or why it cannot be kept. ``change`` is new, changed or same."""

    line: int
    cells: Mapping[str, str]
    wanted: actions.Wanted | None
    change: str
    why: str = ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: AskingRequest) -> HttpResponse:
    """Load the catalogue back: first what each row changes, then all of it or nothing."""
    access.require(request.actor, "catalogue.keep")
    context: dict[str, object] = {"head": _HEAD}
    if request.method != "POST":
        return render(request, "enablement/load.html", context)
    try:
        if "rows" in request.POST:
            rows = _rows(request, _carried(request.POST))
            if any(row.wanted is None for row in rows):
                raise access.Refused("refused_rows", "Something changed meanwhile. Choose the file again.")
            done = actions.load(
                by=request.actor,
                at=request.at,
                rows=[row.wanted for row in rows if row.wanted and row.change != "same"],
            )
            messages.success(request, f"{formats.count(done, 'item')} kept. Each stands in the ledger.")
            return redirect("catalogue")
        cells, _ = gridfiles.sheet(request.FILES.get("file"), _columns)
        rows = _rows(request, cells)
    except access.Refused as refusal:
        return render(request, "enablement/load.html", context | {"error": refusal.sentence}, status=422)
    problems = [row for row in rows if row.wanted is None]
    changes = [row for row in rows if row.wanted is not None and row.change != "same"]
    context |= {
        "found": True,
        "problems": problems[:100],
        "more": len(problems) - 100,
        "changes": changes,
        "same": sum(row.change == "same" for row in rows),
        "rows": _kept(changes),
        "kinds": rules.KINDS,
    }
    return render(request, "enablement/load.html", context, status=422 if problems else 200)


def _columns(header: Sequence[str]) -> dict[str, str]:
    columns = {name: field for name in header if (field := _COLUMNS.get(name.strip().lower()))}
    lacking = [one for one in _NEEDED if _COLUMNS[one] not in columns.values()]
    if lacking:
        raise access.Refused(
            "no_column",
            f"The file has no column {', '.join(lacking)}. Download the catalogue and keep its columns.",
        )
    return columns


def _rows(request: AskingRequest, cells: Sequence[tuple[int, Mapping[str, str]]]) -> list[Row]:
    known = {one.public_id: one for one in queries.listing(request.actor, request.at)}
    products = catalogue.products()
    return [
        _row(line, {name: exchange.plain(text).strip() for name, text in row.items()}, known, products)
        for line, row in cells
        if any(text.strip() for text in row.values())
    ]


def _row(
    line: int, cells: Mapping[str, str], known: Mapping[str, queries.Line], products: Mapping[str, Any]
) -> Row:
    key = cells.get("item", "")
    try:
        before = known.get(key) if key else None
        if key and before is None:
            raise access.Refused(
                "not_found", "No such item is in the catalogue. Leave item_id empty for a new one."
            )
        version = whole(cells.get("version", ""), None)
        if before is not None and version is not None and version != before.number:
            raise access.Refused("changed_meanwhile", "It was changed since the download. Download it again.")
        scope = _key(cells.get("scope", ""), rules.SCOPES)
        days = whole(cells.get("days", "").removesuffix(".0"), None)
        given = rules.checked(
            rules.Given(
                cells.get("role", ""), cells.get("product", ""), _key(cells.get("kind", ""), rules.KINDS),
                cells.get("what", ""), cells.get("proof", ""), days, scope or "all",
            ),
            list(products),
        )  # fmt: skip
        owner = _owner(cells)
    except access.Refusal as refusal:
        return Row(line, cells, None, "", refusal.sentence)
    one = before.item if before else None
    same = before is not None and one is not None and (
        (one.role, one.product, one.kind, one.what, one.proof, one.days, one.scope, before.owner_id)
        == (given.role, given.product, given.kind, given.what, given.proof, given.days, given.scope, owner)
    )  # fmt: skip
    wanted = actions.Wanted(key, given, owner, before.number if before else None)
    return Row(line, cells, wanted, "same" if same else "changed" if before else "new")


def _key(text: str, words: Mapping[str, str]) -> str:
    """A choice by its key or its words."""
    said = rules.folded(text)
    return next((key for key, word in words.items() if said in (key, rules.folded(word))), text)


def _owner(cells: Mapping[str, str]) -> str:
    if cells.get("owner"):
        return people.find(cells["owner"]).public_id
    found = people.named(cells.get("owner_name", ""), there=True)
    if len(found) != 1:
        raise access.Refused(
            "bad_owner", "Name who answers for it, as People spells the name, or by owner_id."
        )
    return found[0].public_id


def _kept(rows: Sequence[Row]) -> str:
    """Rows as a form carries them from the preview to the act."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(dict.fromkeys(_COLUMNS.values()))
    for row in rows:
        writer.writerow([row.line, *(row.cells.get(name, "") for name in names)])
    return out.getvalue()


def _carried(given: QueryDict) -> list[tuple[int, dict[str, str]]]:
    names = list(dict.fromkeys(_COLUMNS.values()))
    try:
        return [
            (int(cells[0]), dict(zip(names, cells[1:], strict=True)))
            for cells in csv.reader(io.StringIO(plain_text(given, "rows")), strict=True)
        ]
    except (ValueError, IndexError, csv.Error) as odd:
        raise access.Refused("damaged", "This form is damaged. Choose the file again.") from odd
