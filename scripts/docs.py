"""Write the pages of docs/ that are printed from code: `.venv/bin/python -m scripts.docs`."""

from __future__ import annotations

from pathlib import Path

from fairlead.people import access

HERE = Path(__file__).resolve().parents[1]
ACCESS = HERE / "docs" / "reference" / "access.md"

_HEAD = """# Who may see and do what

Printed from `src/fairlead/people/access.py`; a test fails when this page and the table differ. Whatever has no row
here is refused. Lists, single pages, counts, search and exports ask the same rule. Somebody without any row for an
act is told so (403); for somebody with a row, what lies outside their reach does not exist (404).

*Lent* says which delegation carries the right to somebody else for a while; rights without a word there cannot be lent.

Whoever holds the address of a mutual plan has no account and stands in no row: they read the current version of that
one plan and its PDF until the address ends or is revoked, and nothing else.

| Act | Roles | Whose | In words | Lent |
| --- | --- | --- | --- | --- |
"""


def access_page() -> str:
    """The access table as a page."""
    rows = []
    for rule in access.RULES:
        roles = ", ".join(role.value for role in access.Role if role in rule.roles)
        everybody = "everybody" if rule.roles == access.EVERYONE else roles
        lent = rule.lends.value if rule.lends else ""
        rows.append(f"| `{rule.act}` | {everybody} | {rule.reach.value} | {rule.says} | {lent} |")
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    ACCESS.write_text(access_page())
