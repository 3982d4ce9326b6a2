"""Words that no diagnosis and no plan may hold: health, personality, protected characteristics. No Django here.

A word is refused with the reason and itself, so that its writer can say instead what was done, and on which day.
Whole words with their inflections are found, whatever their case and accents. Three kinds of words keep false alarms
away: some are always about a person; some are unless a thing follows or is their subject ("healthy pipeline", "the
market is depressed"); some only where a person is said to be so ("she is too old"), because they are said of things
every day. The words are English ones. What a seller writes is never checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from fairlead.people.access import Refused

Kind = Literal["health", "personality", "protected"]
SAYS: dict[Kind, str] = {
    "health": "health",
    "personality": "personality",
    "protected": "a protected characteristic",
}

_ALWAYS: dict[Kind, str] = {
    "health": """
        burnout burnouts adhd autis(m|tic|tics) asperger(s)? dyslexi(a|c|cs) dyscalculi(a|c)
        neurodiver(gent|gence|se|sity) bipolar schizo(phrenia|phrenic|id) perimenopaus(e|al)
        miscarr(iage|iages|ied) hungover drunk(en|enness)? sickly hypochondri(a|ac|acs) suicid(e|al) ptsd ocd
        fibromyalgia
    """,
    "personality": """
        narciss(ism|ist|ists|istic) neurotic(s|ism)? introver(t|ts|ted|sion) extrover(t|ts|ted|sion)
        extraver(t|ts|ted|sion) psychopath(s|ic)? sociopath(s|ic)? egocentric egois(t|ts|tic|m) egomaniac(s)?
        egotis(t|tic|m) moron(s|ic)? idiot(s|ic)? imbecile(s)? coward(s|ly|ice)? crybab(y|ies)
        whin(y|er|ers|ing) lazybones slacker(s)? slothful indolen(t|ce) workshy thinskinned moodiness
        sulk(s|y|ed|ing)? grumpiness hottempered quicktempered badtempered lia(r|rs) untrustworthy unmotivated
        demotivated unambitious gutless spineless unlikable pigheaded overemotional oversensitive hypersensitive
        slob(s)? effeminate bitch(y|es)? diva(s)?
    """,
    "protected": """
        motherhood fatherhood bisexual(s|ity)? heterosexual(s|ity)? lesbian(s)? transsexual(s)? boomer(s)?
        millennial(s)? gen-?z atheis(t|ts|m) crippled
    """,
}
"""About a person wherever they stand."""

_UNLESS_A_THING: dict[Kind, str] = {
    "health": """
        sick(er|ness|nesses)? ill illness(es)? unwell disease(s|d)? ail(ing|ment|ments) unhealthy health healthy
        depress(ed|ion|ive) anxiety anxious(ly)? stressed burnt burned exhaust(ed|ion) fatigue(d)? frail(ty)?
        feeble cancer(s|ous)? tumou?r(s)? diabet(es|ic|ics) dementia obes(e|ity) overweight underweight
        addict(s|ed|ion|ions|ive)? medicat(ion|ions|ed) therap(y|ies|ist|ists) doctor(s)?
        hospitali(sed|zed|sation|zation) surger(y|ies) symptom(s)? disorder(s)? insane(ly)?
        mentally crazy mad(ness)? disab(led|ility|ilities) handicap(s|ped)? impaired deaf blind(ness)? hiv aids
        covid backache allerg(y|ies|ic) vertigo stutter(s|ing)? stammer(s|ing)? infertil(e|ity) psychosis
        psychotic psychiatr(ic|ist|ists|y) psychotherap(y|ist|ists) antidepressant(s)? migraine(s)? insomnia(c)?
        menopaus(e|al) alcoholi(c|cs|sm) hangover(s)? chemotherapy traumati(sed|zed) epilep(sy|tic|tics)
        sciatica
    """,
    "personality": """
        laz(y|ier|iest|ily|iness) passive(ly)? aggressive(ly|ness)? shy(ness|ly)? insecure insecurit(y|ies)
        emotional(ly)? hostile negative(ly)?-attitude sloppy sloppiness clumsy rude(ly|ness)? bitter(ness)?
        jealous(y|ly)? greedy greed nervous(ly|ness)? unreliable(ly)? unreliability reckless(ly|ness)?
        careless(ly|ness)? undisciplined disloyal(ty)? defensive(ly|ness)? cynical(ly)? cynic(s|ism)?
        pessimis(t|ts|tic|m) dull boring charisma(tic)? personalit(y|ies) temperament(s)? attitude(s)?
        mindset(s)? gloomy aloof likeable ambitionless loner(s)? dreamer(s)? charming uncharismatic
        arrogan(t|ce|tly) stupid(ly|ity)? selfish(ly|ness)? conceited pompous(ly)? smug(ly|ness)? moody
        sullen(ly)? grumpy paranoi(d|a) hysteri(a|cal|cally|cs) manipulative(ly)? sneaky devious(ly)?
        dishonest(ly|y)? apathetic apathy timid(ly|ity)? unlikeable charmless obnoxious(ly)? disagreeable
        stubborn(ly|ness)? impatient(ly)? impulsive(ly|ness)? temperamental perfectionis(t|ts|m|tic)
        immatur(e|ity) childish(ly|ness)? naive naivety naively bossy feminine masculine
    """,
    "protected": """
        gender(s|ed)? ethnic(ity|ities)? racial(ly)? religio(n|ns|us|usly)? muslim(s)? islam(ic)?
        christian(s|ity)? jew(s|ish)? hindu(s|ism)? buddhis(t|ts|m) catholic(s|ism)? protestant(s)? sikh(s)?
        immigra(nt|nts|tion) migrant(s)? foreigner(s)? refugee(s)? gay(s)? queer(s)? husband(s)? wife wives
        girlfriend(s)? boyfriend(s)? spouse(s)? fianc(e|ee) married marriage(s)? kids toddler(s)? bab(y|ies)
        newborn(s)? menstrua(l|tion) nationalit(y|ies) accent(s)? caste(s)? mosque(s)? synagogue(s)?
        socialis(t|ts|m) communis(t|ts|m) conservative(s)?-voter pregnan(t|cy|cies) maternity paternity
        breastfeed(s|ing)? childless childcare homosexual(s|ity)? transgender(ed)? nonbinary lgbt(q|qi)? elderly
        geriatric ageing retiree(s)? divorce(d|e)? unmarried widow(ed|er|s)? hijab(s)? headscarf headscarves
        wheelchair(s)?
    """,
}
"""About a person unless a thing follows or is what is said to be so."""

_OF_A_PERSON: dict[Kind, str] = {
    "health": """
        tired strained fragile unfit unstable drained broken sober trembling
    """,
    "personality": """
        weak slow cold quiet loud soft difficult negative strange odd weird proud simple sensitive dominant
        submissive toxic arrogant boring intelligent unintelligent clever dumb smart lovely nice nasty mean
        honest lively mature ambitious likable confident unconfident motivated optimistic reserved rigid chaotic
        disorganised disorganized messy tough
    """,
    "protected": """
        old older oldest young younger youngest black white brown asian african arab arabic turkish polish
        russian indian chinese roma gypsy foreign male female liberal conservative vegan aged middle-aged blond
        blonde fat bald
    """,
}
"""About a person only where a person is said to be so; said of deals, markets and customers every day."""

_PHRASES: dict[Kind, str] = {
    "health": """
        mental health|health problem|health problems|health issue|health issues|health condition|health reasons
        diagnosed with|sick leave|sick note|sick day|sick days|called in sick|call in sick|calls in sick|off sick
        medical leave|medical condition|medical history|doctors note|doctors appointment|burnt out|burned out|burn out
        nervous breakdown|mental breakdown|panic attack|panic attacks|special needs|on the spectrum
        drinking problem|smells of alcohol|substance abuse|mood swings|mood swing|eating disorder|looks ill
        looks sick|looks unwell|mental state|bad back|back pain|heart attack|heart condition|weight problem
    """,
    "personality": """
        bad attitude|poor attitude|wrong attitude|attitude problem|negative attitude|personality clash|thin skin
        thin skinned|short temper|bad temper|loses temper|lost his temper|lost her temper|team player|not hungry
        lacks hunger|lacks drive|no drive|lacks ambition|no ambition|lack of ambition|lack of drive
        lack of motivation|lacks motivation|no motivation|low motivation|low self esteem|self esteem
        inferiority complex|prima donna|control freak|drama queen|cultural fit|culture fit|killer instinct
        work shy|not a people person|people person|passive aggressive|pig headed|hot tempered|quick tempered
        self centred|self centered|not tough enough|too soft|too nice|fire in the belly|born salesman
        natural seller|sales gene|lone wolf|thick skin|thick skinned
    """,
    "protected": """
        too old|too young|at his age|at her age|at their age|his age|her age|their age|because of age|due to age
        retirement age|near retirement|close to retirement|older generation|younger generation|generation z
        gen z|old school type|parental leave|maternity leave|paternity leave|family planning|wants children
        has children|young children|small children|single mother|single father|single parent|family obligations
        family duties|sexual orientation|trade union member|union member|union membership|works council member
        skin colou?r|native speaker|not a native|ethnic background|country of origin|mother tongue
        foreign accent|strong accent|is a woman|being a woman|is a man|being a man|as a man|as a woman
        for a woman|for a man|like a girl|like a woman|political views|party member|religious holiday
        religious holidays|second child|expecting a child|expecting a baby|new father|new mother
        time of the month|grey hair|gray hair|his wife|her husband
    """,
}

THINGS = frozenset(
    """
        account acquisition agency answer app application art audit authority bake balance bank battery beer
        beverage bid bidder bill board bonus box brewery budget building business button buyer cable cache
        calendar campaign candidate carbon care carriage cash center centre charity check cheese chocolate choir
        circuit clause client clinic clothing coating code coffee college column community company competition
        competitor component contract contrast control conversion cooling copy council crm curve customer dairy
        dashboard data database date deal debt defence defense defenses demand department desk detector device
        discount drink drug economy email emission equality equipment evaluation exhaust export factory fan farm
        fashion feature feedback festival field figure flag flow food forecast formula foundation fracture
        friday fuel fume fund funnel gap gas goods growth heat heating hole holiday home hospital house
        impairment import income index industry infrastructure insurance insurer inventory investment investor
        iron lab laboratory lead leads line list load loading machine mail maker manager manufacturer margin
        market medicine meeting metal meter milk mill mine ministry mix module monitor month motor museum
        network noise number offer office oil optical optics option order ore oven pair panel paper park partner
        patient patients pay peak pharma pipe pipeline plan plant platform portfolio posture press price pricing
        procedure process product program programme project proposal prospect provider pump quarter query quote
        radiator range rate ratio record reference reply report result retailer return revenue rf rfp rival room
        safety sales sauce scale school score screening script season sector segment sensor server service
        setting share sheet shop shower signal site society software solar spend spender splitter spot stance
        statistics steel stock store story strategy study supplier supply system tactic takeover tank tender
        term territory test testing tone tool toy trial university valve vendor vet visit voice voucher ward
        water wear week wheel wipes works year
    """.split()
)
"""What may be healthy, sick, old or aggressive without anybody being meant."""

_PERSONS = frozenset(
    """
        he she they him her them you we i rep reps seller sellers salesman saleswoman salesperson person man
        woman guy girl boy lady colleague employee worker hire who himself herself themself themselves someone
        somebody anybody manner personality character
    """.split()
)
_IS = frozenset(
    """
        is was are were be been being s m re seem seems seemed look looks looked feel feels felt sound sounds
        sounded become becomes became get gets got appear appears appeared remain remains remained stay stays
        stayed act acts acted acting grew grow grows came comes
    """.split()
)
_BETWEEN = frozenset(
    """
        too very so rather quite really a an the bit little much more most less often always never still not
        also just simply extremely somewhat far pretty clearly obviously visibly as such kind of sort basically
        generally naturally all that and or but far this
    """.split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """A word that is refused, as it was typed, and what it speaks of."""

    word: str
    kind: Kind


def refuse(text: str, what: str, names: Collection[str] = ()) -> str:
    """The text without space around it. Raises Refused (about_the_person) that names the first word and says why.

    ``what``: "the evidence", "the task". ``names``: first names that are meant as a person ("Pia is old").
    """
    found = find(text, names)
    if found is None:
        return text.strip()
    raise Refused(
        "about_the_person",
        f"“{found.word}” in {what} speaks of {SAYS[found.kind]}, and that may play no part here. "
        "Say what was done, and on which day.",
    )


def find(text: str, names: Collection[str] = ()) -> Found | None:
    """The first word of a text that is refused, None where there is none."""
    persons = _PERSONS | {folded for name in names for folded in _fold(name).split()}
    for sentence in _SENTENCE.split(text):
        tokens = [(match.group(), _fold(match.group())) for match in _WORD.finditer(sentence)]
        typed, words = [one for one, _ in tokens], [one for _, one in tokens]
        for place in range(len(words)):
            found = _phrase(typed, words, place) or _single(typed, words, place, persons)
            if found is not None:
                return found
    return None


_SENTENCE = re.compile(r"[.!?;:\n\r]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def _fold(text: str) -> str:
    """Case and accents away, and the mark of an elision: "Naïve" is naive, "doctor’s" is doctors."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return bare.replace("’", "'").replace("'", "")


def _single(typed: list[str], words: list[str], place: int, persons: Collection[str]) -> Found | None:
    word = words[place]
    for kind in SAYS:
        if _every(_ALWAYS_RE[kind], word):
            return Found(typed[place], kind)
        if _every(_UNLESS_RE[kind], word) and not _of_a_thing(typed, words, place):
            return Found(typed[place], kind)
        if _every(_PERSON_RE[kind], word) and _said_of_a_person(words, place, persons):
            return Found(typed[place], kind)
    return None


def _phrase(typed: list[str], words: list[str], place: int) -> Found | None:
    for kind, phrases in _PHRASES_RE.items():
        for length, phrase in phrases:
            if phrase.fullmatch(" ".join(words[place : place + length])):
                if place + length < len(words) and _is_thing(words[place + length]):
                    continue
                return Found(" ".join(typed[place : place + length]), kind)
    return None


def _of_a_thing(typed: list[str], words: list[str], place: int) -> bool:
    """Whether a thing is meant: it follows the word, or is what is said to be so, or the word is part of its name."""
    after = words[place + 1 : place + 4]
    joined = len(after) > 1 and after[0] in ("and", "or") and _is_thing(after[1])
    if after and (_is_thing(after[0]) or joined):
        return True
    if after and after[0] == "of" and any(_is_thing(one) for one in after[1:3]):
        return True
    if words[place] == "health" and place and _is_thing(words[place - 1]):
        return True
    subject = _subject(words, place)
    return (subject is not None and _is_thing(subject)) or _in_a_name(typed, words, place)


def _in_a_name(typed: list[str], words: list[str], place: int) -> bool:
    """Whether a word belongs to capitals in a row that name a thing: "Mad Cow Brewery"."""
    if not typed[place][0].isupper():
        return False
    for n in range(place + 1, len(typed)):
        if not typed[n][0].isupper():
            return False
        if _is_thing(words[n]):
            return True
    return False


def _said_of_a_person(words: list[str], place: int, persons: Collection[str]) -> bool:
    after = words[place + 1] if place + 1 < len(words) else ""
    if after and _is_thing(after):
        return False
    if after in persons and after not in ("he", "she", "they", "you", "we", "i", "him", "her", "them"):
        return True
    subject = _subject(words, place)
    return subject is not None and subject in persons and not _goes_on(after)


def _goes_on(after: str) -> bool:
    """Whether a word goes on to something else than the person: "she is slow to …" stays, "short of time" does not."""
    return after in ("of", "on", "at", "with", "about")


def _subject(words: list[str], place: int) -> str | None:
    """What is said to be so: the word before an "is", with small words between; None where nothing is."""
    at = place - 1
    while at >= 0 and words[at] in _BETWEEN:
        at -= 1
    if at < 0 or words[at] not in _IS:
        # "they're" and "he's" are one word here
        return _contracted(words[at]) if at >= 0 else None
    while at >= 0 and (
        words[at] in _IS or words[at] in _BETWEEN or words[at] in ("has", "have", "had", "can", "will")
    ):
        at -= 1
    return words[at] if at >= 0 else None


def _contracted(word: str) -> str | None:
    return {"hes": "he", "shes": "she", "theyre": "they", "youre": "you", "im": "i"}.get(word)


def _is_thing(word: str) -> bool:
    return (
        word in THINGS
        or (word.endswith("s") and word[:-1] in THINGS)
        or (word.endswith("ies") and f"{word[:-3]}y" in THINGS)
    )


def _every(pattern: re.Pattern[str], word: str) -> bool:
    return pattern.fullmatch(word) is not None


def _compiled(lists: dict[Kind, str]) -> dict[Kind, re.Pattern[str]]:
    return {kind: re.compile("|".join(f"(?:{one})" for one in text.split())) for kind, text in lists.items()}


def _phrases_of(text: str) -> Iterable[tuple[int, re.Pattern[str]]]:
    for line in text.strip().splitlines():
        for phrase in line.strip().split("|"):
            yield len(phrase.split()), re.compile(phrase)


_ALWAYS_RE, _UNLESS_RE, _PERSON_RE = (_compiled(one) for one in (_ALWAYS, _UNLESS_A_THING, _OF_A_PERSON))
_PHRASES_RE = {kind: tuple(_phrases_of(text)) for kind, text in _PHRASES.items()}
