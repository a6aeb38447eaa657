"""How much each property is tried: a small dose, the same each time, or a long soak, other each time.

`pytest --hypothesis-profile soak`, or HYPOTHESIS_PROFILE=soak, is the soak (tests/conftest.py).
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

ORDINARY = 100
"""How many examples the ordinary profile tries where nothing else is said."""


def dose(examples: int, steps: int = 50) -> settings:
    """So many examples in the ordinary profile, in proportion more in one that tries more."""
    profile = settings.default
    assert profile is not None
    times = profile.max_examples / ORDINARY
    return settings(
        max_examples=max(1, round(examples * times)),
        stateful_step_count=steps,
        derandomize=times <= 1,
        # A machine makes a whole world before it begins; how long that takes says nothing about the program.
        suppress_health_check=[HealthCheck.too_slow],
    )
