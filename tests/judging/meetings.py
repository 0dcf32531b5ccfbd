"""Meetings of the story's panel for tests: Jules chairs, Jo is a member, and one entry after the other is discussed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from accounts.actors import Actor
from judging.judges import name_chair
from judging.models import CopyState, JudgesCopy, Outcome
from judging.panel.agenda import add_item
from judging.panel.meeting import join_meeting, open_meeting, prepare_meeting, present_item
from judging.panel.minutes import record_minute
from judging.panel.models import Meeting
from judging.panel.screens import MeetingShown, panel_meeting, present_entry
from prize.entries.models import CheckState, Entry, EntryFile, EntryVersion, NameCheck
from prize.entries.name_checks import about_file
from storage.clock import now
from storage.database import reading
from storage.files import StoredFile
from tests.stories import Chapter, Story, told
from tests.world import ask, do

REASON = "The figures convinced the panel."


@dataclass(frozen=True)
class Held:
    """A meeting with its story, and the items of its agenda by the teams behind them."""

    story: Story
    id: UUID
    items: dict[str, UUID]

    @property
    def chair(self) -> Actor:
        return self.story.judges["jules"]

    @property
    def member(self) -> Actor:
        return self.story.judges["jo"]

    @property
    def version(self) -> int:
        with reading() as db:
            return db.get_one(Meeting, self.id).version

    def code(self, team: str = "erin") -> str:
        with reading() as db:
            return str(db.get_one(Entry, self.story.entries[team]).code)

    def as_seen_by(self, actor: Actor) -> MeetingShown:
        shown = ask(panel_meeting, actor, stage_id=self.story.stage_id)
        assert shown is not None
        return shown

    def on_the_table(self, actor: Actor) -> str:
        """The digest of what this person sees of the entry that is discussed."""
        shown = ask(present_entry, actor, stage_id=self.story.stage_id)
        return shown.digest if shown else "nothing"

    def present(self, team: str) -> None:
        do(present_item, self.story.secretariat, item_id=self.items[team], version=self.version)


def record(held: Held, team: str = "erin", outcome: Outcome | None = Outcome.FINALIST, **more: object) -> UUID:
    """Have the chair record what the panel recommends for the entry that it discusses, as the chair sees it."""
    seen = held.on_the_table(held.chair)
    said = {"item_id": held.items[team], "outcome": outcome, "reason": REASON, "seen": seen, **more}
    return do(record_minute, held.chair, **said)


def prepared(quorum: int = 1, place: str = "") -> Held:
    """Judging has ended, and a meeting with both entries on its agenda is prepared."""
    story = told(Chapter.JUDGED, place)
    do(name_chair, story.secretariat, stage_id=story.stage_id, person_id=story.judge.person_id)
    meeting_id = do(prepare_meeting, story.secretariat, stage_id=story.stage_id, quorum=quorum)
    held = Held(story, meeting_id, {})
    for team in ("erin", "bela"):
        added = {"meeting_id": meeting_id, "code": held.code(team), "words": f"{team} was asked for"}
        held.items[team] = do(add_item, story.secretariat, **added)
    return held


def opened(quorum: int = 1) -> Held:
    """It is open, and both members have joined."""
    held = prepared(quorum)
    do(open_meeting, held.chair, meeting_id=held.id, version=held.version)
    for actor in (held.chair, held.member):
        do(join_meeting, actor, meeting_id=held.id)
    return held


def discussing(team: str = "erin", quorum: int = 1) -> Held:
    """The panel discusses one of the entries."""
    held = opened(quorum)
    held.present(team)
    return held


def a_read_copy(db: Session, entry_id: UUID) -> UUID:
    """A judge's copy of a file of the entry, cleaned and clear of names."""
    version = db.exec(select(EntryVersion).where(col(EntryVersion.entry_id) == entry_id)).one()
    stored = StoredFile(folder=uuid4(), sha256=uuid4().hex, size=1, content_type="application/pdf", stored_at=now(db))
    db.add(stored)
    db.flush()
    key = uuid4()
    original = EntryFile(entry_version_id=version.id, question_key=key, file_id=stored.id, name="A file.pdf")
    db.add(original)
    db.flush()
    copy = JudgesCopy(
        entry_file_id=original.id, entry_id=entry_id, question_key=key, state=CopyState.CLEANED, file_id=stored.id
    )
    about = about_file(key, stored.id)
    check = NameCheck(entry_id=entry_id, about=about, content_digest="", hits=[], state=CheckState.CLEAR)
    db.add_all([copy, check])
    db.flush()
    return copy.id
