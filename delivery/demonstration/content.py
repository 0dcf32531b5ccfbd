"""What the demonstration is made of. Facts from the world carry their source; everything else is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from prize.models import Otherwise

PROGRAMME = "Clean power programme (demonstration)"
MISSION = "Clean power by 2030"
MISSION_STATEMENT = "Great Britain's electricity comes from clean sources, reliably, by 2030."
ACTION_PLAN = "Clean Power 2030 Action Plan, Department for Energy Security and Net Zero, December 2024"
BRIEFING = "House of Commons Library, CBP-10182"

CLEAN_SHARE = (
    (date(2023, 12, 31), Decimal("68.3"), f"{ACTION_PLAN}; {BRIEFING}"),
    (date(2024, 12, 31), Decimal("73.8"), BRIEFING),
)
INTENSITY = ((date(2023, 12, 31), Decimal("171"), ACTION_PLAN),)

MODEL = (
    "Illustrative. Dates, finalists and amounts follow the second Manchester Prize (Department for Science, Innovation "
    "and Technology; delivered by Challenge Works): launched 19 November 2024, entries closed 17 January 2025, up to ten "
    "finalists with £100,000 and up to £60,000 of compute each, £1 million grand prize in March 2026. Dates here keep "
    "those intervals and are relative to today. Criteria, weights, entries, scores and people are invented."
)

PRIZES = {
    "networks": (
        "Connect more clean power with the network we have",
        "£2 million for methods that let more homes and generators connect to local electricity networks, without "
        "waiting years for new cables.",
        "Local networks refuse connections on the strength of a few hours a year. We do not know the best way to tell "
        "those hours from the rest.\n\nIf you do, show it on data that we provide: half-hourly load of 112 feeders over "
        "two years. We want a method that a network operator could use next winter, with its limits stated.",
    ),
    "storage": (
        "Store a week of wind",
        "£2 million for storage that carries clean power through a calm winter week, at a cost that a supplier would pay.",
        "In a calm week in winter, wind gives a tenth of what it gives in the week before. Batteries bridge hours.\n\n"
        "Show a way to keep energy for a hundred hours or more, what it would cost for each kilowatt-hour delivered, and "
        "what you have measured so far.",
    ),
    "heat": (
        "Heat homes when power is plenty",
        "£2 million for ways to shift the heating of homes into hours of plenty, without anybody feeling colder.",
        "Heat pumps will double the winter peak unless their demand moves. Homes hold warmth for hours.\n\n"
        "Show a way to use that, what people in the homes notice, and how much load really moves at the peak.",
    ),
}
ELIGIBILITY = (
    "Any organisation, or person acting alone, that can receive money in the United Kingdom. Several may enter together; "
    "one of them leads. Whoever works for the programme or judges this prize may not enter."
)
ELIGIBILITY_QUESTIONS = (
    (
        "Can your organisation, or one that enters with you, receive money in the United Kingdom?",
        True,
        Otherwise.DECIDES,
        "Awards are paid in the United Kingdom. Enter together with an organisation that can receive money here.",
    ),
    (
        "Does anybody of your team work for the programme or judge this prize?",
        False,
        Otherwise.DECIDES,
        "Whoever works for the programme or judges this prize may not enter.",
    ),
    (
        "Has the same work been paid for by another public programme?",
        False,
        Otherwise.REFERS,
        "The secretariat asks you which programme paid for what before it says whether you are eligible.",
    ),
)
CLARIFICATIONS = (
    (
        "We are a spin-out and have no accounts yet. May we enter with a university that leads?",
        "May a company without accounts enter together with a university?",
        "Yes. Several organisations may enter together, and any of them may lead. The one that leads must be able to "
        "receive money in the United Kingdom.",
    ),
    (
        "Is a trial at one substation enough?",
        "Is a trial at one substation enough?",
        "It can be. Say how long it ran and what you would expect elsewhere, and why.\n\nThe criterion on *evidence* "
        "says what each level looks like.",
    ),
)
WAITING_QUESTION = "May the document contain drawings in colour?"
RULES = (
    "1. You enter by submitting the form before the closing time. What counts is the last version that you submitted.\n"
    "2. What you submit remains yours. We use it to judge the prize, and for nothing else without asking you.\n"
    "3. Judges score without knowing who you are. Do not name your team in answers that judges read.\n"
    "4. The panel decides, with reasons on record, and may select fewer than there are places.\n"
    "5. Finalists accept grant terms with milestones before anything is paid."
)
QUESTIONS = (
    ("What problem does this solve, and for whom?", 250),
    ("How does it work?", 500),
    ("What have you shown so far?", 300),
    ("What could go wrong?", 200),
)
TEAM_QUESTION = "Who is in your team, and what has each of you done before?"
FILE_QUESTION = "A document with figures"
TEAM = "Team"
"""The criterion that is scored after the reveal."""

COST_QUESTION = "What will it cost until the first place is supplied?"
DAY_QUESTION = "When could the first place be supplied?"
PERMIT_QUESTION = "Does the work need a permit that you do not have yet?"
PERMIT_PARTICULARS = "Which permit, and who gives it?"
NO_PERMIT_QUESTION = "What would you do without the permit?"
PERMIT = "A licence to connect to the network, from its operator. It has been applied for."
NO_PERMIT = "Supply the same place behind its own meter, at about two thirds of the size."
CRITERIA = (
    (
        "Need",
        "Is the problem real, sized and well understood?",
        25,
        None,
        (
            "No problem is described.",
            "A problem is named, without its size.",
            "Sized from public figures.",
            "Sized, with evidence from those who have it.",
            "Sized, with evidence, and its causes are told apart.",
        ),
    ),
    (
        "Technical soundness",
        "Would the method do what the entry says it does?",
        30,
        300,
        (
            "Contradicts itself or known results.",
            "Plausible, but key steps are missing.",
            "Complete, not yet tried.",
            "Tried on realistic data; limits stated.",
            "Tried in operation; limits measured.",
        ),
    ),
    (
        "Novelty",
        "What is new compared with what is used today?",
        20,
        None,
        (
            "In use today.",
            "A small change to what is in use.",
            "New use of something known.",
            "A new combination that others have missed.",
            "Something that nobody has tried.",
        ),
    ),
    (
        "Route to use",
        "Who would use it, and what stands in the way?",
        15,
        None,
        (
            "No user is named.",
            "Users are named, without their reasons.",
            "A user is interested; obstacles are named.",
            "A user takes part; obstacles have answers.",
            "A user has committed to use it.",
        ),
    ),
    (
        TEAM,
        "Can this team do it?",
        10,
        None,
        (
            "Nobody named has done anything like it.",
            "Some have worked in the field.",
            "Has the skills; has not done it together.",
            "Has done parts of it together.",
            "Has done it together, at this scale.",
        ),
    ),
)
GATE = "Should this be supported?"

ORGANISATIONS = tuple(
    f"{first} {second}"
    for second, firsts in (
        ("Grid", ("Larkspur", "Saltmarsh", "Fernhollow", "Cobalt Lane", "Northwater", "Brightwell")),
        ("Analytics", ("Tidewell", "Marlstone", "Quillbrook", "Ashgrove", "Pennyroyal", "Windrush Vale")),
        ("Energy", ("Kestrel Moor", "Hollowbank", "Thistledown", "Greyfriars Quay", "Oakmere", "Silverdale Rise")),
        ("Labs", ("Curlew", "Ironbark", "Meadowlark", "Sandpiper", "Bluebell Yard", "Foxglove")),
        ("Systems", ("Harrowgate Mill", "Longreach", "Copperfield Row", "Riverbend", "Stonecrop", "Wrenfield")),
        ("Power", ("Dunlin", "Elmstead", "Goldcrest", "Hawthorn Bay", "Juniper Hill", "Kittiwake")),
        ("Works", ("Lapwing", "Millrace", "Nettlebed", "Orchard End", "Plover", "Quarry Bank")),
        ("Research", ("Redshank", "Snowdrop", "Teasel", "Umberleigh", "Vetchfield", "Whinchat")),
        ("Collective", ("Yarrow", "Alderney Cross", "Bramblewick", "Chaffinch", "Daleside", "Eastholm")),
        ("Networks", ("Fieldfare", "Gorseland", "Heronsgate", "Ivybridge Fold", "Jasmine Court", "Knotgrass")),
    )
    for first in firsts
)
FIRST_NAMES = (
    "Mara", "Idris", "Tamsin", "Kofi", "Elspeth", "Rohan", "Bronwen", "Yusuf", "Freya", "Callum", "Anwen", "Dmitri",
    "Saoirse", "Hamid", "Imogen", "Tariq", "Linnea", "Owain", "Priya", "Alasdair",
)  # fmt: skip
SURNAMES = (
    "Alder", "Bracken", "Cloudsley", "Damson", "Elder", "Fennel", "Gorse", "Hazelwood", "Isingham", "Juniper",
    "Kelp", "Larch", "Medlar", "Nightingale", "Osier", "Pimpernel", "Quince", "Rowanlea", "Sorrel", "Tansy",
)  # fmt: skip

PROBLEMS = (
    "In the area that we studied, {a} of {b} refused applications would have fitted inside the network's limits for all "
    "but {c} hours of the year. Operators refuse because they cannot say, a day ahead, which hours those are.",
    "A farm with roofs for {a} kilowatts waits {c} months for a connection, since the feeder is full on paper. Measured, "
    "it was full for {c} hours last year.",
    "Housing developers pay for a new substation when {a} homes are planned. In {b} of the cases that we looked at, "
    "shifting the chargers of {c} cars by two hours would have done.",
    "Community groups give up: of {b} that asked for a connection in two counties, {a} withdrew when they saw the cost, "
    "which was set for {c} hours of the year.",
)
METHODS = (
    "A forecast of the load on each feeder is made from the meters that exist, the weather and the connection register. "
    "It gives a distribution rather than one number, so that an operator can offer a connection that is limited only in "
    "the hours in which the chance of overload passes an agreed level.",
    "We estimate the state of a feeder from voltage readings at its end. No new meters are needed. Every ten minutes the "
    "estimate says how much more power the feeder can take, and the connected party follows it.",
    "Customers on a feeder agree beforehand who gives way, by how much and for what price. A small auction the evening "
    "before settles it; the feeder's limit is a constraint that the auction cannot break.",
    "We cluster feeders by the shape of their load, learn from the few that are fully metered, and carry the result over "
    "to those that are not, with the doubt that this adds stated for each.",
    "A controller at the transformer changes the tap by the forecast instead of by the present voltage. It needs one "
    "device for each substation, which fits into an existing cabinet.",
)
EVIDENCE = (
    "A trial on {a} feeders of a test network over nine months. Of {b} hours in which the limit was passed, {c} were "
    "announced a day ahead.",
    "A simulation with two years of half-hourly data of {a} feeders. In {c} of {b} cases the present rule refuses what "
    "our method would allow without a single overload.",
    "A prototype has run on one feeder since last winter. It was right on {c} of {b} days; the other days are described "
    "in the annex, with what we changed.",
    "We have shown the calculation on paper and on public data for {a} feeders. We have not yet tried it in the field.",
)
RISKS = (
    "Meter data may arrive late. The trial ran with one hour's delay; at six hours the share announced falls to "
    "{p}\u00a0%. A fallback is described above.",
    "People may change when they charge, once prices move. The estimate is renewed each week, and tells when it has "
    "become worse.",
    "An operator may not trust a number that comes with a probability. We have planned a season in which it is shown "
    "beside the present rule and changes nothing.",
    "The method needs the connection register to be right. Where it is not, it says so instead of guessing.",
)
COMMENTS = (
    "The trial is convincing where meters are dense. Say what happens on feeders with fewer than ten.",
    "The problem is sized well. I would like to see who would run this on a Sunday in January.",
    "Sound, but close to what two operators use already. Tell what is new beside that.",
    "The plan for the first season is the best part of this entry.",
    "Key steps of the method are named and not described, so I could not tell whether it would work.",
    "Clear about its limits, which made me trust the rest.",
)
CLOSE_TO_THE_CUT = "Close to the last place by the weighted mean"
WHY_RECUSED = "I advised a company in this consortium until last year"
CONVINCED = "Shown on real homes, with a supplier that takes part."
CLOSE = "Close to the finalists; takes a place that becomes free. One member held the trial for too short."
NOT_CONVINCED = "The panel was not yet convinced by what has been shown."
MILESTONES = (
    ("Design agreed with a network operator", "A letter of the operator that names the feeders and the date.", 2_500_000,
     "Feeders agreed", "feeders"),
    ("First season in shadow operation", "Forecasts beside the present rule for 90 days, on data that we can read.",
     4_000_000, "Hours announced a day ahead", "%"),
    ("New connections made possible", "Connections offered under the method, in the operator's register.", 3_500_000,
     "New connections made possible", "MW"),
)  # fmt: skip
TERMS = (
    "The programme pays each milestone's amount within 30 days of its verification by somebody independent of you and of "
    "your mentor. You tell us at once when a milestone will be late. What you make remains yours; you let us publish the "
    "verified results."
)
