"""Judging statistics: arrays in, frozen results out. Imports nothing else of Laurel."""
