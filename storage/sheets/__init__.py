"""Spreadsheets: read with limits, their columns matched and understood, and written so that nothing in them runs."""
