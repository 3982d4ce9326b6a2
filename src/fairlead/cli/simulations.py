"""`fairlead simulate`: an invented organisation in the exchange format, its truth in a folder apart."""

from __future__ import annotations

from pathlib import Path

from fairlead.cli import files
from fairlead.forecasting import simulate as simulator


def simulate(
    folder: Path, *, seed: int, quarters: int, reps: int, shock: float, dirt: bool, dull: bool
) -> None:
    """Simulate and write. Ends with status 2 for odd settings or a folder that holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        files.stop(f"{folder} holds something already. Name a new folder.", files.WRONG_USAGE)
    try:
        settings = simulator.Settings(
            seed=seed, quarters=quarters, reps=reps, shock=shock, dirt=dirt, dull=dull
        )
    except ValueError as error:
        files.stop(str(error), files.WRONG_USAGE)
    with files.progress() as say:
        say("Simulating", 0, 0)
        made = simulator.organisation(settings)
        try:
            written = simulator.write(made, folder)
        except OSError as error:
            files.stop(f"{folder} cannot be written: {error.strerror}.", files.WRONG_USAGE)
    lines = [
        f"{folder}, as of {made.as_of}:",
        *(f"  {name}: {rows:,} rows" for name, rows in written.items()),
    ]
    lines += ["  truth/: what the CRM does not show", f"Try: fairlead forecast {folder}"]
    files.put("\n".join(lines) + "\n", None)
