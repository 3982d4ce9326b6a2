"""Targets, calls, overlays, estimates and submissions. Each is one transaction with its ledger entry last."""

from fairlead.calls.actions.calls import (
    set_call,
    type_in_call,
)
from fairlead.calls.actions.estimates import (
    estimate,
    evidence,
    replay_past,
)
from fairlead.calls.actions.judgements import (
    clear_judgement,
    judge,
)
from fairlead.calls.actions.kinds import (
    end_type,
    set_type,
)
from fairlead.calls.actions.overlays import (
    answer_drift,
    reset_overlay,
    set_overlay,
)
from fairlead.calls.actions.past import (
    PastNumber,
    take_in_past,
)
from fairlead.calls.actions.reminders import (
    remind,
    rhythm_of,
    rhythms,
)
from fairlead.calls.actions.submissions import (
    Sentable,
    amount_in,
    bars_since,
    calls_sum_in,
    cells_of,
    changes_in,
    content_of,
    content_of_type,
    is_used,
    mark_read,
    standing_of_type,
    submit,
    withdraw,
)
from fairlead.calls.actions.targets import (
    TakenIn,
    set_target,
    take_in_targets,
)
from fairlead.calls.actions.wanted import (
    CALL_PATH,
    COPY_PATH,
    LARGEST,
    QUARTER_PATH,
    refuse_category,
)

__all__ = [
    "CALL_PATH",
    "COPY_PATH",
    "LARGEST",
    "QUARTER_PATH",
    "PastNumber",
    "Sentable",
    "TakenIn",
    "amount_in",
    "answer_drift",
    "bars_since",
    "calls_sum_in",
    "cells_of",
    "changes_in",
    "clear_judgement",
    "content_of",
    "content_of_type",
    "end_type",
    "estimate",
    "evidence",
    "is_used",
    "judge",
    "mark_read",
    "refuse_category",
    "remind",
    "replay_past",
    "reset_overlay",
    "rhythm_of",
    "rhythms",
    "set_call",
    "set_overlay",
    "set_target",
    "set_type",
    "standing_of_type",
    "submit",
    "take_in_past",
    "take_in_targets",
    "type_in_call",
    "withdraw",
]
