"""Loading the demonstration: a past is played through at its own times, in one transaction, or nothing is left of it.

The prize that is being judged is there at the first start, with the scores of the judge whom a button signs in. Other
judges' scores and the other prizes follow from the worker, each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, select

from accounts.demonstration import PLAY
from accounts.models import Person, Programme
from delivery.demonstration.judged import JUDGES
from delivery.demonstration.play import SEED, Play
from delivery.demonstration.practising import practise
from delivery.demonstration.prizes import (
    decided_prize,
    deciding_prize,
    judge_scores,
    judging_prize,
    open_prize,
    second_stage_prize,
)
from delivery.demonstration.programme import appoint_staff, set_up_mission
from judging.analyses.kept import find_scores_to_analyse
from storage import clock
from storage.database import transact
from storage.jobs import enqueue, job

Parts = Mapping[str, Callable[[Play, UUID], None]]

PRIZES: Final[Parts] = MappingProxyType(
    {"decided": decided_prize, "open": open_prize, "deciding": deciding_prize, "second stage": second_stage_prize}
)
NAMES_OF_EACH: Final = 50
"""How many invented names there are for each of these prizes."""


def find_scores(play: Play, _: UUID) -> None:
    """Ask for analyses, which the worker then makes before what is due since."""
    play.at(-431)
    find_scores_to_analyse(play.db, {}, None)


LATER: Final[Parts] = MappingProxyType(
    {
        "practice": practise,
        **{f"scores of judge {number}": partial(judge_scores, number) for number in range(JUDGES - 1)},
        **PRIZES,
        "analyses": find_scores,
    }
)
"""What the worker plays after the first start, in this order."""


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
    mission_id = set_up_mission(play, programme_id)
    judging_prize(play, mission_id)
    for number, name in enumerate(LATER):
        told = {"part": name, "mission": str(mission_id), "today": play.today.isoformat()}
        names = play.names + NAMES_OF_EACH * [*PRIZES, name].index(name)
        enqueue(play.db, PLAY, {**told, "names": names}, run_at=play.at(-450 + number), about=PLAY)


@job(PLAY)
def _play_later(db: Session, arguments: Mapping[str, Any], _: Any) -> None:
    dice = Random(f"{SEED} {arguments['part']}")
    play = Play(db, datetime.fromisoformat(arguments["today"]), dice, names=arguments["names"])
    play.find_people()
    LATER[arguments["part"]](play, UUID(arguments["mission"]))
    clock.reset(db)
