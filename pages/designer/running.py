"""A published prize is paused, resumed, closed or cancelled, from its overview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from pages.components.forms import LINE, Form
from pages.components.permitted import may
from pages.designer.frame import form_name
from prize.lifecycle import PRIZE
from prize.policy import Action
from prize.prizes import PrizeShown
from prize.running import cancel_prize, close_prize, pause_prize, resume_prize


@dataclass(frozen=True)
class Step:
    """What can be done with a prize that runs, what it is called and what follows from it."""

    action: Action
    command: Callable[..., Any]
    name: str
    follows: str
    said: str


STEPS: Final = (
    Step(
        Action.RESUME_PRIZE,
        resume_prize,
        "Resume the prize",
        "Entries are taken again until their stage closes. Move a closing time that has passed first.",
        "The prize goes on.",
    ),
    Step(
        Action.PAUSE_PRIZE,
        pause_prize,
        "Pause the prize",
        "No entry can be begun, changed or submitted until the prize is resumed. Judging that has begun goes on.",
        "The prize is paused.",
    ),
    Step(
        Action.CLOSE_PRIZE,
        close_prize,
        "Close the prize",
        "Every stage is over. The page stays for ever, and finalists go on delivering.",
        "The prize is closed.",
    ),
    Step(
        Action.CANCEL_PRIZE,
        cancel_prize,
        "Cancel the prize",
        "Its stages are given up for good. The page stays and says so. **This cannot be undone.**",
        "The prize is cancelled.",
    ),
)


def draw_running(present: PrizeShown) -> None:
    """The steps that this person may take now, each with what follows from it; nothing when there are none."""
    possible = PRIZE.possible(present)
    steps = [step for step in STEPS if step.action in possible and may(step.action, prize_id=present.id).allowed]
    if not steps:
        return
    form = Form(form_name("running", present.id))
    by_name = {step.name: step for step in steps}
    version = form.fill(present.version, step=steps[0].name, reason="")
    label = " or ".join(step.name.partition(" ")[0].lower() for step in steps).capitalize()
    with form.drawer(f"{label} this prize", icon=":material/settings:"):
        form.choice("step", "What to do", list(by_name))
        step = by_name.get(form["step"], steps[0])
        st.markdown(step.follows)
        with st.form(form.name, border=False):
            form.line(
                "reason",
                "Why",
                limit=LINE,
                help="It stands on the prize's page, and everybody who has begun an entry is told by mail.",
            )
            form.outcome()
            st.form_submit_button(step.name, on_click=_take, args=(form, present, step, version))


def _take(form: Form, present: PrizeShown, step: Step, version: int) -> None:
    form.send(step.command, said=step.said, prize_id=present.id, version=version, reason=form["reason"])
