"""The prizes of the demonstration, each in another state."""

from __future__ import annotations

from random import Random
from uuid import UUID

from accounts.actors import Actor
from accounts.demonstration import DOMAIN
from accounts.models import LinkPurpose
from accounts.people import find_person
from delivery.demonstration import content
from delivery.demonstration.deciding import FINALISTS, decide_and_release, decide_with_a_failed_check
from delivery.demonstration.delivering import deliver, milestone_plans
from delivery.demonstration.entering import enter
from delivery.demonstration.judged import JUDGES, assigned, judged, scored
from delivery.demonstration.meeting import hold_meeting
from delivery.demonstration.play import ENTRANT, SEED, Play, address, entrant_of, member_of, stage_being_judged
from delivery.demonstration.publishing import Days, published
from delivery.demonstration.texts import Written, written
from delivery.milestones import offer_terms
from judging.analyses.panels import study_panels
from judging.appeals import answer_appeal, write_appeal
from judging.decisions import decisions, end_judging
from judging.judges import state_conflicts
from judging.models import Outcome
from judging.release import release_decisions
from mission.missions import mission
from prize.clarifications import answer_clarification, ask_clarification
from prize.entries.drafts import save_answer
from prize.entries.invitations import accept_invitation, invite_member
from prize.entries.models import Entry
from prize.entries.submission import submit_entry
from prize.form import newest_form, questions_of
from prize.stages import stages_of
from storage.database import matching

ENTRIES = 60
NAMING = "We at {organisation} have seen this at three places."
LENDER, BORROWER = 12, 33
"""Two teams of the prize that is being judged, of which one has taken over how the other's method is told."""

JUDGE = f"judge@{DOMAIN}"


def decided_prize(play: Play, mission_id: UUID) -> None:
    """Decided a while ago: two finalists deliver, and one has been paid; a third moved up from the reserves."""
    db = play.db
    target_id = mission(db, play.people["owner"], mission_id).targets[0].id
    prize_id, stage_id = published(play, mission_id, "heat", Days(-410, -351, -320, -300), drawn_up=-425)
    strengths = [0.95, 0.85, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2]
    _entered(play, stage_id, "heat", strengths, first=40, entrant=0, begins=-400, every=2)
    judged(play, stage_id, closed=-350, judges=5, entries=strengths)
    secretariat = play.people["secretariat"]
    play.at(-315)
    end_judging(db, secretariat, stage_id)
    ranked = decisions(db, secretariat, stage_id).lines
    play.at(-312)
    hold_meeting(db, secretariat, stage_id, [line.code for line in ranked[: FINALISTS + 2]], FINALISTS)
    decide_with_a_failed_check(play, stage_id, decided=-310, confirmed=-305, checked=-302)
    play.at(-300)
    release_decisions(db, secretariat, stage_id)
    finalists = [line for line in decisions(db, secretariat, stage_id).lines if line.outcome is Outcome.FINALIST]
    for line in finalists[:2]:  # whoever moved up is still to get an offer
        offer_terms(db, secretariat, line.entry_id, content.TERMS, milestone_plans(play, target_id))
    deliver(play, prize_id)


def judging_prize(play: Play, mission_id: UUID) -> None:
    """60 entries, 12 judges, three scorecards each; one judge still has a few to score, and the others all."""
    _, stage_id = published(play, mission_id, "networks", Days(-80, -21, 9, 40), drawn_up=-95)
    study_panels(play.db, play.people["designer"], stage_id, ENTRIES, 10, (2, 3, 4, 5), (8, JUDGES, 20), 20)
    _entered(play, stage_id, "networks", _strengths(), first=0, entrant=7, begins=-75, every=0.85, naming=(11, 29))
    assigned(play, stage_id, closed=-20, judges=JUDGES, shown=JUDGE)
    judge_scores(JUDGES - 1, play, mission_id, leaves=4)
    play.at(-8)  # a judge names what is only close to an entrant's name: it waits for a decision
    judge = find_person(play.db, JUDGE)
    assert judge is not None
    state_conflicts(play.db, Actor(judge.id), stage_id, (content.ORGANISATIONS[17].split()[0],))


def judge_scores(number: int, play: Play, _: UUID, *, leaves: int = 0) -> None:
    """A judge of the prize that is being judged scores the entries, all but so many."""
    play.at(-11)
    stage_id = stage_being_judged(play.db)
    scored(play, stage_id, number, judges=JUDGES, shown=JUDGE, entries=_strengths(), leaves=leaves)


def _strengths() -> list[float]:
    """How strong the entries of the prize that is being judged are, from 0 to 1."""
    dice = Random(f"{SEED} strengths")
    return [min(max(dice.gauss(0.5, 0.2), 0.05), 0.95) for _ in range(ENTRIES)]


def open_prize(play: Play, mission_id: UUID) -> None:
    """Open for entries: a few are submitted, a few are drafts."""
    prize_id, stage_id = published(play, mission_id, "storage", Days(-20, 39, 90, 130), drawn_up=-30)
    entries = _entered(
        play,
        stage_id,
        "storage",
        [0.6] * 9,
        first=20,
        entrant=8,
        begins=-15,
        every=1,
        naming=(8,),
        submitted=4,
    )
    _invite_colleagues(play, content.ORGANISATIONS[28], entries[-1])
    _asked(play, prize_id)


def deciding_prize(play: Play, mission_id: UUID) -> None:
    """Judging has ended, and the panel meets: an entry is decided, the next is discussed. Last places may be drawn."""
    db, secretariat = play.db, play.people["secretariat"]
    days = Days(-120, -61, -3, 20)
    _, stage_id = published(play, mission_id, "wind", days, drawn_up=-135, places=4, may_draw=True)
    strengths = [0.92, 0.78, 0.58, 0.57, 0.56, 0.55, 0.54, 0.53, 0.4, 0.35, 0.25, 0.15]
    _entered(play, stage_id, "wind", strengths, first=8, entrant=4, begins=-110, every=3)
    judged(play, stage_id, closed=-60, judges=6, entries=strengths, shown=JUDGE)
    play.at(-2)
    end_judging(db, secretariat, stage_id)
    ranked = decisions(db, secretariat, stage_id).lines
    play.at(-0.02)
    hold_meeting(db, secretariat, stage_id, [line.code for line in ranked[:6]], 4, discussed=2)


def second_stage_prize(play: Play, mission_id: UUID) -> None:
    """Four finalists are at their second stage; of those who were not chosen, two appeal, and one has an answer."""
    db = play.db
    first, finals = Days(-200, -141, -60, -15), Days(-14, 60, 90, 120)
    prize_id, stage_id = published(play, mission_id, "turbines", first, drawn_up=-215, places=4, finals=finals)
    strengths = [0.95, 0.9, 0.85, 0.74, 0.7, 0.68, 0.66, 0.64]
    _entered(play, stage_id, "turbines", strengths, first=30, entrant=1, begins=-190, every=5)
    judged(play, stage_id, closed=-140, judges=6, entries=strengths)
    play.at(-40)
    end_judging(db, play.people["secretariat"], stage_id)
    decide_and_release(play, stage_id, finalists=4, decided=-20)
    lines = decisions(db, play.people["secretariat"], stage_id).lines
    chosen = [line.entry_id for line in lines if line.outcome is Outcome.FINALIST]
    _submit_as_finalist(play, stages_of(db, prize_id)[1].id, chosen[0])
    others = [line.entry_id for line in lines if line.outcome not in (Outcome.FINALIST, Outcome.RESERVE)]
    for number, (text, answer) in enumerate(content.APPEALS):
        play.at(-9 + 6 * number)
        appeal_id = write_appeal(db, member_of(db, others[number]), others[number], text)
        if answer:
            play.at(-6)
            answer_appeal(db, play.people["secretariat"], appeal_id, 1, False, answer)


def _entered(
    play: Play,
    stage_id: UUID,
    slug: str,
    strengths: list[float],
    *,
    first: int,
    entrant: int,
    begins: float,
    every: float,
    naming: tuple[int, ...] = (),
    submitted: int | None = None,
) -> list[UUID]:
    """A team enters every few days, each stronger or weaker; the entries in their order.

    The organisations are those from ``first`` on; the team with the number ``entrant`` is the one whom the
    demonstration's button signs in. Those in ``naming`` name themselves; only the first ``submitted`` submit.
    """
    entries = []
    before: list[Written] = []
    for number, strength in enumerate(strengths):
        play.at(begins + number * every)
        organisation = content.ORGANISATIONS[first + number]
        like = before[LENDER] if number == BORROWER else None
        before.append(written(slug, strength, Random(f"{SEED} {slug} {number}"), before, like=like))
        entries.append(
            enter(
                play,
                stage_id,
                organisation,
                ENTRANT if number == entrant else address(organisation),
                before[number],
                strength=strength,
                submits=submitted is None or number < submitted,
                aside=NAMING if number in naming else "",
            )
        )
    return entries


def _invite_colleagues(play: Play, organisation: str, entry_id: UUID) -> None:
    """The last team's lead asks two colleagues to join: one does, the other has not answered yet."""
    domain = address(organisation).rpartition("@")[2]
    lead = find_person(play.db, ENTRANT)
    assert lead is not None
    for number in range(2):
        email = f"colleague-{number + 1}@{domain}"
        invitation_id = invite_member(play.db, Actor(lead.id), entry_id, play.name(), email)
        if number == 0:
            accept_invitation(play.db, play.accept(email, LinkPurpose.INVITATION), invitation_id)


def _asked(play: Play, prize_id: UUID) -> None:
    """Entrants ask in public: two questions are answered to all, one waits."""
    db = play.db
    for number, (asked, question, answer) in enumerate(content.CLARIFICATIONS):
        play.at(-6 + 2 * number)
        one = ask_clarification(db, entrant_of(play, 20 + number), prize_id, asked)
        play.at(-5 + 2 * number)
        answer_clarification(db, play.people["secretariat"], one, 1, question, answer)
    play.at(-1)
    ask_clarification(db, entrant_of(play, 22), prize_id, content.WAITING_QUESTION)


def _submit_as_finalist(play: Play, stage_id: UUID, chosen_id: UUID) -> None:
    """The entry in the second stage of whoever was chosen with an entry in the first is written and submitted."""
    db = play.db
    play.at(-3)
    team_id = db.get_one(Entry, chosen_id).team_id
    [entry_id] = [entry.id for entry in matching(db, Entry, stage_id=stage_id, team_id=team_id)]
    finalist = member_of(db, entry_id)
    questions = questions_of(db, newest_form(db, stage_id).id)
    for number, (question, text) in enumerate(zip(questions, content.FINAL_ANSWERS, strict=True)):
        save_answer(db, finalist, entry_id, question.key, text, 0, f"demonstration-{number}", 1)
    submit_entry(db, finalist, entry_id, True)
