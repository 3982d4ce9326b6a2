"""Tables that can be read but make little sense: always an answer or a sentence, never a failure."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.commands import run

HEAD = "deal_id,name,owner,amount,stage,close_date,created_on,status,closed_on,product,extra"
day = st.one_of(st.just(""), st.integers(-900, 900).map(lambda n: str(date(2024, 1, 1) + timedelta(days=n))))
deal = st.tuples(
    st.sampled_from(["a", "b", "", "nobody"]),
    st.sampled_from(["", "0", "-5", "1", "100", "1000000000", "12.34"]),
    st.sampled_from(["", "S1", "S2"]),
    day,
    day,
    st.sampled_from(["open", "won", "lost"]),
    day,
    st.sampled_from(["", "x", "y"]),
    st.sampled_from(["", "1", "2.5", "word"]),
)
tables = st.lists(deal, min_size=1, max_size=25)
words = st.one_of(
    st.sampled_from(["json", "csv", "html", "table"]).map(lambda form: ["forecast", "--format", form]),
    st.sampled_from(["2024Q1", "2023-05", "2025"]).map(
        lambda name: ["forecast", "--period", name, "--target", "9"]
    ),
    st.sampled_from(["1d", "28d"]).map(
        lambda far: ["backtest", "--from", "2024-01-15", "--every", "90", "--horizon", far]
    ),
    st.just(["backtest", "--from", "50%"]),
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tables, words)
def test_an_odd_table_gets_an_answer_or_a_sentence(rows: list[tuple[str, ...]], command: list[str]) -> None:
    lines = [f"{n},deal {n}," + ",".join(cells) for n, cells in enumerate(rows)]
    with TemporaryDirectory() as folder:
        source = Path(folder) / "deals.csv"
        source.write_text("\n".join([HEAD, *lines, ""]))
        as_of = ["--as-of", "2024-02-10"] if command[0] == "forecast" else []
        ended = run(command[0], source, *command[1:], *as_of)
    assert ended.status in (0, 1)
    assert bool(ended.out) == (ended.status == 0)
    assert bool(ended.err.strip()) == (ended.status == 1)
