"""Where something that flies is and where it goes, from coarse sightings: a Kalman filter with one variance for both
axes.

Position and velocity in kilometres and seconds on the ground's map. Between sightings the course wanders as a random
walk (Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking and Navigation, section 6.2.2: white noise
acceleration); its strength comes from the profile's `turns_deg`. A course that is told is a sighting of the velocity.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from tocsin.assess.ground import Patch
from tocsin.assess.profiles import TURNING_S, Profile


class Motion(NamedTuple):
    """At a moment; `pp`, `pv` and `vv` are the variances of position and velocity along either axis."""

    at_s: float
    x: float
    y: float
    vx: float
    vy: float
    pp: float
    pv: float
    vv: float

    @property
    def sigma_km(self) -> float:
        return math.sqrt(self.pp)

    @property
    def speed_km_s(self) -> float:
        return math.hypot(self.vx, self.vy)

    @property
    def course_rad(self) -> float:
        """Clockwise from the map's north."""
        return math.atan2(self.vx, self.vy)

    @property
    def course_sigma_rad(self) -> float:
        """How well the course is known; of more than about a radian nothing is known of it."""
        speed = self.speed_km_s
        return math.pi if speed < 1e-6 else min(math.pi, math.sqrt(self.vv) / speed)


def begun(at: Patch, at_s: float, profile: Profile) -> Motion:
    """Seen once, and nobody knows where it goes."""
    usual = profile.usual_m_s / 1000.0
    return Motion(at_s, at.x, at.y, 0.0, 0.0, max(at.sigma_km, 1.0) ** 2, 0.0, usual * usual / 2.0)


def ahead(motion: Motion, at_s: float, profile: Profile) -> Motion:
    """Where it is expected at a later moment, less exactly."""
    dt = at_s - motion.at_s
    if dt <= 0.0:
        return motion
    noise = (profile.usual_m_s / 1000.0 * math.radians(profile.turns_deg)) ** 2 / TURNING_S
    return motion._replace(
        at_s=at_s,
        x=motion.x + dt * motion.vx,
        y=motion.y + dt * motion.vy,
        pp=motion.pp + 2.0 * dt * motion.pv + dt * dt * motion.vv + noise * dt**3 / 3.0,
        pv=motion.pv + dt * motion.vv + noise * dt * dt / 2.0,
        vv=motion.vv + noise * dt,
    )


def seen(motion: Motion, at: Patch, profile: Profile) -> Motion:
    """Seen somewhere at its own moment."""
    variance = max(at.sigma_km, 1.0) ** 2
    gain_p = motion.pp / (motion.pp + variance)
    gain_v = motion.pv / (motion.pp + variance)
    dx, dy = at.x - motion.x, at.y - motion.y
    return _flyable(
        Motion(
            motion.at_s,
            motion.x + gain_p * dx,
            motion.y + gain_p * dy,
            motion.vx + gain_v * dx,
            motion.vy + gain_v * dy,
            (1.0 - gain_p) * motion.pp,
            (1.0 - gain_p) * motion.pv,
            max(motion.vv - gain_v * motion.pv, 1e-8),
        ),
        profile,
    )


def told(motion: Motion, course_rad: float, sigma_rad: float, speed_km_s: float | None, profile: Profile) -> Motion:
    """Its course was told, and perhaps its speed."""
    usual = profile.usual_m_s / 1000.0
    known = motion.speed_km_s if motion.course_sigma_rad < 0.5 else usual
    speed = speed_km_s or known
    spread = (profile.fast_m_s - profile.slow_m_s) / 4000.0
    variance = max((speed * sigma_rad) ** 2, (0.5 * spread) ** 2)
    gain_v = motion.vv / (motion.vv + variance)
    gain_p = motion.pv / (motion.vv + variance)
    dvx, dvy = speed * math.sin(course_rad) - motion.vx, speed * math.cos(course_rad) - motion.vy
    return _flyable(
        Motion(
            motion.at_s,
            motion.x + gain_p * dvx,
            motion.y + gain_p * dvy,
            motion.vx + gain_v * dvx,
            motion.vy + gain_v * dvy,
            max(motion.pp - gain_p * motion.pv, 0.25),
            (1.0 - gain_v) * motion.pv,
            max((1.0 - gain_v) * motion.vv, 1e-8),
        ),
        profile,
    )


def distance2(motion: Motion, at: Patch) -> float:
    """Squared distance of a sighting from where it is expected, in standard deviations (Mahalanobis)."""
    variance = motion.pp + max(at.sigma_km, 1.0) ** 2
    return ((at.x - motion.x) ** 2 + (at.y - motion.y) ** 2) / variance


def _flyable(motion: Motion, profile: Profile) -> Motion:
    """No faster than its kind flies, and no slower once its course is known."""
    speed = motion.speed_km_s
    slow, fast = profile.slow_m_s / 1000.0, profile.fast_m_s / 1000.0
    if speed > fast:
        scale = fast / speed
    elif speed < slow and motion.course_sigma_rad < 0.6:
        scale = slow / speed
    else:
        return motion
    return motion._replace(vx=motion.vx * scale, vy=motion.vy * scale)
