"""An estimate run stores every node and deal, once, and says what it was computed from."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Q

from fairlead.calls import actions, estimates, rules
from fairlead.calls.models import DealEstimate, EstimateRun, NodeEstimate
from fairlead.ledger import queries as ledger
from fairlead.people import access
from tests.calls.company import OPS, Q4, Company
from tests.cast import AT


def test_every_node_and_open_deal_has_its_row(team: Company) -> None:
    run = actions.estimate(by=OPS, at=AT, with_past=False)
    nodes = NodeEstimate.objects.for_system("a test counts").filter(run=run)
    assert nodes.filter(kind="company").count() == 1
    people = {node.person_id: node for node in nodes.filter(kind="team")}
    assert {team.cast.carl.pk, team.cast.vera.pk, team.cast.mina.pk} <= set(people)
    assert people[team.cast.mina.pk].commit_minor == 1812_00
    assert people[team.cast.carl.pk].commit_minor == 1812_00
    assert people[team.cast.mina.pk].target_minor == 2400_00
    deals = DealEstimate.objects.for_system("a test counts").filter(run=run)
    assert deals.count() == 8
    assert all(0 <= deal.chance_in_period <= deal.chance_ever <= 1 for deal in deals)


def test_people_who_carry_no_number_have_no_estimate(team: Company) -> None:
    run = actions.estimate(by=OPS, at=AT, with_past=False)
    known = set(
        NodeEstimate.objects.for_system("a test looks").filter(run=run).values_list("person_id", flat=True)
    )
    assert not known & {team.cast.olu.pk, team.cast.hana.pk, team.cast.ada.pk}


def test_nothing_is_computed_again_when_nothing_changed(team: Company) -> None:
    first = actions.estimate(by=OPS, at=AT, with_past=False)
    assert actions.estimate(by=OPS, at=AT + timedelta(hours=1), with_past=False).pk == first.pk
    assert len(ledger.entries(Q(kind="estimate.computed"))) == 1
    team.change("Kestrel", euros=200)
    assert actions.estimate(by=OPS, at=AT + timedelta(hours=2), with_past=False).pk != first.pk


def test_a_changed_target_makes_a_new_run(team: Company) -> None:
    first = actions.estimate(by=OPS, at=AT, with_past=False)
    team.target("mina", 2000)
    second = actions.estimate(by=OPS, at=AT, with_past=False)
    assert first.fingerprint != second.fingerprint
    node = NodeEstimate.objects.for_system("a test looks").get(run=second, person=team.cast.mina, kind="team")
    assert node.target_minor == 2000_00


def test_a_run_as_of_last_week_is_not_todays(team: Company) -> None:
    actions.estimate(by=OPS, at=AT, as_of=AT - timedelta(days=7), with_past=False)
    today = actions.estimate(by=OPS, at=AT, with_past=False)
    newest = estimates.run_of(Q4.name, AT)
    assert newest is not None
    assert newest.pk == today.pk
    assert EstimateRun.objects.count() == 2


def test_an_estimate_reaches_as_far_as_the_table_says(team: Company) -> None:
    run = actions.estimate(by=OPS, at=AT, with_past=False)
    everybody = [getattr(team.cast, name).pk for name in team.cast.names]

    def seen(name: str) -> set[str]:
        found = estimates.of_people(team.cast.actor(name), run, everybody)
        return {person for person in team.cast.names if getattr(team.cast, person).pk in found}

    assert seen("rosa") == {"rosa"}
    assert seen("mina") == {"mina", "rosa", "ravi", "ines", "tomas"}
    assert seen("vera") == {"vera", "mina", "otto", "sanna"}
    assert seen("hana") == seen("ada") == set()


def test_only_who_imports_computes_estimates(team: Company) -> None:
    with pytest.raises(access.NotAllowed):
        actions.estimate(by=team.cast.actor("mina"), at=AT)


def test_targets_are_taken_in_once_and_a_correction_is_a_new_row(team: Company) -> None:
    rows = [
        rules.TargetRow("rosa", "2026Q4", Decimal("700")),
        rules.TargetRow("pia", "2026Q4", Decimal("500.5")),
    ]
    olu = team.cast.actor("olu")
    assert actions.take_in_targets(by=olu, at=AT, source="cast", rows=rows) == actions.TakenIn(1, 1)
    assert actions.take_in_targets(by=olu, at=AT, source="cast", rows=rows) == actions.TakenIn(0, 2)


def test_bad_targets_are_listed_by_line_and_nothing_is_taken_in(team: Company) -> None:
    rows = [
        rules.TargetRow("pia", "2026Q4", Decimal(500), line=2),
        rules.TargetRow("nobody", "2026Q4", Decimal(1), line=3),
        rules.TargetRow("pia", "soon", Decimal(1), line=4),
        rules.TargetRow("pia", "2026Q4", Decimal(1), "CHF", line=5),
        rules.TargetRow("pia", "2026Q4", Decimal(-1), line=6),
    ]
    with pytest.raises(access.Refusal) as refused:
        actions.take_in_targets(by=team.cast.actor("olu"), at=AT, source="cast", rows=rows)
    listed = refused.value.sentence
    assert "line 2" not in listed
    assert "line 3: nobody is called 'nobody'" in listed
    assert "line 4: 'soon' is no period" in listed
    assert "line 5: There is no rate" in listed
    assert "line 6: Write an amount" in listed
