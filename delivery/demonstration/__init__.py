"""The demonstration: five illustrative prizes that serve a real mission, made by the same commands as everything else."""

from __future__ import annotations

from delivery.demonstration.loading import load

__all__ = ["load"]
