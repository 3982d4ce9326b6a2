"""Strict reading of values: a pattern first, then a parser, and a word on what was probably meant.

Python's own parsers are too friendly for money and dates: ``int("5_000")``, ``float("nan")``,
``int("٣")`` and ``date.fromisoformat("2026-W13-2")`` all succeed. Nothing here lets them.
"""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from fairlead.deals import rules

LONGEST = 4000
"""Characters of one cell; more is no CRM value."""
MOST = Decimal(10) ** 15
"""Money at or above this is a mistake."""


class Unreadable(ValueError):
    """A value that cannot be read; ``meant`` says what was probably meant."""

    def __init__(self, why: str, meant: str = "") -> None:
        self.why = why
        self.meant = meant
        super().__init__(f"{why} {meant}".strip())


def text(raw: str) -> str:
    """A cell as text, trimmed. Raises Unreadable for a NUL or an endless cell."""
    if "\x00" in raw:
        raise Unreadable("it contains a NUL byte.", "The file is damaged or not a text table.")
    if len(raw) > LONGEST:
        raise Unreadable(f"it is longer than {LONGEST} characters.", "A quote may be missing in this row.")
    return raw.strip()


# Money


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a column writes numbers: its decimal mark and its thousands marks."""

    decimal: str = "."
    thousands: str = ","


_SIGNS = "€$£¥₹₩"
_CODE = 3
"""Letters of a currency's code."""
_ODD_SPACES = re.compile("[\u00a0\u2007\u2009\u202f]")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_POINT = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:([,' ’])[0-9]{3})(?:\1[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?:\.[0-9]*)?",
    re.ASCII,
)
"""Thousands in threes with one mark throughout, or as India writes them: 12,34,567.50."""
_COMMA = re.compile(r"[+-]?(?:[0-9]{1,3}(?:([.' ’])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+)(?:,[0-9]*)?", re.ASCII)


def number_style(cells: Iterable[str]) -> NumberStyle | None:
    """The style that all cells of a column agree on; None when they are ambiguous (only ``1.234``-like cells).

    ``1,234.50`` and ``12.5`` say point; ``1.234,50`` and ``12,5`` say comma.
    """
    point = comma = doubtful = False
    for raw in cells:
        cell = _bare(raw)
        last = max(cell.rfind("."), cell.rfind(","))
        if last < 0:
            continue
        mark, tail = cell[last], cell[last + 1 :]
        other = "," if mark == "." else "."
        if other in cell or (len(tail) != 3 and cell.count(mark) == 1):
            point, comma = point or mark == ".", comma or mark == ","
        elif cell.count(mark) > 1:
            point, comma = point or mark == ",", comma or mark == "."
        elif not cell.lstrip("-").startswith("0") and len(cell.lstrip("-")) <= 7:
            doubtful = True
        else:
            point, comma = point or mark == ".", comma or mark == ","
    if point and comma:
        return None
    if point or comma:
        return NumberStyle() if point else NumberStyle(",", ".")
    return None if doubtful else NumberStyle()


def _bare(raw: str) -> str:
    cell = _ODD_SPACES.sub(" ", raw).strip().replace("−", "-")
    for sign in _SIGNS:
        cell = cell.replace(sign, "")
    cell = _without_code(cell.strip())
    if cell.startswith("(") and cell.endswith(")"):
        cell = "-" + cell[1:-1]
    return cell.strip()


def _without_code(cell: str) -> str:
    """A cell without the currency's code before or after the amount. Cut, not matched: a cell may be very long."""
    if len(cell) > _CODE and _is_code(cell[:_CODE]) and cell[_CODE].isspace():
        cell = cell[_CODE:].lstrip()
    if len(cell) > _CODE and _is_code(cell[-_CODE:]) and cell[-_CODE - 1].isspace():
        cell = cell[:-_CODE].rstrip()
    return cell


def _is_code(part: str) -> bool:
    return part.isascii() and part.isalpha() and part.isupper()


def money(raw: str, style: NumberStyle | None = None) -> Decimal | None:
    """An amount, exact; None for an empty cell. ``style`` None means a point for decimals.

    Raises Unreadable for everything that is not plainly a number.
    """
    cell = _bare(text(raw))
    if not cell or cell.lower() in {"null", "none", "n/a", "na", "-"}:
        return None
    style = style or NumberStyle()
    if style.decimal == "." and _PLAIN.fullmatch(cell):
        return _bounded(Decimal(cell))
    if (_POINT if style.decimal == "." else _COMMA).fullmatch(cell):
        whole = re.sub(f"[^0-9+{re.escape(style.decimal)}-]", "", cell)
        return _bounded(Decimal(whole.replace(style.decimal, ".")))
    raise Unreadable("it is not an amount.", _meant_number(cell, style))


def _bounded(amount: Decimal) -> Decimal:
    if abs(amount) >= MOST:
        raise Unreadable("it is larger than any deal.", "A column may have slipped: is this an id?")
    return amount


def _meant_number(cell: str, style: NumberStyle) -> str:
    other = NumberStyle(",", ".") if style.decimal == "." else NumberStyle()
    if (_COMMA if style.decimal == "." else _POINT).fullmatch(cell):
        return f'It would be a number with decimal = "{other.decimal}" in the mapping, if the column is written so.'
    if "_" in cell and cell.replace("_", "").isdigit():
        return f"Write {cell.replace('_', '')}."
    if cell.lower() in {"nan", "inf", "-inf", "infinity", "-infinity"}:
        return "Leave the cell empty when the amount is unknown."
    if any(ch.isdigit() and not ch.isascii() for ch in cell):
        return f"Write the digits as {_ascii_digits(cell)}."
    if cell.startswith("="):
        return "It is a formula; export values instead."
    if re.fullmatch(r"-?[0-9.,]+ ?[kKmM]", cell):
        return "Write the number out, without k or m."
    if cell.endswith("%"):
        return "It is a percentage; is this the amount column?"
    return "Write digits with a point for decimals, such as 12500.50."


def _ascii_digits(cell: str) -> str:
    """Digits of any script, and raised or circled ones, as 0 to 9."""
    return "".join(str(unicodedata.digit(ch)) if ch.isdigit() else ch for ch in cell)


_PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]+)?\s*%?", re.ASCII)


def percent(raw: str) -> Decimal | None:
    """A share in per cent, 0-100; None for an empty cell."""
    cell = text(raw)
    if not cell:
        return None
    if not _PERCENT.fullmatch(cell):
        raise Unreadable("it is not a percentage.", "Write a number from 0 to 100.")
    share = Decimal(cell.rstrip("% ").replace(",", "."))
    if share > 100:
        raise Unreadable("it is above 100 %.")
    return share


# Days and moments

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ](.*))?", re.ASCII)
_MARKED = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})(?:[T ,]+(.*))?", re.ASCII)
_WORDED = re.compile(
    r"(?:([0-9]{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-]+([0-9]{4})|([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4}))"
    r"(?:[T ,]+(.*))?",
    re.ASCII,
)
_TIME = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?\s*([AaPp][Mm])?\s*(Z|[+-][0-9]{2}:?[0-9]{2}|UTC)?",
    re.ASCII,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january,feb february,mar march,apr april,may may,jun june,jul july,aug august,"
        "sep september,oct october,nov november,dec december".split(","),
        start=1,
    )
    for name in names.split()
}
Order = str
"""How a column writes days: ``ymd``, ``dmy`` or ``mdy``."""


def orders(cells: Iterable[str]) -> set[Order]:
    """The orders of day, month and year under which every cell of a column is a day; empty when none fits."""
    fits: set[Order] = {"ymd", "dmy", "mdy"}
    for raw in cells:
        cell = raw.strip()
        if not cell or _ISO.match(cell) or _WORDED.match(cell):
            continue
        match = _MARKED.match(cell)
        if match is None:
            continue
        fits &= {order for order in fits if _numbers(match, order) is not None}
    return fits


def usual_order(cells: Iterable[str]) -> Order:
    """The order under which most cells are days, so that what does not fit can be named row by row."""
    matches = [match for raw in cells if (match := _MARKED.match(raw.strip()))]
    fitting = {order: sum(_numbers(m, order) is not None for m in matches) for order in ("ymd", "dmy", "mdy")}
    return max(fitting, key=lambda order: fitting[order])


def order_of_format(pattern: str) -> Order:
    """The order of a strptime-like ``date_format`` such as ``%m/%d/%y``. Raises Unreadable."""
    letters = [letter.lower() for letter in re.findall(r"%([dmyYbB])", pattern)]
    order = "".join("m" if letter == "b" else letter for letter in letters)
    if sorted(order) != ["d", "m", "y"]:
        raise Unreadable(f"{pattern!r} is no date format.", "Write for example %d/%m/%Y or %m/%d/%y.")
    if order == "ymd" and "%y" in pattern:
        raise Unreadable(f"{pattern!r} begins with a year of two digits.", "Export four: 2026-03-31.")
    if order not in {"ymd", "dmy", "mdy"}:
        raise Unreadable(f"{pattern!r} has an order nobody uses.", "Write %d/%m/%Y, %m/%d/%Y or %Y-%m-%d.")
    return order


def _numbers(match: re.Match[str], order: Order) -> date | None:
    parts = dict(zip(order, (match[1], match[3], match[4]), strict=True))
    year, month, day = parts["y"], parts["m"], parts["d"]
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    if order == "ymd" and len(year) == 2:
        return None  # 02/03/24 is nobody's 24 March 2002; it is a day and a month in doubt
    number = int(year) if len(year) == 4 else _century(int(year))
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _century(two: int) -> int:
    return 2000 + two if two < 70 else 1900 + two


def day(raw: str, order: Order = "ymd", zone: zoneinfo.ZoneInfo | None = None) -> date | None:
    """A day; None for an empty cell. ``order`` decides cells such as 03/04/26. Raises Unreadable.

    A time behind the day is read too: with an offset from UTC the day is the one in ``zone``, else as written.
    """
    found = _split(raw, order)
    if found is None or not found[1].strip():
        return None if found is None else found[0]
    match = _time(found[1])
    if match[6] and zone is not None:
        return _plausible(_at(found[0], match, zone).astimezone(zone).date())
    _at(found[0], match, zone or _UTC)
    return found[0]


_UTC = zoneinfo.ZoneInfo("UTC")


def _time(rest: str) -> re.Match[str]:
    match = _TIME.fullmatch(rest.strip())
    if match is None:
        raise Unreadable("the time cannot be read.", "Write 2026-03-31 14:05:00, or with an offset +02:00.")
    return match


def moment(raw: str, order: Order, zone: zoneinfo.ZoneInfo) -> datetime | None:
    """A moment in UTC; a cell without a time is midnight, one without an offset is local time of ``zone``."""
    found = _split(raw, order)
    if found is None:
        return None
    on, rest = found
    if not rest.strip():
        return datetime.combine(on, time(), zone).astimezone(UTC)
    return _at(on, _time(rest), zone)


def _at(on: date, match: re.Match[str], zone: zoneinfo.ZoneInfo) -> datetime:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    micro = int((match[4] or "0")[:6].ljust(6, "0"))
    half = (match[5] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise Unreadable("a 12-hour time runs from 1 to 12.")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        clock = time(hour, minute, second, micro)
    except ValueError as error:
        raise Unreadable("there is no such time of day.") from error
    offset = match[6]
    if not offset:
        return datetime.combine(on, clock, zone).astimezone(UTC)
    if offset in {"Z", "UTC"}:
        return datetime.combine(on, clock, UTC)
    text_offset = offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    try:
        return datetime.fromisoformat(f"{on.isoformat()}T{clock.isoformat()}{text_offset}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("there is no such offset from UTC.") from error


def _split(raw: str, order: Order) -> tuple[date, str] | None:
    cell = text(raw)
    if not cell or cell.lower() in {"null", "none", "n/a", "nat"}:
        return None
    if match := _ISO.fullmatch(cell):
        return _date(int(match[1]), int(match[2]), int(match[3])), match[4] or ""
    if match := _MARKED.fullmatch(cell):
        found = _numbers(match, order)
        if found is None:
            raise Unreadable("there is no such day.", _meant_day(match, order))
        return _plausible(found), match[5] or ""
    if match := _WORDED.fullmatch(cell):
        return _worded(match), match[7] or ""
    meant = "Write days as 2026-03-31."
    if any(ch.isdigit() and not ch.isascii() for ch in cell):
        meant = "Write the digits as 0 to 9."
    elif re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", cell):
        meant = "It looks like a spreadsheet's serial number; format the column as a date and export again."
    elif "W" in cell:
        meant = "Week dates are not read; write the day as 2026-03-31."
    raise Unreadable("it is not a day.", meant)


def _worded(match: re.Match[str]) -> date:
    name = (match[2] or match[4]).lower()
    if name not in _MONTHS:
        raise Unreadable(f"{name!r} is no month.", "Write days as 2026-03-31.")
    return _date(int(match[3] or match[6]), _MONTHS[name], int(match[1] or match[5]))


def _date(year: int, month: int, number: int) -> date:
    try:
        return _plausible(date(year, month, number))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("there is no such day.", f"Month {month} of {year} has no day {number}.") from error


def _plausible(on: date) -> date:
    if not 1970 <= on.year <= 2199:
        raise Unreadable("it is no day of a deal.", "Years from 1970 to 2199 are read.")
    return on


_ORDER_WORDS = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}


def _meant_day(match: re.Match[str], order: Order) -> str:
    others = [o for o in ("dmy", "mdy", "ymd") if o != order and _numbers(match, o) is not None]
    if others:
        return f"It would be a day as {_ORDER_WORDS[others[0]]}; one file writes its days in one way."
    return "Write days as 2026-03-31."


# Words

_YES = {"true", "yes", "y", "1", "t", "x", "ja", "wahr"}
_NO = {"false", "no", "n", "0", "f", "", "nein", "falsch"}


def boolean(raw: str) -> bool:
    """True or false; an empty cell is false. Raises Unreadable."""
    cell = text(raw).lower()
    if cell in _YES:
        return True
    if cell in _NO:
        return False
    raise Unreadable("it is neither true nor false.", "Write TRUE or FALSE.")


def currency(raw: str) -> str:
    """An ISO 4217 code in capitals, or empty. Raises Unreadable."""
    cell = text(raw).upper()
    if not cell or cell in rules.CURRENCIES:
        return cell
    signs = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "EURO": "EUR", "DOLLAR": "USD", "US$": "USD"}
    meant = f"Write {signs[cell]}." if cell in signs else "Write an ISO code such as EUR or USD."
    raise Unreadable("it is no currency.", meant)


def identifier(raw: str) -> str:
    """An id: trimmed text without line breaks. Raises Unreadable when empty."""
    cell = text(raw)
    if not cell:
        raise Unreadable("the id is empty.", "Every row needs the id of the CRM.")
    if len(cell) > 150 or any(ord(ch) < 32 for ch in cell):
        raise Unreadable("it is no id.", "A quote may be missing in this row.")
    return cell


_SHORT_ID = re.compile(r"[0-9a][0-9A-Za-z]{14}", re.ASCII)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def long_salesforce_id(id: str) -> str:
    """Salesforce's id of 15 characters, as reports show it, in the form of 18 that data exports have.

    The three characters behind say which letters are capitals, five at a time, so that an id survives programs
    that ignore case. Anything else stays as it is.
    """
    if not _SHORT_ID.fullmatch(id) or id[:2] not in ("00", "a0"):
        return id
    parts = (id[i : i + 5] for i in (0, 5, 10))
    return id + "".join(_LETTERS[sum(ch.isupper() << n for n, ch in enumerate(part))] for part in parts)


def nearest(word: str, known: Sequence[str]) -> str:
    """A suggestion for a misspelt word, as a sentence, or empty."""
    import difflib

    lower = {k.lower(): k for k in known}
    close = difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=0.6)
    return f"Did you mean {lower[close[0]]!r}?" if close else ""
