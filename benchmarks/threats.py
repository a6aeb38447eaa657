"""Threats from the first word to the zones at risk: ``python -m benchmarks.threats [--messages FILE] [--attacks N]``.

How fast messages are read, how fast threats are assessed (assessing.py), how long it takes until somebody hears of a
report over the real service (told_of.py), and, with ``--attacks``, how well zones are warned in attacks whose truth is
known (waves.py).

FILE has one JSON object a line with ``text``, ``channel`` and ``ts``. Without it the messages of the tests are read
again and again. Beside it runs the least that any reader does: cutting the same messages into words. Prints messages a
second of CPU time of one core, and the ratio.
"""

from __future__ import annotations

import argparse
import json
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import assessing, told_of, waves
from tocsin.app import open_atlas
from tocsin.assess.policy import policy_of
from tocsin.intake.messages.gazetteer import Gazetteer
from tocsin.intake.messages.reading import Reader
from tocsin.intake.messages.tokens import tokens

SAID = Path(__file__).parent.parent / "tests/intake/messages/said.toml"
MESSAGES = 5_000
ROUNDS = 5

Told = tuple[str, str, datetime]


def told(path: Path | None) -> list[Told]:
    if path is None:
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        return [(one["text"], "", noon) for one in tomllib.loads(SAID.read_text("utf-8"))["message"]]
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [(line["text"], line["channel"], datetime.fromisoformat(line["ts"])) for line in lines]


def per_s(what: Callable[[Sequence[Told]], None], messages: Sequence[Told]) -> float:
    """Messages a second of CPU, the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        what(messages)
        best = max(best, len(messages) / (time.process_time() - began))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=Path)
    parser.add_argument("--attacks", type=int, default=0, help="how many attacks; some 10 s of CPU each")
    parser.add_argument("--told-by", choices=tuple(waves.By), help="words alone, or words and posts; else both in turn")
    parser.add_argument("--reliability", action="store_true", help="for these attacks: each probability, and what came")
    parser.add_argument("--first", type=int, default=1001, help="the first seed; those up to 100 were tuned on")
    parser.add_argument("--policy", type=Path, help="another policy than the one that comes with Tocsin")
    arguments = parser.parse_args()
    some = told(arguments.messages)
    messages = [some[number % len(some)] for number in range(max(MESSAGES, len(some)))]
    began = time.process_time()
    gazetteer = Gazetteer(open_atlas("ua"))
    print(f"made ready in {time.process_time() - began:.2f} s of CPU")

    def read(messages: Sequence[Told]) -> None:
        reader = Reader(gazetteer)
        for text, channel, at in messages:
            reader.read(text, channel, at)

    def cut(messages: Sequence[Told]) -> None:
        for text, _, _ in messages:
            for _ in tokens(text):
                pass

    reading, cutting = per_s(read, messages), per_s(cut, messages)
    print(f"read       {reading:>10,.0f} messages/s (to reach 5,000)")
    print(f"only cut   {cutting:>10,.0f} messages/s: reading takes {cutting / reading:.1f} times as long")
    assessing.main()
    told_of.main()
    if arguments.attacks:
        by = [waves.By(arguments.told_by)] if arguments.told_by else list(waves.By)
        waves.measure(arguments.first, arguments.attacks, policy_of(arguments.policy), by)
        if arguments.reliability:
            waves.reliability(arguments.first, arguments.attacks, policy_of(arguments.policy))


if __name__ == "__main__":
    main()
