"""The suggestion of who covers an account: industry first, load beside it, the same each time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fairlead.improvement.covering import Account, Mate, suggest


def test_whoever_knows_the_industry_gets_the_account() -> None:
    mates = [Mate("a", "Ann", 4, {"Dairy": 3, "Paper": 1}), Mate("b", "Ben", 4, {"Paper": 4})]
    found = suggest([Account("1", "Alby", "Dairy", 1), Account("2", "Pulp", "Paper", 0)], mates)
    assert {(one.account, one.mate) for one in found} == {("1", "a"), ("2", "b")}
    assert found[0].why == "has 3 accounts in Dairy"


def test_without_a_fit_the_one_with_less_to_carry_gets_it() -> None:
    mates = [Mate("a", "Ann", 9, {}), Mate("b", "Ben", 1, {})]
    assert {one.mate for one in suggest([Account(str(n), str(n), "", 0) for n in range(4)], mates)} == {"b"}


def test_nobody_to_cover_is_no_suggestion() -> None:
    assert suggest([Account("1", "Alby", "", 0)], []) == []


_ACCOUNTS = st.lists(st.tuples(st.sampled_from(["", "Dairy", "Paper"]), st.integers(0, 3)), max_size=20).map(
    lambda rows: [Account(str(n), f"A{n}", industry, deals) for n, (industry, deals) in enumerate(rows)]
)
_MATES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5).map(
    lambda rows: [Mate(str(n), f"M{n}", a + b, {"Dairy": a, "Paper": b}) for n, (a, b) in enumerate(rows)]
)


@given(_ACCOUNTS, _MATES, st.randoms())
def test_every_account_has_one_suggestion_whatever_the_order(
    accounts: list[Account], mates: list[Mate], dice: object
) -> None:
    found = suggest(accounts, mates)
    assert sorted(one.account for one in found) == sorted(one.key for one in accounts)
    again = suggest(list(reversed(accounts)), list(reversed(mates)))
    assert {(one.account, one.mate) for one in found} == {(one.account, one.mate) for one in again}


@given(st.integers(1, 30), st.integers(2, 5))
def test_accounts_without_industry_are_spread_evenly(accounts: int, mates: int) -> None:
    found = suggest(
        [Account(str(n), str(n), "", 0) for n in range(accounts)],
        [Mate(str(n), str(n), 0, {}) for n in range(mates)],
    )
    counts = [sum(one.mate == str(n) for one in found) for n in range(mates)]
    assert max(counts) - min(counts) <= 1
