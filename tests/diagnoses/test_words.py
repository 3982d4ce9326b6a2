"""The word list: what is refused with its reason, and what is said of things every day."""

from __future__ import annotations

import pytest

from fairlead.diagnoses import words
from fairlead.people.access import Refusal

REFUSED = [
    "He is lazy.",
    "She was LAZY with the follow-ups.",
    "Lazier than in spring.",
    "Laziness, in one word.",
    "Pia seems depressed since August.",
    "He suffers from depression.",
    "She has burnout.",
    "Burnt out after the fair.",
    "On sick leave too often.",
    "Called in sick on 4 May.",
    "She looks ill in meetings.",
    "He is an alcoholic.",
    "Smells of alcohol.",
    "Has a drinking problem.",
    "Her anxiety stops her from calling.",
    "He is too anxious to call.",
    "Autistic, I think.",
    "Probably ADHD.",
    "Mental health is in the way.",
    "Health problems since the spring.",
    "She has a chronic illness.",
    "Back pain keeps him from travelling.",
    "An introvert.",
    "Introverted, and it shows.",
    "Too shy for cold calls.",
    "Arrogant towards buyers.",
    "His arrogance cost us Nordwind.",
    "A narcissist.",
    "He has a bad attitude.",
    "Attitude is the problem.",
    "No drive at all.",
    "Lack of motivation.",
    "Unmotivated since the reorganisation.",
    "Not a team player.",
    "She is emotional when prices are discussed.",
    "He is stupid.",
    "He is stubborn about discounts.",
    "A naïve approach to the buyer.",
    "Passive in every review.",
    "Aggressive with colleagues.",
    "She is moody.",
    "Thin-skinned.",
    "He's a control freak.",
    "Wrong cultural fit.",
    "Her personality does not fit.",
    "Too old for this job.",
    "He is old.",
    "She is young.",
    "At his age it is hard.",
    "Close to retirement.",
    "She is pregnant.",
    "Since the pregnancy the numbers fall.",
    "After her maternity leave.",
    "Has small children.",
    "Childcare takes the afternoons.",
    "Her husband is ill.",
    "He is Muslim.",
    "His religion forbids dinners with buyers.",
    "Her accent puts buyers off.",
    "He is gay.",
    "As a woman she is not heard in mining.",
    "Union member, so careful.",
    "A foreigner in this market.",
    "She is disabled.",
    "In a wheelchair.",
    "He is deaf.",
    "They are slow.",
    "The rep is weak.",
    "He is quiet.",
    "She is not tough enough.",
    "He’s lazy.",
    "She's nervous.",
    "The seller was drunk at the fair.",
    "Pia is old.",
    "Burn-out, says HR.",
    "Dishonest in the reports.",
    "A liar.",
    "Overweight.",
    "He seems tired.",
    "She is on medication.",
    "Menopause.",
]

FINE = [
    "The healthy pipeline of spring is gone.",
    "The pipeline is healthy.",
    "Sold two sick building sensors on 3 May.",
    "Health sector: no call in six weeks.",
    "The sick-building sensor is 4 % of wins, peers 31 %.",
    "Lazy loading of the price list fails.",
    "The market is depressed since June.",
    "A depressed market explains half.",
    "Old opportunities were not closed out.",
    "Three old deals without a next step.",
    "The deal is old: 240 days.",
    "A young account, opened in May.",
    "Black box testing was not offered.",
    "White paper sent on 4 May.",
    "The weak pipeline of Q2.",
    "Weak demand in dairies.",
    "Slow answers: median 6 days, peers 2.",
    "Followed up after 9 days, on 12 May, 3 June and 30 June.",
    "No next step in 6 of 9 open deals.",
    "An aggressive discount of 18 % was given on 4 May.",
    "Aggressive pricing by the rival.",
    "Passive sensors are 4 % of wins.",
    "Disabled feature flags were shown in the demo.",
    "The blind spot sensor was not shown.",
    "Diabetes clinics: no visit since April.",
    "Cancer screening devices: none sold.",
    "Mental health platforms buy elsewhere.",
    "Emotional stories do not replace the value case.",
    "The tender was lost on price.",
    "Teach-back 9 of 20 on 20 October.",
    "Did not name the value of the analyser on 3, 9 and 12 June.",
    "On 4 May the buyer asked for the payback and got none.",
    "Single sourcing was not addressed.",
    "Two single points of failure in the quote.",
    "Straight rebuy deals only.",
    "The exhaust sensor is new.",
    "Foreign subsidiaries were not called.",
    "Polish customers got no quote in June.",
    "The German pump range: one won of 31.",
    "The buyer is Christian Holm, met on 5 May.",
    "Race conditions in the controller were explained wrongly.",
    "A short call on 4 May, no notes.",
    "Broken links in three proposals.",
    "Addictive pricing was not tried.",
    "Conservative forecast in Q2, 40 % under.",
    "Age of open deals: 140 days, peers 80.",
    "Illinois accounts had no call.",
    "Diagnosed the pump fault on site on 4 May.",
    "She was short of three quotes.",
    "She is good at pricing.",
    "He was on time for 3 of 9 calls.",
    "She is quick to quote but sends no value case.",
    "The vet renewed the analyser in June.",
    "Doctor visits: 4 of 30 planned.",
    "Stressed metal parts were the buyer's topic on 4 May.",
    "Fatigue sensors for metal: none offered.",
    "Healthcare buyers were not called.",
    "Baby food plants: no visit since May.",
    "Wheel loaders and chairs.",
    "The Jewish Museum renewed on 3 May.",
    "Gender pay gap reporting module: not demonstrated.",
    "Credit union accounts: two visited.",
    "The European Union tender was missed by a day.",
    "Kidney dialysis pumps: 2 of 40.",
    "Mad Cow Brewery asked twice for a quote, on 3 and 9 May.",
    "Therapy devices: 1 of 22 wins, peers 9.",
    "Deal health was red in six of nine deals.",
    "The attitude of the buyer changed on 4 May.",
    "A single person signs at Nordwind.",
    "We waited in vain for the sample.",
    "Maternity wards buy the new pump.",
    "Alcoholic beverages plants: no visit.",
    "The buyer was impatient on 4 May.",
    "Karen Holm signed on 5 May.",
    "The chip on the board failed in the demo.",
    "Met a woman from purchasing on 4 May, no notes.",
    "Wheelchair makers were not called.",
    "An arrogant rival left the tender.",
]


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_sentence_about_what_somebody_is_is_refused(sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        words.refuse(sentence, "the evidence", ["Pia"])
    assert refused.value.code == "about_the_person"


@pytest.mark.parametrize("sentence", FINE)
def test_a_sentence_about_what_was_done_or_about_a_thing_passes(sentence: str) -> None:
    assert words.refuse(f"  {sentence} ", "the evidence", ["Pia"]) == sentence


def test_the_reason_names_the_word_as_typed_and_what_to_say_instead() -> None:
    with pytest.raises(Refusal) as refused:
        words.refuse("A naïve approach.", "the task")
    assert refused.value.sentence == (
        "“naïve” in the task speaks of personality, and that may play no part here. "
        "Say what was done, and on which day."
    )


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [("She has burnout.", "health"), ("An introvert.", "personality"), ("She is pregnant.", "protected")],
)
def test_each_kind_has_its_reason(sentence: str, kind: words.Kind) -> None:
    found = words.find(sentence)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("word", ["LAZY", "Lazy", "lazy", "lázy", "laziness", "lazier"])
def test_case_accents_and_inflections_hide_nothing(word: str) -> None:
    assert words.find(f"In the follow-ups, {word}.") is not None


def test_a_name_counts_as_a_person_only_where_it_is_given() -> None:
    assert words.find("Pia is old.") is None
    assert words.find("Pia is old.", ["Pia"]) is not None


def test_there_are_enough_sentences_both_ways() -> None:
    assert len(set(REFUSED)) >= 80
    assert len(set(FINE)) >= 75
