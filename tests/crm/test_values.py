"""Amounts, days, moments, words: what is read, and how a whole column decides."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.crm import values

POINT, COMMA = values.NumberStyle(), values.NumberStyle(",", ".")


@pytest.mark.parametrize(
    ("cell", "style", "amount"),
    [
        ("12500.50", None, "12500.50"),
        ("  7 ", None, "7"),
        ("+5", None, "5"),
        (".5", None, "0.5"),
        ("-3.25", None, "-3.25"),
        ("−3.25", None, "-3.25"),
        ("(1,234.50)", POINT, "-1234.50"),
        ("1,234.50", POINT, "1234.50"),
        ("1,234,567", POINT, "1234567"),
        ("12,34,567.50", POINT, "1234567.50"),
        ("1'234.50", POINT, "1234.50"),
        ("1 234 567", POINT, "1234567"),
        ("1\u00a0234,50", COMMA, "1234.50"),
        ("1\u202f234,50", COMMA, "1234.50"),
        ("1.234,50", COMMA, "1234.50"),
        ("1.234.567", COMMA, "1234567"),
        ("12,5", COMMA, "12.5"),
        ("$1,234.50", POINT, "1234.50"),
        ("€ 1.234,50", COMMA, "1234.50"),
        ("1234.50 EUR", POINT, "1234.50"),
        ("CHF 1'234.50", POINT, "1234.50"),
        ("1.5E+06", POINT, "1.5E+06"),
        ("0.1", None, "0.1"),
    ],
)
def test_an_amount_is_read_exactly(cell: str, style: values.NumberStyle | None, amount: str) -> None:
    assert values.money(cell, style) == Decimal(amount)


@pytest.mark.parametrize("cell", ["", "  ", "null", "N/A", "-"])
def test_an_unknown_amount_is_none(cell: str) -> None:
    assert values.money(cell) is None


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["12.5", "7"], "."),
        (["1,234.50", "8"], "."),
        (["1.234,50", "8"], ","),
        (["12,5"], ","),
        (["1,234,567", "1,234"], "."),
        (["1.234.567", "1.234"], ","),
        (["1,234", "12.50"], "."),
        (["1.234", "12,50"], ","),
        (["0.125"], "."),
        (["0,125"], ","),
        (["5", "6", ""], "."),
        (["12345.678"], "."),
    ],
)
def test_a_column_decides_for_all_its_numbers(cells: list[str], decimal: str) -> None:
    style = values.number_style(cells)
    assert style is not None
    assert style.decimal == decimal


@pytest.mark.parametrize("cells", [["1,234"], ["1.234", "5.678"], ["12,5", "12.5"], ["1,234.50", "1.234,50"]])
def test_a_column_in_doubt_is_asked_about(cells: list[str]) -> None:
    assert values.number_style(cells) is None


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_an_amount_comes_back_from_both_styles_as_it_went(amount: Decimal) -> None:
    pointed = f"{amount:,.2f}"
    turned = pointed.translate(str.maketrans(",.", ".,"))
    assert values.money(pointed, POINT) == values.money(turned, COMMA) == amount


@pytest.mark.parametrize(
    ("cell", "order", "on"),
    [
        ("2026-03-31", "ymd", date(2026, 3, 31)),
        ("2026/03/31", "ymd", date(2026, 3, 31)),
        ("31.03.2026", "dmy", date(2026, 3, 31)),
        ("31/3/26", "dmy", date(2026, 3, 31)),
        ("3/31/26", "mdy", date(2026, 3, 31)),
        ("03-04-2026", "mdy", date(2026, 3, 4)),
        ("31 March 2026", "ymd", date(2026, 3, 31)),
        ("31-Mar-2026", "ymd", date(2026, 3, 31)),
        ("Mar 31, 2026", "ymd", date(2026, 3, 31)),
        ("2026-03-31 14:05", "ymd", date(2026, 3, 31)),
        ("02/23/26 08:55 PM", "mdy", date(2026, 2, 23)),
    ],
)
def test_a_day_is_read(cell: str, order: str, on: date) -> None:
    assert values.day(cell, order) == on


def test_the_day_of_a_moment_is_the_day_in_the_organisations_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert values.day("2026-03-31T23:30:00Z", "ymd", berlin) == date(2026, 4, 1)
    assert values.day("2026-03-31T23:30:00.000+0000", "ymd", berlin) == date(2026, 4, 1)
    assert values.day("2026-03-31 23:30:00", "ymd", berlin) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["31/03/2026", "01/02/2026"], {"dmy"}),
        (["03/31/2026", "01/02/2026"], {"mdy"}),
        (["2026/03/31"], {"ymd"}),
        (["01/02/2026"], {"dmy", "mdy"}),
        (["01/02/26"], {"dmy", "mdy"}),
        (["31/03/2026", "03/31/2026"], set()),
        (["2026-03-31", "1 May 2026"], {"ymd", "dmy", "mdy"}),
    ],
)
def test_a_column_decides_the_order_of_its_days(cells: list[str], found: set[str]) -> None:
    assert values.orders(cells) == found


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_a_day_comes_back_from_every_order_as_it_went(on: date) -> None:
    assert values.day(on.isoformat()) == on
    assert values.day(f"{on.day}.{on.month}.{on.year}", "dmy") == on
    assert values.day(f"{on.month}/{on.day}/{on.year}", "mdy") == on


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-03-31", datetime(2026, 3, 30, 22, tzinfo=UTC)),
        ("2026-03-31 14:05:09", datetime(2026, 3, 31, 12, 5, 9, tzinfo=UTC)),
        ("2026-03-31T14:05:09Z", datetime(2026, 3, 31, 14, 5, 9, tzinfo=UTC)),
        ("2026-03-31T14:05:09.250+0200", datetime(2026, 3, 31, 12, 5, 9, 250000, tzinfo=UTC)),
        ("2026-01-15 12:00", datetime(2026, 1, 15, 11, tzinfo=UTC)),
        ("2026-03-31 12:30 am", datetime(2026, 3, 30, 22, 30, tzinfo=UTC)),
        ("2026-03-31 02:05 PM", datetime(2026, 3, 31, 12, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_without_offset_is_local_time(cell: str, at: datetime) -> None:
    assert values.moment(cell, "ymd", ZoneInfo("Europe/Berlin")) == at


@pytest.mark.parametrize(
    ("pattern", "order"), [("%d/%m/%Y", "dmy"), ("%m/%d/%y", "mdy"), ("%Y-%m-%d", "ymd"), ("%d %b %Y", "dmy")]
)
def test_a_date_format_says_an_order(pattern: str, order: str) -> None:
    assert values.order_of_format(pattern) == order


@pytest.mark.parametrize(
    ("cell", "is_true"), [("TRUE", True), ("yes", True), ("1", True), ("FALSE", False), ("", False)]
)
def test_a_flag_is_read(cell: str, is_true: bool) -> None:
    assert values.boolean(cell) is is_true


def test_a_flag_of_other_words_is_refused() -> None:
    with pytest.raises(values.Unreadable, match="TRUE or FALSE"):
        values.boolean("maybe")


@pytest.mark.parametrize(("cell", "share"), [("35", "35"), ("35 %", "35"), ("12,5%", "12.5"), ("100", "100")])
def test_a_percentage_is_read(cell: str, share: str) -> None:
    assert values.percent(cell) == Decimal(share)


@pytest.mark.parametrize("cell", ["101", "-5", "5_0", "٣", "NaN"])
def test_what_is_no_percentage_is_refused(cell: str) -> None:
    with pytest.raises(values.Unreadable):
        values.percent(cell)


def test_a_short_salesforce_id_gets_its_long_form() -> None:
    assert values.long_salesforce_id("006bm00000LKJNN") == "006bm00000LKJNNAA5"
    assert values.long_salesforce_id("005bm00000NCJmQ") == "005bm00000NCJmQAAX"
    assert values.long_salesforce_id("006bm00000LKJNNAA5") == "006bm00000LKJNNAA5"
    assert values.long_salesforce_id("Rosa Lindqvist") == "Rosa Lindqvist"


def test_a_misspelt_word_gets_a_suggestion() -> None:
    assert values.nearest("amuont", ["amount", "owner"]) == "Did you mean 'amount'?"
    assert values.nearest("xyz", ["amount", "owner"]) == ""


def test_a_currency_s_code_before_or_after_an_amount_is_no_part_of_it() -> None:
    assert values.money("EUR 1 200.50".replace(" 200", "200")) == Decimal("1200.50")
    assert values.money("1200.50 SEK") == Decimal("1200.50")
    assert values.number_style(["EUR 1.234,50", "12,5 EUR"]) == values.NumberStyle(",", ".")


def test_a_cell_of_a_hundred_thousand_blanks_is_looked_at_once() -> None:
    assert values.number_style(["1" + " " * 100_000 + "1", "12.5"]) == values.NumberStyle()
