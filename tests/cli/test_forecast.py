"""`fairlead forecast` on files alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.commands import MAPPINGS, run, typed

NODE = (
    "id name kind parent booked open_amount open_deals weighted mean p10 p50 p90 from_open from_new target "
    "chance_of_target dots"
).split()
DEAL = "id name owner amount chance_in_period chance_ever expected_close_on reasons".split()
AS_OF = "2024-02-19"
DEALS = "deal_id,name,owner,amount,status,created_on,closed_on,stage\n"


def told(*words: object) -> dict[str, Any]:
    ended = run("forecast", *words, "--format", "json")
    assert ended.status == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


@pytest.fixture(scope="module")
def answer(company: Path) -> dict[str, Any]:
    return told(company, "--as-of", AS_OF, "--target", "2500000")


def cents(amount: float) -> int:
    return round(amount * 100)


def adds_up(answer: dict[str, Any]) -> None:
    below = defaultdict(list)
    for node in answer["nodes"]:
        below[node["parent"]].append(node)
        parts = node["booked"] + node["from_open"]["mean"] + node["from_new"]["mean"]
        assert cents(node["mean"]) == cents(parts)
    for node in answer["nodes"]:
        for field in ("booked", "open_amount", "weighted", "mean"):
            if below[node["id"]]:
                assert cents(node[field]) == sum(cents(child[field]) for child in below[node["id"]])
        if below[node["id"]]:
            assert node["open_deals"] == sum(child["open_deals"] for child in below[node["id"]])


def test_the_answer_has_the_documented_keys_in_their_order(answer: dict[str, Any]) -> None:
    assert list(answer) == "as_of period currency model nodes deals not_counted warnings".split()
    assert list(answer["period"]) == ["name", "starts_on", "ends_on"]
    assert list(answer["model"]) == ["name", "version", "fitted_on"]
    assert all(list(node) == NODE for node in answer["nodes"])
    assert all(list(deal) == DEAL for deal in answer["deals"])
    assert all(list(entry) == ["kind", "id", "why"] for entry in answer["not_counted"])
    assert (answer["as_of"], answer["period"]["name"]) == (AS_OF, "2024Q1")
    assert (answer["period"]["starts_on"], answer["period"]["ends_on"]) == ("2024-01-01", "2024-03-31")


def test_nodes_add_up_to_the_cent(answer: dict[str, Any]) -> None:
    adds_up(answer)


def test_money_has_cents_and_chances_stay_inside_their_bounds(answer: dict[str, Any]) -> None:
    assert answer["deals"]
    for deal in answer["deals"]:
        for name in ("chance_in_period", "chance_ever"):
            assert 0.001 <= deal[name] <= 0.999
            assert deal[name] == round(deal[name], 4)
        assert deal["chance_in_period"] <= deal["chance_ever"]
    for node in answer["nodes"]:
        assert len(node["dots"]) == 20
        assert all(amount == round(amount, 2) for amount in (node["mean"], node["p50"], *node["dots"]))


def test_the_company_has_the_target_that_was_asked_for_and_others_none(answer: dict[str, Any]) -> None:
    by_id = {node["id"]: node for node in answer["nodes"]}
    assert by_id["company"]["target"] == 2_500_000
    assert 0 <= by_id["company"]["chance_of_target"] <= 1
    assert {node["target"] for node in answer["nodes"] if node["id"] != "company"} == {None}


def test_two_runs_in_two_processes_give_the_same_bytes(company: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "a.json", tmp_path / "b.json"]
    for out in outs:
        ended = typed("forecast", company, "--as-of", AS_OF, "--out", out)
        assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_nothing_recorded_later_changes_what_is_said(
    company: Path, tmp_path: Path, answer: dict[str, Any]
) -> None:
    cut = tmp_path / "cut"
    cut.mkdir()
    for name in ("people.csv", "targets.csv", "accounts.csv", "changes.csv"):
        text = (company / name).read_text()
        if name == "changes.csv":
            rows = text.splitlines(keepends=True)
            text = rows[0] + "".join(row for row in rows[1:] if row.strip().rsplit(",", 1)[1] < AS_OF)
        (cut / name).write_text(text)
    (cut / "deals.csv").write_text((company / "deals.csv").read_text())
    before = {node["id"]: node["booked"] for node in answer["nodes"]}
    after = told(cut, "--as-of", AS_OF)
    assert {node["id"]: node["booked"] for node in after["nodes"]} == before


def test_without_as_of_it_is_the_day_after_the_last_one_recorded(company: Path) -> None:
    answer = told(company)
    assert answer["as_of"] == "2024-04-01"
    assert any("As of 2024-04-01" in warning for warning in answer["warnings"])


def test_a_target_file_gives_each_person_a_target_and_the_company_their_sum(
    company: Path, tmp_path: Path
) -> None:
    people = list(csv.DictReader((company / "people.csv").open()))
    ids = {row["person_id"] for row in people}
    tops = [row["person_id"] for row in people if row["manager"] not in ids]
    reps = [row["person_id"] for row in people if row["role"] == "rep"][:2]
    file = tmp_path / "targets.csv"
    lines = [f"{id},2024Q1,{amount}" for id, amount in zip([*tops, *reps], (900, 100, 200), strict=False)]
    file.write_text("person_id,period,amount\n" + "\n".join(lines) + "\n")
    answer = told(company, "--as-of", AS_OF, "--target", file)
    targets = {node["id"]: node["target"] for node in answer["nodes"] if node["target"] is not None}
    assert targets == {"company": 900, f"team:{tops[0]}": 900, reps[0]: 100, reps[1]: 200}


def test_months_of_targets_add_up_to_the_quarter(company: Path, tmp_path: Path) -> None:
    rep = next(
        row["person_id"] for row in csv.DictReader((company / "people.csv").open()) if row["role"] == "rep"
    )
    file = tmp_path / "targets.csv"
    file.write_text("person_id,period,amount\n" + "".join(f"{rep},2024-{m:02},{m}00\n" for m in (1, 2, 3, 4)))
    answer = told(company, "--as-of", AS_OF, "--target", file)
    assert next(node["target"] for node in answer["nodes"] if node["id"] == rep) == 600


def test_the_csv_has_one_line_per_node_with_the_parts_as_columns(
    company: Path, answer: dict[str, Any]
) -> None:
    ended = run("forecast", company, "--as-of", AS_OF, "--target", "2500000", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert [row["id"] for row in rows] == [node["id"] for node in answer["nodes"]]
    assert [float(row["from_open_p90"]) for row in rows] == [n["from_open"]["p90"] for n in answer["nodes"]]
    assert rows[1]["target"] == ""


def test_the_table_opens_with_the_sentence_and_ones_own_past(company: Path) -> None:
    ended = run("forecast", company, "--as-of", AS_OF, "--target", "2500000")
    assert "8 in 10 between" in ended.out
    assert "of 20 equally likely results reach the target of 2,500,000" in ended.out
    assert ended.out.index("Your past") < ended.out.index("Company")
    assert ended.err == ""


# The page


@pytest.fixture(scope="module")
def page(company: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("page") / "report.html"
    ended = run("forecast", company, "--as-of", AS_OF, "--target", "2500000", "--out", out)
    assert ended.status == 0, ended.err
    return out.read_text()


def test_the_page_fetches_nothing_and_runs_nothing(page: str) -> None:
    assert "<script" not in page
    assert "javascript:" not in page
    assert not re.search(r"\b(src|href|action|srcset)\s*=|url\(|@import|https?://", page)
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert "prefers-color-scheme:dark" in page


def test_ones_own_past_stands_at_the_head_of_the_page(page: str) -> None:
    places = [page.index(word) for word in ("Your own past", "The company", "Teams and people", "Open deals")]
    assert places == sorted(places)


def test_every_drawing_of_the_page_has_a_title_and_a_table(page: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 3
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.get("aria-label")
        assert root.get("role") == "img"
    for section in re.findall(r"<section>.*?</section>", page, re.DOTALL):
        assert section.count("<svg") <= section.count("<table")


def test_the_dots_of_the_page_count_out_to_the_sentence(page: str) -> None:
    said = re.search(r"(\d+) of 20 equally likely results", page)
    assert said
    drawing = next(d for d in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if "equally likely" in d)
    assert drawing.count('class="hit"') == int(said[1])
    assert drawing.count('class="miss"') == 20 - int(said[1])


def test_names_are_never_markup(tmp_path: Path) -> None:
    evil = '<script>alert("1")</script>'
    rows = [
        f'{n},"{evil.replace(chr(34), chr(34) * 2)}",{n % 2},100,won,2024-01-0{n},2024-02-0{n},'
        for n in range(1, 9)
    ]
    rows.append("9,<img src=x onerror=alert(1)>,<b>x</b>,100,open,2024-01-02,,")
    source = tmp_path / "deals.csv"
    source.write_text(DEALS + "\n".join(rows) + "\n")
    ended = run("forecast", source, "--as-of", "2024-02-20", "--format", "html")
    assert ended.status == 0, ended.err
    assert "<script" not in ended.out
    assert "<img" not in ended.out
    assert "&lt;b&gt;x" in ended.out


# What is refused


def test_a_file_that_cannot_be_read_ends_with_1_and_every_problem(tmp_path: Path) -> None:
    source = tmp_path / "deals.csv"
    source.write_text(
        DEALS + "1,a,x,5_000,open,2024-01-01,,\n2,b,x,7,open,2024-02-30,,\n2,c,x,7,open,2024-02-03,,\n"
    )
    ended = run("forecast", source)
    assert (ended.status, ended.out) == (1, "")
    lines = ended.err.splitlines()
    assert len(lines) == 3
    assert "deals.csv, row 2, column amount: '5_000'" in lines[0]
    assert "Write 5000" in lines[0]
    assert "row 3, column created_on: '2024-02-30'" in lines[1]
    assert "row 4, column deal_id: '2'" in lines[2]


def test_a_foreign_table_asks_for_a_mapping(tmp_path: Path) -> None:
    source = tmp_path / "foreign.csv"
    source.write_text("a,b\n1,2\n")
    ended = run("forecast", source)
    assert ended.status == 1
    assert "--mapping" in ended.err


def test_a_source_that_is_not_there_ends_with_1(tmp_path: Path) -> None:
    ended = run("forecast", tmp_path / "nowhere.csv")
    assert ended.status == 1
    assert "nowhere.csv" in ended.err


def test_a_mapping_with_a_misspelt_key_says_what_was_meant(tmp_path: Path, company: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text('[deals]\ndeal_id = "deal_id"\nammount = "amount"\n')
    ended = run("forecast", company, "--mapping", mapping)
    assert ended.status == 1
    assert "Did you mean 'amount'?" in ended.err


def test_closed_deals_without_days_are_sent_to_the_backtest(tmp_path: Path) -> None:
    source = tmp_path / "deals.csv"
    source.write_text(DEALS + "1,a,x,5,won,2024-01-01,,\n2,b,x,7,lost,2024-01-03,,\n")
    ended = run("forecast", source, "--as-of", "2024-02-01")
    assert ended.status == 1
    assert "fairlead backtest" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ["--as-of", "20240219"],
        ["--as-of", "2024-02-30"],
        ["--as-of", "2026-W13-2"],
        ["--as-of", "2024-2-19"],
        ["--as-of", "٢٠٢٤-٠٢-١٩"],
        ["--period", "2024Q5"],
        ["--period", "soon"],
        ["--format", "pdf"],
        ["--target", "nan"],
        ["--target", "5_000"],
        ["--target", "-3"],
        ["--target", "no-such-file.csv"],
        ["--out", "/no/such/folder/x.json"],
        ["--mappings", "x"],
    ],
)
def test_wrong_usage_ends_with_2(company: Path, words: list[str]) -> None:
    ended = run("forecast", company, *(["--as-of", AS_OF] if "--as-of" not in words else []), *words)
    assert ended.status == 2
    assert ended.err
    assert ended.out == ""


def test_no_source_at_all_is_wrong_usage() -> None:
    assert run("forecast").status == 2


# The table of sales opportunities


@pytest.fixture(scope="module")
def hardware(shared: Path) -> list[object]:
    name = "crm-sales-opportunities"
    return [shared / "data" / name, "--mapping", MAPPINGS / f"{name}.toml", "--as-of", "2017-10-01"]


def test_the_sales_table_adds_up_over_its_35_people_and_6_teams(hardware: list[object]) -> None:
    answer = told(*hardware)
    adds_up(answer)
    kinds = [node["kind"] for node in answer["nodes"]]
    assert (kinds.count("person"), kinds.count("team"), kinds.count("company")) == (35, 6, 1)
    assert (answer["period"]["name"], answer["currency"]) == ("2017Q4", "USD")
    assert len(answer["deals"]) == 2909


def test_columns_that_tell_the_outcome_are_named(hardware: list[object], tmp_path: Path) -> None:
    mapping = tmp_path / "with_account.toml"
    text = (MAPPINGS / "crm-sales-opportunities.toml").read_text()
    mapping.write_text(text.replace('evidence = ["product"]', 'evidence = ["product", "account"]'))
    answer = told(hardware[0], "--mapping", mapping, *hardware[3:])
    columns = {entry["id"] for entry in answer["not_counted"] if entry["kind"] == "column"}
    assert {"amount", "account"} <= columns
