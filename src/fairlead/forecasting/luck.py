"""How likely a run of periods under the line is by luck alone, from the deals dealt and the peers' hit rate.

A seller of usual skill is dealt the very deals that this seller was dealt. Each is won at the rate at which peers won
deals of its kind, in a market as good as the peers found it in that period. How often such a seller ends under the
line in every period of the run is the chance given here. Nothing about the seller's own skill is estimated.

The sum won in a period is computed, not sampled: amounts on a grid, one deal after another. What the peers' figures
leave open (few deals, one good quarter) is integrated over fixed points, the same on every run and machine, so that
a small team is told a wide truth and the periods of a run share what is unknown about their rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats = npt.NDArray[np.float64]

STEPS = 1024
"""Steps between nothing and the line: an amount is rounded to a thousandth of what was asked."""
_POINTS = 64
_LEAST_MARKET = 1e-6


@dataclass(frozen=True, slots=True)
class Dealt:
    """One period of one seller. Amounts and ``line`` in the same unit.

    ``amounts``: shape (deals,), what each deal in play would bring. ``kinds``: shape (deals,), the row of the peers'
    figures each belongs to. ``line``: less than this is under the line. ``sure``: what came without a deal to win.
    """

    amounts: Floats
    kinds: npt.NDArray[np.int64]
    line: float
    sure: float = 0.0


@dataclass(frozen=True, slots=True)
class Peers:
    """What role peers were dealt and won, without the seller asked about: shape (periods, kinds) each."""

    dealt: Floats
    won: Floats


@dataclass(frozen=True, slots=True)
class Luck:
    """``periods``: shape (periods,), the chance of being under the line in each. ``run``: in all of them.

    ``expected``: shape (periods,), what a seller of usual skill wins of these deals on average.
    ``somebody``: the chance that at least one of ``sellers`` alike has such a run.
    """

    periods: Floats
    run: float
    expected: Floats
    somebody: float
    sellers: int


def of_run(dealt: Sequence[Dealt], peers: Peers, *, sellers: int = 1) -> Luck:
    """The chance that a seller of usual skill is under the line in every period of a run.

    ``dealt``: the periods of the run, in the order of the peers' rows. Raises ValueError where shapes do not fit,
    peers were dealt nothing of a kind that the seller was dealt, or a figure is negative.
    """
    _check(dealt, peers, sellers)
    rates = _rates(peers)
    under = np.stack([_under(one, rates[:, n]) for n, one in enumerate(dealt)])
    expected = np.array(
        [one.sure + float(one.amounts @ rates[:, n].mean(0)[one.kinds]) for n, one in enumerate(dealt)]
    )
    every = under.prod(0)
    return Luck(
        periods=under.mean(1),
        run=float(every.mean()),
        expected=expected,
        somebody=float((1 - (1 - every) ** sellers).mean()),
        sellers=sellers,
    )


def _check(dealt: Sequence[Dealt], peers: Peers, sellers: int) -> None:
    if peers.dealt.shape != peers.won.shape or peers.dealt.ndim != 2 or len(peers.dealt) != len(dealt):
        raise ValueError("Peers need a row per period and a column per kind, for deals dealt and won alike.")
    if (peers.won < 0).any() or (peers.won > peers.dealt).any():
        raise ValueError("Peers cannot win more deals than they were dealt, nor fewer than none.")
    if not dealt or sellers < 1:
        raise ValueError("A run has at least one period, and a team at least one seller.")
    for one in dealt:
        if one.amounts.shape != one.kinds.shape or (one.amounts < 0).any() or one.line < 0 or one.sure < 0:
            raise ValueError("Every deal has an amount that is not negative, and a kind.")
        if len(one.kinds) and not (peers.dealt.sum(0)[one.kinds] > 0).all():
            raise ValueError("Peers were dealt nothing of a kind: put it to another kind first.")


def _rates(peers: Peers) -> Floats:
    """The hit rate of every kind in every period at fixed points of what is unknown: shape (points, periods, kinds).

    A kind has a rate (Jeffreys' beta of all periods); a period a market that moves the odds of all kinds alike, as far
    as the peers of that period show it beyond chance (DerSimonian and Laird's estimate of its spread).
    """
    periods, kinds = peers.dealt.shape
    points = stats.qmc.Sobol(kinds + periods, scramble=False).random(_POINTS * 2)[1 : _POINTS + 1]
    won, lost = peers.won.sum(0), (peers.dealt - peers.won).sum(0)
    base: Floats = special.betaincinv(won + 0.5, lost + 0.5, points[:, :kinds])
    moved, spread = _markets(peers, (won + 0.5) / (won + lost + 1))
    market = moved + spread * special.ndtri(points[:, kinds:])
    odds = special.logit(base)[:, None, :] + market[:, :, None]
    rates: Floats = special.expit(odds)
    return rates


def _markets(peers: Peers, base: Floats) -> tuple[Floats, Floats]:
    """How far the odds of each period were moved, in logits, and how uncertain that is: shape (periods,) each."""
    expected, information = peers.dealt @ base, peers.dealt @ (base * (1 - base))
    known = information > _LEAST_MARKET
    precision = np.where(known, information, 0.0)
    seen = np.where(known, (peers.won.sum(1) - expected) / np.where(known, information, 1.0), 0.0)
    beyond = float(precision @ seen**2) - max(int(known.sum()) - 1, 0)
    scale = float(precision.sum() - (precision @ precision) / max(precision.sum(), _LEAST_MARKET))
    variance = max(beyond / scale, 0.0) if scale > _LEAST_MARKET else 0.0
    trust = variance * precision / (1 + variance * precision)
    return trust * seen, np.sqrt(variance * (1 - trust))


def _under(one: Dealt, rates: Floats) -> Floats:
    """The chance of a sum below the line at each point: shape (points,)."""
    left = one.line - one.sure
    if left <= 0:
        return np.zeros(len(rates))
    mass = np.zeros((len(rates), STEPS))
    mass[:, 0] = 1.0
    steps = np.minimum(np.rint(one.amounts / left * STEPS), STEPS).astype(np.int64)
    for step, kind in zip(steps, one.kinds, strict=True):
        hit = rates[:, kind, None]
        if step == 0:
            continue
        moved = mass * hit
        mass -= moved
        if step < STEPS:
            mass[:, step:] += moved[:, :-step]
    under: Floats = mass.sum(1)
    return under


_MOST_NEW = 40
"""More new wins than this, of the usual size, reach any line that means something."""


def reaching(one: Dealt, past: Peers, *, new_wins: float = 0.0, new_size: float = 0.0) -> float:
    """The chance that a seller of usual skill reaches the line from a day of a period on.

    ``one``: what is won already (``sure``) and the open deals that are due, each won at the rate at which peers won
    deals of its kind. ``past``: peers' deals that were due on the same day of earlier periods, a row for each; the
    market of this period is not known, and moves as theirs did. ``new_wins``: how many other deals a peer wins on
    average in the days that are left (a Poisson count), each of ``new_size``. Raises ValueError as `of_run`.
    """
    if past.dealt.shape != past.won.shape or past.dealt.ndim != 2 or not len(past.dealt):
        raise ValueError("Peers need a row per period and a column per kind, for deals dealt and won alike.")
    if new_wins < 0 or new_size < 0:
        raise ValueError("New wins and their size are not negative.")
    nothing = np.zeros((1, past.dealt.shape[1]))
    every = Peers(np.concatenate([past.dealt, nothing]), np.concatenate([past.won, nothing]))
    rows = [Dealt(np.zeros(0), np.zeros(0, np.int64), 0.0)] * len(past.dealt)
    _check([*rows, one], every, 1)
    rates = _rates(every)[:, -1]
    chance, left = 0.0, 1.0
    counts = _MOST_NEW if new_wins * new_size else 1
    for count in range(counts):
        more = replace(one, sure=one.sure + count * new_size)
        last = count == counts - 1 or more.sure >= one.line
        weight = left if last else float(stats.poisson.pmf(count, new_wins))
        chance += weight * (1 - float(_under(more, rates).mean()))
        left = max(left - weight, 0.0)
        if left == 0:
            break
    return chance
