"""The ways of combining scores that the benchmarks compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from numpy.random import default_rng

from judging.statistics.fair import adjusted
from judging.statistics.ratings import Floats, Panel
from judging.statistics.variance import crossed_components, mixed_scores
from judging.statistics.z_scores import z_scores
from tests.judging.statistics.prizes import plain_means

LAUREL: Final = "Laurel"


def mixed(panel: Panel) -> Floats:
    """The linear mixed model's predictions, or plain means where its components are not known."""
    found = mixed_scores(panel, crossed_components(panel))
    return plain_means(panel) if found is None else found.submission


WAYS: Final[Mapping[str, Callable[[Panel], Floats]]] = MappingProxyType(
    {
        "plain mean": plain_means,
        "z-scores": lambda panel: z_scores(panel).z,
        "mixed model": mixed,
        LAUREL: lambda panel: adjusted(panel, default_rng(0)).fair,
    }
)
