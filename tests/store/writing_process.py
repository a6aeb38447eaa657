"""A process that opens a log and appends to it once for each line it is given, saying each acknowledged seq.
Tests kill it.

``python -m tests.store.writing_process LOG RUN``, where RUN tells the keys of one run from those of another.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.store.batches import batch, refusal
from tocsin.errors import TocsinError
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore

SIZES = (1, 40, 1, 400, 3)
"""Events per append, in turn: so that a kill strikes small writes and long ones."""


def main(path: Path, run: str) -> None:
    try:
        store = SQLiteStore(path, Realm.LIVE, "ua")
    except TocsinError as error:
        print(error.body(), flush=True)
        sys.exit(3)
    print(store.head(), flush=True)
    for number, _ in enumerate(sys.stdin):
        pair = [batch(f"{run}-{number}-{part}", SIZES[(number + part) % len(SIZES)]) for part in range(2)]
        print(store.append(pair, store.head(), [refusal(f"{run}-{number}")])[-1].seq, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
