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
    "wind": (
        "Foresee the wind an hour sooner",
        "£2 million for ways to know an hour sooner that the wind will come or go, so that less gas is kept warm for it.",
        "The forecast for the whole country is good; the one for the next hour is not. When a front is early or late, all "
        "sites are wrong together, and gas that was kept warm fills the gap.\n\nShow a warning that a control room could act "
        "on next winter, how often it is right, and what it costs when it is wrong.",
    ),
    "turbines": (
        "Keep old wind farms turning",
        "£2 million for ways to show how long old turbines can safely run, and to mend them so that they do.",
        "A fifth of the turbines on land reach the end of their consent within years. Many could go on, and nobody can prove "
        "it at a price that a small owner would pay.\n\nShow how tired a turbine is, what would let it run for longer, and "
        "who would insure it on the strength of that.",
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
FINAL_QUESTIONS = (
    ("What have you shown since you were chosen?", 400),
    ("Who will use it in the next year, and what have they agreed to?", 300),
    ("What would you do with the prize?", 200),
)
FINAL_ANSWERS = (
    "Twelve turbines of three makes were surveyed in six weeks. For nine of them the number of years that we gave lies "
    "within one year of what the parts showed when they were taken down; the other three are described one by one.",
    "Two owners of small farms have signed for the next year, and an insurer reads every finding.",
    "Train a second crew, and publish how the sum is done.",
    "The five people who entered, and a crew of two whom they have trained since.",
)
APPEALS = (
    (
        "We were told that what we have shown was not enough. The log of nine months is in our document. We ask that the "
        "panel reads it.",
        "The log is in the judges' copy of your document, and was read. It tells of trials that you ran yourselves; the "
        "rubric asks for use by an owner, which had not begun when entries closed.",
    ),
    (
        "A judge's comment asks for figures that are on page 2 of our document. We believe that the document was not "
        "opened, and ask that it is read before the places are final.",
        "",
    ),
)
"""What teams have to say against decisions, and the answer, where there is one already."""

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
TOPIC_QUESTION = "What is your entry mostly about?"
PRACTICE_REFERENCE = {
    "Need": (4, "Sized from records, with interviews and letters. Causes are named, and not told apart."),
    "Technical soundness": (4, "Tried through one winter on feeders in use, and it says where it fell short."),
    "Novelty": (3, "The parts are known; what they are used for here is new."),
    "Route to use": (2, "An operator is named as the user. What stands in the way is left open."),
}
"""The levels that a practice entry is meant to get for each criterion, and why."""

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

CLOSE_TO_THE_CUT = "Close to the last place by the weighted mean"
WHY_RECUSED = "I advised a company in this consortium until last year"
CONVINCED = "Shown in ordinary use, with a partner who takes part and has said so in writing."
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
