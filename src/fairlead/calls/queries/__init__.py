"""What the pages of the forecast call show, one module per page.

All money is minor units of the organisation's currency. Every read goes through the access table.
"""

from fairlead.calls.numbers import Number
from fairlead.calls.queries.board import (
    Board,
    BoardRow,
    board,
)
from fairlead.calls.queries.call_page import (
    CallPage,
    Column,
    OfType,
    Row,
    Seat,
    ToJudge,
    Voice,
    call_page,
    number_of,
    numbers_of,
    types_of,
)
from fairlead.calls.queries.chances import (
    DealChance,
    chance_of_deal,
    deal_chances,
)
from fairlead.calls.queries.changes import (
    SHOWN,
    Ask,
    Asked,
    Branch,
    ChangeBar,
    Changes,
    DealMoved,
    FlowCell,
    Pushes,
    changes,
    end_of,
    instant,
    node_of,
)
from fairlead.calls.queries.copies import (
    Copy,
    CopyCell,
    CopyType,
    as_text,
    submissions,
    team_copy,
)
from fairlead.calls.queries.heads import (
    Head,
    Outlook,
    Read,
    Sent,
    Waterfall,
)
from fairlead.calls.queries.judgements import (
    judge_of,
    judgements_of_deal,
)
from fairlead.calls.queries.manager_record import (
    ManagerRecord,
    PeriodRecord,
    WeekRecord,
    WeekSaid,
    manager_record,
)
from fairlead.calls.queries.pack import (
    PACK_SINCE,
    Pack,
    pack,
)
from fairlead.calls.queries.periods import (
    past_day,
    period_at,
    period_named,
    periods_around,
)
from fairlead.calls.queries.quarter import (
    MyQuarter,
    OwnCall,
    OwnType,
    Urgent,
    my_quarter,
)
from fairlead.calls.queries.records import (
    Judged,
    OwnPast,
    PastPeriod,
    accuracy,
    own_past,
    past_waits,
)
from fairlead.calls.queries.said import (
    SaidLine,
    SaidOf,
    said_of,
)
from fairlead.calls.queries.targets import (
    TargetLine,
    targets,
)
from fairlead.calls.queries.what_if import (
    Choice,
    Side,
    WhatIf,
    own_what_if,
    team_what_if,
)

__all__ = [
    "PACK_SINCE",
    "SHOWN",
    "Ask",
    "Asked",
    "Board",
    "BoardRow",
    "Branch",
    "CallPage",
    "ChangeBar",
    "Changes",
    "Choice",
    "Column",
    "Copy",
    "CopyCell",
    "CopyType",
    "DealChance",
    "DealMoved",
    "FlowCell",
    "Head",
    "Judged",
    "ManagerRecord",
    "MyQuarter",
    "Number",
    "OfType",
    "Outlook",
    "OwnCall",
    "OwnPast",
    "OwnType",
    "Pack",
    "PastPeriod",
    "PeriodRecord",
    "Pushes",
    "Read",
    "Row",
    "SaidLine",
    "SaidOf",
    "Seat",
    "Sent",
    "Side",
    "TargetLine",
    "ToJudge",
    "Urgent",
    "Voice",
    "Waterfall",
    "WeekRecord",
    "WeekSaid",
    "WhatIf",
    "accuracy",
    "as_text",
    "board",
    "call_page",
    "chance_of_deal",
    "changes",
    "deal_chances",
    "end_of",
    "instant",
    "judge_of",
    "judgements_of_deal",
    "manager_record",
    "my_quarter",
    "node_of",
    "number_of",
    "numbers_of",
    "own_past",
    "own_what_if",
    "pack",
    "past_day",
    "past_waits",
    "period_at",
    "period_named",
    "periods_around",
    "said_of",
    "submissions",
    "targets",
    "team_copy",
    "team_what_if",
    "types_of",
]
