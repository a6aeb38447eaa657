"""Feeds that are followed: what others say of alerts, read with mistrust, made into orders.

Bytes become a `Reading` (one module for each dialect), a reading becomes orders (`judge`), both pure; `follower` has
the schedule, and `polling` and `listening` are the lines to the outside. An odd read never clears anything.
"""
