"""A closed stage of the demonstration: screened, assigned to invited judges, and scored by them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from accounts.actors import LAUREL, Actor
from accounts.demonstration import DOMAIN
from accounts.models import LinkPurpose
from accounts.people import find_person
from delivery.demonstration import content
from delivery.demonstration.comments import TURNS, comment
from delivery.demonstration.play import SEED, Day, Play, address
from delivery.demonstration.texts import SUBJECTS
from judging.availability import tell_availability
from judging.expertise import topic_of_stage
from judging.judges import accept_terms as accept_judging_terms
from judging.judges import invite_judges, state_conflicts
from judging.models import Assignment, Comment, CommentReader, Scorecard
from judging.planning import confirm_assignment, plan_assignment
from judging.policy import panel_member
from judging.revealing import reveal_entry
from judging.scorecards import answer_gate, finish_judging, own_assignments, save_comment, save_score
from prize.closing import close_stage
from prize.entries.models import Entry
from prize.entries.name_checks import decide_names
from prize.entries.screening import screen_entry, screened_entry
from prize.entries.searching import search_files, search_submitted
from prize.models import Prize, Seen, Stage
from prize.rubric import rubric_of
from storage.cleaning.child import Extracted
from storage.cleaning.extracting import extract
from storage.files import StoredFile
from storage.objects import copy_object

JUDGES = 12
AWAY, FEWER = 6, 12
"""Which judge will be away for some days, and how many entries that judge takes at most."""


def judged(play: Play, stage_id: UUID, *, closed: float, judges: int, entries: list[float], shown: str = "") -> None:
    """Screen, decide about names, invite, assign and score, a fortnight in all.

    ``shown`` is the address of the judge whom the demonstration's button signs in, if that one judges here.
    """
    assigned(play, stage_id, closed=closed, judges=judges, shown=shown)
    play.at(closed + 9)
    for number in range(len(bench_of(judges, shown))):
        scored(play, stage_id, number, judges=judges, shown=shown, entries=entries)


def bench_of(judges: int, shown: str) -> tuple[str, ...]:
    """The addresses of those who judge, each at its number."""
    board = address(content.ORGANISATIONS[5]).replace("post@", "board@")
    return (*(f"judge{number}@{DOMAIN}" for number in range(2, judges)), board, *([shown] if shown else []))


def assigned(play: Play, stage_id: UUID, *, closed: float, judges: int, shown: str = "") -> None:
    """Screen, decide about names, invite judges and assign entries to them."""
    db, secretariat = play.db, play.people["secretariat"]
    play.at(closed)
    close_stage(db, LAUREL, stage_id)
    withhold = True
    for entry in _submitted(db, stage_id):
        search_submitted(db, entry.id)
        search_files(db, entry.id, _words)
        for check in screened_entry(db, secretariat, entry.id).names:
            decide_names(db, secretariat, entry.id, check.question_key, check.file_id, withhold, check.digest)
            withhold = not withhold
        screen_entry(db, secretariat, entry.id, True)
    seats = [(play.name(), email) for email in bench_of(judges, shown)]
    invite_judges(db, secretariat, stage_id, "\n".join(f"{name} <{email}>" for name, email in seats))
    play.at(closed + 2)
    bench = [play.accept(email, LinkPurpose.INVITATION) for _, email in seats]
    for number, judge in enumerate(bench):
        accept_judging_terms(db, judge, stage_id)
        named = (content.ORGANISATIONS[3],) if number == 0 else ()
        state_conflicts(db, judge, stage_id, named)
        _tell_what_is_known(play, stage_id, judge, number)
    play.at(closed + 4)
    plan = plan_assignment(db, secretariat, stage_id, SEED)
    confirm_assignment(db, secretariat, stage_id, plan.id)


def scored(
    play: Play, stage_id: UUID, number: int, *, judges: int, shown: str, entries: list[float], leaves: int = 0
) -> None:
    """The judge with this number scores; one who leaves so many cards has not finished then.

    The stronger ``entries`` are, in the order of their arrival, the higher.
    """
    db = play.db
    person = find_person(db, bench_of(judges, shown)[number])
    assert person is not None
    judge = Actor(person.id)
    strengths = dict(zip([entry.id for entry in _by_arrival(db, stage_id)], entries, strict=True))
    _score(play, stage_id, judge, number, strengths, leaves=leaves)
    if not leaves:
        finish_judging(db, judge, stage_id)


def _tell_what_is_known(play: Play, stage_id: UUID, judge: Actor, number: int) -> None:
    """Where the form asks for a topic, two of three judges know some, and one takes fewer entries and will be away."""
    topic = topic_of_stage(play.db, stage_id)
    if topic is None:
        return
    known = () if number % 3 == 1 else tuple(topic.options[(number + more) % len(topic.options)] for more in (0, 1))
    away = [(play.today + days * Day).date() for days in (2, 6)] if number == AWAY else [None, None]
    seat = panel_member(play.db, judge.person_id, stage_id)
    assert seat is not None
    tell_availability(play.db, judge, stage_id, seat.version, known, FEWER if number == AWAY else None, *away)


def _score(play: Play, stage_id: UUID, judge: Actor, number: int, strengths: dict[UUID, float], *, leaves: int) -> None:
    """One judge's cards: some judges score lower, some use little of the scale, one cannot judge a criterion once."""
    db, rubric = play.db, rubric_of(play.db, stage_id)
    subject = SUBJECTS[db.get_one(Prize, db.get_one(Stage, stage_id).prize_id).slug]
    dice, team_dice = (random.Random(f"{SEED} {what} {number} {len(strengths)}") for what in ("judge", "team"))
    severity = (-0.9, 0.7, 0.0, 0.4, -0.5, 0.9, -0.2, 0.2, 0.6, -0.7, 0.1, -0.4)[number % JUDGES]
    spread = (1.0, 1.3, 0.5, 1.0, 1.2, 0.8, 1.0, 0.6, 1.1, 1.0, 1.4, 0.9)[number % JUDGES]
    cards = sorted(
        own_assignments(db, judge.person_id, stage_id), key=lambda row: str(db.get_one(Entry, row.entry_id).code)
    )
    for place, assignment in enumerate(cards[: len(cards) - leaves]):
        quality = (strengths[assignment.entry_id] - 0.5) * 4
        given = {}
        for criterion in rubric.criteria:
            drawn = dice if criterion.seen is Seen.BLIND else team_dice
            points = round(3 - severity + spread * quality + drawn.gauss(0, 0.55))
            given[criterion.key] = min(max(points, rubric.lowest), rubric.highest)
        blind = [each for each in rubric.criteria if each.seen is Seen.BLIND]
        unjudged = blind[-1] if number == 2 and place == 0 else None
        for criterion in blind:
            cannot = criterion is unjudged
            save_score(db, judge, assignment.id, criterion.key, None if cannot else given[criterion.key], cannot)
        for gate in rubric.gates:
            answer_gate(db, judge, assignment.id, gate.key, sum(given.values()) > 3 * len(given))
        if dice.random() < 0.6:
            points_of = {each.name: given[each.key] for each in blind if each is not unjudged}
            text = comment(points_of, subject, dice.randrange(TURNS), _written_before(db, assignment.entry_id))
            save_comment(db, judge, assignment.id, CommentReader.ENTRANT, text, 0, "demonstration", place + 1)
        reveal_entry(db, judge, assignment.id)
        for criterion in rubric.criteria:
            if criterion.seen is Seen.AFTER_REVEAL:
                save_score(db, judge, assignment.id, criterion.key, given[criterion.key])


def _written_before(db: Session, entry_id: UUID) -> list[str]:
    cards = select(Scorecard.id).join(Assignment, col(Assignment.id) == col(Scorecard.assignment_id))
    of_entry = cards.where(col(Assignment.entry_id) == entry_id)
    return [each.text for each in db.exec(select(Comment).where(col(Comment.scorecard_id).in_(of_entry))).all()]


def _submitted(db: Session, stage_id: UUID) -> list[Entry]:
    return [entry for entry in db.exec(select(Entry).where(col(Entry.stage_id) == stage_id)).all() if entry.code]


def _by_arrival(db: Session, stage_id: UUID) -> list[Entry]:
    return sorted(_submitted(db, stage_id), key=lambda entry: entry.created_at)


def _words(stored: StoredFile) -> Extracted:
    """What one of these documents says: it needs no child with limits, since it was made here."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "annex"
        copy_object(stored.object_name, source)
        return Extracted(tuple(extract(source, stored.content_type)["text"]))
