"""The one table of what is kept about persons: in plain words, who sees it, why, and how long. No Django here.

Every model with a path to a person stands in one class; a test reads Django's registry and fails otherwise. The page for
workers, the printed reference, the copy of everything about a person and the sweep of what is past its time all read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fairlead.people import access

Since = Literal["entry", "leaving", "business"]
"""What the months are counted from: the entry itself, the person's last day, or nothing: a record of the business."""
Copy = Literal["whole", "own_page", "asked", "none"]
"""How it goes into a copy about a person: as it is; as a line that says on which own page the person reads it, because HR
reads nothing of it; by asking each writer; or not at all, because nothing of it is the person's."""


@dataclass(frozen=True, slots=True)
class Class:
    """One class of data. ``models`` are labels; ``words`` says which columns hold a person's words, for erasure."""

    key: str
    title: str
    what: str
    why: str
    acts: tuple[str, ...]
    models: tuple[str, ...]
    since: Since = "business"
    long: str = ""
    """how long, in words of its own, where no months are counted"""
    months: int = 0
    copy: Copy = "whole"
    page: str = ""
    """for ``own_page``: where the person reads it"""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """model label -> the columns that erasure empties; only classes with words here can be erased"""
    moments: Mapping[str, str] = field(default_factory=dict)
    """model label -> the column that says when an entry was made, where ``since`` is entry"""
    ledger: Mapping[str, str] = field(default_factory=dict)
    """subject kind of ledger entries whose personal texts go as well -> the model whose public ids they name"""

    @property
    def who(self) -> tuple[str, ...]:
        """Who sees it, in the sentences of the access table."""
        return tuple(
            dict.fromkeys(rule.says for act in self.acts for rule in access.RULES if rule.act == act)
        )

    @property
    def erasable(self) -> bool:
        return bool(self.words)


_COMPANY = "It is a record of the business: who sold what, who said which number, and what was decided on it."

CLASSES: tuple[Class, ...] = (
    Class(
        "directory", "The directory",
        "Your name, title, team, territory, whom you report to and since when, your roles, which units an HR partner looks "
        "after, and rights lent while somebody is away.",
        "Everything else asks who you are here and who answers for whom.",
        ("person.read", "delegation.read", "role.grant"),
        (
            "people.Person", "people.RoleGrant", "people.Team", "people.ReportingLine", "people.Reach",
            "people.Delegation", "people.Partnership", "people.UnitSwitch", "deals.OwnerName",
        ),
    ),
    Class(
        "account", "Sign-in and devices",
        "Your address, a digest of your password, second factors, where you are signed in, tokens you made, whether and when "
        "notices leave by mail, and addresses that ring for you.",
        "So that nobody else comes in under your name.",
        ("account.manage", "token.manage", "mail.wish", "webhook.keep", "webhook.answer"),
        (
            "people.User", "people.Token", "account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator",
            "usersessions.UserSession", "sessions.Session", "mail.Wish", "webhooks.Webhook", "webhooks.Call",
        ),
        copy="own_page", page="/you/",
        long="While you have an account: an admin closes it with your last day. A session ends by itself.",
    ),
    Class(
        "notices", "Notices and mail to you",
        "One sentence for each thing you were told, whether you read it, and that a mail about it left. Of mails that came in "
        "your name: from where and when.",
        "So that you hear of things, once.",
        ("notice.read", "mail.claim", "mail.keep"),
        ("notices.Notice", "mail.Arrived", "mail.Letter"),
        copy="own_page", page="/you/",
    ),
    Class(
        "ledger", "The ledger",
        "That you did something, when, and of what kind; personal words only as far as you wrote them there.",
        "So that nobody can change afterwards what was said and done, the company included.",
        ("ledger.read", "ledger.read_accounts", "ledger.verify"),
        ("ledger.Entry", "ledger.Personal"),
        copy="own_page", page="/ledger/",
    ),
    Class(
        "deals", "Deals and accounts",
        "The deals and accounts you own or hold a share of, as the CRM sends them, with their history and your own categories.",
        _COMPANY,
        ("deal.read", "share.read", "split.write", "account.read", "correction.propose"),
        (
            "deals.Deal", "deals.StagedDeal", "deals.DealEvent", "deals.PastOwner", "deals.Absence", "deals.Track",
            "deals.OwnCategory", "deals.Division", "deals.Share", "territories.Account", "territories.Contact",
        ),
        copy="own_page", page="/deals/",
    ),
    Class(
        "contacts", "Contacts with accounts",
        "On which day you called, met, mailed or visited an account and whether the other side took part; renewals and rivals "
        "you noted; who owned an account since when, its tier, and accounts you cover while a seat is empty. Never what was "
        "said or written in a contact.",
        "So that no account is forgotten. A list of a seller’s accounts in breach exists only while a look waits or a seat is "
        "empty.",
        ("account.read", "activity.write", "watch.read", "empty_seat.read", "empty_seat.cover", "tier.keep"),
        (
            "territories.Activity", "territories.Renewal", "territories.RivalSeen", "territories.Owned",
            "territories.AccountTier", "territories.Cover", "territories.CoverMark",
        ),
        copy="own_page", page="/accounts/",
    ),
    Class(
        "forecast", "Targets and calls",
        "Your targets, the numbers you called and submitted with your notes, overlays on them, and who read a team’s copy.",
        _COMPANY,
        ("target.read", "call.read", "overlay.read", "judgement.read", "submission.read", "record.read"),
        (
            "calls.Target", "calls.Call", "calls.Overlay", "calls.Submission", "calls.SubmittedType", "calls.Withdrawal", "calls.Receipt",
            "calls.Judgement", "expectations.Statement", "expectations.Answer",
        ),
    ),
    Class(
        "estimates", "Ranges",
        "What was computed from your deals: the chance of each, and the range of the quarter.",
        _COMPANY,
        ("estimate.read",),
        ("calls.NodeEstimate", "calls.TypeColumns", "calls.RunPart", "calls.DealEstimate"),
        copy="own_page", page="/quarter/",
    ),
    Class(
        "deal_work", "Work on deals",
        "Evidence and files, plans and their tests, plans shared with buyers, packets and reasons of deals that left, accounts "
        "of why deals were won or lost, asks to executives, flags that were snoozed, what the company owes.",
        _COMPANY,
        (
            "evidence.read", "plan.read", "plan.read_mates", "mutual.read", "exit.read", "winloss.read", "interview.write",
            "ask.read", "ask.answer", "flag.read", "debt.read",
        ),
        (
            "qualification.Item", "qualification.File", "qualification.FileBytes", "qualification.FileRemoved",
            "plans.Version", "plans.Opened", "plans.Tested", "mutual.Published", "mutual.Draft", "mutual.Address",
            "exits.Answer", "exits.Act", "exits.Draft", "exits.Asked", "winloss.Request", "winloss.Dropped",
            "winloss.Account", "winloss.Answer", "winloss.Told", "asks.Ask", "asks.Version", "asks.Step", "asks.Debrief",
            "asks.Concession", "asks.Sponsor", "health.Snooze", "health.Correction", "debts.Debt", "debts.DebtStep",
        ),
        copy="own_page", page="/deals/",
    ),
    Class(
        "owed", "What the company owes your role",
        "Which products you sell, what was delivered to you by whom and on which day, and how you rated it.",
        "So that nothing is asked of you that the company did not give.",
        ("owed.read", "owed.deliver", "sells.keep"),
        ("enablement.Sells", "enablement.Delivery", "enablement.Attachment", "enablement.AttachmentBytes"),
        copy="own_page", page="/owed/",
    ),
    Class(
        "material", "Material you added or made",
        "Links and files in the library of material, who made them, and in how many live plans they are used.",
        "So that whoever made something that helps others is credited.",
        ("material.read", "material.add"),
        ("enablement.Material", "enablement.MaterialVersion"),
        copy="own_page", page="/library/",
    ),
    Class(
        "known", "What you wrote down of what you know",
        "Account studies, industry and customer knowledge, teach-backs with what an assessor said of them, where plans use "
        "it, your words about deliveries, what you had to work out alone, and material you thanked for.",
        "So that what you worked out is credited where it is used. It is never counted in hours and never a score.",
        ("knowledge.read", "knowledge.keep", "teach_back.assess", "rating.read", "guidance.read", "guidance.counts"),
        (
            "enablement.Knowledge", "enablement.KnowledgeVersion", "enablement.Assessed", "enablement.Cite",
            "enablement.Rating", "enablement.Gap", "enablement.GapStep", "enablement.Thanks",
        ),
        since="leaving", months=12, copy="own_page", page="/know/",
        words={
            "enablement.KnowledgeVersion": ("title", "about", "learnt", "sources"), "enablement.Assessed": ("words",),
            "enablement.Rating": ("words",), "enablement.Gap": ("words",),
        },
    ),
    Class(
        "news", "News and surprises",
        "News of deals that you told or that were told of yours, when they were known and told upward, and surprises as a "
        "count of the team.",
        _COMPANY,
        ("news.read", "news.read_team", "news.read_told"),
        ("news.Item", "news.Version", "news.Told", "news.Act", "news.Surprise"),
        copy="own_page", page="/news/",
    ),
    Class(
        "reviews", "Weekly reviews",
        "Who was in the room, what was decided on whose deal, who does what until when.",
        "So that a decision of a meeting is kept and found again.",
        ("review.read", "review.decision"),
        (
            "reviews.Review", "reviews.Attendance", "reviews.Draft", "reviews.CalledOff", "reviews.Minutes",
            "reviews.Decision", "reviews.Question", "reviews.Action", "reviews.Straight",
        ),
        copy="own_page", page="/reviews/",
    ),
    Class(
        "promises", "Promises",
        "What you said you would do and what others promised you, with days and what became of it.",
        "So that an “I will” is not lost.",
        ("promise.read", "promise.make", "promise.note"),
        ("promises.Promise", "promises.Step"),
        copy="own_page", page="/promises/",
    ),
    Class(
        "from_above", "Messages from above",
        "Messages to a manager’s desk, what was done with them, what reached whom, direct contacts that were logged, dates of "
        "pressure, notices to everybody.",
        "So that pressure from above goes through one informed person, and what reached you can be set straight.",
        ("desk.handle", "message.sent", "message.heard", "contact.log", "contact.read", "company_notice.read"),
        (
            "desk.Message", "desk.Kind", "desk.Confidential", "desk.Act", "desk.Passed", "desk.Switch", "desk.Contact",
            "desk.CompanyNotice", "desk.PressureDay", "desk.PressureDayEnd",
        ),
        copy="own_page", page="/inbox/",
    ),
    Class(
        "deal_reviews", "Questions and thanks on deals",
        "Notes of a leader for a message after a deal review, and the message that was sent.",
        "So that questions come in one message and not in ten.",
        ("inspection.note", "inspection.read"),
        ("health.Note", "health.Message", "health.SentNote"),
        copy="own_page", page="/deal-review/",
    ),
    Class(
        "help", "Requests for help and shields",
        "What you asked for, of whom, the answer and whether it helped; what you want to be shielded from and what the manager "
        "promised.",
        "So that asking for help leads to an answer. It is never evidence against anybody.",
        ("help.read", "help.ask", "shield.read", "shield.answer"),
        ("help.Request", "help.Step", "help.Disclosed", "help.Shield", "help.ShieldAct"),
        since="leaving", months=12, copy="own_page", page="/help/",
        words={
            "help.Request": ("subject", "need", "tried"), "help.Step": ("text",), "help.ShieldAct": ("text",),
            "help.Shield": ("affects", "shielded", "hours", "channels", "promised", "needed"),
        },
        ledger={"help": "help.Request", "shield": "help.Shield"},
    ),
    Class(
        "agreements", "Working agreements",
        "How you and your manager work together, with both signatures and every version.",
        "So that both can hold each other to it.",
        ("agreement.read", "agreement.write"),
        ("agreements.Agreement", "agreements.Version", "agreements.Act"),
        copy="own_page", page="/agreements/",
    ),
    Class(
        "meetings", "One-to-ones",
        "The rhythm, the agenda, what both of you shared, and actions.",
        "So that a talk leads somewhere. A missed one is never counted.",
        ("oneonone.read", "oneonone.keep"),
        (
            "oneonones.Series", "oneonones.Rhythm", "oneonones.Step", "oneonones.Point", "oneonones.Mark",
            "oneonones.SharedNote", "oneonones.Feed",
        ),
        since="leaving", months=12, copy="own_page", page="/one-to-ones/",
        words={"oneonones.Point": ("text",), "oneonones.SharedNote": ("text",)},
    ),
    Class(
        "private_notes", "Private notes",
        "What somebody wrote down for themself about a talk.",
        "It is the writer’s memory and nobody’s record.",
        ("private_note.keep", "person_copy.disclose"),
        ("oneonones.PrivateNote",),
        since="leaving", months=1, copy="asked",
        words={"oneonones.PrivateNote": ("text",)},
    ),
    Class(
        "grounds", "What HR recorded for a unit",
        "That people were told, on which legal basis, who was consulted, and who recorded it.",
        "Nobody’s results are looked at without it.",
        ("ground.read", "ground.keep", "rule.keep"),
        ("grounds.Ground", "grounds.RuleVersion"),
    ),
    Class(
        "standing", "Your seat and days away",
        "In which job and segment you sell since when, and on which days you were away. What comes of it is reckoned when it is "
        "read, and kept nowhere.",
        "So that nothing is asked of you for days on which you could not sell.",
        ("seat.read", "seat.keep", "leave.read", "standing.read"),
        ("standing.Seat", "standing.Leave"),
    ),
    Class(
        "leave_reasons", "Why you were away",
        "The reason of a leave, as HR wrote it down.",
        "So that HR can say which days are protected. Your manager never sees it.",
        ("leave.read", "leave.keep"),
        ("standing.LeaveReason",),
        since="entry", months=36,
        words={"standing.LeaveReason": ("words",)}, moments={"standing.LeaveReason": "leave__at"},
    ),
    Class(
        "looks", "Looks at results",
        "The figures with which a look opened, everything that speaks for you, your answer, and how it was closed and why.",
        "So that nothing is decided about you without what speaks for you, and so that it can be checked afterwards.",
        ("look.read", "look.read_late", "look.status", "look.register"),
        ("looks.Look", "looks.LookAct"),
        since="entry", months=36,
        words={"looks.Look": ("facts",), "looks.LookAct": ("words",)},
        moments={"looks.Look": "opened_at", "looks.LookAct": "look__opened_at"},
    ),
    Class(
        "early_talks", "Early talks",
        "That you or your manager said of an early talk that it was had, that it is not now, or that it goes on your agenda. The "
        "figures and the chance are reckoned when the page is opened, and kept nowhere.",
        "So that a prompt that was answered steps back. It is a talk and not a file.",
        ("talk.read", "talk.say", "talk.own"),
        ("early.Said",),
        long="Until the quarter ends: then it is deleted.", copy="own_page", page="/talk/",
    ),
    Class(
        "gaps", "What a gap cost others",
        "Where the gap ledger is turned on: what was missing to a closed quarter’s target, who was given what part of it and for "
        "how long, and what else was cut or delayed.",
        "So that what others carried is known when targets and help are decided on. It is never evidence about anybody.",
        ("gap.read", "gap.write", "gap.totals"),
        ("gaps.Gap", "gaps.Version", "gaps.Carried"),
        since="entry", months=24,
        words={"gaps.Version": ("content", "why"), "gaps.Carried": ("said",)},
        moments={"gaps.Version": "at", "gaps.Carried": "version__at"},
    ),
    Class(
        "diagnoses", "Diagnoses",
        "What was found in each of seven layers with its evidence, the figures beside it, what was observed on which day, "
        "your answer, and what follows.",
        "So that nothing follows from results before you have read why, and answered.",
        ("diagnosis.read", "diagnosis.read_shared", "diagnosis.status", "observation.write"),
        (
            "diagnoses.Diagnosis", "diagnoses.Version", "diagnoses.Act", "diagnoses.Remedy", "diagnoses.Asked",
            "diagnoses.Observation",
        ),
        since="entry", months=36, copy="own_page", page="/looks/",
        words={
            "diagnoses.Version": ("facts", "words_0", "words_1", "words_2", "words_3", "words_4", "words_5", "words_6"),
            "diagnoses.Act": ("words",), "diagnoses.Remedy": ("text",), "diagnoses.Observation": ("words",),
        },
        moments={
            "diagnoses.Version": "diagnosis__at", "diagnoses.Act": "diagnosis__at", "diagnoses.Remedy": "diagnosis__at",
            "diagnoses.Observation": "diagnosis__at",
        },
    ),
    Class(
        "plans", "Improvement plans, and talks about another place",
        "Every version of a plan, what was measured, check-ins, what you received, agreed to and replied, the decision, an "
        "appeal, the summary, and who covers your accounts.",
        "So that what was asked of you and what you were owed can be read by everybody who answers for it.",
        ("improvement.own", "improvement.lead", "improvement.gate", "improvement.status", "improvement.decide",
         "improvement.hear", "improvement.assess"),
        (
            "improvement.Plan", "improvement.Version", "improvement.Act", "improvement.Cover", "improvement.Assessment",
        ),
        since="leaving", months=24, copy="own_page", page="/improvement/",
        words={
            "improvement.Version": ("content",), "improvement.Act": ("words", "scores"), "improvement.Cover": ("lines",),
        },
    ),
    Class(
        "outside", "Reviewers from outside",
        "Who from outside was named for your unit and why they are independent, and that the address to a plan was sent to "
        "them, opened, used or taken back.",
        "So that three different people stand behind what is decided about you where a company has fewer.",
        ("outside.keep", "outside.keep_alone"),
        ("improvement.Reviewer", "improvement.Invitation"),
        since="entry", months=36, copy="none",
        words={"improvement.Reviewer": ("name", "organisation", "email", "why")},
        moments={"improvement.Reviewer": "at"},
    ),
    Class(
        "own_plans", "A plan of your own that you did not share",
        "What you plan for yourself.",
        "It is yours. Nobody else reads it by any page, search or copy.",
        ("improvement.self",),
        ("improvement.SelfDraft",),
        since="leaving", months=1, copy="own_page", page="/improvement/own/",
        words={"improvement.SelfDraft": ("content",)},
    ),
    Class(
        "earnings", "Your own pay plan",
        "What you wrote down of your pay, to see what your sales pay.",
        "It is yours. Nobody else reads it by any page, search or copy, and nothing is decided by it.",
        ("earnings.own",),
        ("earnings.PayPlan",),
        long="Until you delete it, or leave.", copy="own_page", page="/earnings/",
    ),
    Class(
        "feedback", "Upward feedback",
        "That you were asked about a manager and whether an answer came, without day or time. What was answered is kept as "
        "sums without who; of a manager, the words that were released about them.",
        "So that managers hear what helps, and nobody can find who said it.",
        ("feedback.answer", "feedback.read", "feedback.counts"),
        (
            "feedback.Round", "feedback.Asked", "feedback.Tally", "feedback.Comment", "feedback.Figure", "feedback.Share",
        ),
        copy="none",
    ),
    Class(
        "role_looks", "Looks at a role",
        "Quartiles of a role without a name, and what whoever answers for its targets decided.",
        "Where half of a role misses, the target is looked at and no person.",
        ("role_look.read", "role_look.decide"),
        ("looks.RoleLook", "looks.RoleHanded", "looks.RoleDecision"),
    ),
    Class(
        "reads", "Who read about you",
        "Who read a look at your results or prepared a copy about you, on which day and in whose place. Your own reading is "
        "not noted.",
        "So that you and HR can see who knew.",
        ("read_log.read",),
        ("records.Read",),
        long="As long as what was read may be asked about; it holds no words and is never changed.",
    ),
    Class(
        "copies", "Copies about you",
        "That you asked for a copy of everything about you, what was gathered, what was decided of things that name others, "
        "and the file.",
        "So that it can be checked that you got what is yours, and others kept what is theirs.",
        ("person_copy.prepare", "person_copy.disclose"),
        (
            "records.Request", "records.Step", "records.Item", "records.Ruling", "records.Finished", "records.NoteAsk",
        ),
        since="entry", months=24, copy="none",
        words={"records.Item": ("content",), "records.Finished": ("data",)},
        moments={"records.Item": "request__at", "records.Finished": "request__at"},
    ),
    Class(
        "cases", "Cases of HR",
        "That HR opened a case by which agreements, shared notes or promises between you and your manager are read: who reads "
        "what, of which days, and until when. Why is HR's: the reason may name somebody.",
        "So that nobody in HR reads such things without a reason, and you can see that they did.",
        ("case.open", "case.know", "case.read"),
        ("cases.Case", "cases.Side", "cases.Step"),
        since="entry", months=36, copy="own_page", page="/records/reads/",
        words={"cases.Case": ("reason",), "cases.Step": ("words",)},
        moments={"cases.Case": "at", "cases.Step": "at"},
    ),
    Class(
        "holds", "Holds and erasures",
        "That nothing about you may be erased for now and why, and of what the words were erased, when and by whom.",
        "So that nothing disappears that a court may ask for, and nobody wonders where something went.",
        ("hr_record.keep",),
        ("records.Hold", "records.HoldEnd", "records.Erasure"),
        copy="none",
    ),
    Class(
        "settings", "Settings and who set them",
        "Stages, categories, rates, calendars, criteria, rules and limits in versions, each with the name of who set it.",
        "So that a number of the past can be reckoned again, and somebody can be asked.",
        ("settings.write", "criteria.write", "sharing.set", "rule.keep", "country_rule.read", "country_rule.keep"),
        (
            "people.DayOff", "deals.Category", "calls.ForecastType", "deals.Rate", "deals.Source", "qualification.CriteriaSet", "winloss.Ruling",
            "exits.Ruling", "health.Threshold", "mutual.Sharing", "desk.DeskSetting", "mail.MailSetting",
            "help.HelpSetting", "records.CountryRule", "territories.TierPolicy",
            "enablement.Product", "enablement.Entry", "enablement.EntryVersion",
            "enablement.SupportStatement", "enablement.StatementDraft",
        ),
        copy="none",
    ),
    Class(
        "imports", "Imports",
        "Who brought which file when, and what came of it.",
        "So that an import can be answered for.",
        ("import.read", "import.run"),
        ("deals.Import", "web.Upload", "django_tasks_database.DBTaskResult"),
        copy="none",
    ),
)  # fmt: skip

BY_KEY: Mapping[str, Class] = {one.key: one for one in CLASSES}

NOBODYS: Mapping[str, str] = {
    "ledger.Head": "the last link of the chain",
    "people.Organisation": "how the organisation counts time and money",
    "people.DemoClock": "the demo's clock",
    "deals.TrackBlock": "states of deals packed together, without names",
    "deals.Word": "words of deals, for packing",
    "calls.EstimateRun": "a computation of the whole",
    "health.FlagRun": "how often flags were right, over all deals",
    "winloss.Looked": "up to when closed deals were gone through",
    "exits.Looked": "up to when deals that left were gone through",
    "early.Reference": "how often deals due on a day were won by the sellers of a role together, as counts",
    "looks.Sweep": "that everybody was gone through on a day, as counts",
    "records.Sweep": "how much was past its time on a day, as counts",
    "ledger.Door": "the door through which words are erased: empty but for that moment",
    "web.Watch": "when the clock was last looked at",
    "auth.Permission": "not used",
    "auth.Group": "not used",
    "contenttypes.ContentType": "the list of tables",
}
"""Models in which nobody is named, with what they hold."""


def class_of(label: str) -> Class | None:
    """The class a model stands in, None for what is about nobody."""
    return next((one for one in CLASSES if label in one.models), None)


def how_long(one: Class, months: int) -> str:
    """How long a class is kept, in words."""
    if one.since == "business":
        return one.long or "As long as the business record is needed; it is not erased for one person."
    counted = "after it was written" if one.since == "entry" else "after your last day here"
    span = f"{months // 12} years" if months >= 24 and months % 12 == 0 else f"{months} months"
    span = {"1 months": "1 month", "12 months": "a year"}.get(span, span)
    return (
        f"{span[0].upper()}{span[1:]} {counted}. Then the words are erased; that something was there stays."
    )
