"""The pen: SVG elements as escaped text, scales, ticks, and how much room a word takes.

Geometry goes into attributes and colour into classes, so that one drawing serves light, dark, print and mail
under a policy without inline style. Everything that is text is escaped here and nowhere else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

from django.utils.safestring import SafeString, mark_safe

from fairlead.web.formats import Number

Label: TypeAlias = Callable[[Number], str]
"""How a value of the chart is written, e.g. ``formats.thousands``."""

_XML_CANNOT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, the sentence that says the same, and the numbers as a table.

    ``phone`` is empty where ``wide`` serves every width. Both are empty where there is nothing to draw;
    ``title`` then says why. ``head``, ``rows`` and ``total`` are plain text, escaped by the template;
    ``words`` is how many leading columns hold words rather than numbers.
    """

    wide: SafeString
    phone: SafeString
    title: str
    summary: str = "The same as a table"
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    total: tuple[str, ...] = ()
    words: int = 1

    @property
    def empty(self) -> bool:
        return not self.wide


def nothing(why: str) -> Chart:
    """Nothing to draw, with the reason as sentence."""
    return Chart(wide=SafeString(""), phone=SafeString(""), title=why)


def text_of(raw: object) -> str:
    """Text for markup: escaped, without the characters XML cannot hold."""
    return escape(_XML_CANNOT.sub("", str(raw)), quote=True)


def place(value: float) -> str:
    """A coordinate with at most one decimal, never "-0"."""
    short = f"{round(float(value), 1) + 0.0:.1f}"
    return short[:-2] if short.endswith(".0") else short


def safe_href(href: str) -> str:
    """Links of a chart stay in this application. Raises ValueError for any other address."""
    if not href.startswith(("#", "?", "/")) or href.startswith("//") or "\\" in href:
        raise ValueError("A bar can only link to a page of this application.")
    return text_of(href)


@dataclass(slots=True)
class Sheet:
    """One SVG being drawn: elements in the order of calls, in a viewBox of ``width`` and ``height``."""

    width: float
    height: float = 0.0
    parts: list[str] = field(default_factory=list)

    def line(self, look: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(
            f'<line class="{look}" x1="{place(x1)}" x2="{place(x2)}" y1="{place(y1)}" y2="{place(y2)}"/>'
        )

    def across(self, look: str, x1: float, x2: float, y: float) -> None:
        self.line(look, x1, y, x2, y)

    def upright(self, look: str, x: float, y1: float, y2: float) -> None:
        self.line(look, x, y1, x, y2)

    def circle(self, look: str, x: float, y: float, radius: float) -> None:
        self.parts.append(f'<circle class="{look}" cx="{place(x)}" cy="{place(y)}" r="{place(radius)}"/>')

    def box(self, look: str, x: float, y: float, width: float, height: float, round_by: float = 0) -> None:
        corner = f' rx="{place(round_by)}"' if round_by else ""
        self.parts.append(
            f'<rect class="{look}" x="{place(x)}" y="{place(y)}" width="{place(max(0.0, width))}"'
            f' height="{place(max(0.0, height))}"{corner}/>'
        )

    def diamond(self, x: float, y: float, size: float, look: str = "call") -> None:
        s = place(size)
        self.parts.append(
            f'<path class="{look}" d="M{place(x)} {place(y - size)}l{s} {s}l-{s} {s}l-{s}-{s}z"/>'
        )

    def shape(self, look: str, points: Iterable[tuple[float, float]], closed: bool = True) -> None:
        drawn = " ".join(f"{place(x)},{place(y)}" for x, y in points)
        self.parts.append(f'<{"polygon" if closed else "polyline"} class="{look}" points="{drawn}"/>')

    def path(self, look: str, data: str) -> None:
        self.parts.append(f'<path class="{look}" d="{data}"/>')

    def text(self, x: float, y: float, words: object, look: str = "", anchor: str = "start") -> None:
        style = f' class="{look}"' if look else ""
        hold = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.parts.append(f'<text{style} x="{place(x)}" y="{place(y)}"{hold}>{text_of(words)}</text>')

    def inside(self, x: float, y: float, words: object, look: str = "", strong: bool = False) -> None:
        """Centred text, moved sideways where it would leave the drawing."""
        half = room(str(words), 12 if look == "s" else 13, strong or look.startswith("strong")) / 2
        self.text(min(max(x, half), self.width - half), y, words, look, "middle")

    def lines(self, x: float, y: float, words: Sequence[str], look: str = "", anchor: str = "start") -> None:
        for row, line in enumerate(words):
            self.text(x, y + 15 * row, line, look, anchor)

    def open_link(self, href: str, title: str) -> None:
        if href:
            self.parts.append(f'<a href="{safe_href(href)}"><title>{text_of(title)}</title>')
        else:
            self.parts.append(f"<g><title>{text_of(title)}</title>")

    def close_link(self, href: str) -> None:
        self.parts.append("</a>" if href else "</g>")

    def svg(self, title: str, look: str = "", group: bool = False, fixed: bool = False) -> SafeString:
        """The finished drawing. ``group`` where it holds links, ``fixed`` where it keeps its own size."""
        size = f'width="{place(self.width)}" height="{place(self.height)}" ' if fixed else ""
        classes = " ".join(word for word in ("f-chart", "f-fix" if fixed else "", look) if word)
        return mark_safe(
            f'<svg class="{classes}" {size}viewBox="0 0 {place(self.width)} {place(self.height)}"'
            f' role="{"group" if group else "img"}" aria-label="{text_of(title)}">{"".join(self.parts)}</svg>'
        )


def room(words: str, size: float = 13, strong: bool = False) -> float:
    """An upper estimate of the width of words in Inter at ``size`` pixels."""
    narrow = sum(words.count(letter) for letter in "iljtf.,:;'|!()[] ’")
    broad = sum(words.count(letter) for letter in "mwMW%@€+−–") + sum(
        ord(letter) > 0x2E80 for letter in words
    )
    plain = len(words) - narrow - broad
    return size * (plain * 0.6 + narrow * 0.34 + broad * 0.95) * (1.04 if strong else 1.0)


def wrapped(words: str, width: float, size: float = 13, most: int = 2, strong: bool = False) -> list[str]:
    """Words in at most ``most`` lines that fit ``width``; the last ends in "…" where more does not fit."""
    lines: list[str] = []
    for word in words.split():
        if lines and room(f"{lines[-1]} {word}", size, strong) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    kept, rest = lines[:most], lines[most:]
    if kept and rest:
        kept[-1] += f" {rest[0]}"
    return [cut(line, width, size, strong) for line in kept]


def cut(words: str, width: float, size: float = 13, strong: bool = False) -> str:
    if room(words, size, strong) <= width:
        return words
    while words and room(words + "…", size, strong) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most ``most`` round values (1, 2 or 5 times a power of ten apart) inside [low, high]."""
    if not high > low or most < 1:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * times for times in (1, 2, 5, 10, 20) if _how_many(low, high, power * times) <= most)
    first = math.ceil(low / step - 1e-9)
    return [(first + i) * step + 0.0 for i in range(_how_many(low, high, step))]


def _how_many(low: float, high: float, step: float) -> int:
    return max(0, math.floor(high / step + 1e-9) - math.ceil(low / step - 1e-9) + 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to pixels, linear. Equal ends put every value in the middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Number) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (float(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def kept(self, value: Number) -> float:
        """The same, held inside the scale."""
        return self(min(max(float(value), self.low), self.high))
