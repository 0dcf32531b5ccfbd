"""Loading the demonstration: a past is played through at its own times, in one transaction, or nothing is left of it.

The prize that is being judged is there at the first start. The others follow from the worker, each in a transaction of
its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, select

from accounts.demonstration import PLAY
from accounts.models import Person, Programme
from delivery.demonstration.play import SEED, Play
from delivery.demonstration.practising import practise
from delivery.demonstration.prizes import (
    decided_prize,
    deciding_prize,
    judging_prize,
    open_prize,
    second_stage_prize,
)
from delivery.demonstration.programme import appoint_staff, set_up_mission
from judging.analyses.kept import find_scores_to_analyse
from storage import clock
from storage.database import transact
from storage.jobs import enqueue, job

LATER: Final[Mapping[str, Callable[[Play, UUID], None]]] = MappingProxyType(
    {
        "practice": practise,
        "decided": decided_prize,
        "open": open_prize,
        "deciding": deciding_prize,
        "second stage": second_stage_prize,
    }
)
"""What the worker plays after the first start, in this order."""

NAMES_OF_EACH: Final = 50
"""How many invented names there are for each of them."""


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
    play.at(-431)  # so that a worker does it before what is due since
    find_scores_to_analyse(play.db, {}, None)
    for number, name in enumerate(LATER):
        told = {"part": name, "mission": str(mission_id), "today": play.today.isoformat()}
        names = play.names + NAMES_OF_EACH * number
        enqueue(play.db, PLAY, {**told, "names": names}, run_at=play.at(-440 + number), about=PLAY)


@job(PLAY)
def _play_later(db: Session, arguments: Mapping[str, Any], _: Any) -> None:
    dice = Random(f"{SEED} {arguments['part']}")
    play = Play(db, datetime.fromisoformat(arguments["today"]), dice, names=arguments["names"])
    play.find_people()
    LATER[arguments["part"]](play, UUID(arguments["mission"]))
    clock.reset(db)
