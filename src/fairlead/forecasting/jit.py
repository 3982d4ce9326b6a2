"""Where compiled code is kept, and the decorators of the kernels.

Compiled code goes to the user's cache folder (``NUMBA_CACHE_DIR`` moves it). Where that cannot be written, kernels are
compiled for each process anew: slower, never an error.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs

_OPTIONS: Any = {"nogil": True, "fastmath": True, "error_model": "numpy"}
_keep = True


def keep(wanted: bool) -> None:
    """Whether compiled code may be kept on disk; to be settled before the kernels are imported."""
    global _keep
    _keep = wanted


def folder() -> Path:
    """The folder of compiled code."""
    return Path(
        os.environ.get("NUMBA_CACHE_DIR") or Path(platformdirs.user_cache_dir("fairlead")) / "compiled"
    )


def writable(where: Path) -> bool:
    """Whether a file can be written there; the folder is made."""
    try:
        where.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=where):
            return True
    except OSError:
        return False


def settle() -> None:
    """Choose where compiled code is kept, before kernels are imported."""
    import numba

    kept = writable(folder())
    if kept and not os.environ.get("NUMBA_CACHE_DIR"):
        numba.config.CACHE_DIR = str(folder())  # type: ignore[attr-defined]
    keep(kept)


def outer(function: Callable[..., Any]) -> Any:
    """A kernel that Python calls: kept on disk where possible."""
    import numba

    return numba.njit(cache=_keep, **_OPTIONS)(function)


def inner(function: Callable[..., Any]) -> Any:
    """A piece of a kernel."""
    import numba

    return numba.njit(**_OPTIONS)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """A small piece, written into its callers before they are compiled."""
    import numba

    return numba.njit(inline="always", **_OPTIONS)(function)
