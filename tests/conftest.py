"""Fixtures shared by all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from fairlead.ledger import guards
from tests import cast as the_cast
from tests import migrating

APPEND_ONLY = (
    "ledger_entry",
    "ledger_personal",
    "calls_target",
    "calls_call",
    "calls_overlay",
    "calls_submission",
    "calls_withdrawal",
    "calls_judgement",
    "calls_forecasttype",
    "calls_submittedtype",
    "expectations_statement",
    "expectations_answer",
    "news_item",
    "news_version",
    "news_told",
    "news_act",
    "news_surprise",
    "promises_promise",
    "promises_step",
    "debts_debt",
    "debts_debtstep",
    "enablement_product",
    "enablement_entry",
    "enablement_entryversion",
    "enablement_sells",
    "enablement_attachment",
    "enablement_attachmentbytes",
    "enablement_delivery",
    "enablement_rating",
    "enablement_knowledge",
    "enablement_knowledgeversion",
    "enablement_assessed",
    "enablement_cite",
    "enablement_material",
    "enablement_materialversion",
    "enablement_thanks",
    "enablement_gap",
    "enablement_gapstep",
    "enablement_supportstatement",
    "enablement_statementdraft",
    "asks_ask",
    "asks_version",
    "asks_step",
    "asks_debrief",
    "asks_concession",
    "asks_sponsor",
    "reviews_review",
    "reviews_attendance",
    "reviews_calledoff",
    "reviews_minutes",
    "reviews_decision",
    "reviews_question",
    "reviews_action",
    "reviews_straight",
    "plans_version",
    "plans_tested",
    "exits_ruling",
    "exits_answer",
    "exits_act",
    "qualification_criteriaset",
    "qualification_item",
    "qualification_file",
    "qualification_fileremoved",
    "health_threshold",
    "health_snooze",
    "health_correction",
    "desk_desksetting",
    "desk_message",
    "desk_kind",
    "desk_confidential",
    "desk_act",
    "desk_passed",
    "desk_switch",
    "desk_contact",
    "mail_mailsetting",
    "mail_wish",
    "desk_companynotice",
    "desk_pressureday",
    "desk_pressuredayend",
    "grounds_ground",
    "grounds_ruleversion",
    "standing_leavereason",
    "looks_look",
    "looks_lookact",
    "looks_rolelook",
    "looks_roledecision",
    "looks_rolehanded",
    "gaps_gap",
    "gaps_version",
    "gaps_carried",
    "records_read",
    "records_countryrule",
    "records_request",
    "records_step",
    "records_item",
    "records_ruling",
    "records_finished",
    "cases_case",
    "cases_side",
    "cases_step",
    "records_hold",
    "records_holdend",
    "records_erasure",
    "improvement_plan",
    "improvement_version",
    "improvement_act",
    "improvement_cover",
    "improvement_assessment",
    "improvement_reviewer",
    "diagnoses_diagnosis",
    "diagnoses_version",
    "diagnoses_act",
    "diagnoses_remedy",
    "diagnoses_asked",
    "diagnoses_observation",
    "people_unitswitch",
    "agreements_agreement",
    "agreements_version",
    "agreements_act",
    "feedback_figure",
    "feedback_share",
    "oneonones_series",
    "oneonones_rhythm",
    "oneonones_step",
    "oneonones_point",
    "oneonones_mark",
    "oneonones_sharednote",
    "help_helpsetting",
    "help_request",
    "help_step",
    "help_disclosed",
    "help_shield",
    "help_shieldact",
    "health_note",
    "health_message",
    "health_sentnote",
    "mutual_sharing",
    "mutual_published",
    "winloss_ruling",
    "winloss_request",
    "winloss_dropped",
    "winloss_account",
    "winloss_answer",
)
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what touches the database, so that it can be run on PostgreSQL as well, and say what comes first.

    First of its kind, so that the runner sees the group that keeps the tests of the one demo in one worker; the order
    is the last word.
    """
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        touches = bool(names & _DATABASE_FIXTURES or item.get_closest_marker("django_db"))
        if touches and not item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.database)
        if "demo" in names:
            item.add_marker(pytest.mark.xdist_group("demo"))
    yield
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What is loaded stays, so the garbage collector need not look through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Before the tables are made."""
    with pytest.MonkeyPatch.context() as patch:
        migrating.build_models_alone(patch)
        yield


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """The standing cast in a fresh database."""
    return the_cast.build()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public tables to try things on; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("FAIRLEAD_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("The shared tables are not on this machine (set FAIRLEAD_SHARED to their folder).")
    return folder


class _Cursor:
    """A cursor in the clothes of a schema editor."""

    def __init__(self) -> None:
        self.connection = connection

    def execute(self, sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.fixture(autouse=True, scope="session")
def _emptying_may_empty_what_is_kept() -> Iterator[None]:
    """Tests with real transactions empty all tables at their end; the triggers step aside for that moment."""
    from fairlead.ledger import erasing as ledger_erasing
    from fairlead.records import erasing

    words = {**erasing.COLUMNS, "ledger_personal": ledger_erasing.WORDS}
    emptied: Any = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        editor: Any = _Cursor()
        for table in APPEND_ONLY:
            guards.release(editor, table)
        emptied(self)
        for table in APPEND_ONLY:
            guards.make_append_only(editor, table, words.get(table, ()))

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = emptied  # type: ignore[attr-defined]
