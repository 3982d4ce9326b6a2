"""When mail leaves, and what it may say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.mail import proof, rules, wording
from fairlead.mail.rules import Wish, is_due, quiet, tag_of
from fairlead.notices import rules as notices

ZONES = ["Europe/Helsinki", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
wishes = st.builds(
    Wish,
    st.sampled_from(rules.MODES),
    st.integers(0, 23),
    st.integers(0, 23),
    st.integers(0, 23),
    st.booleans(),
)


def test_every_kind_of_notice_has_a_row_that_says_what_a_mail_may_say_of_it() -> None:
    worded = {kind for kind in notices.WORDING if not kind.startswith("test.")}
    assert len(worded) > 80
    missing = []
    for kind in worded:
        try:
            wording.group(kind)
        except KeyError:
            missing.append(kind)
    assert missing == [], "Decide in mail/wording.py, GROUPS, what may be said of these outside"
    assert {kind for kinds in wording.GROUPS.values() for kind in kinds} - worded == set(), (
        "These kinds are gone"
    )


def test_no_kind_stands_in_two_rows() -> None:
    every = [kind for kinds in wording.GROUPS.values() for kind in kinds]
    assert len(every) == len(set(every))


def test_what_a_mail_says_has_no_place_for_facts() -> None:
    for text in (*wording.GROUPS, *wording.REFUSED.values()):
        assert "{" not in text


def test_as_shipped_a_digest_leaves_once_at_eight_on_working_days() -> None:
    zone, last, left = "Europe/Helsinki", None, []
    at = datetime(2026, 11, 20, tzinfo=UTC)
    while at < datetime(2026, 11, 27, tzinfo=UTC):
        if is_due(rules.DEFAULT, at, zone, last, {date(2026, 11, 25)}):
            last = at
            left.append(at.astimezone(ZoneInfo(zone)).strftime("%a %H:%M"))
        at += timedelta(minutes=5)
    assert left == ["Fri 08:00", "Mon 08:00", "Tue 08:00", "Thu 08:00"]


@given(wishes, moments, st.sampled_from(ZONES))
def test_nothing_leaves_in_quiet_hours_or_when_switched_off(wish: Wish, at: datetime, zone: str) -> None:
    local = at.astimezone(ZoneInfo(zone))
    start, end = wish.quiet_from, wish.quiet_to
    hours = set(range(start, end)) if start <= end else set(range(start, 24)) | set(range(end))
    rest = local.weekday() >= 5 and not wish.weekends
    assert quiet(wish, local) == (rest or local.hour in hours)
    if is_due(wish, at, zone, None):
        assert wish.mode != "off"
        assert not rest
        assert local.hour not in hours


@given(wishes, moments, st.sampled_from(ZONES), st.integers(0, 60 * 72))
def test_a_second_digest_never_leaves_on_the_same_day_of_the_person(
    wish: Wish, at: datetime, zone: str, minutes: int
) -> None:
    later = at + timedelta(minutes=minutes)
    there = ZoneInfo(zone)
    if wish.mode == "digest" and is_due(wish, later, zone, at):
        assert later.astimezone(there).date() > at.astimezone(there).date()


def test_trying_again_takes_longer_each_time_and_ends() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    waits = [rules.next_try(n, at) for n in range(1, rules.MOST_TRIES + 1)]
    assert waits[-1] is None
    assert all(a < b for a, b in pairwise(waits) if a and b)


@pytest.mark.parametrize(
    ("address", "tag"),
    [
        ("desk@example.com", ""), ("DESK@Example.com", ""), ("desk+AbC-_9@example.com", "AbC-_9"),
        ("desk+@example.com", None), ("desk@example.org", None), ("desk@example.com.evil.org", None),
        ("xdesk@example.com", None), ("desk", None), ("", None), ("a@b@example.com", None),
    ],
)  # fmt: skip
def test_what_stands_behind_the_plus(address: str, tag: str | None) -> None:
    assert tag_of(address, "desk@example.com") == tag
    assert tag_of(address, "") is None


@pytest.mark.parametrize(
    "said",
    [
        'mx.corp; spf=pass smtp.mailfrom="a; dmarc=pass header.from=corp.com ("@evil.com; dkim=none; dmarc=fail',
        "mx.corp; spf=pass (from a) ((dmarc=pass header.from=corp.com; dmarc=fail header.from=corp.com",
        "mx.corp; spf=pass smtp.mailfrom=a\\;b; dmarc=pass header.from=corp.com",
    ],
)
def test_a_header_that_may_hold_the_senders_own_words_proves_nothing(said: str) -> None:
    headers = [("Authentication-Results", said), ("Received", "from evil")]
    assert not proof.proves(proof.results(headers, "mx.corp"), "corp.com")
