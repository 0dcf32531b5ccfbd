"""A feedback letter in words, on the page as a preview and as a PDF for the team."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from accounts.actors import Actor
from accounts.commands import query
from judging.analyses.shown import Standing
from judging.decisions import decision_on
from judging.letters import Letter, letter_of
from judging.policy import Action
from judging.statistics.wording import chance
from prize.entries.models import Entry
from prize.models import Stage, StageState
from storage.errors import Invalid
from storage.files import Document
from storage.printing import BODY, HEADING, QUIET, TITLE, can_be_printed, paragraph, printed
from storage.values import counted, time_words

NOT_PRINTED = "Some characters cannot be printed here. Laurel's page of the entry has them."
NOT_COUNTED = "An entry that no judge has scored, or that a minimum has stopped, has no place and is not counted."

Part = tuple[str, tuple[str, ...]]
"""A heading and the paragraphs below it."""


@query(Action.SEE_OUTCOME)
def own_letter(db: Session, actor: Actor, entry_id: UUID) -> Document:
    """The letter about one's own entry, once decisions are released.

    Raises
    ------
    Invalid : they are not.
    """
    entry = db.get_one(Entry, entry_id)
    row = decision_on(db, entry_id)
    if db.get_one(Stage, entry.stage_id).state is not StageState.RELEASED or row is None:
        raise Invalid("There is no letter about this entry yet. It is there when decisions are released.")
    letter = letter_of(db, entry, row)
    story = [paragraph(f"{letter.prize}, {letter.stage}", QUIET), paragraph(f"Entry {letter.code}", TITLE)]
    for head, texts in parts_of(letter):
        story += [paragraph(head, HEADING), *(paragraph(line, BODY) for text in texts for line in text.splitlines())]
    if not all(can_be_printed(text) for _, texts in parts_of(letter) for text in texts):
        story.append(paragraph(NOT_PRINTED, QUIET))
    if letter.released_at is not None:
        story.append(paragraph(f"Released {time_words(letter.released_at, letter.zone, weekday=True)}", QUIET))
    return Document(f"letter-{letter.code}.pdf", "application/pdf", printed(story))


def parts_of(letter: Letter) -> tuple[Part, ...]:
    """A letter from its first words to its last."""
    parts: list[Part] = [(f"Outcome: {letter.outcome.value}", (letter.reason,))]
    if letter.conditions:
        parts.append(("Conditions", letter.conditions))
    if letter.own is not None:
        parts.append(("Your place", _place(letter)))
    if letter.scores:
        parts.append(("Your scores", tuple(_scores(letter))))
    comments = letter.comments or ("No judge left a comment.",)
    return (*parts, ("What the judges wrote to you", comments))


def _place(letter: Letter) -> tuple[str, ...]:
    own = letter.own
    assert own is not None
    if own.standing is Standing.STOPPED:
        return (f"A minimum was not reached ({', '.join(own.stopped_by)}), so your entry has no place.",)
    if own.standing is Standing.UNSCORED:
        return ("Only entries that judges have scored have a place.",)
    all_have_one = own.entries <= letter.places
    best = "the best one" if letter.places == 1 else f"the best {letter.places:,}"
    have = counted(own.entries, "entry has", "entries have")
    for_each = f"There is a place for each: {have} a place by score, and up to {letter.places:,} could be chosen."
    said = {
        Standing.CLEAR: f"The scores leave little doubt that your entry is among {best}.",
        Standing.UNDECIDED: f"The scores do not settle whether your entry is among {best}.",
        Standing.BELOW: f"The scores leave little doubt that your entry is not among {best}.",
    }[own.standing]
    lines = [for_each if all_have_one else said]
    entries = counted(own.entries, "entry", "entries")
    if own.place is not None and own.low is not None and own.high is not None:
        one = own.low == own.high
        likely = f"place {own.low:,} is" if one else f"places {own.low:,} to {own.high:,} are"
        lines.append(f"Place by the adjusted score: {own.place:,} of {entries}; {likely} likely (95 %).")
    if own.chance is not None and not all_have_one:
        lines.append(f"Chance of being among {best}: {chance(own.chance)}.")
    if own.mean_place is not None:
        lines.append(f"Place by the weighted mean: {own.mean_place:,} of {entries}.")
    return (*lines, NOT_COUNTED, "The panel decides; the place alone does not.")


def _scores(letter: Letter) -> list[str]:
    lines = []
    for told in letter.scores:
        mean = "not told, since fewer than two judges scored it" if told.mean is None else f"{told.mean:.1f}"
        spread = "" if told.spread is None else f"; judges of this stage usually differ by {told.spread:.1f}"
        lines.append(f"{told.name}: {mean}{spread}")
    return [*lines, "What one judge gave is never told."]
