"""The forecasting library: plain values in, an honest estimate out. No database, no clock, no randomness.

estimate  the distribution of every node and the chance of every deal for one period
backtest  the time-ordered test of the estimate against what came and against plain references
replay    what the estimate would have said of the last periods, and what came
score     log loss, Brier, AUC and calibration of any stated chances
"""

from fairlead.forecasting.backtests import backtest
from fairlead.forecasting.chances import LEVELS, chance_of
from fairlead.forecasting.estimates import estimate
from fairlead.forecasting.leaks import refuse_columns
from fairlead.forecasting.replays import replay
from fairlead.forecasting.results import (
    Backtest,
    CalibrationBin,
    LevelScores,
    References,
    RefusedColumn,
    Replay,
    ReplayPeriod,
    Scores,
    SnapshotRow,
    WeekScores,
)
from fairlead.forecasting.scores import score
from fairlead.forecasting.types import (
    COMPANY,
    UNASSIGNED,
    Change,
    Deal,
    DealForecast,
    Forecast,
    History,
    Member,
    NodeForecast,
    NotCounted,
    Part,
    Reason,
)

__all__ = [
    "COMPANY",
    "LEVELS",
    "UNASSIGNED",
    "Backtest",
    "CalibrationBin",
    "Change",
    "Deal",
    "DealForecast",
    "Forecast",
    "History",
    "LevelScores",
    "Member",
    "NodeForecast",
    "NotCounted",
    "Part",
    "Reason",
    "References",
    "RefusedColumn",
    "Replay",
    "ReplayPeriod",
    "Scores",
    "SnapshotRow",
    "WeekScores",
    "backtest",
    "chance_of",
    "estimate",
    "refuse_columns",
    "replay",
    "score",
]
