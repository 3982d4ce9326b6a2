"""Files to hand out, as PDF: tagged for screen readers, with their own fonts, on A4 or Letter.

Texts go to the typesetter as data and are never read as its markup. It reads this folder and nothing else.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairlead.mutual import rules
from fairlead.people import access
from fairlead.web import packets

if TYPE_CHECKING:
    import typst

PAPERS = {"a4": "a4", "letter": "us-letter"}
"""Size as addresses say it -> as the typesetter does."""
_HERE = Path(__file__).parent
_UNWRITABLE = re.compile(r"the text `\"(?P<text>.*?)\"` could not be displayed", re.S)


@lru_cache(maxsize=64)
def mutual_plan(sheet: rules.Sheet, size: str = "a4") -> bytes:
    """A published version as a PDF (PDF/UA-1). ``size`` is one of :data:`PAPERS`.

    Raises Refused ``no_font`` when this server has no font for a letter in it: nothing is printed as an empty box.
    """
    return _set("mutual.typ", _facts(sheet) | {"paper": PAPERS[size]})


def assessment(facts: dict[str, Any], size: str = "a4") -> bytes:
    """A team's assessment as a PDF (PDF/UA-1): title, under, talks, sections of sentences, what is left out.

    Raises Refused ``no_font`` as above.
    """
    return _set("assessment.typ", facts | {"paper": PAPERS[size]})


def packet(given: packets.Packet, printed: str, size: str = "a4") -> bytes:
    """A plan as a PDF (PDF/UA-1), with who it was made for and when. Raises Refused ``no_font``."""
    facts = given.plain() | {"printed": printed, "paper": PAPERS[size]}
    for section in facts["sections"]:
        section["wide"] = [
            _share(title, [row[n] for row in section["rows"]]) for n, title in enumerate(section["head"])
        ]
    return _set("packet.typ", facts)


def _share(title: str, texts: list[str]) -> float:
    """How much of a line a column takes: by its longest text within reason, and never less than its title's words."""
    word = max(len(one) for one in title.split())
    return float(max(word, min(30, max(map(len, texts), default=0))) ** 0.8)


def can_write(sheet: rules.Sheet) -> bool:
    """Whether there is a font for every letter of a version."""
    try:
        mutual_plan(sheet)
    except access.Refusal:
        return False
    return True


def _set(template: str, facts: dict[str, Any]) -> bytes:
    import typst

    compiler = typst.Compiler(
        str(_HERE / template), root=str(_HERE), font_paths=_fonts(), sys_inputs={"facts": json.dumps(facts)}
    )
    try:
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if found := _UNWRITABLE.search(str(error)):
            raise _no_font(found["text"]) from error
        raise
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts in the wheel, then those of the machine for scripts that the wheel has none for."""
    import typst

    return typst.Fonts(include_system_fonts=True)


def _no_font(text: str) -> access.Refused:
    return access.Refused(
        "no_font",
        f"This server has no font for “{text[:20]}”, so there is no PDF. The page itself can be printed; whoever runs "
        "the server can install a font for it.",
    )


def _facts(sheet: rules.Sheet) -> dict[str, Any]:
    plan = sheet.plan
    return {
        "title": plan.title,
        "version": f"Version {sheet.number}, {rules.long_day(sheet.on)}",
        "since": _since(sheet),
        "goal": plan.goal,
        "golive": rules.long_day(plan.go_live_on) if plan.go_live_on else "",
        "closing": plan.closing,
        "sides": [
            {"company": plan.ours, "people": [_person(one) for one in plan.our_contacts]},
            {"company": plan.theirs, "people": [_person(one) for one in plan.their_contacts]},
        ],
        "steps": [_step(one) for one in sheet.steps],
        "changes": list(sheet.changes),
    }


def _since(sheet: rules.Sheet) -> str:
    if sheet.before_on is None:
        return ""
    return f"Changes since version {sheet.number - 1} of {rules.long_day(sheet.before_on)} are marked."


def _short(day: date | None) -> str:
    """ "4 Dec 2026", kept on one line."""
    return f"{day.day}\N{NO-BREAK SPACE}{day:%b}\N{NO-BREAK SPACE}{day.year}" if day else ""


def _person(one: rules.Contact) -> dict[str, str]:
    return {"name": one.name, "role": one.role, "reach": one.reach}


def _step(one: rules.SheetStep) -> dict[str, Any]:
    step = one.step
    return {
        "number": str(one.number), "what": step.what, "ours": step.ours, "theirs": step.theirs, "done": step.done,
        "due": _short(step.due_on), "changes": ", ".join(one.changes),
    }  # fmt: skip
