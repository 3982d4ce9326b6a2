"""An id of a notice counts nothing: two people's notices in a row tell neither how many others there are."""

from __future__ import annotations

from django.db import transaction
from django.test import Client

from fairlead.notices import actions, queries, rules
from fairlead.notices.models import Notice
from tests.cast import AT, Cast

SIGNED = "django.contrib.auth.backends.ModelBackend"


def test_a_notice_is_opened_by_an_id_that_counts_nothing(cast: Cast) -> None:
    rules.word({"test.said": "Something was said."})
    with transaction.atomic():
        actions.tell_all(
            [(cast.mina.pk, "test.said"), (cast.rosa.pk, "test.said"), (cast.mina.pk, "test.said")],
            facts={}, at=AT, path="/promises/",
        )  # fmt: skip
    mine = queries.for_person(cast.mina.pk)
    keys = set(Notice.objects.filter(to_id=cast.mina.pk).values_list("pk", flat=True))
    assert len({one.id for one in mine}) == len(mine) == 2
    assert all(len(one.id) == 20 and not one.id.isdecimal() for one in mine)
    client = Client()
    client.force_login(cast.mina.user, backend=SIGNED)  # type: ignore[arg-type]
    assert [one["id"] for one in client.get("/api/me/notices").json()] == [one.id for one in mine]
    theirs = queries.for_person(cast.rosa.pk)[0].id
    for wrong in (theirs, "0" * 20, *(str(key) for key in keys)):
        assert client.post(f"/you/notices/{wrong}/").status_code == 404, wrong
    opened = client.post(f"/you/notices/{mine[0].id}/")
    assert (opened.status_code, opened["Location"]) == (302, "/promises/")
    assert queries.unread(cast.mina.pk) == 1
    assert queries.unread(cast.rosa.pk) == 1
