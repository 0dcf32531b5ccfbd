"""What the demonstration's teams write: sentences about the subject of their prize, one of each row. All is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

Rows = tuple[tuple[str, ...], ...]
"""An answer is one sentence of each row, in this order. Letters in braces become numbers; ``{r}`` is ``{p}`` per cent of ``{b}``."""


@dataclass(frozen=True)
class Subject:
    """What teams of a prize write about, and the words that stand in what all prizes have in common.

    Where the entry form asks for the topic, ``topics`` has one for each way in which a method may begin.
    """

    problem: Rows
    method: Rows
    things: str
    user: str
    hardest: str
    topics: tuple[str, ...] = ()


Numbers = Mapping[str, object]


@dataclass(frozen=True)
class Written:
    """The answers of one team to what judges read, as the sentences that it chose and the numbers in them."""

    problem: tuple[str, ...]
    method: tuple[str, ...]
    evidence: tuple[str, ...]
    risks: tuple[str, ...]
    numbers: Numbers
    topic: str

    def texts(self) -> tuple[str, ...]:
        """The answers in the order of the questions."""
        every = (self.problem, self.method, self.evidence, self.risks)
        return tuple(" ".join(sentences).format(**self.numbers) for sentences in every)


def written(
    slug: str, strength: float, dice: Random, before: Sequence[Written], *, like: Written | None = None
) -> Written:
    """What a team of a prize writes, unlike those ``before`` it; the stronger it is, the more it has shown.

    ``like`` lends its method, to which a sentence is added.
    """
    subject = SUBJECTS[slug]
    cases, share = dice.randint(130, 420), dice.randint(60, 88)
    numbers: Numbers = {
        "a": dice.randint(18, 120),
        "b": cases,
        "c": dice.randint(20, 90),
        "p": share,
        "r": cases * share // 100,
        "things": subject.things,
        "user": subject.user,
        "hardest": subject.hardest,
    }
    problem = _drawn(subject.problem, dice, [other.problem for other in before])
    method = (*like.method, BORROWED) if like else _drawn(subject.method, dice, [other.method for other in before])
    level = min(int((1 - strength) * len(SHOWN)), len(SHOWN) - 1)
    return Written(
        problem,
        method,
        _drawn((SHOWN[level], *FOUND), dice, [other.evidence for other in before]),
        _drawn(RISKS, dice, [other.risks for other in before]),
        numbers,
        subject.topics[subject.method[0].index(method[0])] if subject.topics else "",
    )


def _drawn(rows: Rows, dice: Random, before: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """A sentence of each row, two of which at least stand in no answer before that has the others."""
    most = max(len(rows) - 2, 2)
    while True:
        chosen = tuple(dice.choice(row) for row in rows)
        if all(len({*chosen} & {*other}) <= most for other in before):
            return chosen


FORECASTS, READINGS, DEMAND, EQUIPMENT = (
    "Forecasts of load",
    "Readings and estimates of the network",
    "Agreements with customers",
    "Equipment in the network",
)

BORROWED: Final = "Both of our teams worked on this together until last spring."

NETWORKS: Final = Subject(
    problem=(
        (
            "In the area that we studied, {a} of {b} refused applications would have fitted inside the network's limits "
            "for all but {c} hours of the year.",
            "A farm with roofs for {a} kilowatts waits {c} months for a connection, since its feeder is full on paper.",
            "Housing developers are asked to pay for a new substation as soon as {a} homes are planned on one road.",
            "Of {b} community groups that asked for a connection in two counties, {a} gave up when they saw the cost.",
            "A depot that wants to charge {a} vans was told to wait until its substation is rebuilt.",
            "Of the {b} substations whose records we read, {a} were closed to newcomers for want of a measurement.",
        ),
        (
            "Operators refuse because they cannot say, a day ahead, which hours those are.",
            "Measured, the cable was full for {c} hours last year, all of them on cold evenings.",
            "The rule counts every appliance as if all of them ran at once, which has never been seen.",
            "The limit was set for a winter peak {c} years ago, and nobody has looked at it since.",
            "What is written in the register and what flows in the cable differ by {p} per cent in the median case.",
            "The few hours that matter are known afterwards, and the decision is taken years before.",
        ),
        (
            "New cables would take six years, and the road would be open for two summers.",
            "Those who wait burn diesel meanwhile, or do not build at all.",
            "Each refusal costs the applicant a survey and the operator two weeks of work.",
            "The money for reinforcement is spent where somebody complained first, not where it helps most.",
            "Smaller applicants leave the queue, so that the few who can pay for studies get what is left.",
            "It falls on villages at the end of long lines, where the voltage decides and nobody measures it.",
        ),
        (
            "Planners told us that they would say yes if somebody stood behind the number.",
            "We have this from interviews with people in three control rooms and from {c} letters of refusal.",
            "The size of the problem is in the public register; its causes are told apart below.",
            "Both sides would gain from an offer with conditions, which today nobody may write.",
            "We asked {c} applicants what they would accept, and most would give up a few evenings a year.",
        ),
    ),
    method=(
        (
            "We forecast the load on each feeder from the meters that exist, the weather and the register of connections.",
            "We estimate the state of a feeder from voltage readings at its far end, without new meters.",
            "Customers on a feeder agree beforehand who gives way, by how much and for what price.",
            "We sort feeders by the shape of their load and learn from the few that are fully metered.",
            "A controller at the transformer changes its tap by the forecast instead of by the present voltage.",
            "We compare what smart meters report in groups of ten with what the substation sees as a whole.",
        ),
        (
            "The result is a distribution and not one number, so that a connection can be limited in a few hours alone.",
            "Every ten minutes the estimate says how much more power the cable can take.",
            "A small auction on the evening before settles the order, and the cable's limit cannot be outbid.",
            "What is learnt is carried to feeders without meters, with the doubt that this adds stated for each.",
            "One device is needed for each substation, and it fits into an existing cabinet.",
            "The sums are done at the substation, so that no household's reading leaves the street.",
        ),
        (
            "An operator reads it as three colours for each half hour of tomorrow.",
            "The connected party gets a signal that it can read with what it has, and follows it or pays.",
            "When the link fails, everything returns to the limits of today within a minute.",
            "Each hour in which it was wrong is listed beside those in which it was right.",
            "An offer of a connection carries the number of hours in which it may be limited, and that number binds us.",
            "The rule that follows from it is short enough to stand in a contract.",
        ),
        (
            "Nothing of the operator's systems is replaced, since the forecast arrives in the format that they read.",
            "It runs on one ordinary computer for a whole county.",
            "We ask for readings once an hour, and can live with once a day.",
            "Settings are few, and two of them are chosen by the operator.",
            "Staff can overrule it by one switch, and whenever they do the reason is kept.",
        ),
        (
            "New is that the doubt is priced instead of being hidden in a margin.",
            "New beside what is used today is that it needs no sensor on the cable itself.",
            "Others forecast demand; we forecast room, which is what an applicant asks for.",
            "The parts are known, and nobody has put them together for low voltage.",
            "It works on the evidence of a single winter, where other methods ask for three.",
            "We found no earlier work that gives the connected party a promise that it can bank on.",
        ),
    ),
    things="feeders",
    user="network operator",
    hardest="the coldest evenings",
    topics=(FORECASTS, READINGS, DEMAND, READINGS, EQUIPMENT, READINGS),
)

STORAGE: Final = Subject(
    problem=(
        (
            "In {c} of the last {b} weeks of winter, wind gave less than a fifth of what it had given the week before.",
            "A supplier that promises clean power around the clock buys gas for about {a} hours in a calm week.",
            "Batteries that we priced would need {a} full charges a year to pay for themselves, and a calm week gives one.",
            "Wind farms were asked to stop for {b} hours last year, and two weeks later gas ran in their place.",
        ),
        (
            "Nothing that is sold today keeps energy for a hundred hours at a cost that a supplier would pay.",
            "Pumped water does it well, and the valleys for it are taken.",
            "What is missing is cheap to keep rather than quick to give.",
            "The gap is known to the day from thirty years of weather, and it comes back each winter.",
        ),
        (
            "Suppliers told us that they would sign for ten years below a price which we can meet.",
            "Those who would buy are factories that cannot stop, and towns at the end of one line.",
            "We have sized it from public figures for generation, half hour by half hour.",
            "Without it the last tenth of gas stays, however many turbines are built.",
        ),
    ),
    method=(
        (
            "We heat crushed stone in an insulated pit with surplus power and raise steam from it when the wind drops.",
            "Two tanks of salt water with different strength give power back as they mix through a membrane.",
            "Iron powder is burnt for heat, and the rust is turned back into iron when power is plenty.",
            "Air is pressed into a lined cavern under a lake, whose weight keeps the pressure even.",
            "A heavy liquid is pumped uphill in closed pipes, so that a small hill does the work of a mountain.",
        ),
        (
            "Keeping it costs almost nothing, since what is stored is cheap and does not age.",
            "The store grows by adding material, and the machine beside it stays the same.",
            "Losses are {c} kilowatt-hours a day for each thousand stored, measured over one month.",
            "A unit fills one field, and it is built from parts which {p} per cent of our suppliers have on the shelf.",
        ),
        (
            "It starts within ten minutes and gives the same power from the first hour to the last.",
            "At part load it loses little, so that it can follow a town through the night.",
            "Heat that is left over goes to the houses next to it.",
            "It is charged whenever the price is below a line that the owner sets, and asked for by a single number.",
        ),
        (
            "New is the seal, which lets us work at twice the temperature of earlier attempts.",
            "Others have built it small and quick; we build it large and slow, which changes what it is made of.",
            "The parts come from another trade, where they have run for decades.",
            "We know of one earlier attempt, and can say why it leaked.",
        ),
    ),
    things="stores",
    user="supplier",
    hardest="the calmest days",
)

HEAT: Final = Subject(
    problem=(
        (
            "A street of {a} heat pumps asks for most of its power between five and seven on the coldest evenings.",
            "In {b} homes that we visited, the heating came on at the same quarter of an hour.",
            "Households with a heat pump told us that their tariff rewards them for {c} hours a year at most.",
            "Landlords of {b} flats put off heat pumps, since the cable to the block would be too thin at the peak.",
        ),
        (
            "Homes hold warmth for hours, and nobody uses that.",
            "The pumps follow a clock which was set by whoever installed them.",
            "People do not mind when the heat is made, as long as the room is warm when they come home.",
            "What is saved at the peak is worth {a} pounds a home each winter, and no one is paid for it.",
        ),
        (
            "Those who feel a mistake first are old or ill, so that comfort comes before load.",
            "A third of homes lose warmth too quickly for this, and they have to be left out.",
            "Earlier trials moved load on mild days, when it did not matter.",
            "We have asked tenants, landlords and fitters, and their words shaped what we built.",
        ),
    ),
    method=(
        (
            "Each home is warmed by half a degree before the peak and allowed to drift back through it.",
            "The hot water tank is filled at noon and at three in the morning, and never at six.",
            "A block's pumps take turns of twenty minutes, agreed between them without a centre.",
            "Tiles of salt under the floor melt when power is plenty and give their warmth back in the evening.",
            "A box on the wall shows one dial: how much the household is willing to shift tonight.",
        ),
        (
            "How fast a home cools is learnt in two weeks from the thermostat that it has.",
            "Nobody is asked anything twice, and one press ends it for the night.",
            "The order changes each evening, so that no home is always the last.",
            "Rooms of people who are at home all day are left alone.",
        ),
        (
            "The signal is the price of the next day, which anybody can read.",
            "When the link is lost the pump does what it did before.",
            "The landlord sees the block and not the flat.",
            "A fitter sets it up in {c} minutes, and needs no tool of ours.",
        ),
        (
            "New is that comfort is measured and paid for, where others assume it.",
            "It works with pumps of four makes, through the port that each of them has.",
            "Others shift the pump; we shift the warmth, which takes less from everybody.",
            "The same idea is used in cold stores, and has not been tried where people live.",
        ),
    ),
    things="homes",
    user="housing association",
    hardest="the coldest evenings",
)

WIND: Final = Subject(
    problem=(
        (
            "On {a} days of last year the wind came or went an hour sooner than had been forecast for the whole coast.",
            "Control rooms keep {b} megawatts of gas warm for the hour in which a front arrives.",
            "A farm of {c} turbines was paid to stop on {a} mornings, because its power came before anybody expected it.",
            "The forecast for noon is made at four in the morning, and is not mended when a front is late.",
        ),
        (
            "It is not the size of the error that costs, but that all sites are wrong together.",
            "What is known at the first turbine in the west is not used at the last one in the east.",
            "Forecasts are given as one line, and the doubt is added afterwards by rule of thumb.",
            "Each site buys its own forecast, and none sees what its neighbour measures.",
        ),
        (
            "An hour's warning would be worth {c} million pounds a year, by public prices.",
            "Operators told us that they would trust fewer alarms, as long as these are right.",
            "We have counted it for two winters from public half-hourly data.",
            "It grows with every farm at sea, since they stand close together.",
        ),
    ),
    method=(
        (
            "The blades themselves are the instrument: their load tells of a gust before the mast does.",
            "We follow a front from site to site with what turbines report anyway, every ten seconds.",
            "Cheap pressure gauges on {c} buoys say how fast a front moves, twenty miles before it lands.",
            "Cameras on the coast watch how cloud shadows cross the sea.",
            "A model that was trained on {a} fronts says which of today's looks like which of those.",
        ),
        (
            "From this comes a time of arrival with its doubt, for each site and for all of them together.",
            "It gives one of three warnings, and each of them has a cost that was agreed beforehand.",
            "The forecast is renewed every five minutes, and says what has changed since the last.",
            "Where two sources differ, both are shown, with how often each was right this month.",
        ),
        (
            "No farm learns what another one produces, since only times are passed on.",
            "It runs beside the present forecast and changes nothing until the operator says so.",
            "When a source falls silent the doubt grows, and the warning says why.",
            "A control room reads it on the screen that it has, as one more line.",
        ),
        (
            "New is that sites warn each other instead of each asking the sky alone.",
            "Others forecast the wind; we forecast the moment at which the forecast is wrong.",
            "The instruments are not new, and nobody has listened to all of them at once.",
            "It needs no weather model of its own, which makes it cheap to be wrong and to begin again.",
        ),
    ),
    things="sites",
    user="system operator",
    hardest="the stormiest days",
)

TURBINES: Final = Subject(
    problem=(
        (
            "Of {b} turbines that reach the end of their consent within five years, {a} could run for another ten.",
            "A farm on a hill is taken down after twenty-five years, although its towers were built for forty.",
            "Owners of fewer than {c} turbines cannot pay for the survey that would let them go on.",
            "Blades from {a} farms lie in fields, since nobody can say what they are still good for.",
        ),
        (
            "What is missing is proof of how tired each part is.",
            "Insurers ask for the history of every bolt, and the records were lost with the first owner.",
            "Inspection today means a rope, a hammer and a dry week.",
            "The makers have left the trade, and the spare parts with them.",
        ),
        (
            "Roads, cables and consent are there, and would have to be won again elsewhere.",
            "Each one that stops early is {c} gigawatt-hours that somebody else has to make.",
            "Owners, insurers and a council told us what they would accept as proof.",
            "We counted this from the public register of consents.",
        ),
    ),
    method=(
        (
            "A magnet crawls up the tower at night and listens to the welds.",
            "We read fatigue from how the tower swings when the machine stops.",
            "Old blades are cut where they are sound and joined to new tips.",
            "A gearbox is taken down whole, mended in a shed nearby and changed for the next one's within two days.",
            "A drone draws the blade to a tenth of a millimetre and compares it with its two neighbours.",
        ),
        (
            "Each part gets a number of years, with its doubt, which an insurer can price.",
            "It is done while the turbine runs, and costs it {c} hours of standing still.",
            "What we cannot see we treat as worst, and say so.",
            "The findings belong to the owner and go with the turbine when it is sold.",
        ),
        (
            "Two people and a van do one turbine a day.",
            "It was tried on machines of three makes which are no longer sold.",
            "A part which has {p} per cent of its life left goes back, and the others are kept for spares.",
            "The same crew trains the farm's own people to do it the next time.",
        ),
        (
            "New is that the sum is done for this turbine and not for its type.",
            "Bridges are looked after in this way, and nobody has carried it over to towers.",
            "Others replace; we show what need not be replaced.",
            "It makes small farms worth keeping, which no large owner has looked at.",
        ),
    ),
    things="turbines",
    user="farm owner",
    hardest="the stormiest days",
)

SUBJECTS: Final[Mapping[str, Subject]] = MappingProxyType(
    {"networks": NETWORKS, "storage": STORAGE, "heat": HEAT, "wind": WIND, "turbines": TURBINES}
)

SHOWN: Final = (
    (
        "We have run it for nine months on {a} {things}, in ordinary service.",
        "It has been in use on {a} {things} since last winter, beside what was there before.",
        "A {user} has worked with it on {a} {things} for a year.",
    ),
    (
        "We have tried it on {a} {things} for nine weeks, with people who use them every day.",
        "A trial on {a} {things} ended this spring.",
        "It was tried through one winter on {a} {things}, and was switched off twice.",
    ),
    (
        "A prototype has run since last winter, at one place.",
        "We have simulated two years of {a} {things} with public data.",
        "It works in our workshop, with the data of {a} {things} played back.",
    ),
    (
        "We have shown the calculation on paper and on public data for {a} {things}, and have not tried it outside.",
        "What we have is a model on the bench and the figures of {a} {things} from the literature.",
        "So far there is a drawing, a sum and the promise of a place to try it.",
    ),
)
"""What has been shown, the most first."""

FOUND: Final = (
    (
        "Of {b} cases that mattered it had {r} right, and we can show each of the others.",
        "It was right on {r} of {b} days, which is not yet enough.",
        "In {r} of {b} cases it did better than what is used today, and in the rest it was no worse.",
        "It fell short on {hardest}, where it was right in {p} per cent of cases.",
        "The gain was {p} per cent of what we had hoped for, and it did not fade with time.",
        "Half of what we hoped for was there in the first month, and {p} per cent after we had changed the settings.",
    ),
    (
        "Somebody who is not of our team read the meters.",
        "A {user} kept a log of its own, which agrees with ours but for {c} entries.",
        "The raw readings can be had from us, with the program that made the figures.",
        "We fixed what we would count as success before we began.",
        "Two students repeated the sums from the readings alone and came to the same result.",
    ),
    (
        "We would expect the same elsewhere, but for places by the sea.",
        "How far it carries to other places we do not know, and the next season is planned for that.",
        "What went wrong first was the simplest thing: a clock that nobody had set.",
        "The cost for each was {c} hundred pounds, of which a third would not come again.",
        "People who have to do with it were asked before and after, and what they said is kept word for word.",
        "We stopped one part of the trial early, because it told us nothing new.",
    ),
)

RISKS: Final = (
    (
        "Readings may arrive late; at six hours of delay the share that is right falls to {p} per cent.",
        "A {user} may not trust a result that comes with a doubt.",
        "The one part that we do not make ourselves comes from a single workshop.",
        "It has not seen {hardest} of a really bad year.",
        "It needs a record that is often wrong, and says so where it finds that.",
        "People may change what they do once they know of it.",
    ),
    (
        "We have planned a season in which it is shown beside what is used today and changes nothing.",
        "There is a second way, which costs a fifth more and is ready.",
        "We renew the estimate each week, and it tells when it has become worse.",
        "A person checks every tenth case, and all of those that surprise.",
        "Should that happen, everything returns to how it was before, within an hour.",
    ),
    (
        "The permit could take longer than the work.",
        "Somebody could be harmed by a mistake of ours only if two safeguards failed together, which we have tested.",
        "If the price of power falls by half, it pays back in {c} years instead of nine.",
        "Two of us know how it works, and a third is learning it.",
        "Should the {user} leave, two others have asked to take its place.",
        "The largest risk is that it is adopted half and blamed whole.",
    ),
    (
        "We would stop if fewer than {c} of the next {b} cases came out right.",
        "We ask for a review after the first {c} weeks.",
        "The budget holds a tenth back for this.",
        "What we learn from a failure we will publish like a success.",
        "None of this is hidden from those who take part.",
    ),
)
