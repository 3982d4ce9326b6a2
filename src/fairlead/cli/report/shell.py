"""The page around a report: head, style for light, dark and print, tables. All text is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_XML_CANNOT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

STYLE = """
:root{color-scheme:light dark;--paper:#faf9f6;--surface:#fff;--line:#e0ded6;--rule:#8a8c86;--ink:#17212b;
--ink2:#4a5560;--ink3:#626b73;--est:#1f7a8c;--wash:#cfe4e8;--care:#7a5200;
--sans:system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;--serif:"Source Serif 4",Georgia,"Noto Serif",serif}
@media (prefers-color-scheme:dark){:root{--paper:#10171d;--surface:#161f27;--line:#2d3943;--rule:#6f7d88;
--ink:#eceae4;--ink2:#b7bfc6;--ink3:#98a3ac;--est:#5db4c4;--wash:#1f454d;--care:#e7c46a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1060px;padding:32px 24px 48px;background:var(--paper);color:var(--ink);
font:14px/1.5 var(--sans)}
h1{font:600 28px/1.2 var(--serif);margin:4px 0 24px}
h2{font-size:16px;margin:40px 0 12px;padding-top:12px;border-top:1px solid var(--rule)}
p{margin:0 0 12px;max-width:44em}
.eyebrow,.small{color:var(--ink2);font-size:12.5px;margin:0}
.number{font:600 64px/1.1 var(--serif);margin:0}
.sentence{font:21px/1.4 var(--serif);max-width:34em;margin:8px 0 16px}
svg{display:block;width:100%;height:auto;max-width:900px;margin:8px 0}
svg text{font:12px var(--sans);fill:var(--ink2);font-variant-numeric:tabular-nums}
.axis{stroke:var(--line)} .mark{stroke:var(--ink);stroke-width:2} .tick{stroke:var(--rule)}
.band{fill:var(--wash)} .solid{fill:var(--ink2)} .mid{fill:var(--est)}
.hit{fill:var(--est);stroke:var(--est)} .miss{fill:none;stroke:var(--est);stroke-width:1.5}
.fact{fill:none;stroke:var(--ink);stroke-width:2}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--ink2);font-size:12.5px;padding-bottom:4px}
th,td{padding:6px 10px 6px 0;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th{font-weight:600;color:var(--ink2)} .w{text-align:left} td.w{overflow-wrap:anywhere}
tbody th{font-weight:400;color:var(--ink)}
.d1{padding-left:16px}.d2{padding-left:32px}.d3{padding-left:48px}.d4{padding-left:64px}.d5{padding-left:80px}
details{margin:4px 0 16px} summary{cursor:pointer;color:var(--ink2)}
ul{padding-left:18px;margin:0 0 12px} li{margin-bottom:4px;overflow-wrap:anywhere}
@media (max-width:600px){body{padding:16px}.number{font-size:44px}}
@media print{body{background:none;max-width:none}h2{break-after:avoid}tr,svg{break-inside:avoid}}
@media (forced-colors:active){.band{fill:none;stroke:CanvasText}.mid,.hit{fill:CanvasText}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def text(raw: object) -> str:
    """Text for markup: escaped, without the characters XML cannot hold."""
    return escape(_XML_CANNOT.sub("", str(raw)), quote=True)


def page(title: str, eyebrow: str, parts: Iterable[str]) -> str:
    """A whole document. ``title`` and ``eyebrow`` are plain text, ``parts`` are markup."""
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="eyebrow">{text(eyebrow)}</p>\n<h1>{text(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n'
    )


def section(title: str, *parts: str) -> str:
    """A ruled section; ``title`` is plain text."""
    return f"<section>\n<h2>{text(title)}</h2>\n" + "\n".join(part for part in parts if part) + "\n</section>"


def paragraph(words: str, look: str = "") -> str:
    style = f' class="{look}"' if look else ""
    return f"<p{style}>{text(words)}</p>"


def bullets(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{text(line)}</li>" for line in lines) + "</ul>" if lines else ""


def table(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    words: int = 1,
    depths: Sequence[int] = (),
) -> str:
    """Plain text as a table: the first ``words`` columns to the left. ``depths`` indents rows."""
    lines = [
        f'<div class="wide"><table><caption>{text(caption)}</caption>',
        "<thead><tr>" + "".join(_head(cell, i < words) for i, cell in enumerate(head)) + "</tr></thead>",
        "<tbody>",
    ]
    for number, row in enumerate(rows):
        depth = min(depths[number], 5) if depths else 0
        lines.append("<tr>" + "".join(_cell(cell, i, words, depth) for i, cell in enumerate(row)) + "</tr>")
    return "\n".join([*lines, "</tbody></table></div>"])


def _head(cell: str, left: bool) -> str:
    style = ' class="w"' if left else ""
    return f'<th scope="col"{style}>{text(cell)}</th>'


def _cell(cell: str, place: int, words: int, depth: int) -> str:
    if place == 0:
        inner = f'<span class="d{depth}">{text(cell)}</span>' if depth else text(cell)
        return f'<th scope="row" class="w">{inner}</th>'
    style = ' class="w"' if place < words else ""
    return f"<td{style}>{text(cell)}</td>"


def folded(summary: str, inner: str) -> str:
    """Markup that opens on a click, without any script."""
    return f"<details><summary>{text(summary)}</summary>\n{inner}\n</details>"
