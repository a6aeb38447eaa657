"""A running Tocsin told of attacks by orders, as people give them: a report is taken in, and its facts are accepted."""

from __future__ import annotations

import itertools
from typing import Any

from tests.record.editor import Editor
from tests.record.papers import AGENCY
from tocsin.access import LOCAL
from tocsin.app import Tocsin
from tocsin.commands import AcceptDrafts, Command, RecordOrder
from tocsin.facts import Fact
from tocsin.record.shelf import sha256_of

_numbers = itertools.count(1)


def give(tocsin: Tocsin, *orders: RecordOrder, reason: str = "") -> int:
    """Orders from the machine itself, all or none; gives the head after them."""
    commands = [
        Command(key=f"told {next(_numbers)}", actor=LOCAL.holder, source=AGENCY, reason=reason, order=order)
        for order in orders
    ]
    tocsin.service.submit(commands, LOCAL, together=True)
    return tocsin.state.seq


def tell(tocsin: Tocsin, *facts: Fact, attack: str | None = None, accepted: bool = True, **said: Any) -> int:
    """The document that says so, its facts accepted unless that is not wanted. ``zones`` are those of its facts."""
    taking = Editor().paper(*facts, **said)
    text = said.get("text") or said.get("publisher", "") + "\n" + "\n".join(fact.quote for fact in facts)
    assert tocsin.shelf.keep(text) == taking.sha256 == sha256_of(text)
    give(tocsin, taking, *([AcceptDrafts(document=taking.sha256, attack=attack)] if accepted else []))
    return tocsin.archive.by_sha256[taking.sha256]
