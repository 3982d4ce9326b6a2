"""The words of improvement plans. No Django here. A notice says nothing of what is in a plan."""

from __future__ import annotations

from fairlead.improvement.content import Metric
from fairlead.improvement.rules import Duty, Form, Outcome, Phase

NOTICES = {
    "improvement.at_hr": "A plan waits for your check",
    "improvement.answered": "HR answered on a plan that you wrote",
    "improvement.published": "A plan for you is published: what is expected, what help is owed, how to answer",
    "improvement.talk": "A talk about another place for you is prepared. It says why, and how to answer",
    "improvement.person": "Somebody answered in a plan that you lead",
    "improvement.manager": "Something was written in your plan",
    "improvement.changed": "Your plan is paused: a change waits for HR, then for you to read it",
    "improvement.decide": "A plan has come to its last day and waits for your decision",
    "improvement.decided": "Your plan is decided. You read why, and how to appeal",
    "improvement.second": "A decision waits for the second of two people, and that is you",
    "improvement.appealed": "An appeal waits for you",
    "improvement.heard": "Your appeal was heard",
    "improvement.measure": "You are named to measure something for a colleague by {day}",
    "improvement.shared": "Somebody of your team shared a plan of their own with you",
    "improvement.withdrawn": "A plan was withdrawn",
    "improvement.outside": "Something waits for the outside reviewer of a unit: send it, or name somebody",
    "improvement.year": "A year has passed since a plan or a parting: look at where the person is now",
}
METRICS: dict[Metric, tuple[str, str]] = {
    "teach_back": ("A teach-back, in points", "Features, benefits and value are scored 0 to 5 each."),
    "opened": ("New opportunities, counted in the deals", "Deals that were opened since the start."),
    "plans": ("Deal plans written, counted in the plans", "Deals whose plan was written or renewed since the start."),
    "evidence": ("What buyers said or wrote, counted", "Criteria with a dated word of the buyer since then."),
    "won": ("Deals won, counted in the deals", "Only where deals are shorter than the plan."),
    "counted": ("Counted by somebody named", "With what the count rests on."),
}  # fmt: skip
UNITS: dict[str, str] = {
    "opened": "opportunities", "plans": "deal plans", "evidence": "criteria", "won": "deals",
    "teach_back": "points of 15",
}  # fmt: skip
FORMS: dict[Form, str] = {
    "plan": "Improvement plan",
    "redeployment": "Talk about another place",
    "self": "A plan of one’s own",
}
PHASES: dict[Phase, tuple[str, str]] = {
    "draft": ("wait", "draft"),
    "at_hr": ("wait", "at HR"),
    "approved": ("half", "checked by HR"),
    "running": ("half", "runs"),
    "paused": ("wait", "paused"),
    "pending": ("wait", "waits for the second of two"),
    "decided": ("ok", "decided"),
    "appealed": ("half", "appeal"),
    "closed": ("ok", "over"),
    "void": ("stop", "withdrawn"),
}
OUTCOMES: dict[Outcome, str] = {
    "met": "Met: the plan ends",
    "extended": "Extended, once",
    "redeployed": "Another place in the company",
    "leaves": "Leaves the company",
    "withdrawn": "Withdrawn: it ends without a result",
}
DUTIES: dict[Duty, tuple[str, str]] = {
    "gate": (
        "HR’s check",
        "Nobody of HR is free to check this plan. Say whether it may be published, and why.",
    ),
    "second": (
        "The second of two people",
        "Somebody decided that the person is parted from their place. It holds only if a second agrees. Say whether "
        "you second it or object, and why.",
    ),
    "decision": (
        "The decision",
        "Nobody above the manager is free to decide. Say what is decided, and why; the person reads it.",
    ),
    "appeal": (
        "The appeal",
        "The person appealed against the decision. Say whether it stands or is overturned, and why. They "
        "read it.",
    ),
}
"""Duty of somebody from outside -> its name, and what is asked of them."""
OUTSIDE_SUBJECT = "Something waits for you as outside reviewer"
OUTSIDE_MAIL = """Dear {name},

you are named as outside reviewer of {company}. Something waits for you: {what}.

{address}

The address leads to one confidential paper and to one answer, until {until}. It ends with your answer. Whoever has it
can read the paper: please do not pass it on. Nobody at {company} was shown it.
"""
OUTSIDE_DONE = (
    "Your answer stands with your name and reason, and everybody concerned is told. This address leads nowhere "
    "from now on."
)
OUTSIDE_ACTS: dict[str, str] = {
    "approved": "It may be published",
    "returned": "It goes back: something has to change first",
    "seconded": "I second it: the decision holds",
    "objected": "I object: it is open again",
    "decided": "I decide",
    "heard": "I have heard it",
}
ACTS: dict[str, str] = {
    "submitted": "sent it to HR",
    "returned": "sent it back for HR",
    "approved": "checked it for HR",
    "published": "published it",
    "received": "received it",
    "handed": "handed it over",
    "agreed": "agrees",
    "partly": "agrees in part",
    "refused": "refuses it",
    "deals_agreed": "agrees to the deals",
    "deals_refused": "does not agree to the deals",
    "replied": "replied",
    "checked_in": "held check-in",
    "missed": "noted that a check-in was missed",
    "measured": "measured",
    "freed": "freed a deal: lost through nobody’s fault",
    "changed": "changed it, which pauses it",
    "kept": "kept it as it was",
    "decided": "decided",
    "seconded": "seconded the decision",
    "objected": "objected to the decision",
    "appealed": "appealed",
    "heard": "heard the appeal",
    "summed_up": "wrote the summary",
    "summary_read": "read the summary",
    "withdrawn": "withdrew it",
    "shared": "shared it",
    "ended": "ended it",
    "lifted": "ended its protection in writing",
}
DONE: dict[str, str] = {
    "submitted": "Sent to HR. The person sees nothing of it yet.",
    "returned": "Sent back with your words.",
    "approved": "Checked. The manager can publish it now.",
    "published": "Published and locked. The person is told at once.",
    "received": "Said. Receiving is not agreeing.",
    "handed": "Written down. It counts as received, not as agreed.",
    "agreed": "Said.",
    "partly": "Said, with your words.",
    "refused": "Said, with your words. The plan runs all the same, and your words stay with it.",
    "deals_agreed": "Agreed by both of you.",
    "deals_refused": "Said. These deals do not count until you agree on them.",
    "replied": "Sent. It stands as you wrote it, and nobody else can change it.",
    "checked_in": "Written down. Both of you read it.",
    "missed": "Written down.",
    "freed": "Written down. Its milestones no longer count.",
    "changed": "Saved. The plan is paused until HR has checked the change and the person has read it.",
    "kept": "It stays as it was, and runs again.",
    "decided": "Decided. The person is told.",
    "seconded": "Seconded. The decision holds, and can be appealed.",
    "objected": "Said. The decision is open again.",
    "appealed": "Sent to somebody who neither wrote the plan nor decided.",
    "heard": "Written down. Everybody concerned is told.",
    "summed_up": "Written. The person reads it before any new manager does.",
    "summary_read": "Said.",
    "withdrawn": "Withdrawn. The person is told where it was published.",
    "ended": "Ended.",
    "lifted": "Written down.",
}
