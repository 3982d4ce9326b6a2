"""Hazards from counts: what counting keeps, what a fit finds again, and that both loops count alike."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import fitting

from fairlead.forecasting import cells
from fairlead.forecasting.glm import expit, fit_logit

SIZES = tuple(fitting.LEVELS.values())


@pytest.fixture(scope="module")
def rows() -> fitting.Rows:
    return fitting.draw(300_000, 200, seed=3)


def test_counting_loses_no_row_and_every_row_knows_its_cell(rows: fitting.Rows) -> None:
    found, cell = cells.gather(rows.factors, SIZES, rows.event)
    assert found.rows.sum() == len(rows.event)
    assert found.won.sum() == (rows.event == 1).sum()
    assert found.lost.sum() == (rows.event == 2).sum()
    np.testing.assert_array_equal(found.codes[cell], np.stack(rows.factors, axis=1))


def test_compiled_loops_and_rare_kinds_count_as_plain_ones_do(
    rows: fitting.Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, cell = cells.gather(rows.factors, SIZES, rows.event)
    odds = np.linspace(-5, -2, len(plain.rows))
    effects = cells.pooled(odds, cell, rows.owner, rows.event == 1, 200)
    monkeypatch.setattr(cells, "COMPILED_FROM", 1)
    compiled, at = cells.gather(rows.factors, SIZES, rows.event)
    np.testing.assert_array_equal(cell, at)
    np.testing.assert_array_equal(plain.codes, compiled.codes)
    np.testing.assert_array_equal(plain.won, compiled.won)
    again = cells.pooled(odds, cell, rows.owner, rows.event == 1, 200)
    np.testing.assert_allclose(effects.effect, again.effect, atol=1e-9)
    monkeypatch.setattr(cells, "MOST_CELLS", 10)
    listed, where = cells.gather(rows.factors, SIZES, rows.event)
    np.testing.assert_array_equal(listed.codes[where], plain.codes[cell])
    np.testing.assert_array_equal(listed.lost, plain.lost)


def test_a_fit_on_cells_is_the_fit_on_rows() -> None:
    rows = fitting.draw(20_000, 5, seed=1)
    found, _ = cells.gather(rows.factors, SIZES, rows.event)
    fitted = cells.fit(found)
    columns = cells.columns_of(np.stack(rows.factors, axis=1).astype(np.int64), SIZES, ())
    ridge = np.full(columns.shape[1], 1 / min(0.6, 0.8 / 5**0.5) ** 2)
    offset = np.full(len(columns), fitted.base[0])
    by_row = fit_logit(columns, (rows.event == 1).astype(float), np.ones(len(columns)), ridge, offset)
    np.testing.assert_allclose(fitted.won, by_row, atol=1e-6)


def test_effects_and_their_spread_are_found_again(rows: fitting.Rows) -> None:
    found, cell = cells.gather(rows.factors, SIZES, rows.event)
    fitted = cells.fit(found, crossed=((0, 4),))
    effects = cells.pooled(fitted.log_odds(found.codes)[0], cell, rows.owner, rows.event == 1, 200)
    assert abs(effects.spread - fitting.SPREAD) < 0.08
    assert np.corrcoef(effects.effect, rows.effect)[0, 1] > 0.85


def test_an_owner_without_rows_has_no_effect_and_alike_owners_have_next_to_none() -> None:
    rng = np.random.default_rng(5)
    owner = rng.integers(0, 50, 200_000)
    won = rng.random(200_000) < expit(np.array(-3.0))
    effects = cells.pooled(np.array([-3.0]), np.zeros(200_000, int), owner, won, 51)
    assert effects.effect[50] == 0
    assert effects.spread < 0.15
    assert np.abs(effects.effect).max() < 0.3


def test_a_level_that_the_fit_never_saw_has_no_effect() -> None:
    rows = fitting.draw(20_000, 5, seed=1)
    fitted = cells.fit(cells.gather(rows.factors, SIZES, rows.event)[0])
    won, lost = fitted.chances(np.full((1, 5), -1))
    assert won[0] == pytest.approx(expit(np.array(fitted.base[0])))
    assert lost[0] == pytest.approx(expit(np.array(fitted.base[1])))


def test_codes_outside_of_their_factor_are_refused() -> None:
    with pytest.raises(ValueError, match="2 levels"):
        cells.gather([np.array([0, 2])], (2,), np.array([0, 1]))
