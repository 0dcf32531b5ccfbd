"""What missions hold about people: who did what, and texts."""

from __future__ import annotations

from accounts.privacy import holds

holds(
    "mission",
    "Missions",
    acts="created_by created_at",
    texts="title statement source",
    nothing="id programme_id version",
)
holds(
    "target",
    "Targets of missions",
    acts="owner_id created_at",
    texts="indicator counter_indicator source",
    nothing="id mission_id unit direction value due_on version",
)
holds(
    "measurement",
    "Observed values of targets",
    acts="recorded_by recorded_at",
    texts="source",
    nothing="id target_id observed_on revision value",
)
