"""The words of forecast categories on pages and in exports."""

from __future__ import annotations

CATEGORY_WORDS = {
    "pipeline": "Pipeline",
    "best_case": "Best Case",
    "most_likely": "Most Likely",
    "commit": "Commit",
    "closed": "Closed",
    "omitted": "Omitted",
}
"""category -> its name."""

OPEN_CATEGORIES = {
    key: CATEGORY_WORDS[key] for key in ("pipeline", "best_case", "most_likely", "commit", "omitted")
}
"""The categories an open deal can be in."""
