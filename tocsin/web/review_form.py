"""What a reviewer's form says, as a fact: the fields of one kind, each as it was typed. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import msgspec

from tocsin.claims import Drafted
from tocsin.errors import BadFact, NotInText
from tocsin.facts import CasualtyFact, Count, DamageFact, Fact, Harm, Outcome, TallyFact
from tocsin.model import ZoneId
from tocsin.record.quoting import folded, found_in

Form = Mapping[str, str]
KINDS = {kind.__struct_config__.tag: kind for kind in get_args(Fact)}
ADDED = ("tally", "casualty", "damage")
"""The kinds that can be added by hand on the page; the others over the API."""


def said(form: Form, name: str) -> str | None:
    """What was typed, None for nothing."""
    return folded(form.get(name, "")) or None


def drafted(form: Form, before: Drafted | None, text: str | None, zone_of: Callable[[str], ZoneId]) -> Drafted:
    """The fact that the form describes; what it does not ask for stays as in ``before``.

    Errors: `BadFact`, `NotInText`, and those of ``zone_of``.
    """
    fields: dict[str, object] = {} if before is None else msgspec.structs.asdict(before.fact)
    kind = KINDS.get(said(form, "kind") or "") if before is None else type(before.fact)
    if kind is None or (before is None and kind not in (TallyFact, CasualtyFact, DamageFact)):
        raise BadFact("this is no kind of fact that can be added here", kind=form.get("kind"))
    quote = said(form, "quote") or ""
    if before is None or quote != before.fact.quote:
        where = None if text is None else found_in(text, quote)
        if where is None:
            raise NotInText("these words do not stand in the text", quote=quote)
        fields |= {"quote": quote, "start": where[0], "end": where[1]}
    fields["speaker"] = said(form, "speaker")
    fields |= {name: said(form, name) for name in ("as_of", "happened") if name in form}
    if kind in (TallyFact, CasualtyFact, DamageFact):
        fields["place"] = said(form, "place")
    if kind is TallyFact:
        fields |= {"outcome": _outcome(Outcome, form), "weapon": said(form, "weapon") or ""}
        fields["value"] = _count(form, "a tally has a number")
    elif kind is CasualtyFact:
        outcome = _outcome(Harm, form)
        nobody = outcome is Harm.NONE or said(form, "value") is None
        fields |= {"outcome": outcome, "value": None if nobody else _count(form, "")}
    elif kind is DamageFact:
        fields["what"] = said(form, "what") or quote
    zone = said(form, "zone")
    fact: Fact = kind(**fields)  # type: ignore[arg-type]  # what its fields are is checked above, one by one
    return Drafted(fact=fact, zone=None if zone is None else zone_of(zone))


def _outcome(words: type[Outcome] | type[Harm], form: Form) -> Outcome | Harm:
    try:
        return words(form.get("outcome", ""))
    except ValueError:
        raise BadFact("this outcome is not one of those that are kept apart", outcome=form.get("outcome")) from None


def _count(form: Form, missing: str) -> Count:
    value = _number(form, "value")
    if value is None:
        raise BadFact(missing)
    bounded = "low" in form or "high" in form
    return Count(
        value=value,
        low=_number(form, "low") if bounded else value,
        high=_number(form, "high") if bounded else value,
        words=said(form, "words") or str(value),
    )


def _number(form: Form, name: str) -> int | None:
    typed = said(form, name)
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 9):
        raise BadFact(f"this is not a whole number: {typed}", name=name)
    return int(typed)
