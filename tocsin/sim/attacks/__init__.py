"""Attacks that never were, with known truth: where each threat flew, which zones it entered and when, and what was
reported.

Seeded: a seed gives the same attack on every machine. It is there to measure assessment with (docs/assessment.md), and
knows nothing of how assessment works.
"""
