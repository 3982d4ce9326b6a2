"""The forecasting library: plain values in, an honest estimate out. No database, no clock, no randomness.

estimate  the distribution of every node and the chance of every deal for one period
backtest  the time-ordered test of the estimate against what came and against plain references
replay    what the estimate would have said of the last periods, and what came
score     log loss, Brier, AUC and calibration of any stated chances
prepare   the distributions of a pipeline, ready for what-ifs, swings and causes
rebuild   one node of an earlier estimate, ready for the same, from its own part of the workings
"""

from fairlead.forecasting.backtests import backtest
from fairlead.forecasting.book import Book, Supposed, added, later, lost, prepare, resized, won
from fairlead.forecasting.chances import LEVELS, chance_of
from fairlead.forecasting.crossed import Crossed, crossed
from fairlead.forecasting.curves import Curve
from fairlead.forecasting.estimates import estimate, worked_out
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.layers import Pipeline, Shape
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
from fairlead.forecasting.workings import Workings, rebuild

__all__ = [
    "COMPANY",
    "LEVELS",
    "UNASSIGNED",
    "Backtest",
    "Book",
    "CalibrationBin",
    "Change",
    "Crossed",
    "Curve",
    "Deal",
    "DealForecast",
    "Forecast",
    "History",
    "LevelScores",
    "Member",
    "NodeForecast",
    "NotCounted",
    "Part",
    "Pipeline",
    "Reason",
    "References",
    "RefusedColumn",
    "Replay",
    "ReplayPeriod",
    "Scores",
    "Shape",
    "Shocks",
    "SnapshotRow",
    "Supposed",
    "WeekScores",
    "Workings",
    "added",
    "backtest",
    "chance_of",
    "crossed",
    "estimate",
    "later",
    "lost",
    "prepare",
    "rebuild",
    "refuse_columns",
    "replay",
    "resized",
    "score",
    "won",
    "worked_out",
]
