"""How fast the ledger is written and verified: `.venv/bin/python -m benchmarks.ledger --entries 1000000`."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime

from benchmarks import bench


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--entries", type=int, default=1_000_000)
    entries = words.parse_args().entries
    bench.own_database("ledger")
    from django.db import transaction

    from fairlead.ledger import actions, queries

    at, begun = datetime(2026, 11, 24, tzinfo=UTC), time.perf_counter()
    for start in range(0, entries, 10_000):
        acts = [
            actions.Act(
                "bench.act", "deal", str(n), {"amount": n, "stage": "Negotiation", "reason": "as before"}
            )
            for n in range(start, min(start + 10_000, entries))
        ]
        with transaction.atomic():
            actions.append_all(acts, by="person:1", at=at)
    written = time.perf_counter() - begun
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        verified = queries.verify()
        times.append(time.perf_counter() - begun)
    print(
        f"{entries:,} entries written in {written:.1f} s, verified in {sorted(times)[1]:.2f} s (median of 3)"
    )
    print(f"head {verified.head.hex()[:16]} · {bench.machine()} · peak {bench.peak_memory_mb():.0f} MB")


if __name__ == "__main__":
    main()
