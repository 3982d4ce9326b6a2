"""How fast the desk finds again: `.venv/bin/python -m benchmarks.searching --managers 2000 --messages 100000`.

Builds a company of so many managers and so many answered messages of forty words, words drawn as often as words are
(the most frequent of 5,000 stands in every second message), spread evenly over the managers and all of this quarter.
Then asks as managers picked at random: whether a question of twelve words was asked before, and a search by one, two
and three words, each with all it takes to show the result. Set FAIRLEAD_DATABASE for PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks import bench, company

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS, LONG, ASKED, CHUNK = 5_000, 40, 12, 5_000
_SYLLABLES = "ba co du fe gi ko la me ni po ra se ti vo zu bri cla dro fle gra".split()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--managers", type=int, default=1)
    words.add_argument("--messages", type=int, default=100_000)
    words.add_argument("--times", type=int, default=40, help="questions of each kind")
    told = words.parse_args()
    bench.own_database("searching")
    begun = time.monotonic()
    leaders = build(told.managers, told.messages)
    print(
        f"{told.messages:,} messages of {told.managers:,} managers, built in {time.monotonic() - begun:.0f} s"
    )
    ask(leaders, told.times)
    print(f"{bench.machine()} · {os.environ['FAIRLEAD_DATABASE'].split(':')[0]}")


def word(n: int) -> str:
    """Word ``n`` of the vocabulary: 0 is the most frequent."""
    return "".join(_SYLLABLES[n // 20**place % 20] for place in range(3)) + "s" * (n % 3 == 0)


def said(chance: random.Random, count: int) -> str:
    """So many words, frequent ones more often, as in what people write."""
    return " ".join(word(min(WORDS - 1, int(chance.paretovariate(0.6)) - 1)) for _ in range(count))


def build(managers: int, messages: int) -> list[int]:
    """People, messages from above and the answers to them; the managers' keys."""
    from django.db import connection, transaction

    from fairlead.desk.models import Act, Message
    from fairlead.people.models import Team

    people = company.people(managers * 10, NOW - timedelta(days=3))
    leaders = [people[f"m{n}"] for n in range(managers)]
    teams = dict(Team.objects.filter(lead__in=leaders).values_list("lead", "pk"))
    chance = random.Random(1)
    for first in range(0, messages, CHUNK):
        numbers = range(first, min(first + CHUNK, messages))
        with transaction.atomic():
            made = Message.objects.bulk_create(
                [_message(n, leaders, teams, people["head"], chance) for n in numbers]
            )
            Act.objects.bulk_create(
                Act(
                    message=row, number=1, kind="answered", text=said(chance, LONG // 2), manager_id=row.to_id,
                    by_id=row.to_id, at=row.received_at + timedelta(hours=1), key=row.key,
                )
                for row in made
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return leaders


def _message(n: int, leaders: list[int], teams: dict[int, int], head: int, chance: random.Random):  # type: ignore[no-untyped-def]
    from fairlead.desk.models import Message

    to = leaders[n % len(leaders)]
    return Message(
        sender_id=head, sender_name="Head", title=said(chance, 5), text=said(chance, LONG), about="nothing",
        team_id=teams.get(to), to_id=to, urgency="week", door="written", by_id=head, key=str(n),
        at=NOW - timedelta(minutes=n % 60_000), received_at=NOW - timedelta(minutes=n % 60_000 + 60),
    )  # fmt: skip


def ask(leaders: list[int], times: int) -> None:
    """The questions of each kind, in milliseconds."""
    from fairlead.desk import queries
    from fairlead.people import queries as people
    from fairlead.people.kept import forget

    chance = random.Random(2)

    def before(manager: int) -> int:
        return len(queries.asked_before(manager, said(chance, ASKED), None, NOW))

    def searched(count: int) -> Callable[[int], int]:
        def found(manager: int) -> int:
            return len(queries.find(people.actor(manager, NOW), NOW, said(chance, count)))

        return found

    kinds = {"asked before, 12 words": before} | {f"search, {n} words": searched(n) for n in (1, 2, 3)}
    for name, one in kinds.items():
        took, hits = [], 0
        for _ in range(times):
            manager = chance.choice(leaders)
            forget()
            begun = time.perf_counter()
            hits += one(manager)
            took.append(1000 * (time.perf_counter() - begun))
        middle, late = bench.percentile(took, 0.5), bench.percentile(took, 0.95)
        print(
            f"{name}: median {middle:.0f} ms, 95th percentile {late:.0f} ms, {hits / times:.0f} found on average"
        )


if __name__ == "__main__":
    main()
