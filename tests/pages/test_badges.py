from __future__ import annotations

from enum import StrEnum

import pytest

from delivery.models import MilestoneState, PaymentState
from judging.models import Outcome
from pages.components.badges import badge_of
from prize.entries.models import EntryState
from prize.lifecycle import Phase
from prize.models import PrizeState


@pytest.mark.parametrize(
    "state", [*PrizeState, *Phase, *EntryState, *Outcome, *MilestoneState, *PaymentState], ids=lambda state: str(state)
)
def test_every_state_has_a_badge_with_a_word(state: StrEnum) -> None:
    assert badge_of(state).word
