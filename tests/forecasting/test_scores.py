import math

import numpy as np
import pytest

from fairlead.forecasting import score
from fairlead.forecasting.scores import coverage, crps_of_quantiles, crps_of_samples


def test_scores_of_four_chances_are_the_ones_worked_by_hand() -> None:
    got = score([0.8, 0.6, 0.3, 0.1], [1, 0, 1, 0])
    # log loss = -(ln .8 + ln .4 + ln .3 + ln .9) / 4; Brier = (.04 + .36 + .49 + .01) / 4; 3 of 4 pairs in order
    assert got.log_loss == pytest.approx(
        -(math.log(0.8) + math.log(0.4) + math.log(0.3) + math.log(0.9)) / 4, abs=1e-6
    )
    assert got.brier == pytest.approx(0.225)
    assert got.auc == pytest.approx(0.75)


def test_a_tie_counts_half_in_the_ranking() -> None:
    assert score([0.5, 0.5], [1, 0]).auc == 0.5


def test_ranking_has_no_score_on_one_class_but_the_others_have() -> None:
    got = score([0.2, 0.4], [0, 0])
    assert got.auc is None
    assert got.log_loss is not None


def test_calibration_error_is_the_weighted_gap_over_bins_of_equal_count() -> None:
    said = [0.2] * 50 + [0.8] * 50
    came = [1] * 20 + [0] * 30 + [1] * 40 + [0] * 10  # the first half comes .4 instead of .2
    order = np.random.default_rng(1).permutation(50)
    shuffled = [came[i] for i in order] + [came[50 + i] for i in order]
    assert score(said, shuffled).ece == pytest.approx(0.1, abs=0.06)
    assert sum(b.n for b in score(said, shuffled).bins) == 100


def test_groups_are_scored_apart() -> None:
    got = dict(score([0.9, 0.1, 0.5], [1, 0, 1], ["a", "a", "b"]).groups)
    assert got["a"].n == 2
    assert got["b"].brier == 0.25


def test_nothing_to_score_gives_no_scores() -> None:
    assert score([], []).log_loss is None


@pytest.mark.parametrize(
    ("said", "came", "groups"),
    [([1.2], [1], None), ([0.5], [2], None), ([0.5], [1, 0], None), ([0.5], [1], ["a", "b"])],
)
def test_wrong_input_is_refused_with_a_sentence(
    said: list[float], came: list[int], groups: list[str] | None
) -> None:
    with pytest.raises(ValueError, match="give"):
        score(said, came, groups)


def test_crps_of_one_sample_is_the_absolute_error() -> None:
    assert crps_of_samples([3.0], 5.0) == 2.0


def test_crps_of_normal_quantiles_is_the_closed_form() -> None:
    # Gneiting & Raftery 2007: CRPS of N(0,1) at 0 = 2 phi(0) - 1/sqrt(pi) = .2337
    from scipy.stats import norm

    quantiles = norm.ppf(np.arange(1, 200) / 200)
    assert crps_of_quantiles(quantiles, 0.0) == pytest.approx(
        2 / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi), abs=2e-3
    )


def test_coverage_counts_the_edges_as_inside() -> None:
    assert coverage([0, 0, 0], [1, 1, 1], [0, 1, 2]) == pytest.approx(2 / 3)
