"""Roles that reach beyond the own line are an admin's to give: no file and no form of anybody else gives them."""

from __future__ import annotations

import pytest

from fairlead.people import access, actions, queries
from fairlead.people.access import Role
from fairlead.people.rules import PersonRow
from tests.cast import AT, Cast

OFFICES = [Role.ADMIN, Role.HR_PARTNER, Role.SALES_OPS]
ROWS = [
    PersonRow("eve", name="Eve Hart", role="admin"),
    PersonRow("hal", name="Hal Lund", role="hr; rep", manager="eve"),
]


def roles_of(name: str) -> set[str]:
    from fairlead.people.models import RoleGrant

    return set(RoleGrant.objects.filter(person__name=name).values_list("role", flat=True))


def test_a_file_of_sales_operations_gives_no_office(cast: Cast) -> None:
    done = actions.take_in(by=cast.actor("olu"), at=AT, source="crm", rows=ROWS)
    assert done.added == 2
    assert done.not_given == (("Eve Hart", "admin"), ("Hal Lund", "hr_partner"))
    assert (roles_of("Eve Hart"), roles_of("Hal Lund")) == (set(), {"rep"})
    assert queries.actor(done.people["eve"], AT).roles == frozenset()


def test_the_same_file_again_says_and_gives_nothing(cast: Cast) -> None:
    actions.take_in(by=cast.actor("olu"), at=AT, source="crm", rows=ROWS)
    again = actions.take_in(by=cast.actor("olu"), at=AT, source="crm", rows=ROWS)
    assert (again.unchanged, again.not_given) == (2, ())
    assert roles_of("Eve Hart") == set()


def test_the_command_line_gives_every_role(cast: Cast) -> None:
    done = actions.take_in(by=access.system("a first import"), at=AT, source="crm", rows=ROWS)
    assert done.not_given == ()
    assert (roles_of("Eve Hart"), roles_of("Hal Lund")) == ({"admin"}, {"hr_partner", "rep"})


def test_who_also_may_grant_roles_gives_them_by_file(cast: Cast) -> None:
    both = frozenset({Role.SALES_OPS, Role.ADMIN})
    actions.set_roles(by=cast.actor("ada"), at=AT, person=cast.olu, roles=both)
    actions.take_in(by=cast.actor("olu"), at=AT, source="crm", rows=ROWS)
    assert roles_of("Eve Hart") == {"admin"}


@pytest.mark.parametrize("role", OFFICES)
def test_adding_a_person_with_an_office_is_refused_in_a_sentence(role: Role, cast: Cast) -> None:
    with pytest.raises(access.Refusal, match="only an admin gives that role"):
        actions.add_person(
            by=cast.actor("olu"), at=AT, name="Eve Hart", manager=None, roles=frozenset({role})
        )
    assert roles_of("Eve Hart") == set()
