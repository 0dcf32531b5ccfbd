"""The practice of the demonstration's judges: a made-up entry with its reference, which most have scored."""

from __future__ import annotations

from random import Random
from uuid import UUID

from accounts.actors import Actor
from accounts.demonstration import DOMAIN
from accounts.people import find_person
from delivery.demonstration import content
from delivery.demonstration.play import SEED, Play, stage_being_judged
from delivery.demonstration.texts import written
from judging.practice import compare_practice, criteria_of_practice, questions_of_practice, save_practice_score
from judging.practice_writing import Level, Written, write_practice
from prize.rubric import rubric_of

STRENGTH = 0.6
PRACTISED = range(2, 10)
"""The numbers in the addresses of those who have practised."""


def practise(play: Play, _: UUID) -> None:
    """Before the judges of the prize that is being judged score their entries, most of them practise."""
    db = play.db
    stage_id = stage_being_judged(db)
    texts = written("networks", STRENGTH, Random(f"{SEED} practice"), []).texts()
    answers = [Written(one.key, text) for one, text in zip(questions_of_practice(db, stage_id), texts, strict=False)]
    criteria, rubric = criteria_of_practice(db, stage_id), rubric_of(db, stage_id)
    reference = tuple(Level(one.key, *content.PRACTICE_REFERENCE[one.name]) for one in criteria)
    play.at(-19)
    practice_id = write_practice(db, play.people["secretariat"], stage_id, tuple(answers), reference)
    for number in PRACTISED:
        play.at(-18 + number / 20)
        person = find_person(db, f"judge{number}@{DOMAIN}")
        assert person is not None
        judge = Actor(person.id)
        for level in reference:
            points = level.points + play.random.choice((-1, 0, 0, 0, 1))
            within = min(max(points, rubric.lowest), rubric.highest)
            save_practice_score(db, judge, stage_id, practice_id, level.criterion_key, within)
        compare_practice(db, judge, stage_id, practice_id)
