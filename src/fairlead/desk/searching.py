"""Finding messages by words, the same on both databases: stems, beginnings of words, ranks and marks.

What somebody typed is cut into words of letters and digits first, so that nothing in it is ever syntax of a query.
The conditions stand in the statement that reads what the reader may see: nothing else is found, ranked or counted.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from fairlead.desk.full_text import COLUMN, STEMMED, TOKENS, Source

LONGEST_WORD = 60
_WORD = re.compile(r"[^\W_]+")

Part = tuple[str, bool]
"""A piece of a text, and whether it is marked."""


def words_of(said: str, most: int) -> tuple[str, ...]:
    """The words of a text as they are searched: without accents and capitals, each once, at most ``most``."""
    found = (one[0][:LONGEST_WORD] for one in _WORD.finditer(plain(said)))
    return tuple(dict.fromkeys(found))[:most]


def plain(said: str) -> str:
    """A text without accents and capitals."""
    parts = unicodedata.normalize("NFKD", said)
    return "".join(one for one in parts if not unicodedata.combining(one)).lower()


class _OfRow(Func):
    """What the index says of the row at hand. Its argument is the row's own key."""

    def __init__(self, source: Source, words: Sequence[str]) -> None:
        super().__init__(F("pk"))
        self.source, self.words = source, tuple(words)

    def _column(self, compiler: Any) -> str:
        alias = self.get_source_expressions()[0].alias
        return f"{compiler.quote_name_unless_alias(alias)}.{COLUMN}"


class Says(_OfRow):
    """Whether a row says a word anywhere: in another form of it, or with more letters behind."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, source: Source, word: str) -> None:
        super().__init__(source, [word])

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        key, given = compiler.compile(self.get_source_expressions()[0])
        stems, forms, (word,) = self.source.stems, self.source.forms, self.words
        found = (
            f"SELECT rowid FROM {stems} WHERE {stems} MATCH %s "
            f"UNION ALL SELECT rowid FROM {forms} WHERE {forms} MATCH %s"
        )
        return f"{key} IN ({found})", (*given, f'"{word}"', f'"{word}"*')

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        (word,) = self.words
        either = f"to_tsquery('{STEMMED}', %s) || to_tsquery('pg_catalog.simple', %s)"
        return f"{self._column(compiler)} @@ ({either})", (f"'{word}'", f"'{word}':*")


class SaysAny(_OfRow):
    """Whether a row says one of some words in what counts most of it."""

    conditional = True
    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        key, given = compiler.compile(self.get_source_expressions()[0])
        stems = self.source.stems
        found = f"{key} IN (SELECT rowid FROM {stems} WHERE {stems} MATCH %s)"
        return found, (*given, _any_stem(self.source, self.words))

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple[Any, ...]]:
        return f"{self._column(compiler)} @@ to_tsquery('{STEMMED}', %s)", (_any_lexeme(self.words),)


def _any_stem(source: Source, words: Iterable[str]) -> str:
    every = " OR ".join(f'"{one}"' for one in words)
    return f"{{{' '.join(source.first)}}} : ({every})"


def _any_lexeme(words: Iterable[str]) -> str:
    return " | ".join(f"'{one}':A" for one in words)


def how_many(source: Source, words: Iterable[str]) -> Combinable:
    """How many of the words a row says in what counts most of it."""
    total: Combinable = Value(0)
    for word in words:
        said = Case(When(SaysAny(source, [word]), then=Value(1)), default=Value(0))
        total = total + said
    return Coalesce(total, Value(0), output_field=IntegerField())


def best(
    rows: QuerySet[Any], source: Source, words: Sequence[str], *, most: int, near: Combinable | None = None
) -> list[int]:
    """The keys of rows, those ``near`` first, then by rank (BM25 or cover density), then the newest; one statement.

    What is not among the rows is not ranked. Ranks are joined: as an expression of each row, SQLite would rank
    everything for each.
    """
    seen, given = rows.order_by().values_list("pk", near or Value(0), "received_at").query.sql_with_params()
    ranked, query = _ranked(source, words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH seen(id, near, came) AS MATERIALIZED ({seen}), ranked(id, rank) AS {ranked} "
            "SELECT seen.id FROM seen LEFT JOIN ranked ON ranked.id = seen.id "
            "ORDER BY seen.near DESC, COALESCE(ranked.rank, 0) DESC, seen.came DESC, seen.id DESC LIMIT %s",
            [*given, query, most],
        )
        return [row[0] for row in cursor.fetchall()]


def _ranked(source: Source, words: Sequence[str]) -> tuple[str, str]:
    """A table of what says one of the words, with its rank, and what it is asked."""
    if connection.vendor == "postgresql":
        rank = f"ts_rank_cd(said.{COLUMN}, asked.query)"
        of = f"{source.table} said, to_tsquery('{STEMMED}', %s) asked(query)"
        seen = "SELECT said.id FROM seen WHERE seen.id = said.id"
        return f"(SELECT said.id, {rank} FROM {of} WHERE EXISTS ({seen}))", _any_lexeme(words)
    stems = source.stems
    found = f"SELECT rowid, -bm25({stems}) FROM {stems} WHERE {stems} MATCH %s AND +rowid IN (SELECT id FROM seen)"
    return f"MATERIALIZED ({found})", _any_stem(source, words)


# What is marked


def marked(texts: Sequence[str], words: Sequence[str]) -> list[tuple[Part, ...]]:
    """Texts in parts, (part, whether it is one of the words in some form or begins with one)."""
    said = {plain(one[0]) for text in texts for one in _WORD.finditer(unicodedata.normalize("NFC", text))}
    hits = {one for one in said if words and one.startswith(tuple(words))}
    hits |= _of_one_stem(said - hits, words) if words and said - hits else set()
    return [tuple(_parts(unicodedata.normalize("NFC", text), hits)) for text in texts]


def _of_one_stem(said: set[str], words: Sequence[str]) -> set[str]:
    """Which of some words are forms of those searched for, by the database's own stems."""
    if connection.vendor == "postgresql":
        query = " | ".join(f"'{one}'" for one in words)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT word FROM unnest(%s::text[]) word WHERE to_tsvector('{STEMMED}', word) "
                f"@@ to_tsquery('{STEMMED}', %s)",
                [list(said), query],
            )
            return {row[0] for row in cursor.fetchall()}
    # A table of the moment with the same stems: FTS5 gives those of a word only as hits.
    with closing(sqlite3.connect(":memory:")) as aside:
        aside.execute(f"CREATE VIRTUAL TABLE said USING fts5(word, tokenize='porter {TOKENS}')")
        aside.executemany("INSERT INTO said VALUES (?)", [(one,) for one in said])
        query = " OR ".join(f'"{one}"' for one in words)
        return {row[0] for row in aside.execute("SELECT word FROM said WHERE said MATCH ?", [query])}


def _parts(text: str, hits: set[str]) -> Iterable[Part]:
    spans: list[list[int]] = []
    for one in _WORD.finditer(text):
        if plain(one[0]) not in hits:
            continue
        if spans and not text[spans[-1][1] : one.start()].strip(" "):
            spans[-1][1] = one.end()
        else:
            spans.append([one.start(), one.end()])
    at = 0
    for start, end in spans:
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


AROUND = 90
"""So many characters of a text are shown on each side of what is marked first."""


def excerpt(parts: Sequence[Part]) -> tuple[Part, ...]:
    """What stands around the first mark, cut at words; nothing where nothing is marked."""
    first = next((number for number, (_, hit) in enumerate(parts) if hit), None)
    if first is None:
        return ()
    before = "".join(text for text, _ in parts[:first])
    found: list[Part] = [(_end_of(before), False)] if before else []
    left = AROUND + len(parts[first][0])
    for text, hit in parts[first:]:
        if len(text) > left:
            found.append((text[:left].rsplit(" ", 1)[0] + " …", False))
            break
        found.append((text, hit))
        left -= len(text)
    return tuple(found)


def _end_of(text: str) -> str:
    if len(text) <= AROUND:
        return text
    return "… " + text[-AROUND:].split(" ", 1)[-1]
