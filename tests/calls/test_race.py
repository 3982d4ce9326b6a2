"""Ten tabs at once: one number is sent, and nine people are told what came before theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from fairlead.calls import queries, rules
from fairlead.calls.models import Submission
from fairlead.ledger import queries as ledger
from fairlead.notices.models import Notice
from tests import cast as the_cast
from tests.calls import company as the_company
from tests.calls.company import Q4, Company
from tests.cast import AT

TABS = 10


@pytest.fixture
def committed(real_transactions: None) -> Company:
    return the_company.mina_team(the_company.build(the_cast.build()))


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """Run an act in ten threads that start together; what each came to."""
    barrier = Barrier(TABS)

    def one(tab: int) -> str:
        barrier.wait()
        try:
            return act(tab)
        except rules.Conflict as conflict:
            return f"conflict with version {conflict.version}"
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as pool:
        return Counter(pool.map(one, range(TABS)))


def test_ten_forms_at_once_send_one_number(committed: Company) -> None:
    def submit(tab: int) -> str:
        committed.submit("mina", 1700 + tab, f"Typed in tab {tab}.", key=f"tab {tab}")
        return "sent"

    assert at_once(submit) == {"sent": 1, "conflict with version 1": TABS - 1}
    assert Submission.objects.for_system("a test counts").count() == 1
    assert Notice.objects.filter(to_id=committed.cast.vera.pk).count() == 1
    ledger.verify()


def test_one_form_sent_ten_times_at_once_is_one_submission(committed: Company) -> None:
    found = at_once(lambda _: committed.submit("mina", 1812, key="one form").public_id)
    assert list(found.values()) == [TABS]
    assert Submission.objects.for_system("a test counts").count() == 1
    assert len(queries.submissions(committed.cast.actor("mina"), committed.cast.mina.pk, Q4, AT)) == 1


def test_different_leaders_submit_at_once_and_the_ledger_stays_whole(committed: Company) -> None:
    leaders = ["mina", "otto", "sanna"]
    amounts = {"mina": 1812, "otto": 0, "sanna": 0}

    def submit(tab: int) -> str:
        name = leaders[tab % 3]
        committed.submit(name, amounts[name], key=f"tab {tab}")
        return "sent"

    assert at_once(submit) == {"sent": 3, "conflict with version 1": TABS - 3}
    ledger.verify()
