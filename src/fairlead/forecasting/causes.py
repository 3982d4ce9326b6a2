"""What makes a range as wide as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.layers import Layer
from fairlead.forecasting.plain import integrate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Causes:
    """The width of a range in money, split in proportion to variance; the four add up to the width, to the cent.

    ``deals`` which open deals are won; ``new`` how many deals not yet created come, and how large; ``people`` the
    shocks of persons and teams; ``company`` the shock that everybody shares. ``variance`` shares in
    the same order, sum 1.
    """

    deals: float
    new: float
    people: float
    company: float
    variance: tuple[float, float, float, float]


def split(layer: Layer, node: Ints, width: float) -> Causes:
    """Law of total variance: Var S = E[Var(S | all shocks)] + E[Var(E[S | all] | company)] + Var(E[S | company]).

    ``node`` is a component row. The first term is taken apart into deals and new business, which are independent given
    the shocks. All four are exact up to quadrature; a node without any variance has shares of zero.
    """
    g, s = layer.grid, layer.sums
    persons = slice(int(node[1]), int(node[2]))
    given_all = float((s.person[persons, 1] @ g.x_weights).sum())
    d, raw = layer.deals, layer.amounts.raw[layer.deals.new_kind[0], 1]
    new = float((d.rate[persons] * d.new_amount[persons] ** 2).sum() * raw)
    given_company = _given_company(layer, node)
    company = float(g.m_weights @ given_company[0] ** 2 - (g.m_weights @ given_company[0]) ** 2)
    total = float(integrate(given_company, g.m_weights[None, :])[1, 0])
    deals = max(given_all - new, 0.0)
    people = max(total - given_all - company, 0.0)
    parts = np.array([deals, new, people, max(company, 0.0)])
    shares = parts / parts.sum() if parts.sum() > 0 else np.zeros(4)
    money = np.round(width * shares, 2)
    money[np.argmax(money)] += round(width, 2) * (shares.sum() > 0) - money.sum()
    a, b, c, d4 = np.round(money, 2).tolist()
    s1, s2, s3, s4 = shares.tolist()
    return Causes(a, b, c, d4, (s1, s2, s3, s4))


def _given_company(layer: Layer, node: Ints) -> Floats:
    """Cumulants of a node given the company's shock alone: (4, m)."""
    s, to_company = layer.sums, layer.grid.to_company
    if node[0] == 2:
        return np.asarray(s.team_up[node[3] : node[4]].sum(axis=0))
    return integrate(s.person_up[node[1] : node[2]].sum(axis=0), to_company)
