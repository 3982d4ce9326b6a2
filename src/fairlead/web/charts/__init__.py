"""Charts as SVG text from the server: frozen values in, a drawing with its sentence and its table out.

A dot is the computed estimate, a diamond a person's call, a line what was agreed, a solid bar a booked fact.
Money comes in minor units. Every function is pure; text is escaped; coordinates stay inside the viewBox.
"""

from fairlead.web.charts.attainment import attainment
from fairlead.web.charts.beside import beside
from fairlead.web.charts.courses import (
    Bin,
    Booked,
    Course,
    Ended,
    Pace,
    Said,
    WeekOf,
    ended,
    fan,
    pace,
    reliability,
)
from fairlead.web.charts.dots import Outlook, dot_plot
from fairlead.web.charts.drawing import Chart, nothing
from fairlead.web.charts.flows import Flow, Ribbon, flow
from fairlead.web.charts.glyphs import Interval, interval_glyph, measure_glyph, record_chart, sparkline
from fairlead.web.charts.steps import Chance, Change, Level, Reason, Walk, reasons_chart, waterfall

__all__ = [
    "Bin",
    "Booked",
    "Chance",
    "Change",
    "Chart",
    "Course",
    "Ended",
    "Flow",
    "Interval",
    "Level",
    "Outlook",
    "Pace",
    "Reason",
    "Ribbon",
    "Said",
    "Walk",
    "WeekOf",
    "attainment",
    "beside",
    "dot_plot",
    "ended",
    "fan",
    "flow",
    "interval_glyph",
    "measure_glyph",
    "nothing",
    "pace",
    "reasons_chart",
    "record_chart",
    "reliability",
    "sparkline",
    "waterfall",
]
