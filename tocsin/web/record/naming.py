"""What pages of the record call a night, an attack and a range of numbers."""

from __future__ import annotations

from datetime import date

from tocsin.record.saying import word
from tocsin.web.record.bodies import AttackListed
from tocsin.web.record.frame import Reader

FAMILIES = ("missile", "drone", "other", "recon_drone")
FATES = ("launched", "shot_down", "suppressed", "shot_down_or_suppressed", "lost", "left_airspace", "airborne")


def night_name(r: Reader, night: str) -> str:
    """``the night of 13 November 2024``."""
    day = date.fromisoformat(night)
    return r.words("attacks.night", day=day.day, month=r.words(f"attacks.month.{day.month}"), year=day.year)


def attack_title(r: Reader, attack: AttackListed) -> str:
    return r.words("attacks.attack", night=night_name(r, attack.bounds.night))


def span(low: int, high: int | None, r: Reader) -> str:
    if high is None:
        return f"{word('at_least', r.lang)} {low}"
    return str(low) if low == high else f"{low}–{high}"
