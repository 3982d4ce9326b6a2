"""What holds per country: as it ships, as HR set it, as it was at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from fairlead.grounds import actions as grounds
from fairlead.ledger import queries as ledger
from fairlead.people import access, clock
from fairlead.people.access import Refusal
from fairlead.people.workdays import countries
from fairlead.records import actions, queries, rules
from fairlead.records.models import CountryRule
from fairlead.records.rules import CountryRule as Rule
from tests.cast import AT, Cast
from tests.looks import making

FI = replace(
    rules.shipped("FI"), min_plan_days=45, companion=False, protected=("sick",), retention={"looks": 12}
)


def set_rule(
    cast: Cast, rule: Rule = FI, who: str = "hana", after: int | None = None, reason: str = "Counsel said so."
) -> CountryRule:
    return actions.set_country_rule(by=cast.actor(who), at=AT, rule=rule, reason=reason, after_version=after)


def test_what_ships_keeps_people_safe_everywhere() -> None:
    for rule in [*rules.SHIPPED.values(), rules.shipped("BR"), rules.shipped("")]:
        assert rule.min_plan_days >= 30
        assert rule.companion
        assert set(rule.protected) == set(rules.LEAVES)
        assert rule.named_comparisons is False
        assert rule.version == 0


def test_what_ships_could_have_been_set() -> None:
    for rule in rules.SHIPPED.values():
        rules.refuse_rule(rule, "A reason.", countries())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"country": "XX"}, "bad_country"),
        ({"min_plan_days": 13}, "bad_days"),
        ({"min_plan_days": 181}, "bad_days"),
        ({"protected": ("golf",)}, "bad_leave"),
        ({"retention": {"deals": 12}}, "bad_class"),
        ({"retention": {"nothing": 12}}, "bad_class"),
        ({"retention": {"looks": 0}}, "bad_months"),
        ({"retention": {"looks": 241}}, "bad_months"),
    ],
)
def test_a_rule_nobody_could_answer_for_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.refuse_rule(replace(FI, **change), "A reason.", countries())  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_rule_without_a_reason_is_refused(cast: Cast) -> None:
    with pytest.raises(Refusal, match="Write why"):
        set_rule(cast, reason="  ")


def test_a_new_version_holds_from_its_moment_on(cast: Cast) -> None:
    set_rule(cast)
    now = queries.country_rule("FI", AT)
    assert (now.min_plan_days, now.companion, now.protected, now.months("looks")) == (
        45,
        False,
        ("sick",),
        12,
    )
    assert now.months("leave_reasons") == 36
    assert queries.country_rule("FI", AT - timedelta(seconds=1)) == rules.shipped("FI")
    assert queries.country_rule("SE", AT) == rules.shipped("SE")
    assert queries.country_rule("", AT).min_plan_days == 30


def test_the_newest_version_is_the_one_that_was_seen(cast: Cast) -> None:
    set_rule(cast, after=0)
    with pytest.raises(Refusal) as refused:
        set_rule(cast, after=0)
    assert refused.value.code == "changed_meanwhile"
    assert set_rule(cast, after=1).version == 2
    assert [one.rule.version for one in queries.country_versions("FI")] == [2, 1]
    assert queries.country_versions("FI")[0].by == "Hana Sato"


@pytest.mark.parametrize("who", ["rosa", "mina", "carl", "olu", "ada"])
def test_only_hr_sets_it(cast: Cast, who: str) -> None:
    with pytest.raises(access.NotAllowed):
        set_rule(cast, who=who)
    assert not CountryRule.objects.exists()


def test_it_stands_in_the_ledger_and_nothing_changes_when_that_fails(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_rule(cast)
    entry = next(iter(ledger.facts_of("settings.country")))
    assert entry["min_plan_days"] == 45

    def broken(**more: object) -> int:
        raise RuntimeError("no ledger")

    monkeypatch.setattr("fairlead.records.actions.ledger.append", broken)
    with pytest.raises(RuntimeError):
        set_rule(cast)
    assert CountryRule.objects.count() == 1


def test_a_person_is_under_the_law_recorded_for_the_nearest_unit(cast: Cast) -> None:
    assert queries.rule_of(cast.rosa.pk, AT) == rules.shipped("")
    making.ground(cast)
    grounds.record(
        by=cast.actor("hana"), at=making.RECORDED, head=cast.otto.public_id,
        given=replace(making.GIVEN, country="NL"), after_number=0,
    )  # fmt: skip
    assert queries.rule_of(cast.rosa.pk, AT).country == "FI"
    assert queries.rule_of(cast.pia.pk, AT).country == "NL"
    assert queries.named_comparisons(cast.pia.pk, AT) is False
    grounds.stop(by=cast.actor("hana"), at=AT, head=cast.otto.public_id, words="Not now.", after_number=1)
    assert queries.rule_of(cast.pia.pk, AT).country == "NL"
    set_rule(cast, replace(FI, country="NL", named_comparisons=True))
    assert queries.named_comparisons(cast.pia.pk, AT) is True
    assert queries.named_comparisons(cast.rosa.pk, AT) is False


def test_a_version_is_never_changed(cast: Cast) -> None:
    set_rule(cast)
    changes: list[Callable[[], object]] = [
        lambda: CountryRule.objects.update(min_plan_days=14), lambda: CountryRule.objects.all().delete(),
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_form_keeps_what_was_typed_and_says_what_to_do(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    assert cast.hana.user is not None
    client.force_login(cast.hana.user, backend="django.contrib.auth.backends.ModelBackend")
    start = client.get("/records/countries/FI/").context["values"]
    typed = {f"months_{key}": months for key, months in start.months.items()} | {
        "min_plan_days": "ten", "companion": "yes", "named_comparisons": "no", "protected": ["sick"],
        "reason": "Counsel said so.", "after_version": "0",
    }  # fmt: skip
    page = client.post("/records/countries/FI/", typed)
    assert page.status_code == 422
    assert "14 to 180 days" in page.content.decode()
    assert "Counsel said so." in page.content.decode()
    assert not CountryRule.objects.exists()
    done = client.post("/records/countries/FI/", typed | {"min_plan_days": "45"})
    assert done.status_code == 302
    kept = queries.country_rule("FI", AT)
    assert (kept.min_plan_days, kept.protected, kept.retention, kept.companion) == (45, ("sick",), {}, True)
    assert "45 days" in client.get("/records/countries/").content.decode()


def test_what_is_no_country_is_not_there(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    assert cast.hana.user is not None
    client.force_login(cast.hana.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/records/countries/win/").status_code == 404
    assert client.post("/records/countries/XX/", {"reason": "x"}).status_code == 404
