"""The one table: which role may do which act, and on whose things. Everything else is refused.

This module is plain values. `people.queries` turns a reach into one database condition that serves list,
detail, count, search and export alike; the page in docs/reference/access.md is printed from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the organisation. One person may have several roles."""

    REP = "rep"
    MANAGER = "manager"
    EXECUTIVE = "executive"
    SALES_OPS = "sales_ops"
    HR_PARTNER = "hr_partner"
    ADMIN = "admin"


EVERYONE = frozenset(Role)


class Reach(StrEnum):
    """Whose things. Every reach up to BELOW includes the person's own, as depth 0 of the reporting tree."""

    SELF = "own"
    DIRECT = "own and direct reports'"
    TWO_DOWN = "own and up to two levels below"
    BELOW = "own and everybody's below"
    LEADERS_BELOW = "own, and of everybody below who leads a team"
    TEAM = "own, the team mates' and the manager's"
    MY_LEAD = "own and the manager's"
    REPORTS = "direct reports', not own"
    UNIT = "of the units one is HR partner of"
    COMPANY = "the whole organisation's"


class Lending(StrEnum):
    """What a delegation may lend."""

    FORECAST = "forecast"
    TRIAGE = "triage"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table. ``says`` is the sentence for people; ``lends`` names the delegation that lends it."""

    act: str
    roles: frozenset[Role]
    reach: Reach
    says: str
    lends: Lending | None = None


def _rule(
    act: str, roles: frozenset[Role] | Role, reach: Reach, says: str, lends: Lending | None = None
) -> Rule:
    return Rule(act, frozenset({roles}) if isinstance(roles, Role) else roles, reach, says, lends)


_R, _M, _X, _O, _H, _A = Role.REP, Role.MANAGER, Role.EXECUTIVE, Role.SALES_OPS, Role.HR_PARTNER, Role.ADMIN
_LEADS = frozenset({_M, _X})
_SELLS = frozenset({_R, _M, _X})
_FORECAST = Lending.FORECAST

RULES: tuple[Rule, ...] = (
    # People
    _rule("person.read", EVERYONE, Reach.COMPANY, "Everybody sees names, titles, teams and who reports to whom."),
    _rule("person.write", _O, Reach.COMPANY, "Sales operations keeps people, teams and reporting lines."),
    _rule("role.grant", _A, Reach.COMPANY, "Only an admin gives and takes roles and HR units."),
    _rule("account.manage", _A, Reach.COMPANY, "An admin opens and closes sign-in accounts, never content."),
    _rule("delegation.give", _LEADS, Reach.SELF, "A manager or executive lends own forecast or triage rights, with an end."),
    _rule("delegation.read", EVERYONE, Reach.SELF, "Everybody sees the delegations they gave or were given."),
    _rule("delegation.read", _A, Reach.COMPANY, "An admin sees all delegations."),
    # Deals
    _rule("deal.read", _R, Reach.SELF, "A rep sees own deals."),
    _rule("deal.read", _LEADS, Reach.TWO_DOWN, "A leader sees deals of up to two levels below; higher up there are counts and money only.", _FORECAST),
    _rule("deal.read", _O, Reach.COMPANY, "Sales operations sees all deals, because they answer for the data."),
    _rule("share.read", _R, Reach.SELF, "Whoever holds a share of a deal reads the deal, its history and how it is divided; not its evidence, plans, flags or what was said of it."),
    _rule("share.read", _LEADS, Reach.TWO_DOWN, "A leader reads the deals in which somebody up to two levels below holds a share, as far as that person does.", _FORECAST),
    _rule("split.write", _O, Reach.COMPANY, "Sales operations divides deals, because they answer for the data; everybody who reads a deal sees how it is divided."),
    _rule("deal.categorise", _SELLS, Reach.SELF, "The owner sets the own forecast category of a deal; it sticks until cleared."),
    _rule("account.read", _R, Reach.SELF, "A rep sees own accounts."),
    _rule("account.read", _LEADS, Reach.TWO_DOWN, "A leader sees accounts of up to two levels below."),
    _rule("account.read", _O, Reach.COMPANY, "Sales operations sees all accounts."),
    _rule("activity.write", _R, Reach.SELF, "A rep notes contacts, renewals and rivals of own accounts; never what was said in a contact."),
    _rule("activity.write", _LEADS, Reach.DIRECT, "A leader notes the same of own accounts and of direct reports'."),
    _rule("activity.write", _O, Reach.COMPANY, "Sales operations corrects contacts, renewals and rivals, because they answer for the data."),
    _rule("tier.keep", _O, Reach.COMPANY, "Sales operations says how long each tier may go without two-way contact, and which account is in which tier."),
    _rule("empty_seat.read", _LEADS, Reach.DIRECT, "A leader, and the leader's own, see the accounts of a seat in the team that is empty: which are in breach, and the money at risk."),
    _rule("empty_seat.read", _O, Reach.COMPANY, "Sales operations sees all accounts without an active owner."),
    _rule("empty_seat.cover", _LEADS, Reach.SELF, "The leader of an empty seat says who covers its accounts, and whoever covers one reads it meanwhile."),
    _rule("empty_seat.cover", _O, Reach.COMPANY, "Sales operations says who covers accounts that are nobody's."),
    _rule("watch.read", _LEADS, Reach.REPORTS, "Which accounts of a seller went without contact is listed for the manager of today while a look at the seller waits for its decision, and for nobody else; without a look there is no such list."),
    # Evidence
    _rule("evidence.read", _R, Reach.SELF, "A rep sees the evidence of own deals; peers do not."),
    _rule("evidence.read", _LEADS, Reach.TWO_DOWN, "A leader sees the evidence of deals of up to two levels below; higher up there is the up-card only.", _FORECAST),
    _rule("evidence.read", _O, Reach.COMPANY, "Sales operations sees the evidence of all deals."),
    _rule("evidence.score", _SELLS, Reach.SELF, "The owner of a deal scores its criteria."),
    _rule("evidence.score", _LEADS, Reach.TWO_DOWN, "Leaders of the owner's line score as well, up to two levels above; the owner is told."),
    _rule("criteria.write", frozenset({_O, _A}), Reach.COMPANY, "Sales operations or an admin chooses the criteria deals are scored by."),
    # Deal plans
    _rule("plan.read", _R, Reach.SELF, "A rep sees the plans of own deals; peers do not, unless their manager opened the team's."),
    _rule("plan.read", _LEADS, Reach.TWO_DOWN, "A leader sees the plans of deals of up to two levels below.", _FORECAST),
    _rule("plan.read", _O, Reach.COMPANY, "Sales operations sees all deal plans."),
    _rule("plan.open", _LEADS, Reach.SELF, "A manager opens the plans of the own team's open deals to the team, or closes them again."),
    _rule("plan.read_mates", _R, Reach.TEAM, "Where the manager opened them, team mates read each other's deal plans, and nothing else of the deals."),
    _rule("plan.write", _SELLS, Reach.SELF, "The owner of a deal writes its plan."),
    _rule("plan.write", _LEADS, Reach.TWO_DOWN, "Leaders of the owner's line write it as well, up to two levels above; the owner is told."),
    _rule("plan.test", _SELLS, Reach.SELF, "The owner of a deal tests a plan that somebody else wrote for it."),
    _rule("plan.test", _LEADS, Reach.TWO_DOWN, "A leader tests a plan of up to two levels below, and nobody the own one."),
    _rule("card.read", _R, Reach.SELF, "A rep sees the up-cards of own deals."),
    _rule("card.read", _M, Reach.TWO_DOWN, "A manager sees the up-cards of deals of up to two levels below.", _FORECAST),
    _rule("card.read", _X, Reach.BELOW, "An executive sees the up-card of every deal below: it names the manager to ask, and no rep.", _FORECAST),
    _rule("card.read", _O, Reach.COMPANY, "Sales operations sees all up-cards."),
    # Mutual plans, shared with buyers
    _rule("mutual.read", _R, Reach.SELF, "A rep sees the mutual plans of own deals, their versions and addresses; peers do not."),
    _rule("mutual.read", _LEADS, Reach.TWO_DOWN, "A leader sees mutual plans of deals of up to two levels below.", _FORECAST),
    _rule("mutual.read", _O, Reach.COMPANY, "Sales operations sees all mutual plans and who has an address."),
    _rule("mutual.share", _SELLS, Reach.SELF, "The owner of a deal publishes its mutual plan and makes addresses for the buyer."),
    _rule("mutual.share", _LEADS, Reach.TWO_DOWN, "Leaders of the owner's line publish and share it as well, up to two levels above; the owner is told."),
    _rule("mutual.revoke", _SELLS, Reach.SELF, "The owner of a deal revokes its addresses, whoever made them; a deal that changes hands takes them along."),
    _rule("mutual.revoke", _LEADS, Reach.TWO_DOWN, "Leaders of the owner's line revoke them as well, up to two levels above."),
    _rule("mutual.revoke", _O, Reach.COMPANY, "Sales operations revokes any address, so that somebody can when an owner has left."),
    _rule("sharing.set", frozenset({_O, _A}), Reach.COMPANY, "Sales operations or an admin says whether plans are shared with buyers at all, and for how long."),
    # Deals that leave the forecast
    _rule("exit.read", _SELLS, Reach.SELF, "Whoever owns a deal sees what was said of its leaving the forecast; peers do not."),
    _rule("exit.read", _LEADS, Reach.DIRECT, "A manager sees the packets and reasons of direct reports; above that there is the up-card only.", _FORECAST),
    _rule("exit.answer", _SELLS, Reach.SELF, "The owner of a deal says why it left, and keeps a draft that nobody else sees."),
    _rule("exit.reply", _LEADS, Reach.REPORTS, "A manager accepts the packet of a direct report or asks back, and takes its card upstairs.", _FORECAST),
    # Executive asks, and what the company owes
    _rule("ask.write", _SELLS, Reach.SELF, "The owner of a deal with a plan writes asks for it."),
    _rule("ask.write", _LEADS, Reach.REPORTS, "A manager writes an ask for a direct report's deal as well: that approves it, and the owner is told and reads it."),
    _rule("ask.decide", _LEADS, Reach.REPORTS, "A manager approves, sends back or declines the asks of direct reports, and names a deal's sponsor.", _FORECAST),
    _rule("ask.read", _R, Reach.SELF, "A rep sees the asks of own deals; peers do not."),
    _rule("ask.read", _LEADS, Reach.DIRECT, "A leader sees the asks of direct reports' deals and of own deals.", _FORECAST),
    _rule("ask.read_passed", _LEADS, Reach.TWO_DOWN, "From the manager's answer on the manager's superior sees an ask, and not before.", _FORECAST),
    _rule("ask.answer", _LEADS, Reach.SELF, "Who is asked sees it once the manager approved it, or as the deal's sponsor, and answers in person."),
    _rule("ask.load", _LEADS, Reach.SELF, "Who is asked sees how many asks came and how long answers took; so does whoever approves asks, of those above."),
    _rule("ask.effect", _LEADS | {_O}, Reach.COMPANY, "Leaders and sales operations see what asks came to, as counts of the whole."),
    _rule("debt.read", EVERYONE, Reach.SELF, "What the company owes is read by who answers for it and by whom it is owed to."),
    _rule("debt.read", _LEADS, Reach.DIRECT, "The direct managers of both read it as well."),
    _rule("debt.act", EVERYONE, Reach.SELF, "Who owes names the day and delivers; whom it is owed to rates and disputes; nobody in their stead."),
    # What the company owes a role, and what a rep knows
    _rule("catalogue.read", _LEADS | {_R, _O}, Reach.COMPANY, "Sellers, leaders and sales operations read the catalogue of what the company owes each role; items for one team are read in that team."),
    _rule("catalogue.keep", _O, Reach.COMPANY, "Sales operations keeps the catalogue and the products, and sees of each item how many have it, five people or more behind each count."),
    _rule("catalogue.keep_team", _LEADS, Reach.SELF, "A manager adds items to the catalogue for own direct reports."),
    _rule("sells.keep", _O, Reach.COMPANY, "Sales operations says which products somebody sells, since when."),
    _rule("sells.keep", _LEADS, Reach.REPORTS, "A manager says it of direct reports."),
    _rule("owed.read", _R, Reach.SELF, "A rep reads what the company owes them, who answers for it and since when it is late; peers do not."),
    _rule("owed.read", _LEADS, Reach.REPORTS, "The manager of today reads what direct reports are owed, what was delivered and how they rated it, not their words about it."),
    _rule("owed.deliver", EVERYONE, Reach.SELF, "Who answers for an item reads to whom it is owed and says what was delivered; whom it is owed to says that it was not."),
    _rule("owed.rate", _R, Reach.SELF, "Whoever got a delivery says what it was worth."),
    _rule("rating.read", EVERYONE, Reach.SELF, "The words of a rating are read by who wrote them and by who answered for the delivery, and by nobody else."),
    _rule("knowledge.keep", _R, Reach.SELF, "A rep writes down what they learnt of accounts, industries and customers, and what they showed."),
    _rule("knowledge.read", _R, Reach.SELF, "A rep reads what they wrote down and which live plans use it; peers do not. A plan that cites it shows its title to the plan's readers."),
    _rule("knowledge.read", _LEADS, Reach.REPORTS, "The manager of today reads what direct reports wrote down and which live plans use it."),
    _rule("teach_back.assess", EVERYONE, Reach.SELF, "Whoever was asked to assess a teach-back reads that one and assesses it, and nothing else of what the rep knows."),
    _rule("material.read", EVERYONE, Reach.COMPANY, "Everybody reads the library of material, who made what, and in how many live plans it is used. What was replaced or taken out is opened by who added or made it, and by sales operations."),
    _rule("material.add", EVERYONE, Reach.SELF, "Everybody adds material, keeps its next version, takes the own out, and thanks."),
    _rule("material.keep", _O, Reach.COMPANY, "Sales operations takes out any material."),
    _rule("guidance.tell", _R, Reach.SELF, "A rep tells what they had to work out alone, withdraws it, or says that it is still open."),
    _rule("guidance.read", _R, Reach.SELF, "A rep reads the gaps they told of; peers do not."),
    _rule("guidance.read", _LEADS, Reach.REPORTS, "The manager of today reads the gaps direct reports told of."),
    _rule("guidance.counts", _O, Reach.COMPANY, "Sales operations sees open gaps by product and kind, and their words without names, where five people or more told of them; below that only that there are too few to say."),
    _rule("statement.issue", _O, Reach.COMPANY, "Sales operations issues the yearly support statement and corrects it; every figure has five people or more behind it."),
    _rule("statement.read", EVERYONE, Reach.COMPANY, "Everybody reads the support statements that were issued: the same text inside and outside."),
    # Win and loss
    _rule("winloss.write", _SELLS, Reach.SELF, "The owner of a closed deal says what decided it, and answers the interview about it; nobody in their stead."),
    _rule("winloss.read", _R, Reach.SELF, "A rep reads the own account, and the interview once the own account is in or the time for it is over; peers do not."),
    _rule("winloss.read", _LEADS, Reach.DIRECT, "A manager reads both accounts of direct reports' deals; above that there are counts only.", _FORECAST),
    _rule("winloss.read_late", _O, Reach.COMPANY, "Sales operations reads interviews, and a rep's account once the interview of that deal is in, never before."),
    _rule("winloss.counts", _M, Reach.BELOW, "A manager sees what decided the deals of everybody below as counts, five deals or more behind each.", _FORECAST),
    _rule("winloss.counts", frozenset({_X, _O}), Reach.COMPANY, "Executives and sales operations see the same counts of the whole."),
    _rule("interview.ask", _O, Reach.COMPANY, "Sales operations asks somebody neutral to interview a buyer, and types in what people from outside wrote: never the owner, the owner's line or a seller of the same team."),
    _rule("interview.write", EVERYONE, Reach.SELF, "Whoever was asked for an interview writes it down, and reads of that deal the own interview and nothing else."),
    # Deal health
    _rule("flag.read", _R, Reach.SELF, "A rep sees the flags of own deals with their record, snoozes and proposed corrections; peers do not."),
    _rule("flag.read", _LEADS, Reach.TWO_DOWN, "A leader sees flags, snoozes and proposed corrections of deals of up to two levels below.", _FORECAST),
    _rule("flag.read", _O, Reach.COMPANY, "Sales operations sees flags and proposed corrections of all deals, because they load them."),
    _rule("flag.snooze", _SELLS, Reach.SELF, "The owner of a deal snoozes a flag, with a reason and an end."),
    _rule("flag.snooze", _LEADS, Reach.TWO_DOWN, "Leaders of the owner's line snooze as well, up to two levels above; the owner is told."),
    _rule("correction.propose", _SELLS, Reach.SELF, "The owner of a deal proposes what the CRM should say of it; nothing here changes by that."),
    _rule("correction.propose", _LEADS, Reach.TWO_DOWN, "Leaders of the owner's line propose corrections as well, up to two levels above."),
    _rule("inspection.ask", _LEADS, Reach.REPORTS, "A leader notes questions and thanks on direct reports' deals, and sends them in one message."),
    _rule("inspection.note", _LEADS, Reach.SELF, "A question or thank-you that is not sent is read by its writer and nobody else."),
    _rule("inspection.read", EVERYONE, Reach.SELF, "The message after a deal review is read by who wrote it and by whom it was written to, and nobody else."),
    # Imports and settings
    _rule("import.run", _O, Reach.COMPANY, "Sales operations imports data."),
    _rule("import.read", _O, Reach.COMPANY, "Sales operations sees imports and their reports."),
    _rule("settings.write", _O, Reach.COMPANY, "Sales operations keeps the calendar, the stage mapping, rates and targets."),
    _rule("export.run", _SELLS | {_O}, Reach.SELF, "Everybody who sees deals may export what they see, and nothing else."),
    # The forecast call
    _rule("target.read", _R, Reach.SELF, "A rep sees the own target."),
    _rule("target.read", _LEADS, Reach.BELOW, "A leader sees targets below.", _FORECAST),
    _rule("target.read", _O, Reach.COMPANY, "Sales operations sees all targets."),
    _rule("target.write", _O, Reach.COMPANY, "Sales operations sets targets."),
    _rule("estimate.read", _R, Reach.SELF, "A rep sees the estimate of the own quarter."),
    _rule("estimate.read", _M, Reach.BELOW, "A manager sees estimates of everybody below.", _FORECAST),
    _rule("estimate.read", _X, Reach.LEADERS_BELOW, "An executive sees estimates of teams, not of reps.", _FORECAST),
    _rule("estimate.read", _O, Reach.COMPANY, "Sales operations sees all estimates, to answer for their accuracy."),
    _rule("call.read", _R, Reach.TEAM, "Calls are visible inside their team."),
    _rule("call.read", _M, Reach.BELOW, "A manager sees the calls of everybody below.", _FORECAST),
    _rule("call.read", _X, Reach.LEADERS_BELOW, "An executive sees the calls of managers, not of reps.", _FORECAST),
    _rule("call.set", _SELLS, Reach.SELF, "A person's call is set by that person."),
    _rule("call.type_in", _M, Reach.REPORTS, "A manager types in the call a report gave in words; the page says who typed it.", _FORECAST),
    _rule("overlay.read", _R, Reach.SELF, "A rep sees an overlay on the own call."),
    _rule("overlay.read", _LEADS, Reach.DIRECT, "A leader sees overlays on direct reports and on the own call, not those set further down.", _FORECAST),
    _rule("overlay.read", _O, Reach.COMPANY, "Sales operations sees overlays."),
    _rule("overlay.set", _LEADS, Reach.DIRECT, "A leader sets an overlay on a direct report's number or the own, with a note.", _FORECAST),
    _rule("judgement.set", _LEADS, Reach.REPORTS, "A leader judges a direct report's deal in or out of the period; it changes no call.", _FORECAST),
    _rule("judgement.read", _R, Reach.SELF, "A rep sees how own deals are judged and by whom, and peers do not."),
    _rule("judgement.read", _LEADS, Reach.DIRECT, "A leader sees how deals of direct reports and own deals are judged, not those further down.", _FORECAST),
    _rule("judgement.read", _O, Reach.COMPANY, "Sales operations sees how deals are judged."),
    _rule("submission.make", _LEADS, Reach.SELF, "A leader submits the own number.", _FORECAST),
    _rule("submission.read", EVERYONE - {_H, _A}, Reach.MY_LEAD, "The team has a copy of what its manager submitted, and nothing from higher up."),
    _rule("submission.read", _LEADS, Reach.BELOW, "A leader sees what was submitted below.", _FORECAST),
    _rule("submission.read", _O, Reach.COMPANY, "Sales operations sees submitted numbers."),
    _rule("call.open", _M, Reach.SELF, "A manager has the Call page of the own team.", _FORECAST),
    _rule("call.open", _X, Reach.SELF, "An executive has the Call page of the own unit.", _FORECAST),
    _rule("board.open", _X, Reach.SELF, "An executive has the board: each manager's number, and one person to ask.", _FORECAST),
    _rule("changes.read", _R, Reach.SELF, "A rep sees what changed in own deals."),
    _rule("changes.read", _M, Reach.TWO_DOWN, "A manager sees what changed in the own team and in each report's deals.", _FORECAST),
    _rule("changes.read", _X, Reach.LEADERS_BELOW, "An executive sees what changed in each team below, and no rep's page.", _FORECAST),
    _rule("changes.read", _O, Reach.COMPANY, "Sales operations sees what changed anywhere, because they answer for the data."),
    _rule("quarter.open", _SELLS, Reach.SELF, "Whoever sells has the own quarter, seen by nobody else."),
    _rule("pack.open", _LEADS, Reach.LEADERS_BELOW, "A leader prints the forecast pack of the own node or of a leader below; it holds only what its reader may open anyway.", _FORECAST),
    _rule("record.read", _LEADS, Reach.SELF, "A leader reads the own record of calls, before anybody else."),
    _rule("record.read_settled", _M, Reach.DIRECT, "From the fifth working day after a period its record is read by the superior."),
    _rule("record.read_settled", _X, Reach.COMPANY, "From the fifth working day after a period executives read the records of leaders."),
    _rule("not_counted.read", _O, Reach.COMPANY, "Sales operations sees everything that is not counted, and why."),
    _rule("accuracy.read", _LEADS | {_O}, Reach.COMPANY, "Leaders and sales operations see how good past estimates of the whole were."),
    # What to expect, and news
    _rule("expectation.write", _LEADS, Reach.SELF, "A leader writes and signs what to expect of the own period.", _FORECAST),
    _rule("expectation.answer", _LEADS, Reach.REPORTS, "A superior signs what a direct report wrote, or says what they expect instead.", _FORECAST),
    _rule("expectation.read", _LEADS, Reach.BELOW, "A leader sees what was agreed for the own team and for teams below; reps and peers do not.", _FORECAST),
    _rule("expectation.read", _X, Reach.COMPANY, "An executive sees what was agreed, outside the own line too."),
    _rule("expectation.read", _O, Reach.COMPANY, "Sales operations sees what was agreed."),
    _rule("news.report", _SELLS, Reach.SELF, "The owner of a deal tells news of it."),
    _rule("news.report", _M, Reach.REPORTS, "A manager tells news of a direct report's deal.", _FORECAST),
    _rule("news.read", _SELLS, Reach.SELF, "Whoever tells news of an own deal sees it, and peers do not."),
    _rule("news.read_team", _LEADS, Reach.REPORTS, "A manager sees the news of direct reports at once.", _FORECAST),
    _rule("news.lead", _LEADS, Reach.SELF, "A manager thanks for the team's news, tells it upward, and counts surprises.", _FORECAST),
    _rule("news.read_told", _LEADS, Reach.BELOW, "A leader sees news from below once the manager told it upward.", _FORECAST),
    _rule("news.read_told", _X, Reach.COMPANY, "An executive outside the line sees news once it was told upward."),
    # Assessment
    _rule("assessment.read", _LEADS, Reach.SELF, "A leader reads the assessment of the own team: of each part what the leader reads anyway."),
    _rule("assessment.read", _LEADS, Reach.REPORTS, "The superior reads a leader's assessment as far as the superior reads each part; the rest is not there."),
    # Earnings
    _rule("earnings.own", _SELLS, Reach.SELF, "What the own attainment pays is seen by the seller alone, by no manager, HR partner or admin, and is an input to nothing."),
    # The day
    _rule("day.read", EVERYONE, Reach.SELF, "Everybody has a page of what is due for them today and of how much they did in past weeks; nobody sees another's."),
    # Promises
    _rule("promise.read", EVERYONE, Reach.SELF, "A promise is read by who made it and by whom it was made to, and by nobody else but HR, between somebody and the manager, by a case both are told of."),
    _rule("promise.make", EVERYONE, Reach.SELF, "Everybody makes promises in the own name only."),
    _rule("promise.note", _LEADS, Reach.REPORTS, "A leader writes down what a direct report promised in a meeting; the report is told and can move or withdraw it.", _FORECAST),
    # The desk
    _rule("desk.handle", _LEADS, Reach.SELF, "A message from above stands on the desk of the manager accountable for it at that moment, and on nobody else's: no superior, peer, rep, other manager, sales operations or HR reads it there.", Lending.TRIAGE),
    _rule("message.send", _LEADS, Reach.BELOW, "Whoever is above a manager writes to that manager, or of a deal or team below; never to a rep."),
    _rule("message.sent", _LEADS, Reach.SELF, "Who sent a message reads it with the answer to it, and never what a rep heard of it."),
    _rule("message.heard", _SELLS, Reach.SELF, "Everybody reads what the own manager passed on, in the words that were passed, and nothing of what was not."),
    _rule("company_notice.send", frozenset({_X, _H, _A}), Reach.COMPANY, "HR, an admin, or an executive with nobody above tells everybody what all must know at once: safety, security, an outage, a closed office; nothing about a deal or a person. HR and admins also withdraw what somebody else told."),
    _rule("company_notice.read", EVERYONE, Reach.COMPANY, "Everybody reads notices to everybody, and how many there were."),
    _rule("pressure_day.keep", _O, Reach.COMPANY, "Sales operations keeps the days on which questions from above are likely: dates only."),
    _rule("pressure_day.keep", _LEADS, Reach.SELF, "A leader keeps such days for the own desk."),
    _rule("pressure_day.read", _LEADS | {_O}, Reach.SELF, "Leaders and sales operations see such days of the organisation; those of a desk are seen there and nowhere else."),
    _rule("message.keep_confidential", _H, Reach.UNIT, "HR sees that a must-pass message waits in its unit, never what it says, and sets until when it is confidential."),
    _rule("contact.log", _SELLS, Reach.SELF, "Whoever was contacted directly from above logs it, and reads what they logged."),
    _rule("contact.log", _LEADS, Reach.REPORTS, "A manager logs it for a direct report."),
    _rule("contact.read", _LEADS, Reach.REPORTS, "The manager of who was contacted reads what was logged, and nobody above."),
    _rule("desk.totals", _LEADS, Reach.REPORTS, "A manager's superior sees, of the quarter that ended, how much was passed raw and how much of what must pass was late, and no message."),
    _rule("noise.read", _R, Reach.SELF, "A rep sees how many messages from above reached them, week by week."),
    _rule("noise.read", _LEADS, Reach.REPORTS, "A manager sees how many messages from above reached each direct report, week by week."),
    # Mail
    _rule("mail.claim", _LEADS, Reach.SELF, "Whose name stands on a mail to the desk reads it, says whether it was theirs and from whom it came; nobody else reads it."),
    _rule("mail.wish", EVERYONE, Reach.SELF, "Everybody chooses whether and when notices reach them by mail, and reads that choice alone."),
    _rule("mail.keep", frozenset({_O, _A}), Reach.COMPANY, "Sales operations and admins set the desk's address, see counts, sizes, times and reasons of mail, and try what failed again; never what a mail says."),
    # Webhooks
    _rule("webhook.keep", _A, Reach.COMPANY, "An admin registers addresses at which what waits for a person rings, and sees their name and when calls were taken or refused; never the rest of an address, its secret once it was shown, or what was told."),
    _rule("webhook.answer", EVERYONE, Reach.SELF, "Nothing rings anywhere before the person it is about said yes, and it ends when they say no."),
    # Help, and what a rep is shielded from
    _rule("help.ask", EVERYONE, Reach.SELF, "Whoever has a manager asks for help, opens the second door, and says whether it helped; nobody in their stead."),
    _rule("help.read", EVERYONE, Reach.SELF, "A request for help is read by who asked and by who was asked, and by nobody else: what goes through the second door is no page, count or notice of the manager it goes past, nor of anybody else above, HR or sales operations."),
    _rule("help.answer", _LEADS | {_H}, Reach.SELF, "Who is asked for help answers in person; it is lent to nobody."),
    _rule("help.counts", _LEADS, Reach.SELF, "A manager sees how many requests came to them at the first door, and how many they answered in time, before anybody else."),
    _rule("help.totals", _LEADS, Reach.REPORTS, "A manager's superior sees how many requests at the first door were not answered in time in the quarter that ended, where three people or more asked, and nothing of who."),
    _rule("shield.ask", EVERYONE, Reach.SELF, "Whoever has a manager writes what they want to be shielded from, and signs what the manager answers."),
    _rule("shield.answer", _LEADS, Reach.REPORTS, "A manager answers a direct report with what they promise and what they need in return."),
    _rule("shield.read", EVERYONE, Reach.SELF, "What a rep is shielded from is between the rep and the manager of today: no superior, former manager, HR or sales operations reads it."),
    # Working agreements
    _rule("agreement.write", EVERYONE, Reach.SELF, "A rep and the manager of today write, sign, change and end their own working agreement, and nobody else does."),
    _rule("agreement.read", EVERYONE, Reach.SELF, "A working agreement is read by its two people while the one reports to the other, and afterwards by the rep alone: nobody else, not even that there is one, but HR by a case both are told of."),
    _rule("oneonone.keep", EVERYONE, Reach.SELF, "A rep and the manager of today keep their own one-to-ones: rhythm, agenda, shared notes, actions."),
    _rule("oneonone.read", EVERYONE, Reach.SELF, "What is shared in one-to-ones is read by the two while the one reports to the other, and afterwards by the rep alone; its notes by HR by a case both are told of."),
    _rule("private_note.keep", EVERYONE, Reach.SELF, "A private note, and a calendar address, is its owner's alone: nobody else's page, search, export, count, mail or log has it, an admin's neither."),
    _rule("unit.switch", _A, Reach.COMPANY, "An admin turns working agreements, one-to-ones and upward feedback on and off unit by unit, and reads nothing of them."),
    # Upward feedback
    _rule("feedback.answer", EVERYONE, Reach.SELF, "Whoever is asked answers upward feedback once; nobody, an admin neither, can see or find whose answer is which."),
    _rule("feedback.read", _LEADS, Reach.SELF, "A manager reads the released words about the own team before anybody else, and shares them with those who were asked and with the superior, or not; of smaller teams of one unit, the managers and their superior read the words about all of them together."),
    _rule("feedback.counts", _H, Reach.UNIT, "HR sees of rounds in its units how many were asked and, once it is closed, how many answered; never what, and never who."),
    # The weekly review
    _rule("review.run", _LEADS, Reach.SELF, "A leader prepares, begins and ends the review of the own team; nobody above does, and who stands in does it in the leader's name.", _FORECAST),
    _rule("review.read", EVERYONE, Reach.SELF, "A review and its minutes are read by who was in the room, wherever they work later, and by nobody else: no superior who was not a guest, nobody who joins later."),
    _rule("review.decision", _R, Reach.SELF, "A rep reads what reviews decided on own deals, on the deal's page."),
    _rule("review.decision", _LEADS, Reach.TWO_DOWN, "A leader reads what reviews decided on deals of up to two levels below, on the deal's page.", _FORECAST),
    # Results: grounds, standing, looks
    _rule("ground.keep", _H, Reach.UNIT, "HR records for a unit what has to stand before anybody's results are looked at there: the notice to people, the legal basis, the consultation; and stops it again."),
    _rule("ground.read", EVERYONE, Reach.SELF, "Everybody reads what was recorded for the unit they are in, and the rule."),
    _rule("rule.keep", _H, Reach.COMPANY, "HR keeps the rule by which results are looked at: the line, how many quarters, the ramps. It is the same for everybody."),
    _rule("seat.keep", _O, Reach.COMPANY, "Sales operations says in which job and segment somebody sells, since when: what standing is reckoned from, never what comes of it."),
    _rule("seat.read", EVERYONE, Reach.SELF, "Everybody reads the own seat."),
    _rule("seat.read", _LEADS, Reach.REPORTS, "A manager reads the seats of direct reports."),
    _rule("seat.read", _O, Reach.COMPANY, "Sales operations reads all seats."),
    _rule("leave.keep", _H, Reach.UNIT, "HR writes down leave in its units; it lowers what was asked."),
    _rule("leave.read", EVERYONE, Reach.SELF, "Everybody reads the own leave with its reason; the manager sees the days in the arithmetic, and never why."),
    _rule("leave.read", _H, Reach.UNIT, "HR reads leave and its reason in its units."),
    _rule("standing.read", _R, Reach.SELF, "A rep sees the own results against what was asked, with the arithmetic; peers do not."),
    _rule("standing.read", _LEADS, Reach.REPORTS, "A manager sees the results of direct reports, and nobody above does."),
    _rule("look.read", _R, Reach.SELF, "A rep reads a look at the own results from the moment it opens."),
    _rule("look.read", _LEADS, Reach.REPORTS, "The manager of today reads the looks at direct reports."),
    _rule("look.read_late", _H, Reach.UNIT, "HR reads a look once it is past its day of decision, or from a shared diagnosis on."),
    _rule("look.decide", _LEADS, Reach.REPORTS, "The manager decides on a look at a direct report, and nobody in their stead."),
    _rule("look.status", _LEADS, Reach.TWO_DOWN, "A manager's superior sees that a look is past its day of decision, and nothing of what is in it."),
    _rule("look.register", _H, Reach.UNIT, "HR sees every look in its units as a state with its days."),
    _rule("diagnosis.read", _R, Reach.SELF, "A rep reads the diagnosis of a look at the own results once it is shared, before it counts; peers do not."),
    _rule("diagnosis.read", _LEADS, Reach.REPORTS, "The manager of today reads the own draft, and what was shared with a direct report; a former manager nothing."),
    _rule("diagnosis.read_shared", _H, Reach.UNIT, "HR reads a diagnosis in its units from sharing on."),
    _rule("diagnosis.write", _LEADS, Reach.REPORTS, "The manager diagnoses after a look at a direct report, and nobody in their stead, no machine either."),
    _rule("diagnosis.answer", _R, Reach.SELF, "A rep answers a diagnosis in a box that nobody else can edit, and signs what was agreed."),
    _rule("diagnosis.status", _LEADS, Reach.TWO_DOWN, "A manager's superior sees that a diagnosis is shared or used, and nothing of whom or what."),
    _rule("observation.write", EVERYONE, Reach.SELF, "Whoever was asked what they observed of a seller writes it or declines, and reads the name and the own words, nothing else."),
    # Early talks and the gap ledger
    _rule("talk.read", _R, Reach.SELF, "From mid-quarter on a rep reads the own early talk: own rates, the chance of reaching the line, one thing to try."),
    _rule("talk.read", _LEADS, Reach.REPORTS, "The manager of today reads the early talk with a direct report while one is offered, and nobody else does: no superior, HR, sales operations or admin, and in no list or count."),
    _rule("talk.say", _R, Reach.SELF, "A rep says of the own early talk that it was had, or that it is not now; the manager sees only that it was had."),
    _rule("talk.say", _LEADS, Reach.REPORTS, "The manager says the same for themself; the rep sees nothing of it."),
    _rule("talk.own", EVERYONE, Reach.SELF, "What somebody said of an early talk is their own, and is deleted with the quarter."),
    _rule("gap.read", _LEADS, Reach.REPORTS, "The manager of today reads the gap ledger of direct reports; whose gap it is, peers, and whoever carries a part read nothing of it."),
    _rule("gap.read", _H, Reach.UNIT, "HR reads the gap ledger in its units, with what a part did to the results of carriers who are in them."),
    _rule("gap.write", _LEADS, Reach.REPORTS, "The manager keeps, corrects and takes back what a direct report's gap cost others, where an admin turned it on and HR's grounds stand."),
    _rule("gap.totals", _LEADS, Reach.TWO_DOWN, "A manager's superior sees of the gap ledger sums and counts of a quarter, of three sellers or more, and names nobody."),
    _rule("role_look.read", _LEADS, Reach.SELF, "Whoever answers for a role's targets and territories reads the look at them; it names nobody."),
    _rule("role_look.read", _H, Reach.UNIT, "HR reads the looks at roles in its units."),
    _rule("role_look.decide", _LEADS, Reach.SELF, "Whoever answers for a role's targets and territories decides on the look at them."),
    # Records about persons
    _rule("read_log.read", EVERYONE, Reach.SELF, "Everybody sees who read a look at them or prepared a copy about them, on which day and in whose place."),
    _rule("read_log.read", _H, Reach.UNIT, "HR sees who read such things about people in its units, never about itself."),
    _rule("hr_record.keep", _H, Reach.UNIT, "HR keeps the records about people in its units: reads, copies, holds and erasure; never those about itself."),
    _rule("person_copy.prepare", _H, Reach.UNIT, "HR prepares a copy of everything about somebody in its units, decides item by item what names others, and reads no private note, request for help, shield or agreement for it."),
    _rule("person_copy.disclose", EVERYONE, Reach.SELF, "Who wrote a private note about somebody is asked whether it goes into the copy about them, and decides alone; HR never sees a note that is not disclosed."),
    _rule("country_rule.read", EVERYONE, Reach.COMPANY, "Everybody reads what holds in which country: plans, companions, protected absences, how long things are kept."),
    _rule("country_rule.keep", _H, Reach.COMPANY, "HR sets what holds in a country, with a reason."),
    # Cases
    _rule("case.open", _H, Reach.UNIT, "HR opens a case about somebody in its units with a reason, what is read, of which days and until when; another HR partner of the unit, where there is one, confirms it first; never about itself."),
    _rule("case.know", EVERYONE, Reach.SELF, "Whoever's words a case may read is told when it begins, and sees who reads what, of which days and until when; the reason is HR's, because it may name who complained."),
    _rule("case.read", _H, Reach.UNIT, "Who opened a case reads by it working agreements, shared notes of one-to-ones and promises between that one person and the manager of those days, while it runs; each reading is noted for both. Private notes, requests for help and shields are never part of one."),
    # Improvement plans, decisions, plans of one's own
    _rule("improvement.own", EVERYONE, Reach.SELF, "Whoever a plan is for reads it from its publication on, the same page as the manager, and answers in it; the cover plan from the decision on."),
    _rule("improvement.self", EVERYONE, Reach.SELF, "What somebody plans for themself is the writer's alone until they share it with the manager; HR and admins do not read it."),
    _rule("improvement.lead", _LEADS, Reach.REPORTS, "The manager of today writes and leads plans of direct reports; of a plan that was over before they came they read the summary, once the person has read and answered it."),
    _rule("improvement.gate", _H, Reach.UNIT, "HR checks plans of its units before anything is published, seconds what parts somebody from their place, and reads them from then on; never the own, and no plan of one's own."),
    _rule("improvement.status", _LEADS, Reach.TWO_DOWN, "A manager's superior sees that a plan runs, its days and how late its decision is, and nothing of what is in it."),
    _rule("improvement.decide", _LEADS, Reach.BELOW, "The nearest above the manager who did not write the plan decides, and reads it from the day on which it can be decided."),
    _rule("improvement.decide", _H, Reach.UNIT, "Where nobody is above the manager, an HR partner who did not check the plan decides."),
    _rule("improvement.hear", _LEADS, Reach.BELOW, "An appeal is heard, and the plan read for it, by the nearest above whoever decided who had no part in it."),
    _rule("improvement.hear", _H, Reach.UNIT, "Where nobody is left above, an HR partner who had no part in it hears the appeal."),
    _rule("outside.keep", _H, Reach.UNIT, "HR names somebody from outside for its units, who takes HR's check or the appeal where fewer than three people are free, and sends them the address to one plan."),
    _rule("outside.keep_alone", _A, Reach.COMPANY, "An admin does so for units without an HR partner, reads nothing of any plan and never sees such an address: it leaves by mail alone."),
    _rule("impact.screen", _H, Reach.UNIT, "HR compares groups of people in its units by what happened to them, as counts; the groups are brought along and not kept."),
    _rule("improvement.assess", EVERYONE, Reach.SELF, "Whoever is named to measure a task sees for whom, what and until when, and nothing else of the plan."),
    # Ledger, notices, tokens
    _rule("ledger.read", EVERYONE, Reach.SELF, "Everybody sees the ledger's entries of own acts."),
    _rule("ledger.read", _O, Reach.COMPANY, "Sales operations sees entries about imports, settings, people and submissions."),
    _rule("ledger.read_accounts", _A, Reach.COMPANY, "An admin sees entries about accounts, roles and delegations."),
    _rule("ledger.verify", frozenset({_O, _A}), Reach.COMPANY, "Sales operations and admins check the chain."),
    _rule("notice.read", EVERYONE, Reach.SELF, "Everybody sees the notices addressed to them."),
    _rule("token.manage", EVERYONE, Reach.SELF, "Everybody keeps own API tokens; a token never reaches further than its person."),
)  # fmt: skip

ACTS = frozenset(rule.act for rule in RULES)


@dataclass(frozen=True, slots=True)
class Principal:
    """A person whose rights the actor uses: the own ones, or some lent by delegation (``lending``)."""

    person: int
    roles: frozenset[Role]
    lending: frozenset[Lending] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, with the rights of this moment. ``person`` None is the system, with its reason."""

    person: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    lent: tuple[Principal, ...] = ()
    reason: str = ""
    scopes: frozenset[str] | None = field(default=None)
    """The scopes of an API token, or None for a signed-in person."""
    day: date | None = field(default=None, compare=False)
    """The organisation's day on which they ask, for rights that end with a day; None for the system."""

    @property
    def ref(self) -> str:
        """How the ledger names this actor."""
        return f"system: {self.reason}" if self.person is None else f"person:{self.person}"

    @property
    def id(self) -> int:
        """The person's id. Raises Refused for the system, which has no things of its own."""
        if self.person is None:
            raise Refused("nobody", "This needs a person, and the system is not one.")
        return self.person

    @property
    def principals(self) -> tuple[Principal, ...]:
        own = () if self.person is None else (Principal(self.person, self.roles),)
        return own + self.lent


class Refusal(Exception):
    """A refusal with a code for the API and a sentence the person can act on."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(sentence)


class Refused(Refusal):
    """What was given can be corrected, or comes too late: said beside the form, with what was typed: 409, 422."""


class NotAllowed(Refusal):
    """The actor has no role with this act at all: 403."""

    def __init__(self, act: str) -> None:
        self.act = act
        rows = "; ".join(rule.says for rule in RULES if rule.act == act)
        super().__init__("not_allowed", f"This is not yours to do. {rows}")


class NotFound(Refusal):
    """There is no such thing in the actor's reach; the same answer whether it exists or not: 404."""

    def __init__(self, what: str) -> None:
        super().__init__("not_found", f"There is no such {what}, or it is not yours to see.")


def system(reason: str) -> Actor:
    """The system as actor, with the reason that stands in the ledger. The only way around the table."""
    if not reason:
        raise ValueError("The system acts for a reason; name it.")
    return Actor(person=None, name="Fairlead", reason=reason)


def reaches(actor: Actor, act: str) -> list[tuple[Principal, Reach]]:
    """Every (principal, reach) through which the actor may do the act. Empty means: not at all.

    Raises KeyError for an act that stands nowhere in the table.
    """
    if act not in ACTS:
        raise KeyError(f"{act!r} is not an act of the access table")
    return [
        (principal, rule.reach)
        for rule in _rules_of(act)
        for principal in actor.principals
        if rule.roles & principal.roles and _lent(rule, principal)
    ]


def _rules_of(act: str) -> list[Rule]:
    """The rows of an act. Every page asks some sixty times, so they are looked up."""
    global _looked_up
    if _looked_up[0] is not RULES:
        rows: dict[str, list[Rule]] = {}
        for rule in RULES:
            rows.setdefault(rule.act, []).append(rule)
        _looked_up = (RULES, rows)
    return _looked_up[1].get(act, [])


_looked_up: tuple[tuple[Rule, ...], dict[str, list[Rule]]] = ((), {})


def roles_of(act: str) -> frozenset[Role]:
    """The roles that may do an act as themselves."""
    return frozenset(role for rule in RULES if rule.act == act for role in rule.roles)


def _lent(rule: Rule, principal: Principal) -> bool:
    return principal.lending is None or (rule.lends is not None and rule.lends in principal.lending)


def may(actor: Actor, act: str) -> bool:
    """Whether the actor may do the act on anything at all."""
    return actor.person is None or bool(reaches(actor, act))


def require(actor: Actor, act: str) -> None:
    """Raises NotAllowed when the actor may not do the act on anything."""
    if not may(actor, act):
        raise NotAllowed(act)
