"""One import at work: rows and changes in, staged in small transactions, made current in one.

Used by ``actions.take_in`` only.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction

from fairlead.deals import rules, staging, timelines, tracking, tracks
from fairlead.deals.models import Import, OwnerName
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.deals.timelines import Fact
from fairlead.people import access

T = TypeVar("T")
LINES = 500
"""How many lines a report keeps of each kind."""
_WIDTHS = {
    "name": 240,
    "account": 200,
    "owner": 160,
    "stage": 120,
    "forecast_category": 40,
    "product": 160,
    "source": 160,
    "type": 80,
}


class ImportRefused(access.Refused):
    """Nothing was taken in. ``problems`` says why: row, column, value, and what was probably meant."""

    def __init__(self, problems: list[rules.Problem], more: int) -> None:
        self.problems = problems
        self.more = more
        first = problems[0]
        where = f"row {first.row}, " if first.row else ""
        count = len(problems) + more
        others = f" There are {count - 1} more." if count > 1 else ""
        super().__init__(
            "import_refused",
            f"Nothing was taken in: {where}{first.column} {first.value!r}: {first.why}{others}",
        )


class Superseded(access.Refused):
    """Another import of the same source began and took over."""

    def __init__(self) -> None:
        super().__init__("superseded", "A newer import of this source began and replaced this one.")


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same during one import."""

    run: int
    source: int
    as_of: datetime
    full: bool
    static: frozenset[str]
    people: Mapping[str, int]
    rates: rules.Rates
    time_zone: str
    fulls: tuple[datetime, ...]
    """The as-of moments of full imports of this source that are current, oldest first."""
    first_new_deal: int
    first_new_fact: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row with its canonical values, as text and as digest."""

    row: DealRow
    values: dict[str, str]
    text: str
    digest: int


@dataclass
class Tally:
    """What came of the rows."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    missing: int = 0
    changes: int = 0
    changes_known: int = 0
    only_changes: int = 0
    found_again: int = 0
    rounded: int = 0
    shortened: int = 0
    unassigned: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if isinstance(value, int)}


class Intake:
    """Stages the rows of one import. ``finish`` is called inside the transaction that makes it current."""

    def __init__(
        self, setting: Setting, progress: Callable[[int, int], None] | None = None, total: int = 0
    ) -> None:
        self.setting = setting
        self.tally = Tally()
        self.problems: list[rules.Problem] = []
        self.more_problems = 0
        self.lines: list[dict[str, str | int]] = []
        self._left_out = Counter[str]()
        self._progress = progress
        self._total = total
        self._done = 0
        self._sum = 0
        self._seen = array("q")
        """deal id -> digest of its row in this file, 0 where it was not seen"""
        self._unchanged = array("q")
        self._labels: set[str] = set()
        self._midnights: dict[date, datetime] = {}
        self._today = setting.as_of.astimezone(ZoneInfo(setting.time_zone)).date()
        self._missing = array("q")
        self._newly_known: dict[str, int] = {}
        self._renamed: list[tuple[int, int]] = []
        self._absences: list[tuple[int, datetime, str]] = []
        self._packer = tracking.Packer(setting.source)

    # Rows

    def take_rows(self, deals: Iterable[DealRow]) -> None:
        """Stage what the rows show."""
        for some in _chunked(deals):
            self._rows(some)

    def _rows(self, some: list[DealRow]) -> None:
        self.tally.rows += len(some)
        fresh = [shown for shown in map(self._read, some) if shown is not None]
        known = staging.known(self.setting.source, list({s.row.deal_id for s in fresh})) if fresh else {}
        new: dict[str, _Shown] = {}
        facts: list[tuple[int, Fact]] = []
        for shown in fresh:
            deal = known.get(shown.row.deal_id)
            if deal is None:
                self._new_row(new, shown)
            elif not self._repeated(shown, deal):
                facts += self._known_row(shown, deal)
        self._write_rows(new, facts, len(some))

    def _read(self, row: DealRow) -> _Shown | None:
        """The row as canonical values, or None where it is refused."""
        values = timelines.values_of(row, self.setting.rates.home)
        text = timelines.row_text(values)
        self._count_into_digest(f"{row.deal_id}\x1d{text}")
        return (
            _Shown(row, values, text, timelines.digest_of(text)) if self._check(row, values, text) else None
        )

    def _check(self, row: DealRow, values: dict[str, str], text: str) -> bool:
        """Note every reason to refuse the row; True when there is none."""
        before = len(self.problems) + self.more_problems
        if not row.deal_id or len(row.deal_id) > 160:
            self._problem(row.line, "deal_id", row.deal_id[:40], "A deal needs an id of 1 to 160 characters.")
        if "\\u0000" in text:
            self._problem(row.line, "", "", "A cell holds a NUL character. Save the file as text anew.")
        self._check_money(row, values["currency"], values.get("amount"))
        if row.owner and row.owner not in self.setting.people:
            self.tally.unassigned[row.owner] += 1
        if row.status == "open" and row.stage:
            self.tally.stages[row.stage] += 1
        return len(self.problems) + self.more_problems == before

    def _check_money(self, row: DealRow, currency: str, amount: str | None) -> None:
        if currency not in rules.CURRENCIES and currency != self.setting.rates.home:
            self._problem(row.line, "currency", currency, "This is no ISO 4217 currency code.")
            return
        if amount is None:
            return
        try:
            minor = rules.minor_of(amount, currency)
        except ValueError:
            self._problem(row.line, "amount", str(row.amount), "This is no amount.")
            return
        if abs(minor) >= rules.LARGEST_MINOR:
            self._problem(row.line, "amount", str(row.amount), "This amount is too large to be one.")
        if "." in amount and rules.major_units(minor, currency) != row.amount:
            self.tally.rounded += 1
            text = f"{row.amount} has more decimals than {currency}; counted as {rules.major_units(minor, currency)}."
            self._line("rounded", row.line, row.deal_id, text)
        self._check_rate(row, currency)

    def _check_rate(self, row: DealRow, currency: str) -> None:
        rates, on = self.setting.rates, self._rate_day(row.status, row.closed_on)
        if rates.rate(currency, on) is None:
            why = f"There is no rate from {currency} to {rates.home} for {on}. Add one that starts on or before."
            self._problem(row.line, "currency", currency, why)

    def _rate_day(self, status: str, closed_on: date | None) -> date:
        """A closed deal is converted at the rate of its closing day, an open one at that of the import."""
        if status != "open" and closed_on:
            return closed_on
        return self._today

    def _new_row(self, new: dict[str, _Shown], shown: _Shown) -> None:
        there = new.setdefault(shown.row.deal_id, shown)
        if there is not shown:
            self._twice(shown.row, there.digest == shown.digest)

    def _repeated(self, shown: _Shown, deal: staging.Known) -> bool:
        """Whether the deal stood in this file before; a row with other values is a problem."""
        self._make_room(deal.id)
        digest = shown.digest or 1
        before, self._seen[deal.id] = self._seen[deal.id], digest
        if before:
            self._twice(shown.row, before == digest)
        return bool(before)

    def _make_room(self, deal: int) -> None:
        if deal >= len(self._seen):
            self._seen.frombytes(bytes(8 * (deal + 100_000 - len(self._seen))))

    def _twice(self, row: DealRow, same: bool) -> None:
        if same:
            self.tally.repeated += 1
        else:
            why = "This deal stands in the file twice, with different values. Keep one of the rows."
            self._problem(row.line, "deal_id", row.deal_id, why)

    def _known_row(self, shown: _Shown, deal: staging.Known) -> list[tuple[int, Fact]]:
        older = self.setting.as_of < deal.last_recorded_at
        if shown.digest == deal.digest and not older and not deal.missing:
            self.tally.unchanged += 1
            if not self.setting.full and deal.last_recorded_at < self.setting.as_of:
                self._unchanged.append(deal.id)
            return []
        if deal.missing:
            self.tally.found_again += 1
        self._line("changed" if not older else "older", shown.row.line, shown.row.deal_id, "")
        return [(deal.id, self._row_fact(shown.text, self._seen_before(deal)))]

    def _row_fact(self, text: str, at_from: datetime | None) -> Fact:
        return Fact("", None, text, self.setting.as_of, at_from, self.setting.as_of)

    def _seen_before(self, deal: staging.Known) -> datetime | None:
        """When the deal was seen last before this import; None where only changes of it are known."""
        if deal.digest == 0:
            return None
        moments = [moment for moment in self.setting.fulls if moment >= deal.first_recorded_at]
        moments = [] if deal.missing else moments  # it was seen when last_recorded_at says
        earlier = [m for m in [deal.last_recorded_at, *moments] if m < self.setting.as_of]
        return max(earlier, default=None)

    def _write_rows(self, new: dict[str, _Shown], facts: list[tuple[int, Fact]], count: int) -> None:
        states, home = [], self.setting.rates.home
        known = [tracks.of_row(s.values, self._known_from(s.values), home) for s in new.values()]
        for external_id, shown in new.items():
            self._label(shown.values.get("owner", ""))
            changed_at = self._changed_at(shown.values)
            states.append(self._state(shown.values, 0, shown.digest, changed_at, (self.setting.as_of,) * 2))
            self._line("new", shown.row.line, external_id, "")
        first = [[self._row_fact(shown.text, None)] for shown in new.values()]
        with self._step(count):
            deals = list(zip(new, states, first, self._packer.packed(known), strict=True))
            taken = staging.insert_deals(self.setting.source, self.setting.run, deals)
            staging.insert_facts(self.setting.run, facts)
        self.tally.new += len(new)
        self._make_room(max(taken.values(), default=0))
        for external_id, id in taken.items():
            self._seen[id] = new[external_id].digest or 1

    def _changed_at(self, values: Mapping[str, str]) -> datetime:
        """When a deal without history changed last, as its first row tells."""
        as_of = self.setting.as_of
        if values["status"] == "open" or "closed_on" not in values:
            return as_of
        return min(self._midnight(date.fromisoformat(values["closed_on"])), as_of)

    def _known_from(self, values: Mapping[str, str]) -> datetime:
        """From when on the values of a deal's only row count as known, as its timeline tells."""
        as_of = self.setting.as_of
        if values["status"] == "open" or "closed_on" not in values:
            return as_of
        closed = self._midnight(date.fromisoformat(values["closed_on"]))
        created = values.get("created_on")
        begin = min(as_of, self._midnight(date.fromisoformat(created))) if created else as_of
        return min(max(closed, begin), as_of)

    # Changes

    def take_changes(self, changes: Iterable[ChangeRow]) -> None:
        """Stage recorded changes. A deal known only from its changes is added and asked about."""
        for some in _chunked(changes):
            self._changes(some)

    def _changes(self, some: list[ChangeRow]) -> None:
        facts = [(change, self._change_fact(change)) for change in some]
        wanted = list({change.deal_id for change, _ in facts})
        known = {id: deal.id for id, deal in staging.known(self.setting.source, wanted).items()}
        stubs = [deal_id for deal_id in wanted if deal_id and deal_id not in known]
        as_of = self.setting.as_of
        empty = self._state({"status": "open"}, 0, 0, as_of, (as_of, as_of), missing=as_of)
        before = staging.highest("deals_dealevent")
        with self._step(len(some)):
            known |= staging.insert_deals(
                self.setting.source,
                self.setting.run,
                [(deal_id, empty, [], (None, None, b"")) for deal_id in stubs],
            )
            self._absences += [(known[deal_id], as_of, "missing") for deal_id in stubs]
            staging.insert_facts(
                self.setting.run, [(known[c.deal_id], f) for c, f in facts if c.deal_id in known]
            )
        added = staging.rows(
            "SELECT COUNT(*) FROM deals_dealevent WHERE id > %s AND run_id = %s", [before, self.setting.run]
        )[0][0]
        self.tally.changes += added
        self.tally.changes_known += len(some) - added
        self.tally.only_changes += len(stubs)

    def _change_fact(self, change: ChangeRow) -> Fact:
        name = change.field
        old = timelines.canonical_value(name, change.old)
        new = timelines.canonical_value(name, change.new) or ""
        if not change.deal_id or not name or len(name) > 80:
            self._problem(
                change.line, "field", name[:40], "A change needs a deal id and a field of 1 to 80 characters."
            )
        if "\x00" in f"{old}{new}{change.by}":
            self._problem(change.line, name, "", "A cell holds a NUL character. Save the file as text anew.")
        self._check_change(change, name, new)
        if name == "owner":
            self._label(old or "")
            self._label(new)
        fact = Fact(name, old, new, change.at, change.at_from, change.recorded_at, change.by[:120])
        self._count_into_digest(f"{change.deal_id}\x1d{timelines.fact_key(fact)}")
        return fact

    def _check_change(self, change: ChangeRow, name: str, new: str) -> None:
        if not new:
            return
        if name == "amount":
            try:
                fine = abs(Decimal(new)) < rules.LARGEST_MINOR / 10**4
            except ArithmeticError:
                fine = False
            if not fine:
                self._problem(change.line, name, new, "This is no amount.")
        elif name in {"close_on", "created_on", "closed_on"}:
            try:
                date.fromisoformat(new)
            except ValueError:
                self._problem(change.line, name, new, "This is no day.")
        elif name == "status" and new not in {"open", "won", "lost"}:
            self._problem(change.line, name, new, "A deal is open, won or lost.")
        elif name == "currency" and new not in rules.CURRENCIES and new != self.setting.rates.home:
            self._problem(change.line, name, new, "This is no ISO 4217 currency code.")

    # The newest state of every deal that got a fact

    def derive(self) -> None:
        """Compute the newest state of the deals touched and put it aside."""
        touched = staging.ids(
            "SELECT DISTINCT deal_id FROM deals_dealevent WHERE id > %s AND run_id = %s "
            "AND (deal_id <= %s OR field <> '') ORDER BY deal_id",
            [self.setting.first_new_fact, self.setting.run, self.setting.first_new_deal],
        )
        for some in staging.chunks(touched, 500):
            self._derive(list(some))
        self._apply_to_new()

    def _derive(self, deals: list[int]) -> None:
        facts = staging.facts_of(deals)
        now = staging.known_by_id(deals)
        beside = staging.choices_of(deals), self._absences_of(deals)
        states, extra, owners, known = [], [], [], []
        for deal in deals:
            mine = facts[deal]
            implied = self._implied(deal, mine, now[deal])
            extra += [(deal, fact) for fact in implied]
            all_facts = [fact for fact, _ in mine] + implied
            events = timelines.timeline(all_facts, start_of_day=self._midnight, static=self.setting.static)
            state, labels, absent = self._derived(events, all_facts, now[deal])
            self._absences += [(deal, *said) for said in absent]
            choices, absences = (told.get(deal, []) for told in beside)
            known.append(
                tracks.of_events(
                    events, choices, sorted([*absences, *absent], key=lambda said: said[0]),
                    home=self.setting.rates.home,
                )
            )  # fmt: skip
            states.append((deal, state))
            owners += [(deal, label) for label in labels]
            if deal <= self.setting.first_new_deal:
                self.tally.changed += 1
        with self._step(0):
            staging.insert_facts(self.setting.run, extra)
            packed = self._packer.packed(known)
            staging.stage(self.setting.run, [(*pair, t) for pair, t in zip(states, packed, strict=True)])
            people = self.setting.people
            staging.owner_names(self.setting.source, {label: people.get(label) for _, label in owners})
            staging.past_owners(self.setting.source, owners)

    def _absences_of(self, deals: list[int]) -> dict[int, list[tuple[datetime, str]]]:
        """What was said of the absence of deals, by this import too."""
        found, wanted = staging.absences_of(deals), set(deals)
        for deal, at, word in self._absences:
            if deal in wanted:
                found.setdefault(deal, []).append((at, word))
        return found

    def _implied(self, deal: int, facts: list[tuple[Fact, int]], now: staging.Known) -> list[Fact]:
        """The row that was seen unchanged, and so not kept, where a new fact from before it would hide it."""
        old = [fact for fact, run in facts if run != self.setting.run]
        new = [fact for fact, run in facts if run == self.setting.run]
        columns = timelines.columns_of_newest_row(old)
        if not columns or not new:
            return []
        seen = self._last_seen(deal, now)
        if min(fact.recorded_at for fact in new) > seen or any(
            not f.field and f.recorded_at == seen for f, _ in facts
        ):
            return []
        before = self._fold([fact for fact in old if fact.recorded_at <= seen])
        after = self._fold([fact for fact, _ in facts if fact.recorded_at <= seen])
        shown = {name: before[name] for name in columns if name in before}
        if all(after.get(name) == shown.get(name) for name in columns):
            return []
        return [Fact("", None, timelines.row_text(shown), seen, None, seen)]

    def _fold(self, facts: list[Fact]) -> dict[str, str]:
        return timelines.state_at(
            timelines.timeline(facts, start_of_day=self._midnight, static=self.setting.static)
        )

    def _last_seen(self, deal: int, now: staging.Known) -> datetime:
        in_file = deal < len(self._seen) and self._seen[deal] != 0
        moments = [now.last_recorded_at] + ([self.setting.as_of] if in_file else [])
        if not now.missing and self.setting.fulls:
            moments.append(self.setting.fulls[-1])
        return max(moments)

    def _derived(
        self, events: list[timelines.Event], facts: list[Fact], now: staging.Known
    ) -> tuple[staging.DealState, set[str], list[tuple[datetime, str]]]:
        """(the newest state, the owners' labels where there are several, what this says of an absence)."""
        state = timelines.state_at(events)
        state.setdefault("status", "open")
        state.setdefault("currency", self.setting.rates.home)
        rows = [fact.recorded_at for fact in facts if not fact.field]
        first = min(rows, default=min(fact.recorded_at for fact in facts))
        last = max([now.last_recorded_at, *rows]) if rows else first
        missing = self._still_missing(now, rows)
        built = self._state(
            state,
            timelines.pushes(events),
            timelines.comparable(state, facts),
            max(event.recorded_at for event in events),
            (first, last),
            missing=missing,
            answer=now.answer,
        )
        if built[staging.AMOUNT] is not None and built[staging.HOME] is None:
            why = f"There is no rate from {state['currency']} to {self.setting.rates.home} for deal {now.external_id}."
            self._problem(0, "currency", state["currency"], why)
        labels = timelines.owners(events)
        self._label(state.get("owner", ""))
        absent = [] if missing == now.missing else [(last, "found")]
        absent += [(missing, "missing")] if missing and absent else []
        return built, labels if len(labels) > 1 else set(), absent

    def _still_missing(self, now: staging.Known, rows: list[datetime]) -> datetime | None:
        """Since when the deal is missing: the first full import after it was seen, if it was missing before."""
        if now.missing is None or not rows:
            return now.missing
        seen = max([now.last_recorded_at, *rows])
        return min((moment for moment in self.setting.fulls if moment > seen), default=None)

    def _apply_to_new(self) -> None:
        """New deals are invisible still, so their derived states need not wait for the one transaction."""
        sql = "SELECT deal_id FROM deals_stageddeal WHERE run_id = %s AND deal_id > %s ORDER BY deal_id"
        for some in staging.chunks(staging.ids(sql, [self.setting.run, self.setting.first_new_deal])):
            with self._step(0):
                staging.apply_staged(self.setting.run, some[0], some[-1])

    def _state(
        self,
        values: Mapping[str, str],
        pushes: int,
        digest: int,
        changed_at: datetime,
        recorded: tuple[datetime, datetime],
        *,
        missing: datetime | None = None,
        answer: str = "",
    ) -> staging.DealState:
        """The columns of a deal's state, in the order of ``staging.STATE``."""
        currency = values.get("currency", self.setting.rates.home)
        closed_on = _day(values.get("closed_on"))
        amount = home = None
        if "amount" in values:
            amount = rules.minor_of(values["amount"], currency)
            on = self._rate_day(values["status"], closed_on)
            home = self.setting.rates.convert(amount, currency, on)
        label = values.get("owner", "")
        extra = {name: text for name, text in values.items() if name not in timelines.FIELDS}
        return (
            self._clipped("name", values),
            self._clipped("account", values),
            self.setting.people.get(label),
            label[:160],
            amount,
            currency,
            home,
            self._clipped("stage", values),
            self._clipped("forecast_category", values),
            staging.day(_day(values.get("close_on"))),
            staging.day(_day(values.get("created_on"))),
            values["status"],
            staging.day(closed_on),
            self._clipped("product", values),
            self._clipped("source", values),
            self._clipped("type", values),
            values.get("next_step", ""),
            staging.extra_text(extra),
            min(pushes, 32_000),
            digest,
            staging.stamp(recorded[0]),
            staging.stamp(recorded[1]),
            staging.stamp(changed_at),
            staging.stamp(missing),
            answer if missing else "",
        )

    def _clipped(self, name: str, values: Mapping[str, str]) -> str:
        text = values.get(name, "")
        if len(text) > _WIDTHS[name]:
            self.tally.shortened += 1
            self._line(
                "shortened", 0, text[:40], f"{name} is shown with its first {_WIDTHS[name]} characters."
            )
        return text[: _WIDTHS[name]]

    # Records that are not there any more

    def find_missing(self) -> None:
        """Known deals that a full import does not show. An older file says nothing about newer deals."""
        if not self.setting.full or (self.setting.fulls and self.setting.fulls[-1] > self.setting.as_of):
            return
        candidates = staging.ids(
            "SELECT id FROM deals_deal WHERE source_id = %s AND id <= %s AND missing_since IS NULL "
            "AND last_recorded_at < %s",
            [self.setting.source, self.setting.first_new_deal, staging.stamp(self.setting.as_of)],
        )
        seen, end = self._seen, len(self._seen)
        self._missing = array("q", (id for id in candidates if id >= end or not seen[id]))
        self.tally.missing = len(self._missing)

    # Making it current

    def finish(self) -> None:
        """Inside the one transaction: the staged states become the deals' states."""
        setting = self.setting
        staging.apply_staged(setting.run, 0, setting.first_new_deal)
        staging.note_absences(self._absences)
        latest = max((m for m in setting.fulls if m < setting.as_of), default=None)
        for some in staging.chunks(self._missing):
            staging.run(
                "UPDATE deals_deal SET missing_since = %s, missing_answer = '' "
                f"WHERE id IN ({staging.marks(len(some))})",
                [staging.stamp(setting.as_of), *some],
            )
            if latest:
                staging.run(
                    "UPDATE deals_deal SET last_recorded_at = %s WHERE last_recorded_at < %s AND id IN "
                    f"({staging.marks(len(some))})",
                    [staging.stamp(latest), staging.stamp(latest), *some],
                )
            staging.note_absences((deal, setting.as_of, "missing") for deal in some)
            tracking.mark_missing(list(some), setting.as_of, setting.run)
        staging.run_many("UPDATE deals_deal SET owner_id = %s WHERE id = %s", self._renamed)
        staging.run_many(
            "UPDATE deals_ownername SET person_id = %s WHERE source_id = %s AND label = %s",
            [(person, setting.source, label) for label, person in self._newly_known.items()],
        )
        staging.owner_names(setting.source, {label: setting.people.get(label) for label in self._labels})

    def find_renamed(self) -> None:
        """Deals of labels that mean somebody new since this import; they follow."""
        setting = self.setting
        names = OwnerName.objects.filter(source=setting.source).values_list("label", "person_id")
        self._newly_known = {
            label: setting.people[label]
            for label, person in names
            if label in setting.people and setting.people[label] != person
        }
        for some in staging.chunks(list(self._newly_known)):
            found = staging.rows(
                "SELECT owner_label, id FROM deals_deal WHERE source_id = %s AND id <= %s "
                f"AND owner_label IN ({staging.marks(len(some))})",
                [setting.source, setting.first_new_deal, *some],
            )
            self._renamed += [(self._newly_known[label], deal) for label, deal in found]

    def note_seen(self) -> None:
        """Afterwards, in small steps: rows of a partial file that were unchanged were seen too."""
        moment = staging.stamp(self.setting.as_of)
        for some in staging.chunks(self._unchanged):
            with transaction.atomic():
                staging.run(
                    "UPDATE deals_deal SET last_recorded_at = %s WHERE last_recorded_at < %s AND id IN "
                    f"({staging.marks(len(some))})",
                    [moment, moment, *some],
                )

    # Steps, lines, problems

    def _step(self, count: int) -> _Step:
        self._done += count
        if self._progress:
            self._progress(self._done, max(self._total, self._done))
        return _Step(self.setting.run, self._done, max(self._total, self._done))

    @property
    def digest(self) -> str:
        """SHA-256 sums of the rows added up, so that their order does not matter."""
        return f"{self._sum:064x}"

    def _count_into_digest(self, text: str) -> None:
        part = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        self._sum = (self._sum + part) % 2**256

    def _label(self, label: str) -> None:
        if label:
            self._labels.add(label[:160])

    def _midnight(self, on: date) -> datetime:
        found = self._midnights.get(on)
        if found is None:
            zone = ZoneInfo(self.setting.time_zone)
            found = self._midnights[on] = datetime.combine(on, time(), zone)
        return found

    def _line(self, what: str, row: int, deal: str, text: str) -> None:
        self._left_out[what] += 1
        if self._left_out[what] <= LINES:
            self.lines.append({"what": what, "row": row, "deal": deal, "text": text})

    def _problem(self, row: int, column: str, value: str, why: str) -> None:
        if len(self.problems) < LINES:
            self.problems.append(rules.Problem(row, column, value, why))
        else:
            self.more_problems += 1

    @property
    def unlisted(self) -> dict[str, int]:
        """How many lines of each kind the report does not list one by one."""
        return {what: count - LINES for what, count in self._left_out.items() if count > LINES}


class _Step:
    """A small transaction of a staged import, with its progress. Raises Superseded when it was replaced."""

    def __init__(self, run: int, done: int, total: int) -> None:
        self.run, self.done, self.total = run, done, total
        self._atomic = transaction.atomic()

    def __enter__(self) -> None:
        self._atomic.__enter__()
        alive = Import.objects.filter(pk=self.run, status="staged").update(done=self.done, total=self.total)
        if not alive:
            refusal = Superseded()
            self._atomic.__exit__(type(refusal), refusal, None)
            raise refusal

    def __exit__(self, *failure: Any) -> None:
        self._atomic.__exit__(*failure)


def _chunked(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, staging.CHUNK)):
        yield some


@lru_cache(maxsize=8192)
def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
