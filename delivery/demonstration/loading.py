"""Loading the demonstration: a past is played through at its own times, in one transaction, or nothing is left of it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from accounts.actors import Actor
from accounts.demonstration import DOMAIN
from accounts.models import LinkPurpose, Person, Programme
from accounts.people import find_person
from delivery.demonstration import content
from delivery.demonstration.deciding import FINALISTS, decide_with_a_failed_check
from delivery.demonstration.delivering import deliver, milestone_plans
from delivery.demonstration.entering import enter
from delivery.demonstration.judged import JUDGES, judged
from delivery.demonstration.meeting import hold_meeting
from delivery.demonstration.play import ENTRANT, Play, address, entrant_of
from delivery.demonstration.programme import appoint_staff, set_up_mission
from delivery.demonstration.publishing import published
from delivery.milestones import offer_terms
from judging.analyses.kept import find_scores_to_analyse
from judging.analyses.panels import study_panels
from judging.decisions import decisions, end_judging
from judging.judges import state_conflicts
from judging.models import Outcome
from judging.release import release_decisions
from prize.clarifications import answer_clarification, ask_clarification
from prize.entries.invitations import accept_invitation, invite_member
from storage import clock
from storage.database import transact

ENTRIES = 60
NAMING = "We at {organisation} have seen this at three substations."


def load() -> bool:
    """Load the demonstration into an empty database. Returns False, changing nothing, where there is anything."""

    def play(db: Session) -> bool:
        if db.exec(select(Person.id)).first() or db.exec(select(Programme.id)).first():
            return False
        _play(Play(db, clock.now(db)))
        clock.reset(db)
        return True

    return transact(play)


def _play(play: Play) -> None:
    play.at(-430)
    programme_id = appoint_staff(play)
    mission_id, target_id = set_up_mission(play, programme_id)
    _delivering_prize(play, mission_id, target_id)
    _judging_prize(play, mission_id)
    _open_prize(play, mission_id)
    play.at(-431)  # so that it is the first that a worker does
    find_scores_to_analyse(play.db, {}, None)


def _judging_prize(play: Play, mission_id: UUID) -> None:
    """60 entries, 12 judges, three scorecards each; one judge still has a few to score."""
    _, stage_id = published(play, mission_id, "networks", drawn_up=-95, opens=-80, closes=-21, judged=9, decided=40)
    study_panels(play.db, play.people["designer"], stage_id, ENTRIES, 10, (2, 3, 4, 5), (8, JUDGES, 20), 20)
    strengths = _strengths(play, ENTRIES)
    for number, strength in enumerate(strengths):
        play.at(-75 + number * 0.85)
        organisation = content.ORGANISATIONS[number]
        email = ENTRANT if number == 7 else address(organisation)
        aside = NAMING if number in (11, 29) else ""
        enter(play, stage_id, organisation, email, strength=strength, submits=True, aside=aside)
    busy = judged(play, stage_id, closed=-20, judges=JUDGES, entries=strengths, busy=f"judge@{DOMAIN}")
    _state_closely(play, stage_id, busy)


def _state_closely(play: Play, stage_id: UUID, judge: Actor | None) -> None:
    """A judge names, in the middle of judging, what is only close to an entrant's name: it waits for a decision."""
    assert judge is not None
    play.at(-8)
    state_conflicts(play.db, judge, stage_id, (content.ORGANISATIONS[17].split()[0],))


def _strengths(play: Play, count: int) -> list[float]:
    return [min(max(play.random.gauss(0.5, 0.2), 0.05), 0.95) for _ in range(count)]


def _open_prize(play: Play, mission_id: UUID) -> None:
    """Open for entries: a few are submitted, a few are drafts."""
    prize_id, stage_id = published(
        play, mission_id, "storage", drawn_up=-30, opens=-20, closes=39, judged=90, decided=130
    )
    for number in range(9):
        play.at(-15 + number)
        organisation = content.ORGANISATIONS[number + 20]
        email = ENTRANT if number == 8 else address(organisation)
        aside = NAMING if number == 8 else ""
        entry_id = enter(play, stage_id, organisation, email, strength=0.6, submits=number < 4, aside=aside)
    _invite_colleagues(play, organisation, entry_id)
    _asked(play, prize_id)


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


def _delivering_prize(play: Play, mission_id: UUID, target_id: UUID) -> None:
    """Decided a while ago: two finalists deliver, and one has been paid; a third moved up from the reserves."""
    db = play.db
    prize_id, stage_id = published(
        play, mission_id, "heat", drawn_up=-425, opens=-410, closes=-351, judged=-320, decided=-300
    )
    strengths = [0.95, 0.85, 0.6, 0.55, 0.5, 0.4, 0.3, 0.2]
    for number, strength in enumerate(strengths):
        play.at(-400 + number * 2)
        organisation = content.ORGANISATIONS[number + 40]
        email = ENTRANT if number == 0 else address(organisation)
        enter(play, stage_id, organisation, email, strength=strength, submits=True)
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
