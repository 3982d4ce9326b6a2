"""The words of mail. What leaves the house is decided in one table: at most what kind of thing waits. No Django."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES = {
    "mail.asks": "A message you mailed waits: say from whom it came.",
    "mail.unsure": "A mail in your name came without proof that it is yours. Was this you?",
    "mail.refused": "A message you mailed reached no desk. {why}",
    "mail.lost": "So many mails in your name wait that some were not kept. If one of them was yours, mail it again.",
    "mail.expired": "Mails in your name were erased: nobody said within 14 days whether they are yours.",
}
"""Notice kind -> sentence."""

GROUPS: dict[str, tuple[str, ...]] = {
    "On your desk": (
        "desk.received", "desk.straight_from_above", "desk.direct", "desk.back", "desk.contact", "desk.late",
        "desk.confidential", "desk.pressure_day",
    ),
    "Notices to everybody": (
        "desk.everybody", "desk.everybody_straight", "grounds.recorded", "grounds.stopped",
    ),
    "Between you and one other person": (
        "help.asked", "help.answered", "help.late", "help.owed", "help.news", "help.gone", "help.shield_asked",
        "help.shield_answered", "help.shield_agreed", "help.shield_asked_back", "help.shield_ended",
        "standing.seat", "standing.seat_back", "standing.leave", "standing.leave_back", "looks.opened",
        "looks.opened_for", "looks.opened_role", "looks.answered", "looks.waived", "looks.undone", "looks.late",
        "improvement.at_hr", "improvement.answered", "improvement.published", "improvement.talk",
        "improvement.person", "improvement.manager", "improvement.changed", "improvement.decide",
        "improvement.decided", "improvement.second", "improvement.appealed", "improvement.heard",
        "improvement.measure", "improvement.shared", "improvement.withdrawn",
        "looks.role_handed", "improvement.outside", "improvement.year",
        "diagnoses.shared", "diagnoses.taken_back", "diagnoses.answered", "diagnoses.nothing_to_add", "diagnoses.used",
        "diagnoses.withdrawn", "diagnoses.held", "diagnoses.not_held", "diagnoses.signed", "diagnoses.kept",
        "diagnoses.not_kept", "diagnoses.may_use", "diagnoses.talk_day", "diagnoses.review_day", "diagnoses.asked",
        "diagnoses.observed", "diagnoses.declined",
        "agreements.written", "agreements.signed", "agreements.asked_back", "agreements.withdrawn", "agreements.ended",
        "agreements.moved", "agreements.review", "oneonones.rhythm", "oneonones.moved", "oneonones.skipped",
        "oneonones.action", "records.copy_opened", "records.copy_finished", "records.note_asked",
        "cases.opened", "cases.closed",
    ),
    "Accounts you cover": ("territories.cover",),
    "Records about people": ("records.past_time", "cases.asked", "cases.answered"),
    "Upward feedback": (
        "feedback.asked", "feedback.reminded", "feedback.released", "feedback.not_released", "feedback.shared",
    ),
    "Passed on to you": ("desk.passed", "desk.set_straight", "desk.no_longer"),
    "Answers to your messages": ("desk.answered", "desk.declined"),
    "Mail you sent to the desk": (
        "mail.asks", "mail.unsure", "mail.refused", "mail.lost", "mail.expired",
    ),
    "Addresses that are called": ("webhooks.asked", "webhooks.answered", "webhooks.paused"),
    "Forecast calls": (
        "calls.submitted_up", "calls.submitted_copy", "calls.withdrawn", "calls.due", "calls.overlay",
        "calls.overlay_reset", "calls.typed_in",
    ),
    "Targets": ("targets.set", "targets.changed"),
    "What to expect of a period": (
        "expectations.signed_up", "expectations.agreed", "expectations.not_agreed",
    ),
    "News of deals": (
        "news.reported", "news.corrected", "news.withdrawn", "news.thanked", "news.told",
    ),
    "Promises": (
        "promises.made", "promises.noted", "promises.due_tomorrow", "promises.kept", "promises.moved",
        "promises.withdrawn", "promises.confirmed", "promises.not_kept", "promises.undone",
    ),
    "Executive asks": (
        "asks.sent", "asks.passed", "asks.written", "asks.asked", "asks.approved", "asks.approved_edited",
        "asks.sent_back", "asks.turned_down", "asks.accepted", "asks.declined", "asks.proposed", "asks.agreed",
        "asks.withdrawn", "asks.undone",
        "asks.expired", "asks.debriefed", "asks.waits", "asks.debrief_owed", "asks.sponsor",
    ),
    "Company debts": (
        "debts.opened", "debts.opened_for", "debts.dated", "debts.delivered", "debts.rated", "debts.disputed",
        "debts.lifted", "debts.undone",
    ),
    "What the company owes a role": (
        "enablement.answers", "enablement.delivered", "enablement.taken_back", "enablement.not_received",
        "enablement.rated", "enablement.sells",
    ),
    "What reps know": ("enablement.assess", "enablement.assessed", "enablement.declined"),
    "The library of material": (
        "enablement.credited", "enablement.thanked", "enablement.answered", "enablement.proposed",
    ),
    "Deals that left the forecast": (
        "exits.owed", "exits.handed_in", "exits.said", "exits.accepted", "exits.asked_back", "exits.taken_up",
    ),
    "Deal reviews": ("health.message", "health.snoozed"),
    "Plans of deals": (
        "plans.saved", "plans.tested", "plans.opened", "mutual.published", "mutual.shared", "mutual.revoked",
    ),
    "Evidence of deals": ("evidence.scored", "evidence.file_removed"),
    "Closed deals": (
        "winloss.owed", "winloss.asked", "winloss.dropped", "winloss.interviewed", "winloss.answered",
    ),
    "Weekly reviews": ("reviews.begun", "reviews.ended", "reviews.called_off", "reviews.set_straight"),
}  # fmt: skip
"""What a mail says of a notice -> the kinds of which it says no more than that. A kind without a row is never mailed,
and the build fails: whoever words a new kind decides here what may be said of it outside."""

_GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}


def group(kind: str) -> str:
    """What a mail says of a notice of this kind. Raises KeyError for a kind about which nothing was decided."""
    return _GROUP_OF[kind]


def subject(count: int) -> str:
    """The subject line of a mail about so many notices."""
    return "Fairlead: something waits for you" if count == 1 else f"Fairlead: {count} things wait for you"


def text(groups: Mapping[str, int], *, link: str, settings: str, digest: bool) -> str:
    """The text of a mail: what kind of things wait, how many, and where to read them."""
    lines = [f"- {name}" + (f": {count}" if count > 1 else "") for name, count in groups.items()]
    often = "once on a working day" if digest else "as things happen, outside your quiet hours"
    return (
        "Waiting for you in Fairlead:\n\n"
        + "\n".join(lines)
        + f"\n\nRead them here, signed in:\n{link}\n\n"
        + f"Mail says no more than this. You get it {often}.\nChange that or switch it off:\n{settings}\n"
    )


TEST_SUBJECT = "Fairlead: a test"
TEST_TEXT = "This is the test mail you asked for in Fairlead, under Settings, Mail. Mail leaves Fairlead.\n"

REFUSED = {
    "too_large": "It is larger than the desk's address takes. Leave the attachments out, or paste the text.",
    "too_many_parts": "It has too many parts to be read safely. Paste the text under Desk instead.",
    "too_nested": "Its parts are nested too deeply to be read safely. Paste the text under Desk instead.",
    "broken": "It could not be read. Paste the text under Desk instead.",
    "encrypted": "It is encrypted, and Fairlead has no key. Paste the text under Desk instead.",
    "no_text": "There is no text in it. Write or forward text, or paste it under Desk.",
    "no_from": "It does not say in one way from whom it is.",
    "unknown_sender": "It is from an address that is nobody's account here.",
    "automatic": "It was sent by a machine: an automatic reply, a bounce or a mass mail.",
    "same": "The same message came before; it is one message.",
    "too_many_wait": "Too many mails in one name wait for a confirmation.",
    "not_yours": "The address of the desk is for managers, and for who is above them.",
    "whom": "Say to whom: add the manager's address under To or Cc, or write to the address with the manager's id.",
    "whom_one": "It names more than one manager. Send it once for each of them.",
    "unknown_address": "What stands behind the plus in the address is nobody and nothing you can write about.",
    "not_above": "The forwarded message is not from somebody above you. The desk is for what comes from above.",
    "a_rep": "Messages go to a manager, who decides what the team hears. Write to the manager.",
    "nobody_leads": "You are the one accountable for it yourself.",
    "text_missing": "There is no text in it. Write or forward text, or paste it under Desk.",
    "came_before": "The same mail came before, and somebody else is accountable for it now.",
    "whose_desk": "You stand in for several managers. Paste it under Desk, and choose the team it is about.",
    "off": "No address of the desk is set here.",
    "expired": "Nobody said within 14 days whether it was theirs.",
    "given_up": "It could not be read here, and was kept for 14 days to be tried again. Paste the text under Desk.",
    "discarded": "Its sender said that it was not theirs, or is not wanted on a desk.",
    "other": "It could not be put on a desk. Paste the text under Desk, or ask sales operations.",
}
"""Why a mail reached no desk -> the sentence for who sent it. Never a word of the mail itself."""

STATES = {
    "waiting": "waits to be read",
    "taken": "on a desk",
    "asks": "waits for its sender to say from whom it came",
    "unsure": "waits for a confirmation",
    "refused": "refused",
    "discarded": "discarded by its sender",
    "failed": "failed",
}
DOORS = {"smtp": "received", "pipe": "taken in by command", "imap": "fetched from the mailbox"}
MODES = {"off": "No mail", "once": "At once", "digest": "A digest once on a working day"}


def why(reason: str) -> str:
    """The sentence for a reason."""
    return REFUSED.get(reason, REFUSED["other"])


def refusal_text(reason: str, link: str) -> str:
    """What a sender is answered. It repeats nothing of the mail."""
    return (
        f"Your mail to Fairlead's desk reached nobody. {why(reason)}\n\n"
        f"Nothing of it was kept. You can paste it here instead:\n{link}\n"
    )


def notes(attachments: int, cut: int) -> str:
    """What was left out of a mail, in brackets below its text."""
    said = []
    if attachments:
        was = "attachment was" if attachments == 1 else "attachments were"
        said.append(f"[{attachments} {was} not taken over.]")
    if cut:
        said.append(f"[The text was longer; its last {cut} characters were not taken over.]")
    return "\n".join(said)
