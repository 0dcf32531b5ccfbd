"""How long the export of a large prize takes, and how much memory: ``python -m benchmarks.exports --entries 10000``.

A prize is played by commands up to its scores. Then its tables are filled with further entries of one team, five
scorecards each and four scores a scorecard, by statements, since commands would take hours. It asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, select

from benchmarks.content import ANSWERS
from judging.models import Assignment, Comment, Score, Scorecard
from prize.entries.models import Entry, EntryState, EntryVersion, Team, TeamMember
from storage.clock import now
from storage.database import start, transact
from storage.migrating import migrate
from tests.modules import import_everything

CARDS = 5
SETTING = "only for measuring, and long enough for the settings"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    entries: int = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LAUREL_FOLDER"] = folder
        os.environ |= {"LAUREL_SECRET_KEY": SETTING, "LAUREL_TEST_MODE": "true"}
        import_everything()
        start(f"sqlite:///{Path(folder, 'laurel.sqlite3')}")
        migrate()
        measure(entries)


def measure(entries: int) -> None:
    from delivery.exports.preparing import export_to_send, prepare_export  # after the settings are there
    from tests.stories import Chapter, told, work_off
    from tests.world import ask, do

    story = told(Chapter.SCORED)
    transact(lambda db: fill(db, story.stage_id, list(story.criteria.values()), entries))
    work_off()
    Path("/proc/self/clear_refs").write_text("5")  # Linux begins to look for the peak anew
    before = _peak()
    began = time.perf_counter()
    do(prepare_export, story.secretariat, prize_id=story.prize_id)
    asked = time.perf_counter() - began
    work_off()
    took = time.perf_counter() - began
    size = ask(export_to_send, story.secretariat, prize_id=story.prize_id).size
    print(f"{entries:,} entries, {entries * CARDS:,} scorecards: asked for in {1000 * asked:.0f} ms,")
    print(f"made by the job in {took:.1f} s, {size / 1e6:.1f} MB,")
    print(f"at most {_peak():.0f} MB of memory, {before:.0f} MB before")


def fill(db: Session, stage_id: UUID, criteria: list[UUID], entries: int) -> None:
    """Entries, their teams and answers, and scorecards of judges who are made of the same people."""
    at = now(db)
    like = db.exec(select(EntryVersion)).first()
    card = db.exec(select(Scorecard)).first()
    team = db.exec(select(Team)).first()
    assert like is not None
    assert card is not None
    assert team is not None
    judge = db.exec(select(Assignment.judge_id)).first()
    person, rubric = like.submitted_by, card.rubric_id
    judges = [_person(db) for _ in range(CARDS)] if judge else []
    said = {key: " ".join(ANSWERS) for key in like.answers}
    form, rules, organisation, prize = like.form_id, like.rules_id, team.organisation_id, team.prize_id
    for place in range(entries):
        ours = Team(prize_id=prize, organisation_id=organisation, created_at=at)
        entry = Entry(
            stage_id=stage_id, team_id=ours.id, state=EntryState.SUBMITTED, code=f"B-{place:06}", created_at=at
        )
        version = EntryVersion(
            entry_id=entry.id,
            number=1,
            form_id=form,
            rules_id=rules,
            answers=said,
            content_digest="sha256:" + "0" * 64,
            submitted_by=person,
            submitted_at=at,
        )
        groups: list[list[Any]] = [[ours], [entry, TeamMember(team_id=ours.id, person_id=person, joined_at=at)]]
        groups.append([version])
        asked = [Assignment(stage_id=stage_id, entry_id=entry.id, judge_id=one, assigned_at=at) for one in judges]
        cards = [Scorecard(assignment_id=one.id, rubric_id=rubric, opened_at=at) for one in asked]
        groups += [list(asked), list(cards)]
        groups.append(
            [Score(scorecard_id=one.id, criterion_key=key, points=4, saved_at=at) for one in cards for key in criteria]
        )
        groups.append([Comment(scorecard_id=one.id, text=ANSWERS[3][:300], saved_at=at) for one in cards])
        for group in groups:
            db.bulk_save_objects(group)
    db.flush()


def _person(db: Session) -> UUID:
    from accounts.people import find_or_add_person

    return find_or_add_person(db, "A judge", f"{uuid4().hex}@example.org").id


def _peak() -> float:
    """The most memory that was held, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
