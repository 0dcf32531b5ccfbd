"""Where randomness comes from: streams of their own, so that more of one does not move what is drawn from another."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import PCG64, Generator, SeedSequence


@dataclass(frozen=True)
class Streams:
    """Three independent generators that one seed gives."""

    bootstrap: Generator
    posterior: Generator
    planning: Generator


def streams(seed: int) -> Streams:
    """The generators of a seed, a whole number from 0 up."""
    return Streams(*(Generator(PCG64(one)) for one in SeedSequence(seed).spawn(3)))
