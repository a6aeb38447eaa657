"""An edge: another Tocsin's stream followed, kept and told on, so that the public never asks the one that takes orders.

An edge only ever says what it was told and what follows from it. Where it cannot know whether that still holds, it
says since when.
"""
