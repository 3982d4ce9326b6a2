"""Fixtures of the tests of the forecast call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection

from fairlead.ledger import guards
from tests import cast as the_cast
from tests.calls import company as the_company
from tests.conftest import APPEND_ONLY


@pytest.fixture
def company(cast: the_cast.Cast) -> the_company.Company:
    """The cast with a source of deals, and nothing in it."""
    return the_company.build(cast)


@pytest.fixture
def team(company: the_company.Company) -> the_company.Company:
    """Mina's team with targets and deals."""
    return the_company.mina_team(company)


@pytest.fixture
def real_transactions(transactional_db: None) -> Iterator[None]:
    """Committed transactions for tests with threads; the refusals to delete are lifted to empty the tables."""
    yield
    with connection.schema_editor() as editor:
        for table in APPEND_ONLY:
            guards.release(editor, table)
    for model in reversed(apps.get_models()):
        with connection.cursor() as cursor:
            quoted = connection.ops.quote_name(model._meta.db_table)
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA foreign_keys = OFF")
                cursor.execute(f"DELETE FROM {quoted}")
                cursor.execute("PRAGMA foreign_keys = ON")
            else:
                cursor.execute(f"TRUNCATE {quoted} CASCADE")
    with connection.schema_editor() as editor:
        for table in APPEND_ONLY:
            guards.make_append_only(editor, table)
