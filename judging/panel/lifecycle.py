"""The life of a meeting of the panel."""

from __future__ import annotations

from accounts.lifecycle import Lifecycle, Transition
from judging.panel.models import MeetingState
from judging.panel.policy import Action

MEETING = Lifecycle(
    "meeting",
    MeetingState,
    (
        Transition((MeetingState.PREPARED,), MeetingState.OPEN, Action.OPEN_MEETING),
        Transition((MeetingState.PREPARED, MeetingState.OPEN), MeetingState.CLOSED, Action.CLOSE_MEETING),
    ),
)
