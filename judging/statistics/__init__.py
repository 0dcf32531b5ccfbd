"""Judging statistics: arrays in, frozen results out. Imports nothing else of Laurel."""

from judging.statistics.fair import FairScores, fair_scores

__all__ = ["FairScores", "fair_scores"]
