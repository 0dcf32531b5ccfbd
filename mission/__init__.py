"""Missions, their targets and measurements, and how fast they move. Knows no prize."""
