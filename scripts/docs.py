"""Write the pages of docs/ that are printed from code: `.venv/bin/python -m scripts.docs`."""

from __future__ import annotations

from pathlib import Path

from tests.desk import hint_examples as examples

from fairlead.desk import hints
from fairlead.people import access
from fairlead.records import classes
from fairlead.web import glossary

HERE = Path(__file__).resolve().parents[1]
ACCESS = HERE / "docs" / "reference" / "access.md"
HINTS = HERE / "docs" / "reference" / "hints.md"
KEPT = HERE / "docs" / "reference" / "what-is-kept.md"
GLOSSARY = HERE / "docs" / "reference" / "glossary.md"

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


_GLOSSARY_HEAD = """# Words

Printed from `src/fairlead/web/glossary.py`; a test fails when this page and it differ. The same sentences stand folded
on the pages on which somebody meets the word first.

| Word | What it means here |
| --- | --- |
"""


def glossary_page() -> str:
    """The words a newcomer asks about, as a page."""
    rows = [f"| {term} | {means} |" for term, means in sorted(glossary.TERMS.items())]
    return _GLOSSARY_HEAD + "\n".join(rows) + "\n"


_HINTS_HEAD = """# Hints on the words of a message

Printed from `src/fairlead/desk/hint_words/en.toml` and the sentences in `tests/desk/hints/en.toml`; a test fails when
this page and they differ. The most important comes first, and one is shown at a time. A hint blocks nothing. What is
checked is not stored, logged or counted; whether somebody wants hints stands in that person's own browser and nowhere
else.

Another language is another file of rules and another file of sentences, with the same keys.

| Hint | Looks for | Why it matters | How to say it |
| --- | --- | --- | --- |
"""

_FIGURES = """
## How often they are right

Right of those given (precision), and found of those that should be given (recall), on sentences of each set that
should and should not have the hint. *Tuning* was looked at while the rules were written; *second* was written after the
first rules, in other words on purpose, and the rules were widened for it. *Held out* was written before the rules.
*Fresh* was written after them and stayed untouched at first: 35 of 37 right, 35 of 45 found, of threats 1 of 5. On
26 November 2026 the rules were widened in its light, so since then it is no test any more. Two sets test that change:
*unseen* was written before it (the rules until then: 13 of 13 right, 13 of 49 found, of threats none of 8), *after* was
written after it (the rules until then: the same as now, 12 of 14 right, 12 of 28 found). No rule was changed after one
of them was measured.

All sets have one author, who also wrote the rules and knew *unseen* when widening them: its figure is too good.
*After* is nearest to what strangers write, and there the widening gained nothing. It says what to expect: names,
reports and urgency are found, a threat or blame in words of its own mostly is not, and silence of the check means
little. Rules of words do not know what they were not told. With three to eight
sentences a figure of one rule says little: read the sum.

| Hint | tuning | second | held out | fresh | unseen | after |
| --- | --- | --- | --- | --- | --- | --- |
"""


def hints_page() -> str:
    """The rules of the hints with how often they are right, as a page."""
    rules = hints.language().rules
    rows = [f"| {one.name} | {one.looks_for} | {one.why} | {one.say} |" for one in rules]
    measured = {which: examples.measure(which) for which in examples.SETS}
    lines = []
    for n, rule in enumerate(rules):
        cells = [_figure([measured[which][n]]) for which in examples.SETS]
        lines.append(f"| {rule.name} | {' | '.join(cells)} |")
    lines.append(f"| **All** | {' | '.join(_figure(measured[which]) for which in examples.SETS)} |")
    return _HINTS_HEAD + "\n".join(rows) + "\n" + _FIGURES + "\n".join(lines) + "\n"


def _figure(found: list[examples.Measured]) -> str:
    right, wrong, yes = (sum(getattr(one, name) for one in found) for name in ("right", "wrong", "yes"))
    return f"{right} of {right + wrong} right, {right} of {yes} found"


_KEPT_HEAD = """# What is kept about people

Printed from `src/fairlead/records/classes.py`, which names every table with a path to a person; a test reads the list
of tables and fails when one is missing. The same table stands for everybody under *What is kept about you*, with the
times of the reader's country. Here are the times as they ship. They are a starting point and not legal advice: check
them with counsel. HR sets them per country, and everybody reads what was set and why.
"""


def kept_page() -> str:
    """The classes of data about people, as a page."""
    parts = [_KEPT_HEAD]
    for one in classes.CLASSES:
        who = "\n".join(f"- {says}" for says in one.who)
        tables = ", ".join(f"`{label}`" for label in one.models)
        parts.append(
            f"## {one.title}\n\n{one.what}\n\n*Why.* {one.why}\n\n*How long.* {classes.how_long(one, one.months)}\n\n"
            f"*Who sees it.*\n\n{who}\n\n*Tables.* {tables}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    ACCESS.write_text(access_page())
    HINTS.write_text(hints_page())
    GLOSSARY.write_text(glossary_page())
    KEPT.write_text(kept_page())
