"""What the demonstration's judges write to teams: on what they scored highest and on what they scored lowest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from delivery.demonstration.texts import Subject

TURNS: Final = 6
"""As many comments may a judge write who gives the same points: three wordings, praise before doubt or after it."""
MIDDLE: Final = 3
"""The points between those that praise and those that doubt."""

Wordings = tuple[str, str, str]

SAID: Final[Mapping[str, tuple[Wordings, Wordings, Wordings]]] = MappingProxyType(
    {
        "Need": (
            (
                "A problem is named, and I could not find how large it is.",
                "Begin with who has this problem and how often; I had to guess both.",
                "The problem is told from the side of the method. Say what it costs to leave it as it is.",
            ),
            (
                "The problem is sized from public figures; a few words from those who have it would make it yours.",
                "I believe that the problem is real, and would like to know how much of it your method could reach.",
                "The size of the problem is given for the whole country. Say what it is in one place that you know.",
            ),
            (
                "Your figures for the problem can be checked, and its causes are told apart.",
                "It is clear who has this problem, how often, and what it costs them today.",
                "I did not doubt the problem for a moment: those who have it speak for themselves.",
            ),
        ),
        "Technical soundness": (
            (
                "Key steps of the method are named and not described, so I could not tell whether it would work.",
                "The result rests on one assumption that was not tried. Try that first, and report it either way.",
                "I could not follow how the main figure comes about; show one case from beginning to end.",
            ),
            (
                "The method is complete, and {hardest} are the test that I would like to see next.",
                "Sound as far as it goes. Say how wrong it may be before one {user} would switch it off.",
                "Convincing where it was run. Say what you would expect for the {things} that are least like those.",
            ),
            (
                "It is clear about its limits, which made me trust the rest.",
                "What was measured and what is estimated are kept apart throughout.",
                "The sums can be followed from the readings to the result, step by step.",
            ),
        ),
        "Novelty": (
            (
                "This is close to what is used already. Tell what is new beside it.",
                "I looked for what is new, and found a smaller version of what can be bought.",
                "Name the nearest thing that is in use today, and what yours does better.",
            ),
            (
                "The parts are known; what they are used for here is new, and you could say so earlier.",
                "A new use of something known, which is no fault: say what it spares compared with the usual way.",
                "Others have tried something close. Tell what you would do that they could not.",
            ),
            (
                "I know of nobody who has put these parts together in this way.",
                "What is new is said plainly, beside what is used today.",
                "This changes how the question is asked, and not the answer alone.",
            ),
        ),
        "Route to use": (
            (
                "I would like to see who would run this on a Sunday in January.",
                "No user is named. Ask one {user} to try it for a month before you build more of it.",
                "What stands in the way is left open: permits, money and people deserve a sentence each.",
            ),
            (
                "One {user} is interested; say what would have to happen before one signs.",
                "The obstacles are named, and I would like to see an answer to the largest of them.",
                "It is clear who would use it, and not yet who would pay for the first year.",
            ),
            (
                "The plan for the first season is the best part of this entry.",
                "A user takes part, and has said what would make them stay.",
                "The obstacles are named, and each has somebody who would deal with it.",
            ),
        ),
    }
)
"""For each criterion that is scored before the reveal: wordings for few, for middling and for many points."""


def comment(points: Mapping[str, int], subject: Subject, turn: int, before: Collection[str]) -> str:
    """A sentence on the criterion with the most ``points`` and one on that with the fewest, by a judge whose turn it is.

    ``turn`` is from 0 and below ``TURNS``. What comments ``before`` say of the same entry is said in other words.
    """
    best = max(points, key=lambda name: points[name])
    worst = min((name for name in points if name != best), key=lambda name: points[name])
    wording, doubt_first = divmod(turn, 2)
    sentences = [_said(name, points[name], subject, wording, before) for name in (best, worst)]
    return " ".join(reversed(sentences) if doubt_first else sentences)


def _said(name: str, points: int, subject: Subject, first: int, before: Collection[str]) -> str:
    few, middling, many = SAID[name]
    wordings = many if points > MIDDLE else few if points < MIDDLE else middling
    in_turn = [
        each.format(things=subject.things, user=subject.user, hardest=subject.hardest)
        for each in (*wordings[first:], *wordings[:first])
    ]
    return next((each for each in in_turn if not any(each in other for other in before)), in_turn[0])
