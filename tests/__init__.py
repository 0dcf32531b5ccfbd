"""Tests, and what they run against: real databases, a real object store, a real mail server, a real browser."""
