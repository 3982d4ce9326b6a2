"""The `fairlead` command. What needs no database imports no Django; the rest is imported when it is used."""

from __future__ import annotations

import enum
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="An honest forecast, owned by the manager.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


SOURCE = Annotated[Path, typer.Argument(help="A file, a folder or a zip: CSV, XLSX, or a known CRM export.")]
MAPPING = Annotated[Path | None, typer.Option(help="A TOML file that names the columns.")]
OUT = Annotated[Path | None, typer.Option(help="Write here instead of the terminal.")]


FORMAT = Annotated[
    str, typer.Option(help="table, json, csv or html; default: what --out is named, or table.")
]


@app.command()
def forecast(
    source: SOURCE,
    mapping: MAPPING = None,
    period: Annotated[str, typer.Option(help="Such as 2017Q4; default: the quarter of --as-of.")] = "",
    as_of: Annotated[str, typer.Option(help="Everything recorded before this day counts.")] = "",
    target: Annotated[
        str, typer.Option(help="The company’s target, or a file with person_id, period and amount.")
    ] = "",
    format: FORMAT = "",
    out: OUT = None,
) -> None:
    """The distribution of every team and person and the chance of every deal, from files alone."""
    from fairlead.cli import forecasts

    forecasts.forecast(
        source,
        mapping=mapping,
        period=period,
        as_of=_day(as_of),
        target=target,
        format=format,
        out=out,
        today=date.today(),  # noqa: DTZ011 (the day where the command is typed)
    )


@app.command()
def backtest(
    source: SOURCE,
    start: Annotated[str, typer.Option("--from", help="First look, such as 2026-01-01, or 80% of the rows.")],
    mapping: MAPPING = None,
    end: Annotated[
        str, typer.Option("--to", help="Only what was recorded before this day counts as come.")
    ] = "",
    every: Annotated[str, typer.Option(help="day, week, month, or a number of days")] = "week",
    horizon: Annotated[str, typer.Option(help="Days ahead, such as 28d; default: to the period’s end.")] = "",
    period: Annotated[str, typer.Option(help="month, quarter or year; default: quarter")] = "",
    by: Annotated[str, typer.Option(help="Columns to add up over, such as owner,manager")] = "",
    format: FORMAT = "",
    out: OUT = None,
) -> None:
    """What the estimate would have said at past days, against what came and plain references."""
    from fairlead.cli import backtests

    backtests.backtest(
        source,
        mapping=mapping,
        start=start,
        end=_day(end),
        every=every,
        horizon=horizon,
        period=period,
        by=by,
        format=format,
        out=out,
    )


@app.command()
def score(
    predictions: Annotated[Path, typer.Argument(help="A table with probability, outcome and perhaps group.")],
    format: FORMAT = "",
    out: OUT = None,
) -> None:
    """Log loss, Brier, AUC and calibration of stated chances."""
    from fairlead.cli import scoring

    scoring.score(predictions, format=format, out=out)


@app.command()
def mapping(source: SOURCE, out: OUT = None) -> None:
    """What the columns of a table probably hold: a mapping to look over and to pass on with --mapping."""
    from fairlead.cli import files

    files.guess(source, out)


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(help="An empty or a new folder.")],
    seed: Annotated[int, typer.Option(help="Another seed gives another organisation.")] = 1,
    quarters: Annotated[int, typer.Option(help="Quarters of history.")] = 12,
    reps: Annotated[int, typer.Option(help="People who sell.")] = 40,
    shock: Annotated[
        float, typer.Option(help="Spread of the company’s quarterly shock, in log odds.")
    ] = 0.25,
    dirt: Annotated[bool, typer.Option("--dirt", help="Blank cells, duplicates, late records.")] = False,
    dull: Annotated[
        bool, typer.Option("--dull", help="No signal at all: nothing should be claimed.")
    ] = False,
) -> None:
    """An invented organisation in the exchange format, its truth apart in truth/."""
    from fairlead.cli import simulations

    simulations.simulate(folder, seed=seed, quarters=quarters, reps=reps, shock=shock, dirt=dirt, dull=dull)


history_app = typer.Typer(
    help="A history as partitioned Parquet, read by DuckDB, or by Spark where it is large.",
    no_args_is_help=True,
)
app.add_typer(history_app, name="history")
HISTORY = Annotated[Path, typer.Argument(help="The folder that `history write` writes into.")]
ONE_COMPANY = Annotated[str, typer.Option(help="One company of the folder; default: all.")]
ENGINE = Annotated[str, typer.Option(help="duckdb or spark")]
REMOTE = Annotated[str, typer.Option(help="Where Spark Connect listens: sc://HOST:PORT.")]


@history_app.command("write")
def history_write(
    source: SOURCE,
    folder: Annotated[Path, typer.Argument(help="Companies stand side by side in it.")],
    company: Annotated[str, typer.Option(help="Default: the name of the source.")] = "",
    mapping: MAPPING = None,
    as_of: Annotated[str, typer.Option(help="Everything recorded before this day is written.")] = "",
) -> None:
    """Write one company's events, weekly snapshots and weekly cells as Parquet, in place of what stood there."""
    from fairlead.cli import histories

    today = date.today()  # noqa: DTZ011 (the day where the command is typed)
    histories.write(source, folder, company=company, mapping=mapping, as_of=_day(as_of), today=today)


@history_app.command("cells")
def history_cells(
    folder: HISTORY,
    company: ONE_COMPANY = "",
    engine: ENGINE = "duckdb",
    remote: REMOTE = "",
    format: Annotated[str, typer.Option(help="csv or json; default: what --out is named, or csv.")] = "",
    out: OUT = None,
) -> None:
    """Weekly rows counted: deals of one kind that were open on a Monday, and how many were won and lost."""
    from fairlead.cli import histories

    histories.cells(folder, company=company, engine=engine, remote=remote, format=format, out=out)


@history_app.command("forecast")
def history_forecast(
    folder: HISTORY,
    company: ONE_COMPANY = "",
    period: Annotated[str, typer.Option(help="Such as 2017Q4; default: the quarter of the as-of day.")] = "",
    as_of: Annotated[str, typer.Option(help="Default: the day each company was written as of.")] = "",
    engine: ENGINE = "duckdb",
    remote: REMOTE = "",
    format: Annotated[str, typer.Option(help="table, json or csv; default: what --out is named.")] = "",
    out: OUT = None,
) -> None:
    """The forecast of every company in the folder, each from its own history alone."""
    from fairlead.cli import histories

    histories.forecast(
        folder,
        company=company,
        period=period,
        as_of=_day(as_of),
        engine=engine,
        remote=remote,
        format=format,
        out=out,
    )


@history_app.command("backtest")
def history_backtest(
    folder: HISTORY,
    start: Annotated[str, typer.Option("--from", help="The first look, such as 2026-01-01.")],
    end: Annotated[str, typer.Option("--to", help="Only weeks that begin before this day.")] = "",
    company: ONE_COMPANY = "",
    engine: ENGINE = "duckdb",
    remote: REMOTE = "",
    format: Annotated[str, typer.Option(help="table or json; default: what --out is named.")] = "",
    out: OUT = None,
) -> None:
    """What would have been said of each next week, against what came, from counts alone."""
    from fairlead.cli import histories

    histories.backtest(
        folder,
        start=_day(start),
        end=_day(end),
        company=company,
        engine=engine,
        remote=remote,
        format=format,
        out=out,
    )


class Size(enum.Enum):
    """How big a demo company is; the same words as in ``forecasting.simulate.regions.SIZES``."""

    SMALL = "small"
    COMPANY = "company"
    LARGE = "large"


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port to serve on; 0 takes a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    seed: Annotated[int, typer.Option(help="Another seed gives another history.")] = 1,
    size: Annotated[
        Size, typer.Option(help="12 reps, 132 (ready in a minute and a half) or 1,012 (many minutes).")
    ] = Size.SMALL,
) -> None:
    """A filled company on an embedded database, one click to be each person of the cast, until Ctrl-C."""
    from fairlead.cli import app as database

    database.demo(port=port, browser=not no_browser, seed=seed, size=size.value)


@app.command()
def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    no_work: Annotated[bool, typer.Option("--no-work", help="Do not start a worker beside it.")] = False,
) -> None:
    """The production server; it checks its settings first."""
    from fairlead.cli import app as database

    database.serve(host=host, port=port, workers=workers, work=not no_work)


@app.command()
def migrate() -> None:
    """Bring the database's tables up to this version; `serve` does it by itself."""
    from fairlead.cli import app as database

    database.start_django()
    database.migrate()


@app.command()
def work() -> None:
    """The background loop: imports and estimates that wait."""
    from fairlead.cli import app as database

    database.work()


@app.command("import")
def import_(
    source: Path,
    mapping: Annotated[Path | None, typer.Option(help="A TOML file that names the columns.")] = None,
    as_of: Annotated[str, typer.Option(help="The day the file shows, such as 2026-11-24.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come of it; keep nothing.")
    ] = False,
    as_person: Annotated[str, typer.Option("--as", help="Email of the person who imports.")] = "",
) -> None:
    """Bring a file, a folder or a zip into the database."""
    from fairlead.cli import app_data

    app_data.import_(source, mapping, _day(as_of), dry_run, as_person)


@app.command()
def export(
    folder: Path,
    as_of: Annotated[str, typer.Option(help="As it stood on a day.")] = "",
    as_person: Annotated[str, typer.Option("--as", help="Email of the person who exports.")] = "",
) -> None:
    """Write everything the actor may see in the exchange format."""
    from fairlead.cli import app_data

    app_data.export(folder, _day(as_of), as_person)


def _day(text: str) -> date | None:
    """A day as 2026-11-24. Ends with status 2 for anything else."""
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is no day. Write for example 2026-11-24.")


@app.command()
def verify(
    anchor: Annotated[Path | None, typer.Option(help="File with the last known head.")] = None,
) -> None:
    """Check the ledger's chain."""
    from fairlead.cli import app as database

    database.verify(anchor=anchor)


@app.command()
def backup(file: Path) -> None:
    """A consistent copy of everything in one file; the server may run meanwhile."""
    from fairlead.cli import app as database

    database.backup(file=file)


@app.command()
def restore(file: Path, replace: Annotated[bool, typer.Option("--replace")] = False) -> None:
    """Put a backup in place of the database."""
    from fairlead.cli import app as database

    database.restore(file=file, replace=replace)


@app.command()
def doctor() -> None:
    """Look at the installation and say what is wrong."""
    from fairlead.cli import app as database

    database.doctor()


@app.command()
def createadmin(
    email: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True)],
    alone: Annotated[
        bool, typer.Option("--alone", help="Also a manager: nobody else has an account.")
    ] = False,
) -> None:
    """The first account."""
    from fairlead.cli import app as database

    given = os.environ.get("FAIRLEAD_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    database.createadmin(email=email, name=name, password=given, alone=alone)


mail_app = typer.Typer(help="Mail to the desk.", no_args_is_help=True)
app.add_typer(mail_app, name="mail")


@mail_app.command("listen")
def mail_listen(
    host: Annotated[str, typer.Option(help="Where only your mail server reaches it.")] = "127.0.0.1",
    port: int = 8025,
) -> None:
    """Receive mail to the desk by SMTP, relayed by the organisation's mail server, until Ctrl-C."""
    from fairlead.cli import mail

    mail.listen(host=host, port=port)


@mail_app.command("take-in")
def mail_take_in(
    file: Annotated[str, typer.Argument(help="A file with one mail, or - for the input.")],
    to: Annotated[list[str] | None, typer.Option(help="The address it was delivered to.")] = None,
    bounce: Annotated[bool, typer.Option("--bounce", help="It came with an empty return path.")] = False,
) -> None:
    """Take one mail in, as a mail server's pipe; status 75 asks the server to try again."""
    from fairlead.cli import mail

    mail.take_in(file=file, to=to or [], bounce=bounce)


def main() -> int:
    """The entry of the command; its exit status."""
    app()
    return 0


if __name__ == "__main__":
    sys.exit(main())
