"""How numbers, money, dates and ages are written on a page. Pure functions; the moment is passed in.

Money comes in minor units (cents). ``exponent`` is the number of decimals of the currency, 2 for most.
Tables and charts write thousands without decimals, since the unit stands once at the section; prose writes
the currency's sign. A minus is U+2212, a range has an en dash, and a number that is not known is a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from fairlead.deals import rules as deals

Number: TypeAlias = int | float | Decimal

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
THIN = "\N{NARROW NO-BREAK SPACE}"
TIMES = "\N{MULTIPLICATION SIGN}"
UNKNOWN = "unknown"

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NO_DECIMALS = {
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
} | {
    "XAF",
    "XOF",
    "XPF",
}
_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def exponent_of(currency: str) -> int:
    """Decimals of a currency's minor unit after ISO 4217: 2 unless the standard says 0 or 3."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def sign_of(currency: str) -> str:
    """The sign before an amount: "€", or the code and a space where there is no well-known sign."""
    return deals.sign(currency)


def unit_words(currency: str) -> str:
    """What stands in a section's right corner: "€ thousand"."""
    return f"{sign_of(currency).strip()} thousand".strip()


# Whole numbers and signs


def rounded(value: Number, step: int = 1) -> int:
    """``value`` in steps of ``step``, halves away from zero, exact for integers and Decimals."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return int((exact / step).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def whole(value: Number | None) -> str:
    """1234.4 -> "1,234"; None -> "unknown"."""
    if value is None:
        return UNKNOWN
    number = rounded(value)
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


def signed(value: Number | None) -> str:
    """A change: "+84", "−190", "0", "unknown"."""
    if value is None:
        return UNKNOWN
    number = rounded(value)
    return f"+{number:,}" if number > 0 else whole(number)


def count(number: int, one: str, many: str = "") -> str:
    """``count(1, "deal")`` -> "1 deal", ``count(4, "deal")`` -> "4 deals"; ``many`` for other plurals."""
    return f"{whole(number)} {one if number == 1 else many or one + 's'}"


def spread(parts: Sequence[Number], total: int, step: int = 1) -> list[int]:
    """``parts`` rounded to steps so that they add up to ``total`` steps, moving as few as possible.

    The parts whose rounding lost most take the difference (largest remainder), so a printed sum is always
    right. Raises ValueError when the difference is more than one step per part: then the parts are not
    those of the total.
    """
    result = [rounded(part, step) for part in parts]
    missing = total - sum(result)
    if abs(missing) > len(parts):
        raise ValueError(f"The parts are {sum(result)}, which is too far from {total} to be rounding.")
    direction = 1 if missing > 0 else -1
    lost = [direction * (Decimal(str(part)) / step - result[i]) for i, part in enumerate(parts)]
    for i in sorted(range(len(parts)), key=lambda i: -lost[i])[: abs(missing)]:
        result[i] += direction
    return result


# Money


def _step(exponent: int) -> int:
    return int(1000 * 10**exponent)


def thousands(minor: Number | None, exponent: int = 2) -> str:
    """Tables and charts: 247_031_527 cents -> "2,470"."""
    return UNKNOWN if minor is None else whole(rounded(minor, _step(exponent)))


def signed_thousands(minor: Number | None, exponent: int = 2) -> str:
    """A change in a table or chart: "+84", "−190", "0"."""
    return UNKNOWN if minor is None else signed(rounded(minor, _step(exponent)))


def signed_between(before: Number, after: Number, exponent: int = 2) -> str:
    """The way between two amounts in thousands, as a printed row adds up: 94.6 and 95.4 are "95" both, "0" apart."""
    return signed(rounded(after, _step(exponent)) - rounded(before, _step(exponent)))


def whole_units(minor: Number | None, exponent: int = 2) -> str:
    """Where thousands would be too coarse: 94_049 cents -> "940"."""
    return UNKNOWN if minor is None else whole(rounded(minor, 10**exponent))


def exact(minor: Number | None, currency: str) -> str:
    """Hover text and exports: "€2,470,315.27"."""
    if minor is None:
        return UNKNOWN
    places = exponent_of(currency)
    number = rounded(minor)
    amount = Decimal(abs(number)).scaleb(-places)
    return f"{MINUS if number < 0 else ''}{sign_of(currency)}{amount:,.{places}f}"


def span(low: Number | None, high: Number | None, exponent: int = 2) -> str:
    """A range in thousands: "2,262–2,788"; with a word where a minus would meet the dash."""
    if low is None or high is None:
        return UNKNOWN
    first, last = thousands(low, exponent), thousands(high, exponent)
    return f"{first} to {last}" if MINUS in first + last else f"{first}{EN_DASH}{last}"


# Chances and shares


def of_20(chance: float | None) -> str:
    """A chance as people count: .7 -> "14 of 20"."""
    return UNKNOWN if chance is None else f"{rounded(chance * 20)} of 20"


def per_cent(share: float | None, places: int = 0) -> str:
    """A share with a thin gap: .5 -> "50 %". ``places`` decimals."""
    if share is None:
        return UNKNOWN
    number = Decimal(str(share * 100)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{MINUS if number < 0 else ''}{abs(number)}{THIN}%"


def times(ratio: float | None) -> str:
    """Coverage: 2.88 -> "2.9×"."""
    return UNKNOWN if ratio is None else f"{ratio:.1f}{TIMES}".replace("-", MINUS)


# Days, moments, ages


def day(when: date | None, today: date) -> str:
    """ "Tue 24 Nov"; with the year only when it is not today's: "Fri 22 Jan 2027"."""
    if when is None:
        return UNKNOWN
    year = "" if when.year == today.year else f" {when.year}"
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}{year}"


def short_day(when: date | None, today: date) -> str:
    """In a narrow column: "24 Nov", "22 Jan 2027"."""
    return UNKNOWN if when is None else day(when, today).split(" ", 1)[1]


def clock(at: datetime, zone: ZoneInfo, named: bool = False) -> str:
    """ "14:10", or "14:10 CET" where reader and writer may be in different zones."""
    local = at.astimezone(zone)
    return f"{local:%H:%M}" + (f" {local:%Z}" if named else "")


def moment(at: datetime | None, now: datetime, zone: ZoneInfo, named: bool = False) -> str:
    """ "today 14:10" on the day itself, else "Tue 24 Nov, 14:10". Both are read in ``zone``."""
    if at is None:
        return UNKNOWN
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    time = clock(at, zone, named)
    return f"today {time}" if local.date() == today else f"{day(local.date(), today)}, {time}"


def duration(length: timedelta) -> str:
    """How long: "50 min" under an hour, "31 h" to 72 hours, then "4 days"."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes <= 72 * 60:
        return f"{minutes // 60} h"
    return count(minutes // (24 * 60), "day")


def age(since: datetime | None, now: datetime) -> str:
    """How long ago: "31 h". Something in the future has the age "0 min"."""
    return UNKNOWN if since is None else duration(now - since)


def left(until: datetime, now: datetime) -> str:
    """What remains: "2 h 50 min left", "4 days left"; past the hour "late by 31 h"."""
    rest = until - now
    if rest < timedelta():
        return f"late by {duration(-rest)}"
    minutes = int(rest.total_seconds() // 60)
    if 60 <= minutes < 24 * 60 and minutes % 60:
        return f"{minutes // 60} h {minutes % 60} min left"
    return f"{duration(rest)} left"
